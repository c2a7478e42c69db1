/** The cookie that ties a login to the browser that began it. */

const LIMIT = 32;
// As StartAuthorization makes them: whatever else begins alike was not made by the service.
const MADE_BY_THE_SERVICE = /^(__Host-)?oauth1-[\w-]{16}=[\w-]{43}$/;

/** One binding cookie. */
export interface BindingCookie {
  readonly name: string;
  readonly value: string;
  /** How long the browser should keep it, in seconds; absent in requests. */
  readonly maxAge?: number | undefined;
}

/**
 * The binding cookies of a request's Cookie header (RFC 6265 section 4.2). Repeats of one name are kept: the service
 * tries them all. What the service cannot have made is dropped, so that a cookie that a neighbouring site planted locks
 * nobody out. At most 32: those with the prefix __Host- before all others, since nobody can plant them, and the last
 * ones, since browsers send the newest last.
 */
export function bindingCookies(cookieHeader: string | null | undefined): BindingCookie[] {
  const pairs = new Set<string>();
  for (const piece of (cookieHeader ?? "").split(/[;,]/)) { // several headers may come joined by a comma
    const [name = "", ...rest] = piece.split("=");
    const pair = `${name.trim()}=${rest.join("=").trim()}`;
    if (MADE_BY_THE_SERVICE.test(pair)) pairs.add(pair);
  }
  const ours = [...pairs].sort((a, b) => Number(isSecure(a)) - Number(isSecure(b))).slice(-LIMIT);
  return ours.map((pair) => ({ name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1) }));
}

/** The Set-Cookie header that gives the browser its cookie. */
export function setCookieHeader(cookie: BindingCookie): string {
  const age = cookie.maxAge === undefined ? "" : `; Max-Age=${cookie.maxAge}`;
  return `${cookie.name}=${cookie.value}${age}; ${attributes(cookie.name)}`;
}

/** The Set-Cookie header that removes a cookie. */
export function deleteCookieHeader(name: string): string {
  return `${name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ${attributes(name)}`;
}

function attributes(name: string): string {
  return `Path=/; HttpOnly; SameSite=Lax${isSecure(name) ? "; Secure" : ""}`;
}

function isSecure(name: string): boolean {
  return name.startsWith("__Host-");
}
