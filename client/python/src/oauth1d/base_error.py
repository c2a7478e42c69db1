"""What every error of this package has."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

import grpc


class FieldViolation(NamedTuple):
    """One bad field of the request: its path in the contract, and what to do about it."""

    field: str
    description: str


class OAuth1dError(Exception):
    """There is no answer. The text is for logs; it holds no secret, but may hold a provider's words.

    code: the gRPC code; None where no call was made.
    reason: a name such as "USER_DENIED"; empty when the failure is not the service's own (the transport's).
    sent: "no", "maybe" or "yes": whether the provider can have seen the request. "maybe" when nobody said.
    metadata: what the service added: provider, sent, http_status, oauth_problem.
    field_violations: which fields of the request were bad.
    retry_after: seconds to wait before another try, where the service said so.
    app_state: what the flow was started with; None unless this browser's flow was found.
    renewed_token: the access token was renewed before the call failed: keep this one, the old one may be dead.
    """

    handled_reason: ClassVar[str] = ""

    def __init__(
        self,
        description: str,
        *,
        code: grpc.StatusCode | None = None,
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        field_violations: Sequence[FieldViolation] = (),
        retry_after: float | None = None,
        app_state: bytes | None = None,
        renewed_token: str | None = None,
    ) -> None:
        self.description = description
        self.code = code
        self.reason = reason
        self.metadata: dict[str, str] = dict(metadata or {})
        self.field_violations = tuple(field_violations)
        self.retry_after = retry_after
        self.app_state = app_state
        self.renewed_token = renewed_token
        label = reason or (code.name if code else "")
        fields = "; ".join(f"{violation.field}: {violation.description}" for violation in self.field_violations)
        text = f"{label}: {description}" if label else description
        super().__init__(f"{text} ({fields})" if fields else text)

    @property
    def sent(self) -> str:
        """Whether the provider can have seen the request: "no", "maybe" or "yes"."""
        said = self.metadata.get("sent", "")
        return said if said in ("no", "maybe", "yes") else "maybe"

    @property
    def error(self) -> str:
        """The reason in lower case, such as "user_denied"; the gRPC code's name where there is no reason."""
        return (self.reason or (self.code.name if self.code else "error")).lower()


class MissingTokenError(OAuth1dError):
    """A request to a provider's API has no token: none was given, and no login returned one in this request."""
