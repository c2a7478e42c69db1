/** The fake service itself: what a test starts, arranges and looks at. */
import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";

import { connectNodeAdapter } from "@connectrpc/connect-node";

import type { OAuth1dError } from "../errors.js";
import type { ServerSettings } from "../settings.js";
import { OAuth1Service } from "../stubs/oauth1d/v1/oauth1d_pb.js";
import { Token, type ProviderToken } from "../token.js";
import { FakeApi, type ApiRequest } from "./api.js";
import { failure, type FailureDetails } from "./failure.js";
import { Logins } from "./logins.js";
import type { FakeProvider } from "./provider.js";
import { servicer } from "./servicer.js";
import { Tokens } from "./tokens.js";
import { userId, userOf, type User } from "./user.js";

/** What a fake service knows. */
export interface FakeServiceOptions {
  /** What is configured, or just their names; default: twitter. */
  readonly providers?: readonly (string | FakeProvider)[] | undefined;
  /** The only ones that are allowed; default: every https one, plain http on loopback, and "oob". */
  readonly callbackUrls?: readonly string[] | undefined;
  /** Who may log in by password (xAuth): name to password. */
  readonly passwords?: Readonly<Record<string, string>> | undefined;
}

/** One RPC as it came. */
export interface RecordedCall {
  /** Such as "SignedRequest". */
  readonly method: string;
  readonly message: unknown;
  /** traceparent, authorization and the like. */
  readonly headers: Headers;
}

const TIMEOUT_ASIDE = "x-fake-grpc-timeout";
const METHODS: readonly string[] = Object.values(OAuth1Service.method).map((method) => method.name);

/** An oauth1d on a free port of 127.0.0.1 until `stop`. */
export class FakeService {
  /** Every RPC so far. */
  readonly calls: RecordedCall[] = [];
  /** What was signed and sent to the providers so far. */
  readonly requests: ApiRequest[] = [];
  readonly #tokens = new Tokens();
  readonly #apis: ReadonlyMap<string, FakeApi>;
  readonly #logins: Logins;
  readonly #failures = new Map<string, OAuth1dError[]>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #server: Http2Server;
  #down = false;

  private constructor(options: FakeServiceOptions) {
    const configured = (options.providers ?? ["twitter"]).map((one) => typeof one === "string" ? { name: one } : one);
    const providers = new Map(configured.map((one) => [one.name, one]));
    this.#apis = new Map(configured.map(({ name }) => [name, new FakeApi(name)]));
    this.#logins = new Logins(providers, options.callbackUrls, this.#tokens);
    const methods = servicer({
      logins: this.#logins,
      tokens: this.#tokens,
      apis: this.#apis,
      passwords: new Map(Object.entries(options.passwords ?? {})),
      requests: this.requests,
      arrive: (method, message, headers) => this.#arrive(method, message, headers),
    });
    const routes = connectNodeAdapter({
      connect: false, grpcWeb: false, routes: (router) => { router.service(OAuth1Service, methods); },
    });
    this.#server = createServer((request, response) => {
      // The caller minds its deadline. Connect's timer for it outlives a stream that was cut, and keeps the process.
      const timeout = request.headers["grpc-timeout"];
      delete request.headers["grpc-timeout"];
      if (timeout) request.headers[TIMEOUT_ASIDE] = timeout;
      routes(request, response);
    });
    this.#server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
    });
  }

  /** Starts one. */
  static async start(options: FakeServiceOptions = {}): Promise<FakeService> {
    const service = new FakeService(options);
    service.#server.listen(0, "127.0.0.1");
    await once(service.#server, "listening");
    return service;
  }

  /** Ends it, and the connections to it. */
  async stop(): Promise<void> {
    this.dropConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** HOST:PORT, for OAUTH1D_SERVER. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** For `new OAuth({ settings })` and `new Client(settings)`. */
  get settings(): ServerSettings {
    return { server: this.address };
  }

  /** The user says yes; the address that the provider sends the browser to. TypeError: no such login. */
  approve(redirectUrl: string, user: User | string = "alice"): string {
    return this.#logins.approve(redirectUrl, userOf(user));
  }

  /** The user says no; the address that the provider sends the browser to. */
  deny(redirectUrl: string): string {
    return this.#logins.deny(redirectUrl);
  }

  /** The user says yes where the callback is "oob"; the PIN to type in. */
  pin(redirectUrl: string, user: User | string = "alice"): string {
    return this.#logins.approve(redirectUrl, userOf(user));
  }

  /** The user took too long: this login, or all of them, is not found any more. */
  expire(redirectUrl?: string): void {
    this.#logins.expire(redirectUrl);
  }

  /**
   * 120 seconds pass: the callback of a finished login, repeated, is ALREADY_COMPLETED from now on. Until then the same
   * browser gets the same answer again, so that a lost answer loses no login.
   */
  forgetAnswers(): void {
    this.#logins.forgetAnswers();
  }

  /** A user's token, as a login of before gave it: for tests that begin later. */
  logIn(user: User | string = "alice", provider = "twitter"): Token {
    this.#logins.provider(provider);
    const found = userOf(user);
    const { accessToken } = this.#tokens.issue(provider, found);
    const parameters = [["user_id", userId(found)], ["screen_name", found.screenName]] as const;
    return new Token({ provider, accessToken, parameters });
  }

  /** A token of the provider's own, as applications have stored from before oauth1d. */
  providerToken(user: User | string = "alice", provider = "twitter"): ProviderToken {
    return this.#tokens.issueProviderToken(provider, userOf(user));
  }

  /** All tokens of now are renewed when they are used next: the answer brings `replacementAccessToken`. */
  renewTokens(): void {
    for (const token of this.#tokens.every()) token.renewalDue = true;
  }

  /** The provider takes none of the tokens of now any more: 401, with `tokenRejected`. */
  rejectTokens(): void {
    for (const token of this.#tokens.every()) token.rejected = true;
  }

  /** Where to say what a provider's API answers. */
  api(provider = "twitter"): FakeApi {
    const found = this.#apis.get(provider);
    if (!found) throw new TypeError(`no provider ${provider}; there are ${[...this.#apis.keys()].join(", ")}`);
    return found;
  }

  /**
   * The next calls of `method`, such as "SignedRequest", fail; those that follow work again. `reason` is such as
   * "PROVIDER_UNREACHABLE"; empty: the transport's, and nobody knows more. Mind that clients repeat what is safe to
   * repeat: up to three calls a login step.
   */
  failNext(method: string, reason = "", details: FailureDetails & { readonly times?: number } = {}): void {
    if (!METHODS.includes(method)) throw new TypeError(`no method ${method}; there are ${METHODS.join(", ")}`);
    const wanted = Array.from({ length: details.times ?? 1 }, () => failure(reason, details));
    this.#failures.set(method, [...this.#failures.get(method) ?? [], ...wanted]);
  }

  /** While `during` runs, every call fails as if nobody were there. */
  async down<T>(during: () => Promise<T>): Promise<T> {
    this.#down = true;
    try {
      return await during();
    } finally {
      this.#down = false;
    }
  }

  /** Cuts every connection, as a restarted service does; running calls fail. */
  dropConnections(): void {
    for (const session of this.#sessions) session.destroy();
  }

  #arrive(method: string, message: unknown, came: Headers): void {
    const headers = new Headers(came);
    headers.set("grpc-timeout", came.get(TIMEOUT_ASIDE) ?? "");
    headers.delete(TIMEOUT_ASIDE);
    this.calls.push({ method, message, headers });
    if (this.#down) throw failure("");
    const wanted = this.#failures.get(method)?.shift();
    if (wanted) throw wanted;
  }
}
