/** Who can log in. */
import type { Scalar } from "../parameters.js";

/** A user of the providers. */
export interface User {
  readonly screenName: string;
  readonly name?: string | undefined;
  /** What else the provider says with the token. */
  readonly parameters?: Readonly<Record<string, Scalar>> | undefined;
}

/** A User as it is, or one of this screen name. */
export function userOf(user: User | string): User {
  return typeof user === "string" ? { screenName: user } : user;
}

/** The same for the same screen name. */
export function userId(user: User): string {
  let hash = 5381;
  for (const byte of Buffer.from(user.screenName)) hash = (Math.imul(hash, 33) ^ byte) >>> 0;
  return String(hash);
}

/** What account/verify_credentials.json says unless a test says otherwise. */
export function profileOf(user: User): Record<string, string> {
  const name = user.name ?? user.screenName.charAt(0).toUpperCase() + user.screenName.slice(1);
  return { id_str: userId(user), screen_name: user.screenName, name };
}
