/** gRPC's status codes, but OK. */
export type GrpcCode =
  | "CANCELLED" | "UNKNOWN" | "INVALID_ARGUMENT" | "DEADLINE_EXCEEDED" | "NOT_FOUND" | "ALREADY_EXISTS"
  | "PERMISSION_DENIED" | "RESOURCE_EXHAUSTED" | "FAILED_PRECONDITION" | "ABORTED" | "OUT_OF_RANGE" | "UNIMPLEMENTED"
  | "INTERNAL" | "UNAVAILABLE" | "DATA_LOSS" | "UNAUTHENTICATED";

/** Whether the provider can have seen a request. */
export type Sent = "no" | "maybe" | "yes";

/** One bad field of the request: its path in the contract, and what to do about it. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** What is known about a failure. */
export interface ErrorFacts {
  code?: GrpcCode | undefined;
  reason?: string | undefined;
  metadata?: Readonly<Record<string, string>> | undefined;
  fieldViolations?: readonly FieldViolation[] | undefined;
  retryAfter?: number | undefined;
  appState?: Uint8Array | undefined;
  renewedAccessToken?: string | undefined;
  cause?: unknown;
}

/** There is no answer. The message is for logs; it holds no secret, but may hold a provider's words. */
export class OAuth1dError extends Error {
  /** The gRPC code; undefined where no call was made. */
  readonly code: GrpcCode | undefined;
  /** A name such as "USER_DENIED"; empty when the failure is not the service's own (the transport's). */
  readonly reason: string;
  /** The failure in words, without its name and fields. */
  readonly description: string;
  /** What the service added: provider, sent, http_status, oauth_problem. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Which fields of the request were bad. */
  readonly fieldViolations: readonly FieldViolation[];
  /** Seconds to wait before another try, where the service said so. */
  readonly retryAfter: number | undefined;
  // Private, so that console.log and JSON.stringify show neither.
  readonly #appState: Uint8Array | undefined;
  readonly #renewedAccessToken: string | undefined;

  constructor(description: string, facts: ErrorFacts = {}) {
    const fields = (facts.fieldViolations ?? []).map((one) => `${one.field}: ${one.description}`).join("; ");
    const label = facts.reason || facts.code;
    super((label ? `${label}: ${description}` : description) + (fields ? ` (${fields})` : ""));
    this.name = new.target.name;
    this.code = facts.code;
    this.reason = facts.reason ?? "";
    this.description = description;
    this.metadata = { ...facts.metadata };
    this.fieldViolations = [...(facts.fieldViolations ?? [])];
    this.retryAfter = facts.retryAfter;
    this.#appState = facts.appState;
    this.#renewedAccessToken = facts.renewedAccessToken;
    if (facts.cause !== undefined) {
      Object.defineProperty(this, "cause", { value: facts.cause, configurable: true, writable: true });
    }
  }

  /** Whether the provider can have seen the request; "maybe" when nobody said. */
  get sent(): Sent {
    const said = this.metadata["sent"];
    return said === "no" || said === "yes" ? said : "maybe";
  }

  /** What the flow was started with, as text; undefined unless this browser's flow was found. */
  get appState(): string | undefined {
    return this.#appState && new TextDecoder().decode(this.#appState);
  }

  /** `appState` as bytes. */
  get appStateBytes(): Uint8Array | undefined {
    return this.#appState;
  }

  /** The token was renewed before the call failed: keep this one, the old one may be dead. A secret of the user. */
  get renewedAccessToken(): string | undefined {
    return this.#renewedAccessToken;
  }
}

/** A request to a provider's API has no token: none was given, and no login returned one in this request. */
export class MissingTokenError extends OAuth1dError {}
