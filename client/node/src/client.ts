/** The service's calls without a web framework. */
import { create } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";

import { Answer } from "./answer.js";
import type { BindingCookie } from "./binding_cookie.js";
import { parameterMessages, type Parameters } from "./parameters.js";
import { providerInfo, type ProviderInfo } from "./provider_info.js";
import { LONG_TIMEOUT_MS, ServiceConnection } from "./service.js";
import { serverSettings, type ServerSettings } from "./settings.js";
import { signedCall, type CallOptions, type SignedRequestOptions } from "./signed_call.js";
import { openStream, type StreamedAnswer, type StreamOptions } from "./stream.js";
import {
  CompleteAuthorizationRequestSchema, type CompleteAuthorizationRequest, type ExplainSignatureResponse,
} from "./stubs/oauth1d/v1/oauth1d_pb.js";
import { dateOf, Token, tokenFromMessage, type ProviderToken } from "./token.js";

/** How to begin a login. */
export interface StartOptions extends CallOptions {
  /** Which of the provider's configured consumers; default: the only one. */
  readonly consumer?: string | undefined;
  /** Added to the provider's page, e.g. { force_login: "true" }; must be allowed by the configuration. */
  readonly authorizeParameters?: Parameters | undefined;
  /** Added to the temporary credential request; must be allowed by the configuration. */
  readonly requestTokenParameters?: Parameters | undefined;
  /** Fills the host templates of the provider (a shop, a wiki). */
  readonly providerParameters?: Parameters | undefined;
  /** Up to 2 KiB of your own, such as the page to return to; comes back as `token.appState`. */
  readonly appState?: string | Uint8Array | undefined;
}

/** Set the cookie, then send the browser to `redirectUrl`. */
export interface StartedAuthorization {
  readonly redirectUrl: string;
  /** Names the flow; only needed where the callback is out of band. */
  readonly state: string;
  readonly bindingCookie: BindingCookie;
  /** After this the flow is gone. */
  readonly expiresAt: Date | undefined;
}

/** Which token, of which consumer, to seal. */
export interface ImportOptions extends CallOptions {
  readonly consumer?: string | undefined;
  readonly providerParameters?: Parameters | undefined;
}

/**
 * One connection to the service, opened by the first call and again whenever it was lost. Safe to share. Every method
 * throws an `OAuth1dError` if there is no answer. What is not given comes from the environment (`serverSettings`).
 */
export class Client {
  readonly settings: ServerSettings;
  /** For messages of your own (`oauth1d/stubs/oauth1d_pb`). */
  readonly service: ServiceConnection;

  constructor(settings: Partial<ServerSettings> = {}) {
    this.settings = serverSettings(settings);
    this.service = new ServiceConnection(this.settings);
  }

  /** Begins a login. `callbackUrl` is one that the configuration allows, or "oob". */
  async startAuthorization(provider: string, callbackUrl: string, options: StartOptions = {}):
    Promise<StartedAuthorization> {
    const { appState = "" } = options;
    const request = {
      provider,
      callbackUrl,
      consumer: options.consumer ?? "",
      authorizeParameters: parameterMessages(options.authorizeParameters),
      requestTokenParameters: parameterMessages(options.requestTokenParameters),
      providerParameters: parameterMessages(options.providerParameters),
      appState: typeof appState === "string" ? new TextEncoder().encode(appState) : appState,
    };
    const answer = await this.service.call((stub, rpc) => stub.startAuthorization(request, rpc), safe(options));
    const { name = "", value = "", maxAge } = answer.bindingCookie ?? {};
    return {
      redirectUrl: answer.redirectUrl,
      state: answer.state,
      bindingCookie: { name, value, maxAge: maxAge && Math.floor(durationMs(maxAge) / 1000) },
      expiresAt: dateOf(answer.expireTime),
    };
  }

  /** Ends a login. `callbackQuery` is the raw query string, or the whole URL, of the callback. */
  async completeAuthorization(
    provider: string, callbackQuery: string, bindingCookies: readonly BindingCookie[], options: CallOptions = {},
  ): Promise<Token> {
    return this.#complete(provider, { case: "callbackQuery", value: callbackQuery }, bindingCookies, options);
  }

  /** Ends a login whose callback was "oob": `state` and cookie are from the start, `pin` from the user. */
  async completeWithPin(
    provider: string, started: Pick<StartedAuthorization, "state" | "bindingCookie">, pin: string,
    options: CallOptions = {},
  ): Promise<Token> {
    const value = { state: started.state, oauthVerifier: pin };
    return this.#complete(provider, { case: "callbackValues", value }, [started.bindingCookie], options);
  }

  /**
   * Signs one request and sends it. `url` is relative to the provider's API, or absolute inside it. Repeated once, and
   * only where that cannot make a duplicate: UNAVAILABLE, and the service says that nothing was sent, or the method is
   * GET, HEAD or OPTIONS.
   */
  async signedRequest(provider: string, method: string, url: string, options: SignedRequestOptions): Promise<Answer> {
    return new Answer(await this.service.signedRequest(await signedCall(provider, method, url, options), options));
  }

