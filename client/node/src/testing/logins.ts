/** StartAuthorization and CompleteAuthorization, as the service answers them. */
import { randomInt } from "node:crypto";
import { isIP } from "node:net";

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";

import { parameterMessages } from "../parameters.js";
import {
  CompleteAuthorizationResponseSchema, StartAuthorizationResponseSchema, type CompleteAuthorizationRequest,
  type CompleteAuthorizationResponse, type Parameter, type StartAuthorizationRequest, type StartAuthorizationResponse,
} from "../stubs/oauth1d/v1/oauth1d_pb.js";
import { failure, invalid } from "./failure.js";
import { callbackParts, Flow, OUT_OF_BAND } from "./flow.js";
import { checkAllowed, checkConsumer, type FakeProvider } from "./provider.js";
import type { Tokens } from "./tokens.js";
import { userId, type User } from "./user.js";

const LIFETIME_S = 600;
const MOST_COOKIES = 32;
const MOST_APP_STATE = 2048;

/** All logins of a fake service. */
export class Logins {
  readonly #providers: ReadonlyMap<string, FakeProvider>;
  readonly #callbackUrls: ReadonlySet<string> | undefined;
  readonly #tokens: Tokens;
  readonly #flows = new Map<string, Flow>();

  constructor(
    providers: ReadonlyMap<string, FakeProvider>, callbackUrls: readonly string[] | undefined, tokens: Tokens,
  ) {
    this.#providers = providers;
    this.#callbackUrls = callbackUrls && new Set(callbackUrls);
    this.#tokens = tokens;
  }

  /** Throws PROVIDER_NOT_FOUND for a name that no test gave. */
  provider(name: string): FakeProvider {
    const found = this.#providers.get(name);
    if (!found) throw failure("PROVIDER_NOT_FOUND", { message: `no provider ${name}` });
    return found;
  }

  start(request: StartAuthorizationRequest): StartAuthorizationResponse {
    const provider = this.provider(request.provider);
    checkConsumer(provider, request);
    checkAllowed(request.authorizeParameters, provider.authorizeParameters, "authorize_parameters");
    checkAllowed(request.requestTokenParameters, provider.requestTokenParameters, "request_token_parameters");
    this.#checkCallbackUrl(request.callbackUrl);
    if (request.appState.length > MOST_APP_STATE) throw invalid("app_state", "is longer than 2048 bytes");
    const flow = new Flow(request);
    this.#flows.set(flow.state, flow);
    const query = new URLSearchParams({ oauth_token: flow.oauthToken });
    for (const { name, content } of request.authorizeParameters) query.append(name, String(content.value ?? ""));
    return create(StartAuthorizationResponseSchema, {
      redirectUrl: `https://${request.provider}.example/oauth/authorize?${query}`,
      state: flow.state,
      bindingCookie: { ...flow.cookie, maxAge: { seconds: BigInt(LIFETIME_S) } },
      expireTime: timestampFromMs(Date.now() + LIFETIME_S * 1000),
    });
  }

  complete(request: CompleteAuthorizationRequest): CompleteAuthorizationResponse {
    this.provider(request.provider);
    const parts = callbackParts(request);
    const cookies = request.bindingCookies;
    if (cookies.length === 0) throw invalid("binding_cookies", "is empty; pass every cookie whose name begins so");
    if (cookies.length > MOST_COOKIES) throw invalid("binding_cookies", "are more than 32");
    const flow = this.#flows.get(parts.state);
    if (!flow || flow.provider !== request.provider) {
      throw failure("FLOW_NOT_FOUND", { message: "no such login: unknown, expired or someone else's" });
    }
    flow.checkBinding(cookies);
    flow.checkToken(parts);
    flow.checkVerifier(parts);
    if (!flow.answer) flow.finish(this.#answer(flow));
    return flow.answer as CompleteAuthorizationResponse;
  }

  /** The user says yes; the callback, or the PIN. */
  approve(redirectUrl: string, user: User): string {
    const flow = this.#flowOf(redirectUrl);
    flow.user = user;
    flow.verifier = flow.callbackUrl === OUT_OF_BAND
      ? String(randomInt(1_000_000, 10_000_000))
      : String(randomInt(2 ** 47));
    if (flow.callbackUrl === OUT_OF_BAND) return flow.verifier;
    return flow.callback({ oauth_token: flow.oauthToken, oauth_verifier: flow.verifier });
  }

  /** The user says no; the callback. */
  deny(redirectUrl: string): string {
    const flow = this.#flowOf(redirectUrl);
    return flow.callback({ denied: flow.oauthToken });
  }

  /** This login, or all of them, is not found any more. */
  expire(redirectUrl?: string): void {
    if (redirectUrl === undefined) this.#flows.clear();
    else this.#flows.delete(this.#flowOf(redirectUrl).state);
  }

  /** The answers of finished logins are not replayed any more. */
  forgetAnswers(): void {
    for (const flow of this.#flows.values()) flow.answer = undefined;
  }

  #answer(flow: Flow): CompleteAuthorizationResponse {
    const user = flow.user as User; // the verifier was right, so somebody approved
    return create(CompleteAuthorizationResponseSchema, {
      accessToken: this.#tokens.issue(flow.provider, user).accessToken,
      provider: flow.provider,
      parameters: saidWithToken(user),
      appState: flow.appState,
      spentCookieName: flow.cookie.name,
    });
  }

  #flowOf(redirectUrl: string): Flow {
    const token = new URL(redirectUrl).searchParams.get("oauth_token");
    const found = [...this.#flows.values()].find((flow) => flow.oauthToken === token);
    if (!found) throw new TypeError(`no login is under way for ${redirectUrl}; give the address that was redirected to`);
    return found;
  }

  #checkCallbackUrl(callbackUrl: string): void {
    if (!callbackUrl) throw invalid("callback_url", "is required");
    if (callbackUrl !== OUT_OF_BAND) {
      const url = URL.canParse(callbackUrl) ? new URL(callbackUrl) : undefined;
      if (!url || !/^https?:$/.test(url.protocol)) {
        throw invalid("callback_url", "is no absolute http or https URL");
      }
      if (url.protocol === "http:" && !isLoopback(url.hostname)) {
        throw invalid("callback_url", "is plain http beyond loopback; use https");
      }
    }
    if (this.#callbackUrls && !this.#callbackUrls.has(callbackUrl)) {
      throw invalid("callback_url", "is not one of the configuration's callback_urls, to the letter");
    }
  }
}

/** What the provider says of `user` when it gives a token. */
export function saidWithToken(user: User): Parameter[] {
  return parameterMessages({ user_id: userId(user), screen_name: user.screenName, ...user.parameters });
}

function isLoopback(host: string): boolean {
  if (host === "[::1]" || host === "localhost" || host.endsWith(".localhost")) return true;
  return isIP(host) === 4 && host.startsWith("127.");
}
