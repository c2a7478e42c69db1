/** What an application says about one provider. The rest stands in the service's configuration. */
import type { Credentials } from "./credentials.js";
import type { Parameters } from "./parameters.js";
import type { Token } from "./token.js";

/** Which call a hook is for. */
export interface TokenContext<Request extends object = object> {
  /** The provider's name. */
  readonly provider: string;
  /** The web request: the call's `request`, or that of the running scope. */
  readonly request: Request | undefined;
}

/** The stored token of the user, or nothing. */
export type FetchToken<Request extends object = object> =
  (context: TokenContext<Request>) => Promise<Credentials | null | undefined> | Credentials | null | undefined;

/**
 * Stores a renewed token in place of `replaced`. A failure does not take the answer from the caller; it is told as a
 * process warning, and the service gives the same renewed token again for a day.
 */
export type SaveToken<Request extends object = object> =
  (token: Token, context: TokenContext<Request> & { readonly replaced: string }) => Promise<void> | void;

/** How stored users are found, for one provider or for all. */
export interface TokenHooks<Request extends object = object> {
  /** Called for a request that has no token. */
  readonly fetchToken?: FetchToken<Request> | undefined;
  /** Called when the service has renewed a token, or sealed it anew. */
  readonly saveToken?: SaveToken<Request> | undefined;
}

/** What this application wants with a provider. */
export interface Registration<Request extends object = object> extends TokenHooks<Request> {
  /** Which of the provider's configured consumers; default: the only one. */
  readonly consumer?: string | undefined;
  /** Fills the host templates of the provider (a shop, a wiki). */
  readonly providerParameters?: Parameters | undefined;
  /** Added to the provider's page in every login. */
  readonly authorizeParams?: Parameters | undefined;
  /** Added to every temporary credential request. */
  readonly requestTokenParams?: Parameters | undefined;
}
