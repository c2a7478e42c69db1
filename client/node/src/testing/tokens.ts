/** The tokens that were given out. */
import { randomBytes } from "node:crypto";

import type { ProviderToken } from "../token.js";
import { failure, invalid } from "./failure.js";
import { sameText } from "./same_text.js";
import type { User } from "./user.js";

/** One access token. */
export interface IssuedToken {
  readonly accessToken: string;
  readonly provider: string;
  readonly user: User;
  /** The provider takes it no more. */
  rejected: boolean;
  /** It is renewed when it is used next. */
  renewalDue: boolean;
  /** Given out in place of it, to whoever uses the old one. */
  replacement?: IssuedToken;
}

/** Access tokens, and the providers' own. */
export class Tokens {
  readonly #issued = new Map<string, IssuedToken>();
  readonly #own: Array<ProviderToken & { readonly provider: string; readonly user: User }> = [];

  /** A fresh one, about as long as real ones are. */
  issue(provider: string, user: User): IssuedToken {
    const accessToken = `oa1_${randomBytes(180).toString("base64url")}`;
    const token: IssuedToken = { accessToken, provider, user, rejected: false, renewalDue: false };
    this.#issued.set(accessToken, token);
    return token;
  }

  /** A token and its secret, as the provider itself gives them. */
  issueProviderToken(provider: string, user: User): ProviderToken {
    const token = randomBytes(18).toString("base64url");
    const tokenSecret = randomBytes(30).toString("base64url");
    this.#own.push({ provider, user, token, tokenSecret });
    return { token, tokenSecret };
  }

  /** Throws TOKEN_INVALID for one that was not given out, or is another provider's. */
  find(accessToken: string, provider?: string): IssuedToken {
    if (!accessToken) throw invalid("access_token", "is required");
    const token = this.#issued.get(accessToken);
    if (!token || (provider !== undefined && token.provider !== provider)) {
      throw failure("TOKEN_INVALID", { message: "the access token is damaged, or not for this provider" });
    }
    return token;
  }

  /** Whose provider token it is; undefined: the provider would not take it. */
  userOf(provider: string, { token, tokenSecret }: ProviderToken): User | undefined {
    const found = this.#own.find((one) => one.provider === provider && one.token === token);
    return found && sameText(found.tokenSecret, tokenSecret) ? found.user : undefined;
  }

  /** What stands in place of `token`: the same for everybody who asks. */
  renewed(token: IssuedToken): IssuedToken {
    token.replacement ??= this.issue(token.provider, token.user);
    return token.replacement;
  }

  /** All that were given out. */
  every(): IssuedToken[] {
    return [...this.#issued.values()];
  }
}
