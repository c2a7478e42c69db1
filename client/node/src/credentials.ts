/** Whose request it is: what `token` may be. */
import type { MessageInitShape } from "@bufbuild/protobuf";

import { MissingTokenError } from "./base_error.js";
import type { SignedRequestRequestSchema } from "./stubs/oauth1d/v1/oauth1d_pb.js";
import { Token, type ProviderToken } from "./token.js";

/** Marks a request that is signed with the consumer's credentials alone. */
export const TWO_LEGGED: unique symbol = Symbol("two-legged");

/** An access token; a `Token` or what you stored of one; the provider's own token; or TWO_LEGGED. */
export type Credentials = string | Token | { readonly accessToken: string } | ProviderToken | typeof TWO_LEGGED;

type CredentialsInit = NonNullable<MessageInitShape<typeof SignedRequestRequestSchema>["credentials"]>;

/** The message's credentials. Throws MissingTokenError if there is no token in them. */
export function credentialsInit(credentials: Credentials | null | undefined): CredentialsInit {
  if (credentials === TWO_LEGGED) return { case: "application", value: {} };
  const accessToken = accessTokenOf(credentials);
  if (accessToken) return { case: "accessToken", value: accessToken };
  if (typeof credentials === "object" && credentials !== null && "token" in credentials && credentials.token) {
    return { case: "providerToken", value: { token: credentials.token, tokenSecret: credentials.tokenSecret ?? "" } };
  }
  throw new MissingTokenError("the token holds neither an accessToken nor a provider's token: log the user in first");
}

/** The sealed access token in `credentials`, if they hold one. */
export function accessTokenOf(credentials: Credentials | null | undefined): string | undefined {
  if (typeof credentials === "string") return credentials || undefined;
  if (typeof credentials !== "object" || credentials === null || !("accessToken" in credentials)) return undefined;
  return credentials.accessToken || undefined;
}
