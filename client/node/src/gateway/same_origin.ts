/** Which requests come from the page itself. */
import type { IncomingMessage } from "node:http";

/** The Host header that fits an origin. */
export function hostOf(origin: string): string {
  return new URL(origin).host;
}

/** Whether a request names this host and no other; without that a name that resolves to us is an origin of its own. */
export function namesHost(request: IncomingMessage, host: string): boolean {
  const named = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length;
  return named === 1 && request.headers.host?.toLowerCase() === host && (request.url ?? "").startsWith("/");
}

/** Whether a script of `origin` made this call. Browsers set both headers, and no script can. */
export function comesFromOrigin(headers: Headers, origin: string): boolean {
  const named = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  return named === null ? site === "same-origin" : named === origin;
}