  /** The same with bodies of any size, both ways. Never repeated. */
  async stream(provider: string, method: string, url: string, options: StreamOptions): Promise<StreamedAnswer> {
    return openStream(this.service, provider, method, url, options);
  }

  /** How a request would be signed, to compare with what the provider says that it expected. Sends nothing. */
  async explainSignature(
    provider: string, method: string, url: string,
    options: SignedRequestOptions & { timestamp?: string; nonce?: string; providerBaseString?: string },
  ): Promise<ExplainSignatureResponse> {
    const { timestamp = "", nonce = "", providerBaseString = "" } = options;
    const request = await signedCall(provider, method, url, options);
    const message = { request, timestamp, nonce, providerBaseString };
    return this.service.call((stub, rpc) => stub.explainSignature(message, rpc), safe(options));
  }

  /** The providers that this application may use, in the configuration's order. */
  async listProviders(options: CallOptions = {}): Promise<ProviderInfo[]> {
    const answer = await this.service.call((stub, rpc) => stub.listProviders({}, rpc), safe(options));
    return answer.providers.map(providerInfo);
  }

  /** Seals a token that the application has. */
  async importAccessToken(provider: string, token: ProviderToken, options: ImportOptions = {}): Promise<Token> {
    const value = { token: token.token, tokenSecret: token.tokenSecret };
    return this.#import(provider, { case: "providerToken", value }, options, true);
  }

  /** Exchanges a user's name and password (xAuth), where provider and configuration allow it. */
  async importPasswordLogin(
    provider: string, login: { readonly username: string; readonly password: string }, options: ImportOptions = {},
  ): Promise<Token> {
    const { username, password } = login;
    return this.#import(provider, { case: "passwordLogin", value: { username, password } }, options, false);
  }

  /** Renews a token at the provider. Keep the new one in place of the old one. */
  async refreshAccessToken(token: Token, options: CallOptions = {}): Promise<Token> {
    const request = { accessToken: token.accessToken };
    const answer = await this.service.call(
      (stub, rpc) => stub.refreshAccessToken(request, rpc), safe(options), LONG_TIMEOUT_MS);
    return new Token(tokenFromMessage(token.provider, answer));
  }

  /** The same access token sealed with the newest key. Keep it in place of the old one. */
  async rewrapAccessToken(accessToken: string, options: CallOptions = {}): Promise<string> {
    const answer = await this.service.call((stub, rpc) => stub.rewrapAccessToken({ accessToken }, rpc), safe(options));
    return answer.accessToken;
  }

  /** Tells the provider that the token is of no more use; whether it took that. Forget the token in any case. */
  async revokeAccessToken(accessToken: string, options: CallOptions = {}): Promise<boolean> {
    const answer = await this.service.call(
      (stub, rpc) => stub.revokeAccessToken({ accessToken }, rpc), options, LONG_TIMEOUT_MS);
    return answer.providerRevoked;
  }

  /** Closes the connection; running calls fail. */
  close(): void {
    this.service.close();
  }

  async #complete(
    provider: string, callback: Callback, cookies: readonly BindingCookie[], options: CallOptions,
  ): Promise<Token> {
    const bindingCookies = cookies.map(({ name, value }) => ({ name, value }));
    const request = create(CompleteAuthorizationRequestSchema, { provider, callback, bindingCookies });
    const answer = await this.service.call(
      (stub, rpc) => stub.completeAuthorization(request, rpc), safe(options), LONG_TIMEOUT_MS);
    const revealed = answer.providerToken;
    return new Token({
      ...tokenFromMessage(answer.provider || provider, answer),
      appState: answer.appState,
      spentCookieName: answer.spentCookieName,
      providerToken: revealed && { token: revealed.token, tokenSecret: revealed.tokenSecret },
    });
  }

  async #import(provider: string, source: Source, options: ImportOptions, repeatable: boolean): Promise<Token> {
    const providerParameters = parameterMessages(options.providerParameters);
    const request = { provider, consumer: options.consumer ?? "", providerParameters, source };
    const answer = await this.service.call(
      (stub, rpc) => stub.importAccessToken(request, rpc), { ...options, safe: repeatable }, LONG_TIMEOUT_MS);
    return new Token(tokenFromMessage(provider, answer));
  }
}

type Callback =
  | Extract<CompleteAuthorizationRequest["callback"], { case: "callbackQuery" }>
  | { case: "callbackValues"; value: { state: string; oauthVerifier: string } };
type Source =
  | { case: "providerToken"; value: { token: string; tokenSecret: string } }
  | { case: "passwordLogin"; value: { username: string; password: string } };

function safe(options: CallOptions): CallOptions & { safe: true } {
  return { ...options, safe: true };
}
