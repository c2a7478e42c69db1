/** A browser at the gateway's page: cookies, the headers that browsers set, and a memory of every byte that it got. */
import assert from "node:assert/strict";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";

import { createClient, type Client } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { GatewayService } from "oauth1d/stubs/gateway_pb";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export type Wire = "connect" | "grpc-web";

/** One request, with exactly these headers. `ca`: a certificate to trust. */
export function exchange(
  url: string, method: string, headers: Record<string, string | string[]>, body?: Uint8Array | string, ca?: string,
): Promise<Answer> {
  const { protocol, hostname, port } = new URL(url);
  const path = url.slice(url.indexOf("/", protocol.length + 2)); // as it was written
  const request = protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const call = request({ host: hostname, port, path, method, headers, agent: false, ...(ca && { ca }) }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece));
      answer.on("error", reject);
      answer.on("end", () => {
        const whole = Buffer.concat(pieces);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: whole, text: whole.toString("utf8") });
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

/** One person's browser. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly received: Buffer[] = [];
  csrf = "";

  constructor(readonly origin: string, private readonly ca?: string) {}

  /** Navigates; follows nothing. */
  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("GET", path, { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", ...headers });
  }

  async send(
    method: string, path: string, headers: Record<string, string>, body?: Uint8Array | string,
  ): Promise<Answer> {
    const url = path.startsWith("http") ? path : `${this.origin}${path}`;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await exchange(url, method, { ...(cookie && { cookie }), ...headers }, body, this.ca);
    this.received.push(Buffer.from(JSON.stringify(answer.headers)), answer.body);
    for (const line of answer.headers["set-cookie"] ?? []) this.#keep(line);
    return answer;
  }

  /** The page's client. `headers` replace what a browser would send; an empty one is left out. */
  client(wire: Wire = "connect", headers: Record<string, string> = {}): Client<typeof GatewayService> {
    const fetchHere = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const sent = new Headers(init?.headers);
      sent.set("origin", this.origin);
      sent.set("sec-fetch-site", "same-origin");
      if (this.csrf) sent.set("x-oauth1d-csrf", this.csrf);
      for (const [name, value] of Object.entries(headers)) {
        if (value) sent.set(name, value);
        else sent.delete(name);
      }
      const answer = await this.send(init?.method ?? "GET", String(input), Object.fromEntries(sent),
        new Uint8Array(await new Response(init?.body as BodyInit).arrayBuffer()));
      const pairs = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
        name === "set-cookie" || value === undefined ? [] : [[name, String(value)]]);
      return new Response(answer.status === 204 ? null : new Uint8Array(answer.body), {
        status: answer.status, headers: pairs,
      });
    };
    const options = { baseUrl: this.origin, fetch: fetchHere as typeof fetch };
    return createClient(
      GatewayService, wire === "connect" ? createConnectTransport(options) : createGrpcWebTransport(options));
  }

  /** Who is logged in; keeps the csrf token, as a page does. */
  async session(wire: Wire = "connect") {
    const session = await this.client(wire).getSession({});
    this.csrf = session.csrfToken;
    return session;
  }

  /** Clicks "log in": where the provider's page is. */
  async begin(provider = "twitter", returnTo = "/"): Promise<string> {
    const answer = await this.get(`/login/${provider}?return_to=${encodeURIComponent(returnTo)}`);
    assert.equal(answer.status, 302, answer.text);
    return answer.headers.location ?? "";
  }

  /** The whole way; where the gateway sent the browser in the end. */
  async logIn(user = "alice", provider = "twitter", returnTo = "/"): Promise<string> {
    const answer = await this.get(await decide(await this.begin(provider, returnTo), user));
    assert.equal(answer.status, 303, answer.text);
    await this.session();
    return answer.headers.location ?? "";
  }

  #keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The sandbox's consent page: where it sends the browser when `user` allows it; undefined: a denial. */
export async function decide(consentUrl: string, user: string | undefined): Promise<string> {
  const page = await (await fetch(consentUrl)).text();
  const hidden = page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  const fields = new URLSearchParams([...hidden].map(([, name = "", value = ""]) => [name, value]));
  fields.set("decision", user === undefined ? "deny" : "allow");
  fields.set("user", user ?? "alice");
  const action = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? "", consentUrl);
  const answer = await fetch(action, { method: "POST", body: fields, redirect: "manual" });
  assert.equal(answer.status, 302);
  return answer.headers.get("location") ?? "";
}
