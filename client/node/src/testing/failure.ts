/** A failure as the service tells it. */
import { errorOf, REASONS, type GrpcCode, type OAuth1dError, type Sent } from "../errors.js";
import {
  CallerRejected, DataLoss, DeadlineExceeded, Internal, InvalidCall, NotAllowed, NotFound, NotPossible,
  ResourceExhausted, Unavailable, UnknownOutcome,
} from "../errors.js";

/** What a test may say of a failure. */
export interface FailureDetails {
  readonly message?: string | undefined;
  /** Default: the one that goes with the reason. */
  readonly code?: GrpcCode | undefined;
  /** Default: "no". */
  readonly sent?: Sent | undefined;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Field to description. */
  readonly violations?: Readonly<Record<string, string>> | undefined;
  readonly appState?: Uint8Array | undefined;
  /** The token was renewed before the call failed: what the caller is told to keep. */
  readonly renewedAccessToken?: string | undefined;
}

const CODES: ReadonlyArray<readonly [abstract new (...args: never[]) => unknown, GrpcCode]> = [
  [InvalidCall, "INVALID_ARGUMENT"], [CallerRejected, "UNAUTHENTICATED"], [NotAllowed, "PERMISSION_DENIED"],
  [NotFound, "NOT_FOUND"], [NotPossible, "FAILED_PRECONDITION"], [UnknownOutcome, "UNKNOWN"],
  [Unavailable, "UNAVAILABLE"], [ResourceExhausted, "RESOURCE_EXHAUSTED"], [DeadlineExceeded, "DEADLINE_EXCEEDED"],
  [DataLoss, "DATA_LOSS"], [Internal, "INTERNAL"],
];

/**
 * The failure of this reason; an empty one is the transport's, UNAVAILABLE, which tells nothing. Throws a TypeError for
 * a reason that the contract does not have, unless `code` is given.
 */
export function failure(reason: string, details: FailureDetails = {}): OAuth1dError {
  const code = details.code ?? codeOf(reason);
  const description = details.message ?? (reason ? `a test wants ${reason}` : "the transport failed");
  if (!reason) return errorOf(description, { code });
  return errorOf(description, {
    code,
    reason,
    metadata: { sent: details.sent ?? "no", ...details.metadata },
    fieldViolations: Object.entries(details.violations ?? {}).map(([field, text]) => ({ field, description: text })),
    retryAfter: details.retryAfter,
    appState: details.appState,
    renewedAccessToken: details.renewedAccessToken,
  });
}

/** INVALID_REQUEST, naming one field. */
export function invalid(field: string, description: string, appState?: Uint8Array): OAuth1dError {
  return failure("INVALID_REQUEST", {
    message: "the request has a field that cannot be taken", violations: { [field]: description }, appState,
  });
}

function codeOf(reason: string): GrpcCode {
  if (!reason) return "UNAVAILABLE";
  if (!REASONS.includes(reason)) {
    throw new TypeError(`no reason of the contract: ${reason}; there are ${REASONS.join(", ")}`);
  }
  const error = errorOf("", { reason });
  return CODES.find(([kind]) => error instanceof kind)?.[1] ?? "INTERNAL";
}
