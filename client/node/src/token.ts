/** The token that a login returns. */
import { timestampDate, type Timestamp } from "@bufbuild/protobuf/wkt";

import { deleteCookieHeader } from "./binding_cookie.js";
import { parameterPairs, type ParameterPairs } from "./parameters.js";
import type { Parameter } from "./stubs/oauth1d/v1/oauth1d_pb.js";

/** The provider's own token, kept by your application instead of the service's sealed one. */
export interface ProviderToken {
  readonly token: string;
  /** A secret. */
  readonly tokenSecret: string;
}

/** What a token is made of. */
export interface TokenFacts {
  provider: string;
  accessToken: string;
  parameters?: ParameterPairs;
  appState?: Uint8Array;
  expiresAt?: Date | undefined;
  spentCookieName?: string;
  providerToken?: ProviderToken | undefined;
}

/** Where a Set-Cookie header can be added: a web Response, an Express response, a Fastify reply. */
export type CookieTarget =
  | Response
  | { appendHeader(name: string, value: string): unknown }
  | { header(name: string, value: string): unknown };

/** Keep `accessToken` as a secret of the user; console.log and JSON.stringify do not show it. */
export class Token {
  /** The provider's name in the service's configuration. */
  readonly provider: string;
  /** What the provider said with the token, such as user_id and screen_name. */
  readonly parameters: ParameterPairs;
  /** When the token ends, where the provider said so. */
  readonly expiresAt: Date | undefined;
  /** The binding cookie that is of no more use. */
  readonly spentCookieName: string;
  readonly #accessToken: string;
  readonly #appState: Uint8Array;
  readonly #providerToken: ProviderToken | undefined;

  constructor(facts: TokenFacts) {
    this.provider = facts.provider;
    this.parameters = facts.parameters ?? [];
    this.expiresAt = facts.expiresAt;
    this.spentCookieName = facts.spentCookieName ?? "";
    this.#accessToken = facts.accessToken;
    this.#appState = facts.appState ?? new Uint8Array();
    this.#providerToken = facts.providerToken;
  }

  /** Opaque and sealed: store it, and hand it back as `token`. */
  get accessToken(): string {
    return this.#accessToken;
  }

  /** Only where the service is configured to reveal it. */
  get providerToken(): ProviderToken | undefined {
    return this.#providerToken;
  }

  /** What the login was started with, as text. */
  get appState(): string {
    return new TextDecoder().decode(this.#appState);
  }

  /** `appState` as bytes. */
  get appStateBytes(): Uint8Array {
    return this.#appState;
  }

  /** The first parameter of this name, as text: `token.get("screen_name")`. */
  get(name: string): string | undefined {
    const found = this.parameters.find(([other]) => other === name)?.[1];
    return found instanceof Uint8Array ? new TextDecoder().decode(found) : found;
  }

  /** The same login with a renewed access token. */
  renewed(accessToken: string): Token {
    return new Token({
      provider: this.provider,
      accessToken,
      parameters: this.parameters,
      appState: this.#appState,
      spentCookieName: this.spentCookieName,
    });
  }

  /**
   * Deletes the spent binding cookie from the browser, by way of your own response, and returns that response (a new
   * one where a web Response does not let its headers be changed). Not calling this is harmless: the cookie is of no
   * more use and expires by itself.
   */
  deleteCookie<T extends CookieTarget>(response: T): T {
    if (!this.spentCookieName) return response;
    const value = deleteCookieHeader(this.spentCookieName);
    if (response instanceof Response) return withHeader(response, "set-cookie", value) as T;
    if ("appendHeader" in response) response.appendHeader("set-cookie", value);
    else response.header("set-cookie", value); // Fastify adds to those that are there
    return response;
  }
}

/** A date, or undefined where there is none. */
export function dateOf(time: Timestamp | undefined): Date | undefined {
  return time && timestampDate(time);
}

/** From the service's answer to a login or an import. */
export function tokenFromMessage(
  provider: string,
  message: { accessToken: string; parameters: Parameter[]; expireTime?: Timestamp | undefined },
): TokenFacts {
  return {
    provider,
    accessToken: message.accessToken,
    parameters: parameterPairs(message.parameters),
    expiresAt: dateOf(message.expireTime),
  };
}

function withHeader(response: Response, name: string, value: string): Response {
  try {
    response.headers.append(name, value);
    return response;
  } catch { // immutable, as those of Response.redirect and of fetch are
    const headers = new Headers(response.headers);
    headers.append(name, value);
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  }
}
