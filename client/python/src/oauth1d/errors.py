"""Why a call failed: one exception class a reason, grouped by what the caller can do about it.

Catch `OAuth1dError` for all of them, a group such as `Unavailable`, or one reason such as `UserDenied`. A
reason that this version does not know is raised as its group, judged by the gRPC code.
"""
from __future__ import annotations

from .base_error import FieldViolation as FieldViolation
from .base_error import MissingTokenError as MissingTokenError
from .base_error import OAuth1dError as OAuth1dError

# The groups, by gRPC code.

class InvalidCall(OAuth1dError):
    """INVALID_ARGUMENT: mend the call."""


class CallerRejected(OAuth1dError):
    """UNAUTHENTICATED: the service does not know this application."""


class NotAllowed(OAuth1dError):
    """PERMISSION_DENIED: not this caller, not this browser, or not there."""


class NotFound(OAuth1dError):
    """NOT_FOUND: no such provider or flow."""


class NotPossible(OAuth1dError):
    """FAILED_PRECONDITION: start the flow again, or give up."""


class UnknownOutcome(OAuth1dError):
    """UNKNOWN: the outcome is unknown. Never repeat by machine."""


class Unavailable(OAuth1dError):
    """UNAVAILABLE: with a reason it is safe to repeat; without one it is the transport's, outcome unknown."""


class ResourceExhausted(OAuth1dError):
    """RESOURCE_EXHAUSTED: with a reason, shed before any work."""


class DeadlineExceeded(OAuth1dError):
    """The time ran out, or the caller hung up. `sent` tells whether to fear a duplicate."""

    handled_reason = "DEADLINE"


class StreamCutOff(OAuth1dError):
    """A stream ended without saying so: neither an error nor an end. What came of it is not whole."""


class DataLoss(OAuth1dError):
    """DATA_LOSS: a stored record is damaged."""


class Internal(OAuth1dError):
    """INTERNAL: a fault of the service."""

    handled_reason = "INTERNAL"


# The reasons.

class InvalidRequest(InvalidCall):
    """A field is missing or malformed; `field_violations` names it."""

    handled_reason = "INVALID_REQUEST"


class TokenInvalid(InvalidCall):
    """The access token is damaged, or belongs to another owner or provider."""

    handled_reason = "TOKEN_INVALID"


class CallerUnknown(CallerRejected):
    """This application proved no identity that the service knows."""

    handled_reason = "CALLER_UNKNOWN"


class CallerNotAllowed(NotAllowed):
    """The service's configuration does not allow this application to do this."""

    handled_reason = "CALLER_NOT_ALLOWED"


class BindingMismatch(NotAllowed):
    """The flow was started in another browser. The right one can still finish."""

    handled_reason = "BINDING_MISMATCH"


class TokenMismatch(NotAllowed):
    """The callback's oauth_token is not this flow's. The right callback can still finish."""

    handled_reason = "TOKEN_MISMATCH"


class DestinationDenied(NotAllowed):
    """The url lies outside the provider's API, or its host resolves to an address that is not allowed."""

    handled_reason = "DESTINATION_DENIED"


class ProviderNotFound(NotFound):
    """No provider of this name for this application; `list_providers` tells the names."""

    handled_reason = "PROVIDER_NOT_FOUND"


class FlowNotFound(NotFound):
    """No such flow: unknown, expired or someone else's. Log in again."""

    handled_reason = "FLOW_NOT_FOUND"


class UserDenied(NotPossible):
    """The user said no at the provider."""

    handled_reason = "USER_DENIED"


class ProviderRejected(NotPossible):
    """The provider refused the temporary credentials or the verifier. Log in again."""

    handled_reason = "PROVIDER_REJECTED"


class ConsumerRejected(NotPossible):
    """The provider refused the consumer key or the signature. The service's operator must act."""

    handled_reason = "CONSUMER_REJECTED"


class CallbackNotConfirmed(NotPossible):
    """The provider did not confirm the callback, so it may speak OAuth 1.0 without the fix of 1.0a."""

    handled_reason = "CALLBACK_NOT_CONFIRMED"


class BadTokenResponse(NotPossible):
    """The provider's answer is no token response."""

    handled_reason = "BAD_TOKEN_RESPONSE"


class AlreadyCompleted(NotPossible):
    """The login was finished before. If it was not you, tell the user."""

    handled_reason = "ALREADY_COMPLETED"


class ResponseTooLarge(NotPossible):
    """The provider's answer is larger than 3.5 MiB. The request was sent."""

    handled_reason = "RESPONSE_TOO_LARGE"


class TokenExpired(NotPossible):
    """The token, or the key that sealed it, is out of use. Log in again."""

    handled_reason = "TOKEN_EXPIRED"


class OutcomeUnknown(UnknownOutcome):
    """The request may have taken effect, and nobody can tell. Never repeat it by machine."""

    handled_reason = "OUTCOME_UNKNOWN"


class ProviderUnreachable(Unavailable):
    """No connection to the provider, or no answer to a request that is safe to repeat."""

    handled_reason = "PROVIDER_UNREACHABLE"


class ProviderBusy(Unavailable):
    """The provider is overloaded; `retry_after` tells when to try again."""

    handled_reason = "PROVIDER_BUSY"


class StoreUnavailable(Unavailable):
    """The service's store does not answer. Nothing was lost; repeat."""

    handled_reason = "STORE_UNAVAILABLE"


class ExchangeInProgress(Unavailable):
    """Another replica is finishing this login right now. Repeat to get its answer."""

    handled_reason = "EXCHANGE_IN_PROGRESS"


class KeyNotLoaded(Unavailable):
    """Sealed with a key that this replica has not loaded yet. Repeat."""

    handled_reason = "KEY_NOT_LOADED"


class AuditUnavailable(Unavailable):
    """The service cannot write its audit log and is configured to stop then."""

    handled_reason = "AUDIT_UNAVAILABLE"


class Overloaded(ResourceExhausted):
    """Too much at once; `retry_after` tells when to try again."""

    handled_reason = "OVERLOADED"


class StoreFull(ResourceExhausted):
    """The service's store is full. Running logins still finish; new ones must wait."""

    handled_reason = "STORE_FULL"


class QuotaExceeded(ResourceExhausted):
    """This application's own limit is used up; `retry_after` tells when to try again."""

    handled_reason = "QUOTA_EXCEEDED"


class RecordInvalid(DataLoss):
    """A stored record is damaged or was tampered with."""

    handled_reason = "RECORD_INVALID"
