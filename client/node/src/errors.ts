/**
 * Why a call failed: one class a reason, grouped by what the caller can do about it.
 *
 * Catch `OAuth1dError` for all of them, a group such as `Unavailable`, or one reason such as `UserDenied`. A reason that
 * this version does not know is thrown as its group, judged by the gRPC code.
 */
import { OAuth1dError, type ErrorFacts, type GrpcCode } from "./base_error.js";

export * from "./base_error.js";

// The groups, by gRPC code.

/** INVALID_ARGUMENT: mend the call. */
export class InvalidCall extends OAuth1dError {}

/** UNAUTHENTICATED: the service does not know this application. */
export class CallerRejected extends OAuth1dError {}

/** PERMISSION_DENIED: not this caller, not this browser, or not there. */
export class NotAllowed extends OAuth1dError {}

/** NOT_FOUND: no such provider or flow. */
export class NotFound extends OAuth1dError {}

/** FAILED_PRECONDITION: start the flow again, or give up. */
export class NotPossible extends OAuth1dError {}

/** UNKNOWN: the outcome is unknown. Never repeat by machine. */
export class UnknownOutcome extends OAuth1dError {}

/** UNAVAILABLE: with a reason it is safe to repeat; without one it is the transport's, outcome unknown. */
export class Unavailable extends OAuth1dError {}

/** RESOURCE_EXHAUSTED: with a reason, shed before any work. */
export class ResourceExhausted extends OAuth1dError {}

/** The time ran out, or the caller hung up (code CANCELLED). `sent` tells whether to fear a duplicate. */
export class DeadlineExceeded extends OAuth1dError {}

/** DATA_LOSS: a stored record is damaged. */
export class DataLoss extends OAuth1dError {}

/** INTERNAL: a fault of the service. */
export class Internal extends OAuth1dError {}

// The reasons.

/** A field is missing or malformed; `fieldViolations` names it. */
export class InvalidRequest extends InvalidCall {}

/** The access token is damaged, or belongs to another owner or provider. */
export class TokenInvalid extends InvalidCall {}

/** This application proved no identity that the service knows. */
export class CallerUnknown extends CallerRejected {}

/** The service's configuration does not allow this application to do this. */
export class CallerNotAllowed extends NotAllowed {}

/** The flow was started in another browser. The right one can still finish. */
export class BindingMismatch extends NotAllowed {}

/** The callback's oauth_token is not this flow's. The right callback can still finish. */
export class TokenMismatch extends NotAllowed {}

/** The url lies outside the provider's API, or its host resolves to an address that is not allowed. */
export class DestinationDenied extends NotAllowed {}

/** No provider of this name for this application; `listProviders` tells the names. */
export class ProviderNotFound extends NotFound {}

/** No such flow: unknown, expired or someone else's. Log in again. */
export class FlowNotFound extends NotFound {}

/** The user said no at the provider. */
export class UserDenied extends NotPossible {}

/** The provider refused the temporary credentials or the verifier. Log in again. */
export class ProviderRejected extends NotPossible {}

/** The provider refused the consumer key or the signature. The service's operator must act. */
export class ConsumerRejected extends NotPossible {}

/** The provider did not confirm the callback, so it may speak OAuth 1.0 without the fix of 1.0a. */
export class CallbackNotConfirmed extends NotPossible {}

/** The provider's answer is no token response. */
export class BadTokenResponse extends NotPossible {}

/** The login was finished before. If it was not you, tell the user. */
export class AlreadyCompleted extends NotPossible {}

/** The provider's answer is larger than 3.5 MiB. The request was sent. */
export class ResponseTooLarge extends NotPossible {}

/** The token, or the key that sealed it, is out of use. Log in again. */
export class TokenExpired extends NotPossible {}

/** The request may have taken effect, and nobody can tell. Never repeat it by machine. */
export class OutcomeUnknown extends UnknownOutcome {}

/** No connection to the provider, or no answer to a request that is safe to repeat. */
export class ProviderUnreachable extends Unavailable {}

/** The provider is overloaded; `retryAfter` tells when to try again. */
export class ProviderBusy extends Unavailable {}

