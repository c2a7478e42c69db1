/** A provider whose every secret is known to the test, so that it can be looked for. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const canary = (what: string): string => `${what}-${randomBytes(24).toString("hex")}`;

/** Answers as a provider does, without checking anything. */
export class CanaryProvider {
  readonly secrets = {
    temporarySecret: canary("temporary"),
    token: canary("token"),
    tokenSecret: canary("secret"),
    sessionHandle: canary("handle"),
    refresh: canary("refresh"),
  };
  /** What the API answers next: status and body. */
  answer: [number, string] = [200, "{}"];
  readonly #server: Server;

  private constructor() {
    const { temporarySecret, token, tokenSecret, sessionHandle, refresh } = this.secrets;
    this.#server = createServer(async (request, response) => {
      request.resume();
      this.#reached?.();
      await this.#gate;
      const path = (request.url ?? "").split("?", 1)[0];
      if (path === "/oauth/request_token") {
        const told = { oauth_token: "asked", oauth_token_secret: temporarySecret, oauth_callback_confirmed: "true" };
        const [, callback = ""] = /oauth_callback="([^"]*)"/.exec(request.headers.authorization ?? "") ?? [];
        this.callback = decodeURIComponent(callback);
        response.end(String(new URLSearchParams(told)));
      } else if (path === "/oauth/access_token") {
        response.end(String(new URLSearchParams({
          oauth_token: token, oauth_token_secret: tokenSecret, oauth_session_handle: sessionHandle,
          oauth_expires_in: "3600", x_refresh_token: refresh, user_id: "7", screen_name: `</b><script>"'&$&$1`,
        })));
      } else {
        response.statusCode = this.answer[0];
        response.setHeader("content-type", "application/json");
        response.end(this.answer[1]);
      }
    });
  }

  #reached: (() => void) | undefined;
  #gate: Promise<void> | undefined;

  /** From now on requests wait for `release`; `reached` tells that one has come. */
  hold(): { reached: Promise<void>; release: () => void } {
    let release = (): void => undefined;
    this.#gate = new Promise((resolve) => { release = resolve; });
    const reached = new Promise<void>((resolve) => { this.#reached = resolve; });
    return { reached, release };
  }

  /** The callback of the last login that began. */
  callback = "";

  static async start(): Promise<CanaryProvider> {
    const provider = new CanaryProvider();
    provider.#server.listen(0, "127.0.0.1");
    await once(provider.#server, "listening");
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The user says yes: where the browser is sent. */
  approve(): string {
    return `${this.callback}&oauth_token=asked&oauth_verifier=yes`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** How a secret could stand in what a browser got. */
export function spellings(secret: string): string[] {
  const raw = Buffer.from(secret);
  const percent = [...raw].map((byte) => `%${byte.toString(16)}`).join("");
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), raw]).toString("base64");
    return text.slice(offset ? 4 : 0, Math.floor((offset + raw.length) / 3) * 4);
  });
  const urlSafe = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [secret, raw.toString("hex"), percent, ...base64, ...urlSafe];
}
