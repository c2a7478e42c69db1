"""Logins under way: what ties one to its browser, how it ends, and that it ends once."""
from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from .._stubs import oauth1d_pb2 as pb
from .failure import ServiceFailure, invalid
from .users import User

OUT_OF_BAND = "oob"
_MOST_PINS = 3


@dataclass
class Flow:
    """One login. `verifier` and `user` are empty until somebody approves."""

    provider: str
    consumer: str
    callback_url: str
    state: str
    app_state: bytes
    oauth_token: str
    cookie: tuple[str, str]
    verifier: str = ""
    user: User | None = None
    answer: pb.CompleteAuthorizationResponse | None = None
    failure: ServiceFailure | None = None
    finished_with: str = ""
    refused_pins: int = 0

    @classmethod
    def begin(cls, request: pb.StartAuthorizationRequest, consumer: str) -> Flow:
        """With a state, a binding and a temporary token of its own."""
        state = secrets.token_urlsafe(32)
        secure = request.callback_url.startswith("https://") or request.callback_url == OUT_OF_BAND
        digest = base64.urlsafe_b64encode(hashlib.sha256(state.encode()).digest()).decode()
        name = f"{'__Host-' if secure else ''}oauth1-{digest[:16]}"
        return cls(
            request.provider,
            consumer,
            request.callback_url,
            state,
            request.app_state,
            secrets.token_urlsafe(12),
            (name, secrets.token_urlsafe(32)),
        )

    def callback(self, **parameters: str) -> str:
        """Where the provider sends the browser."""
        joint = "&" if "?" in self.callback_url else "?"
        return f"{self.callback_url}{joint}{urlencode({'state': self.state, **parameters})}"

    def check_binding(self, cookies: list[tuple[str, str]]) -> None:
        """Raises BINDING_MISMATCH unless one of the cookies is this flow's."""
        name, value = self.cookie
        for other, given in cookies:
            if other == name and hmac.compare_digest(given.encode(), value.encode()):
                return
        message = "this login was begun in another browser (or its cookie is gone)"
        raise ServiceFailure("BINDING_MISMATCH", message)

    def check_verifier(self, verifier: str, *, denied: bool) -> None:
        """Raises what the service or the provider would say, if this does not finish the login."""
        if self.failure is not None:
            raise self.failure
        if self.finished_with:
            if denied or not hmac.compare_digest(verifier.encode(), self.finished_with.encode()) or not self.answer:
                raise self._failed("ALREADY_COMPLETED", "this login was finished before")
        elif denied:
            self.failure = self._failed("USER_DENIED", "the user said no at the provider")
            raise self.failure
        elif not self.verifier or not hmac.compare_digest(verifier.encode(), self.verifier.encode()):
            refused = self._failed("PROVIDER_REJECTED", "the provider refused the verifier", sent="yes")
            self.refused_pins += 1
            if self.callback_url != OUT_OF_BAND or self.refused_pins >= _MOST_PINS:
                self.failure = refused
            raise refused

    def check_token(self, token: str, *, denied: bool) -> None:
        """Raises TOKEN_MISMATCH if `token` is another login's."""
        if not token and (denied or self.callback_url == OUT_OF_BAND):
            return
        if not token:
            raise invalid("callback_query", "has no oauth_token", app_state=self.app_state)
        if not hmac.compare_digest(token.encode(), self.oauth_token.encode()):
            raise self._failed("TOKEN_MISMATCH", "the callback's oauth_token is not the one of this login")

    def _failed(self, reason: str, message: str, sent: str = "no") -> ServiceFailure:
        return ServiceFailure(reason, message, sent=sent, app_state=self.app_state)


@dataclass(frozen=True)
class Callback:
    """What a callback says. `oauth_problem=user_refused` and `denied=` are denials."""

    state: str
    token: str
    verifier: str
    denied: bool

    @classmethod
    def of(cls, request: pb.CompleteAuthorizationRequest) -> Callback:
        """Raises INVALID_REQUEST for one that cannot end any login."""
        if request.WhichOneof("callback") == "callback_values":
            values = request.callback_values
            found = cls(values.state, values.oauth_token, values.oauth_verifier, False)
        elif request.WhichOneof("callback") == "callback_query":
            text = request.callback_query
            query = urlsplit(text).query if text.startswith(("http://", "https://")) else text.removeprefix("?")
            said = parse_qsl(query, keep_blank_values=True)
            pairs = dict(said)
            for name in ("state", "oauth_token", "oauth_verifier", "denied"):
                if sum(other == name for other, _ in said) > 1:
                    raise invalid("callback_query", f"has {name} twice")
            refused = pairs.get("denied", "")
            found = cls(
                pairs.get("state", ""),
                refused or pairs.get("oauth_token", ""),
                pairs.get("oauth_verifier", ""),
                bool(refused) or pairs.get("oauth_problem") == "user_refused",
            )
        else:
            raise invalid("callback", "is required")
        if not found.state:
            raise invalid("callback_query", "has no state; pass what the browser came back with, as it came")
        if not found.verifier and not found.denied:
            raise invalid("callback_query", "has no oauth_verifier")
        return found
