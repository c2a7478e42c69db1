/** The page's own files, from one folder. */
import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";

import type { GetSessionResponse } from "../stubs/oauth1d/gateway/v1/gateway_pb.js";
import { fillIndexPage } from "./index_page.js";
import { plain } from "./plain_answer.js";

const LARGEST = 16 << 20;
const MOST_KEPT = 64 << 20;
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

interface Found { readonly file: string; readonly size: number; readonly stamp: string }
interface Content { readonly body: Buffer; readonly tag: string }

/** Serves GET and HEAD from `folder`; nothing outside of it, no hidden file, no type that is not on the list. */
export class StaticFiles {
  // One copy of a file for all answers, however slowly they are read.
  readonly #kept = new Map<string, { stamp: string; size: number; content: Promise<Content> }>();

  /** `session`: what a request's page is filled with. */
  constructor(
    private readonly folder: string,
    private readonly session: (request: IncomingMessage) => Promise<GetSessionResponse>,
  ) {}

  async answer(path: string, query: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return plain(response, 405, "Only GET and HEAD.");
    }
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const type = TYPES[extname(name)];
    const file = type === undefined ? undefined : await this.#find(name);
    if (type === undefined || file === undefined) return plain(response, 404, "There is no such page here.");
    let { body, tag } = await this.#content(file);
    const isIndex = name.endsWith("/index.html");
    if (isIndex) {
      const loginError = new URLSearchParams(query).get("login_error");
      body = Buffer.from(fillIndexPage(body.toString("utf8"), await this.session(request), loginError));
    }
    const headers = {
      "content-type": type,
      "cache-control": isIndex ? "no-store" : "no-cache",
      ...(!isIndex && { etag: tag }),
    };
    if (!isIndex && request.headers["if-none-match"] === tag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, "content-length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  #content({ file, size, stamp }: Found): Promise<Content> {
    const before = this.#kept.get(file);
    if (before?.stamp === stamp) return before.content;
    const content = readFile(file).then((body) => (
      { body, tag: `"${createHash("sha256").update(body).digest("base64url")}"` }));
    const entry = { stamp, size, content };
    this.#kept.delete(file);
    this.#kept.set(file, entry);
    content.catch(() => {
      if (this.#kept.get(file) === entry) this.#kept.delete(file);
    });
    let all = [...this.#kept.values()].reduce((sum, one) => sum + one.size, 0);
    for (const [oldest, one] of this.#kept) {
      if (all <= MOST_KEPT) break;
      this.#kept.delete(oldest);
      all -= one.size;
    }
    return content;
  }

  async #find(path: string): Promise<Found | undefined> {
    // One spelling a file: what is encoded, hidden or strange is not there.
    if (!/^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/.test(path)) return undefined;
    try {
      const root = await realpath(this.folder);
      const file = await realpath(join(root, path));
      const found = await stat(file);
      if (!file.startsWith(root + sep) || !found.isFile() || found.size > LARGEST) return undefined;
      // the change time too: reproducible builds give every file the same time of modification
      return { file, size: found.size, stamp: [found.mtimeMs, found.ctimeMs, found.ino, found.size].join() };
    } catch {
      return undefined;
    }
  }
}
