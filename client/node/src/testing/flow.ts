/** A login under way: what ties it to its browser, how it ends, and that it ends once. */
import { createHash, randomBytes } from "node:crypto";

import type { OAuth1dError } from "../errors.js";
import type {
  CompleteAuthorizationRequest, CompleteAuthorizationResponse, StartAuthorizationRequest,
} from "../stubs/oauth1d/v1/oauth1d_pb.js";
import { failure, invalid } from "./failure.js";
import { sameText } from "./same_text.js";
import type { User } from "./user.js";

export const OUT_OF_BAND = "oob";
const MOST_PINS = 3;

/** What a callback says. */
export interface CallbackParts {
  readonly state: string;
  readonly token: string;
  readonly verifier: string;
  readonly denied: boolean;
}

/** One login; `verifier` and `user` are there once somebody approved. */
export class Flow {
  readonly provider: string;
  readonly callbackUrl: string;
  readonly appState: Uint8Array;
  readonly state = random(32);
  readonly oauthToken = random(12);
  readonly cookie: { readonly name: string; readonly value: string };
  verifier = "";
  user: User | undefined;
  answer: CompleteAuthorizationResponse | undefined;
  #finished = false;
  #failure: OAuth1dError | undefined;
  #refusedPins = 0;

  constructor(request: StartAuthorizationRequest) {
    this.provider = request.provider;
    this.callbackUrl = request.callbackUrl;
    this.appState = request.appState;
    const secure = this.callbackUrl === OUT_OF_BAND || this.callbackUrl.startsWith("https://");
    const tag = createHash("sha256").update(this.state).digest("base64url").slice(0, 16);
    this.cookie = { name: `${secure ? "__Host-" : ""}oauth1-${tag}`, value: random(32) };
  }

  /** Where the provider sends the browser. */
  callback(parameters: Readonly<Record<string, string>>): string {
    const query = new URLSearchParams({ state: this.state, ...parameters });
    return `${this.callbackUrl}${this.callbackUrl.includes("?") ? "&" : "?"}${query}`;
  }

  /** Throws BINDING_MISMATCH unless one of the cookies is this flow's. */
  checkBinding(cookies: ReadonlyArray<{ readonly name: string; readonly value: string }>): void {
    const { name, value } = this.cookie;
    if (cookies.some((one) => one.name === name && sameText(one.value, value))) return;
    throw failure("BINDING_MISMATCH", { message: "this login was begun in another browser (or its cookie is gone)" });
  }

  /** Throws TOKEN_MISMATCH if the callback is another login's. */
  checkToken({ token, denied }: CallbackParts): void {
    if (!token && (denied || this.callbackUrl === OUT_OF_BAND)) return;
    if (!token) throw invalid("callback_query", "has no oauth_token", this.appState);
    if (!sameText(token, this.oauthToken)) {
      throw this.#failed("TOKEN_MISMATCH", "the callback's oauth_token is not the one of this login");
    }
  }

  /** Throws what the service or the provider would say, if this does not finish the login. */
  checkVerifier({ verifier, denied }: CallbackParts): void {
    if (this.#failure) throw this.#failure;
    const right = this.verifier !== "" && sameText(verifier, this.verifier);
    if (this.#finished) {
      if (denied || !right || !this.answer) throw this.#failed("ALREADY_COMPLETED", "this login was finished before");
    } else if (denied) {
      this.#failure = this.#failed("USER_DENIED", "the user said no at the provider");
      throw this.#failure;
    } else if (!right) {
      const refused = this.#failed("PROVIDER_REJECTED", "the provider refused the verifier", "yes");
      this.#refusedPins += 1;
      if (this.callbackUrl !== OUT_OF_BAND || this.#refusedPins >= MOST_PINS) this.#failure = refused;
      throw refused;
    }
  }

  /** It ends here: the same callback from the same browser gets the same answer. */
  finish(answer: CompleteAuthorizationResponse): void {
    this.#finished = true;
    this.answer = answer;
  }

  #failed(reason: string, message: string, sent: "no" | "yes" = "no"): OAuth1dError {
    return failure(reason, { message, sent, appState: this.appState });
  }
}

/** Takes a callback apart; throws INVALID_REQUEST for one that cannot end any login. */
export function callbackParts(request: CompleteAuthorizationRequest): CallbackParts {
  const parts = partsOf(request);
  if (!parts.state) throw invalid("callback_query", "has no state; pass what the browser came back with, as it came");
  if (!parts.verifier && !parts.denied) throw invalid("callback_query", "has no oauth_verifier");
  return parts;
}

function partsOf({ callback }: CompleteAuthorizationRequest): CallbackParts {
  if (callback.case === "callbackValues") {
    const { state, oauthToken, oauthVerifier } = callback.value;
    return { state, token: oauthToken, verifier: oauthVerifier, denied: false };
  }
  if (callback.case !== "callbackQuery") throw invalid("callback", "is required");
  const text = callback.value;
  const query = new URLSearchParams(/^https?:\/\//.test(text) ? new URL(text).search : text);
  for (const name of ["state", "oauth_token", "oauth_verifier", "denied"]) {
    if (query.getAll(name).length > 1) throw invalid("callback_query", `has ${name} more than once`);
  }
  const refused = query.get("denied") ?? "";
  return {
    state: query.get("state") ?? "",
    token: refused || (query.get("oauth_token") ?? ""),
    verifier: query.get("oauth_verifier") ?? "",
    denied: refused !== "" || query.get("oauth_problem") === "user_refused",
  };
}

function random(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}
