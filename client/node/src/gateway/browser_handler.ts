/** The page's backend: files, logins, and the GatewayService, all at one origin. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

import { connectNodeAdapter } from "@connectrpc/connect-node";

import { GatewayService } from "../stubs/oauth1d/gateway/v1/gateway_pb.js";
import type { BrowserConfig } from "./config.js";
import { gatewayService, pageInterceptor, sessionOf, type GatewayParts } from "./gateway_service.js";
import type { Log } from "./log.js";
import { Logins } from "./logins.js";
import { plain } from "./plain_answer.js";
import { comesFromOrigin, hostOf, namesHost } from "./same_origin.js";
import { StaticFiles } from "./static_files.js";
import { MAX_TIMEOUT_MS } from "./upstream.js";

// A body of 3.5 MiB in Connect's JSON, and what stands around it.
const READ_MAX_BYTES = 6 << 20;
// What anybody may send.
const SMALL_BYTES = 64 << 10;

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer", // the callback's url carries the verifier
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Answers everything that a browser asks at the page's origin. */
export function browserHandler(config: BrowserConfig, parts: GatewayParts, log: Log): RequestListener {
  const host = hostOf(config.origin);
  const logins = new Logins(parts, config.origin, log);
  const files = config.staticFolder === undefined ? undefined : new StaticFiles(
    config.staticFolder, async (request) => sessionOf(parts, await parts.sessions.open(request.headers.cookie)));
  const rpc = connectNodeAdapter({
    routes: (router) => router.service(GatewayService, gatewayService(parts)),
    interceptors: [pageInterceptor(config.origin)],
    connect: true,
    grpcWeb: true,
    grpc: false,
    acceptCompression: [], // a guess beside a secret tells by its length
    readMaxBytes: READ_MAX_BYTES,
    maxTimeoutMs: MAX_TIMEOUT_MS,
  });

  /** Looks at the head alone: only a Call of somebody who is logged in may be large. */
  async function whyUnread(path: string, request: IncomingMessage): Promise<[number, string] | undefined> {
    const { "content-length": length, "transfer-encoding": coding, cookie, origin } = request.headers;
    if (coding === undefined && Number(length ?? 0) <= SMALL_BYTES) return undefined;
    const site = request.headers["sec-fetch-site"];
    const from = new Headers({ ...(origin !== undefined && { origin }), ...(site && { "sec-fetch-site": `${site}` }) });
    if (!comesFromOrigin(from, config.origin)) return [403, "Only pages of this origin may call."];
    if (path.endsWith("/Call") && await parts.sessions.open(cookie)) return undefined;
    return [413, "The body is too large, or does not say how large it is."];
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (!namesHost(request, host)) return plain(response, 421, "This host is not served here.");
    const [path = "", ...rest] = (request.url ?? "").split("?");
    const query = rest.join("?");
    if (path.startsWith(`/${GatewayService.typeName}/`)) {
      if (request.method !== "POST") {
        response.setHeader("allow", "POST");
        return plain(response, 405, "Only POST.");
      }
      const unread = await whyUnread(path, request);
      if (!unread) return rpc(request, response);
      response.setHeader("connection", "close");
      return plain(response, ...unread);
    }
    const [, step, name] = /^\/(login|auth)\/([^/]+)$/.exec(path) ?? [];
    const provider = config.providers.find((one) => one.name === name);
    if (step === undefined || !provider) {
      return files && step === undefined
        ? files.answer(path, query, request, response)
        : plain(response, 404, "There is no such page here.");
    }
    if (request.method !== "GET") {
      response.setHeader("allow", "GET");
      return plain(response, 405, "Only GET.");
    }
    return step === "login"
      ? logins.begin(provider, query, request, response)
      : logins.finish(provider, query, request, response);
  }

  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      log("fault", { what: error instanceof Error ? error.name : typeof error });
      if (response.headersSent) response.destroy();
      else plain(response, 500, "That did not work.");
    });
  };
}
