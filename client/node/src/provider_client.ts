/** One provider, for the users of a web application. */
import type { Answer } from "./answer.js";
import { bindingCookies } from "./binding_cookie.js";
import type { Client, StartedAuthorization, StartOptions } from "./client.js";
import { accessTokenOf, TWO_LEGGED, type Credentials } from "./credentials.js";
import { MissingTokenError, OAuth1dError } from "./errors.js";
import { pairsOf, type Parameters, type Scalar } from "./parameters.js";
import type { Registration, TokenContext } from "./registration.js";
import { currentRequest, RequestTokens } from "./request_tokens.js";
import type { CallOptions, RequestOptions } from "./signed_call.js";
import { watchSources, type StreamedAnswer, type StreamOptions } from "./stream.js";
import { Token } from "./token.js";

/** Whose request it is. */
export interface UserOptions<Request extends object> {
  /**
   * What to sign with. Without it: the token that `authorizeAccessToken` returned for `request`, or in the scope that
   * `withRequest` opened; else what `fetchToken` finds; else MissingTokenError.
   */
  readonly token?: Credentials | null | undefined;
  /** The web request that this call belongs to. */
  readonly request?: Request | undefined;
  /** True: sign with the consumer's credentials alone (two-legged). */
  readonly withholdToken?: boolean | undefined;
}

/** What a signed request takes. */
export type UserRequestOptions<Request extends object> = RequestOptions & UserOptions<Request>;
/** What a streamed request takes. */
export type UserStreamOptions<Request extends object> = Omit<StreamOptions, "token"> & UserOptions<Request>;

/** How to begin a login; adds to what `register` was given. */
export type AuthorizeOptions = StartOptions;

/** What the frameworks' clients share. `Request` is the framework's. */
export abstract class ProviderClient<Request extends object> {
  /** The provider's name in the service's configuration. */
  readonly name: string;
  protected readonly registration: Registration<Request>;
  protected readonly service: Client;
  readonly #tokens = new RequestTokens(); // one OAuth object's client never sees a token of another's

  constructor(name: string, registration: Registration<Request>, service: Client) {
    this.name = name;
    this.registration = registration;
    this.service = service;
  }

