/** The two navigations of a login: to the provider, and back. */
import type { IncomingMessage, ServerResponse } from "node:http";

import { timestampMs } from "@bufbuild/protobuf/wkt";

import { OAuth1dError } from "../base_error.js";
import { bindingCookies, deleteCookieHeader, setCookieHeader } from "../binding_cookie.js";
import { seconds } from "../error_details.js";
import { ErrorReason, OAuth1Service, type Parameter } from "../stubs/oauth1d/v1/oauth1d_pb.js";
import type { ProviderConfig } from "./config.js";
import { known } from "./gateway_errors.js";
import type { GatewayParts } from "./gateway_service.js";
import type { Log } from "./log.js";
import { plain } from "./plain_answer.js";
import type { KeptLogin } from "./sessions.js";

// What a provider says with a token and no page needs: the token and its like under whatever name.
const SECRET_NAME = /^oauth|token|secret|session_handle|password|signature/i;

/** Answers `/login/PROVIDER` and `/auth/PROVIDER`. */
export class Logins {
  constructor(
    private readonly parts: GatewayParts,
    private readonly origin: string,
    private readonly log: Log,
  ) {}

  /** Sends the browser to the provider; `return_to` in the query says where it will come back to in the end. */
  async begin(provider: ProviderConfig, query: string, request: IncomingMessage, response: ServerResponse) {
    const returnTo = safeReturnPath(new URLSearchParams(query).get("return_to") ?? "/", this.origin);
    if (returnTo === undefined) return plain(response, 400, "return_to must be a path of this site.");
    try {
      const started = await this.parts.upstream.call(OAuth1Service.method.startAuthorization, {
        provider: provider.name,
        consumer: provider.consumer,
        callbackUrl: `${this.origin}/auth/${provider.name}`,
        authorizeParameters: provider.authorizeParameters.map(([name, value]) => (
          { name, content: { case: "value" as const, value } })),
        appState: new TextEncoder().encode(returnTo),
      }, tracing(request));
      const cookie = started.bindingCookie;
      if (!cookie || !/^https?:\/\//.test(started.redirectUrl)) throw known(undefined);
      const { name, value, maxAge } = cookie;
      const header = setCookieHeader({ name, value, maxAge: maxAge && seconds(maxAge) });
      redirect(response, 302, started.redirectUrl, [header]);
    } catch (thrown) {
      this.#failed(provider, returnTo, thrown, response);
    }
  }

  /** The callback: ends the login, and sends the browser back to where it began. */
  async finish(provider: ProviderConfig, query: string, request: IncomingMessage, response: ServerResponse) {
    const cookies = bindingCookies(request.headers.cookie);
    // Nobody can finish it here; whoever began it still can.
    if (cookies.length === 0) return this.#failed(provider, "/", "BINDING_MISMATCH", response);
    try {
      const done = await this.parts.upstream.call(OAuth1Service.method.completeAuthorization, {
        provider: provider.name,
        callback: { case: "callbackQuery", value: query },
        bindingCookies: cookies.map(({ name, value }) => ({ name, value })),
      }, tracing(request));
      const login: KeptLogin = {
        provider: provider.name,
        accessToken: done.accessToken,
        parameters: shown(done.parameters),
        ...(done.expireTime && { expires: timestampMs(done.expireTime) }),
      };
      const open = await this.parts.sessions.open(request.headers.cookie);
      const cookie = await this.parts.sessions.logIn(open, login);
      this.log("login", { provider: provider.name });
      const path = safeReturnPath(new TextDecoder().decode(done.appState), this.origin);
      const returnTo = new URL(path ?? "/", this.origin);
      if (returnTo.searchParams.has("login_error")) {
        returnTo.searchParams.delete("login_error");
        returnTo.searchParams.delete("provider");
      }
      redirect(response, 303, returnTo.href, [deleteCookieHeader(done.spentCookieName), cookie]);
    } catch (thrown) {
      const appState = thrown instanceof OAuth1dError ? thrown.appState : undefined;
      this.#failed(provider, safeReturnPath(appState ?? "/", this.origin) ?? "/", thrown, response);
    }
  }

  #failed(provider: ProviderConfig, returnTo: string, thrown: unknown, response: ServerResponse): void {
    const reason = typeof thrown === "string" ? thrown : reasonOf(known(thrown));
    this.log("login_failed", { provider: provider.name, reason });
    const url = new URL(returnTo, this.origin);
    url.searchParams.set("login_error", reason);
    url.searchParams.set("provider", provider.name);
    redirect(response, 303, url.href, []);
  }
}

/**
 * A path with query of `origin`, as a browser would read it; undefined for whatever could lead elsewhere, and for the
 * login's own paths, which would go round in circles.
 */
export function safeReturnPath(path: string, origin: string): string | undefined {
  if (path.length > 1024 || !/^\/(?!\/)[^\\\u0000-\u0020\u007f-\u{10ffff}]*$/u.test(path)) return undefined;
  if (!URL.canParse(path, origin)) return undefined;
  const url = new URL(path, origin);
  if (url.origin !== origin || url.pathname.startsWith("//")) return undefined;
  if (/^\/(login|auth)(\/|$)/.test(url.pathname)) return undefined;
  return url.pathname + url.search + url.hash;
}

function shown(parameters: readonly Parameter[]): [string, string][] {
  return parameters.flatMap(({ name, content }): [string, string][] =>
    content.case === "rawValue" || SECRET_NAME.test(name) ? [] : [[name, content.value ?? ""]]);
}

/** A name that the page can act on. */
function reasonOf(error: OAuth1dError): string {
  if (error.fieldViolations.some(({ field }) => field.startsWith("binding_cookies"))) return "BINDING_MISMATCH";
  if (error.reason in ErrorReason) return error.reason;
  return error.code === "DEADLINE_EXCEEDED" ? "DEADLINE" : "UNAVAILABLE";
}

function tracing(request: IncomingMessage) {
  const header = request.headers["traceparent"];
  return { traceparent: typeof header === "string" ? header : undefined };
}

function redirect(response: ServerResponse, status: number, location: string, cookies: readonly string[]): void {
  const headers = { location, "cache-control": "no-store", "content-length": "0", "set-cookie": [...cookies] };
  response.writeHead(status, headers);
  response.end();
}