/** The service's store does not answer. Nothing was lost; repeat. */
export class StoreUnavailable extends Unavailable {}

/** Another replica is finishing this login right now. Repeat to get its answer. */
export class ExchangeInProgress extends Unavailable {}

/** Sealed with a key that this replica has not loaded yet. Repeat. */
export class KeyNotLoaded extends Unavailable {}

/** The service cannot write its audit log and is configured to stop then. */
export class AuditUnavailable extends Unavailable {}

/** Too much at once; `retryAfter` tells when to try again. */
export class Overloaded extends ResourceExhausted {}

/** The service's store is full. Running logins still finish; new ones must wait. */
export class StoreFull extends ResourceExhausted {}

/** This application's own limit is used up; `retryAfter` tells when to try again. */
export class QuotaExceeded extends ResourceExhausted {}

/** A stored record is damaged or was tampered with. */
export class RecordInvalid extends DataLoss {}

type ErrorClass = new (description: string, facts?: ErrorFacts) => OAuth1dError;

const BY_CODE: Partial<Record<GrpcCode, ErrorClass>> = {
  INVALID_ARGUMENT: InvalidCall,
  UNAUTHENTICATED: CallerRejected,
  PERMISSION_DENIED: NotAllowed,
  NOT_FOUND: NotFound,
  FAILED_PRECONDITION: NotPossible,
  UNKNOWN: UnknownOutcome,
  UNAVAILABLE: Unavailable,
  RESOURCE_EXHAUSTED: ResourceExhausted,
  DEADLINE_EXCEEDED: DeadlineExceeded,
  DATA_LOSS: DataLoss,
  INTERNAL: Internal,
  CANCELLED: DeadlineExceeded,
};

const BY_REASON: Readonly<Record<string, ErrorClass>> = {
  DEADLINE: DeadlineExceeded,
  INTERNAL: Internal,
  INVALID_REQUEST: InvalidRequest,
  TOKEN_INVALID: TokenInvalid,
  CALLER_UNKNOWN: CallerUnknown,
  CALLER_NOT_ALLOWED: CallerNotAllowed,
  BINDING_MISMATCH: BindingMismatch,
  TOKEN_MISMATCH: TokenMismatch,
  DESTINATION_DENIED: DestinationDenied,
  PROVIDER_NOT_FOUND: ProviderNotFound,
  FLOW_NOT_FOUND: FlowNotFound,
  USER_DENIED: UserDenied,
  PROVIDER_REJECTED: ProviderRejected,
  CONSUMER_REJECTED: ConsumerRejected,
  CALLBACK_NOT_CONFIRMED: CallbackNotConfirmed,
  BAD_TOKEN_RESPONSE: BadTokenResponse,
  ALREADY_COMPLETED: AlreadyCompleted,
  RESPONSE_TOO_LARGE: ResponseTooLarge,
  TOKEN_EXPIRED: TokenExpired,
  OUTCOME_UNKNOWN: OutcomeUnknown,
  PROVIDER_UNREACHABLE: ProviderUnreachable,
  PROVIDER_BUSY: ProviderBusy,
  STORE_UNAVAILABLE: StoreUnavailable,
  EXCHANGE_IN_PROGRESS: ExchangeInProgress,
  KEY_NOT_LOADED: KeyNotLoaded,
  AUDIT_UNAVAILABLE: AuditUnavailable,
  OVERLOADED: Overloaded,
  STORE_FULL: StoreFull,
  QUOTA_EXCEEDED: QuotaExceeded,
  RECORD_INVALID: RecordInvalid,
};

/** The error for a failed call: of its reason's class, else of its code's. */
export function errorOf(description: string, facts: ErrorFacts): OAuth1dError {
  const byReason = facts.reason && Object.hasOwn(BY_REASON, facts.reason) ? BY_REASON[facts.reason] : undefined;
  const kind = byReason ?? (facts.code && BY_CODE[facts.code]) ?? OAuth1dError;
  return new kind(description, facts);
}

/** Every reason that this version knows. */
export const REASONS: readonly string[] = Object.keys(BY_REASON);