  /** Sends one signed request. The answer counts whatever its status; an OAuth1dError says that there is none. */
  request(method: string, url: string, options: UserRequestOptions<Request> = {}): Promise<Answer> {
    return this.#send(options, (token, traced) =>
      this.service.signedRequest(this.name, method, url, { ...this.#consumer(token), ...options, ...traced, token }));
  }

  get(url: string, options?: UserRequestOptions<Request>): Promise<Answer> {
    return this.request("GET", url, options);
  }

  head(url: string, options?: UserRequestOptions<Request>): Promise<Answer> {
    return this.request("HEAD", url, options);
  }

  options(url: string, options?: UserRequestOptions<Request>): Promise<Answer> {
    return this.request("OPTIONS", url, options);
  }

  post(url: string, options?: UserRequestOptions<Request>): Promise<Answer> {
    return this.request("POST", url, options);
  }

  put(url: string, options?: UserRequestOptions<Request>): Promise<Answer> {
    return this.request("PUT", url, options);
  }

  patch(url: string, options?: UserRequestOptions<Request>): Promise<Answer> {
    return this.request("PATCH", url, options);
  }

  delete(url: string, options?: UserRequestOptions<Request>): Promise<Answer> {
    return this.request("DELETE", url, options);
  }

  /** As `request`, with bodies of any size. A renewed token is `replacementAccessToken` of the answer, not saved. */
  stream(method: string, url: string, options: UserStreamOptions<Request> = {}): Promise<StreamedAnswer> {
    watchSources(options); // the token may take a while to be found
    return this.#send(options, (token, traced) =>
      this.service.stream(this.name, method, url, { ...this.#consumer(token), ...options, ...traced, token }));
  }

  /** The traceparent header of a web request. */
  protected abstract traceparentOf(request: Request): string | undefined;

  /** Begins a login. */
  protected start(request: Request, redirectUri: string | URL, options: AuthorizeOptions):
    Promise<StartedAuthorization> {
    const own = this.registration;
    return this.service.startAuthorization(this.name, String(redirectUri), {
      ...options,
      ...this.#traced(request, options),
      consumer: options.consumer ?? own.consumer,
      providerParameters: options.providerParameters ?? own.providerParameters,
      authorizeParameters: joined(own.authorizeParams, options.authorizeParameters),
      requestTokenParameters: joined(own.requestTokenParams, options.requestTokenParameters),
    });
  }

  /** Ends the login that came back with `request`, and keeps its token for it. */
  protected async complete(
    request: Request, rawUrl: string, cookieHeader: string | null | undefined, options: CallOptions,
  ): Promise<Token> {
    this.#tokens.drop(request);
    const token = await this.service.completeAuthorization(
      this.name, rawQuery(rawUrl), bindingCookies(cookieHeader), { ...options, ...this.#traced(request, options) });
    this.#tokens.keep(request, token);
    return token;
  }

  async #send<T extends { readonly replacementAccessToken: string | undefined }>(
    options: UserOptions<Request> & CallOptions, send: (token: Credentials, traced: CallOptions) => Promise<T>,
  ): Promise<T> {
    const request = options.request ?? (currentRequest() as Request | undefined);
    const context = { provider: this.name, request };
    const token = options.withholdToken ? TWO_LEGGED : await this.#tokenFor(options, context);
    try {
      const answer = await send(token, this.#traced(request, options));
      if (answer.replacementAccessToken) await this.#save(token, answer.replacementAccessToken, context);
      return answer;
    } catch (error) {
      if (error instanceof OAuth1dError && error.renewedAccessToken) {
        await this.#save(token, error.renewedAccessToken, context);
      }
      throw error;
    }
  }

  async #tokenFor(options: UserOptions<Request>, context: TokenContext<Request>): Promise<Credentials> {
    const found = options.token ?? this.#tokens.find(options.request) ?? await this.registration.fetchToken?.(context);
    if (found) return found;
    throw new MissingTokenError(
      `no token for ${this.name}: pass token, or request after authorizeAccessToken, or register fetchToken`);
  }

  async #save(used: Credentials, accessToken: string, context: TokenContext<Request>): Promise<void> {
    const replaced = accessTokenOf(used);
    if (replaced === undefined) return;
    const token = used instanceof Token ? used.renewed(accessToken) : new Token({ provider: this.name, accessToken });
    const { request } = context;
    if (request && this.#tokens.find(request)?.accessToken === replaced) this.#tokens.keep(request, token);
    try {
      await this.registration.saveToken?.(token, { ...context, replaced });
    } catch (error) { // the request was made: nobody may repeat it because of this
      process.emitWarning(`saveToken for ${this.name} failed: ${String(error)}`, "OAuth1dWarning");
    }
  }

  // A sealed token knows its own.
  #consumer(token: Credentials): Pick<RequestOptions, "consumer" | "providerParameters"> {
    if (accessTokenOf(token) !== undefined) return {};
    return { consumer: this.registration.consumer, providerParameters: this.registration.providerParameters };
  }

  #traced(request: Request | undefined, options: CallOptions): CallOptions {
    const traceparent = options.traceparent ?? (request && this.traceparentOf(request));
    return traceparent ? { traceparent } : {};
  }
}

function joined(first: Parameters | undefined, second: Parameters | undefined): Parameters | undefined {
  return first && second ? [...pairsOf<Scalar>(first), ...pairsOf<Scalar>(second)] : second ?? first;
}

/** The query as the browser sent it; a byte that is not ASCII, which a URL may not hold, percent-encoded. */
function rawQuery(url: string): string {
  const start = url.indexOf("?");
  const query = start < 0 ? "" : url.slice(start + 1).split("#", 1)[0] ?? "";
  return query.replace(/[^\x00-\x7f]/g, (one) =>
    [...Buffer.from(one, one.charCodeAt(0) < 0x100 ? "latin1" : "utf8")]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""));
}
