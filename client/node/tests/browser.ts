/** A browser as far as logins go: one cookie jar, no redirects followed unless told. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly setCookies: string[] = [];

  /** The Cookie header that it would send. */
  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Takes the cookies of an answer. */
  take(response: Response): void {
    for (const header of response.headers.getSetCookie()) {
      this.setCookies.push(header);
      const [pair = "", ...attributes] = header.split("; ");
      const at = pair.indexOf("=");
      if (attributes.includes("Max-Age=0")) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  /** A request of this browser. */
  request(url: string, headers: Record<string, string> = {}): Request {
    return new Request(url, { redirect: "manual", headers: { cookie: this.cookieHeader, ...headers } });
  }

  /** Opens `url` over the network. */
  async open(url: string, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(url, { redirect: "manual", headers: { cookie: this.cookieHeader, ...headers } });
    this.take(response);
    return response;
  }
}
