"""Who is known here: consumers, users, temporary credentials and token credentials."""

import enum
import hmac
import math
import secrets
import threading
import time
from dataclasses import dataclass, replace

from oauthlib.common import generate_token

from problems import OAuthProblem


@dataclass(frozen=True)
class Consumer:
    key: str
    secret: str
    title: str
    rsa_public_key: str = ""  # PEM; without it the RSA methods are refused


@dataclass(frozen=True)
class User:
    id: str
    screen_name: str
    name: str

    @property
    def password(self):
        """For xAuth."""
        return f"{self.screen_name}-password"


DEMO_CONSUMER = Consumer("demo-key", "demo-secret", "Demo application")
USERS = {user.screen_name: user for user in (
    User("1001", "alice", "Alice Example"), User("1002", "bob", "Bob Example"))}


class Phase(enum.Enum):
    """Where a temporary credential stands. The value is the problem of whoever exchanges it then."""

    PENDING = "permission_unknown"
    APPROVED = ""
    DENIED = "permission_denied"
    USED = "token_used"


@dataclass
class TemporaryCredentials:
    identifier: str
    secret: str
    consumer: Consumer
    callback: str
    phase: Phase = Phase.PENDING
    user: User = None
    verifier: str = ""


@dataclass(frozen=True)
class TokenCredentials:
    identifier: str
    secret: str
    consumer: Consumer
    user: User
    session_handle: str = ""
    expires: float = math.inf


class CredentialStore:
    """Thread safe. Every step of a flow is one atomic change: of two exchanges at once, one succeeds.
    With a `token_lifetime`, in seconds, tokens expire and can be renewed."""

    def __init__(self, consumers, clock=time.time, token_lifetime=None):
        self.consumers = {consumer.key: consumer for consumer in consumers}
        self.token_lifetime, self._clock = token_lifetime, clock
        self._temporary = {}
        self._tokens = {}
        self._lock = threading.Lock()

    def issue_temporary(self, consumer, callback):
        issued = TemporaryCredentials(generate_token(), generate_token(), consumer, callback)
        with self._lock:
            self._temporary[issued.identifier] = issued
        return issued

    def temporary(self, identifier):
        return self._temporary.get(identifier)

    def token(self, identifier):
        """Expired or not."""
        return self._tokens.get(identifier)

    def has_expired(self, token):
        return self._clock() >= token.expires

    def expire_tokens(self):
        """All there are, now."""
        with self._lock:
            self._tokens = {key: replace(token, expires=0.0) for key, token in self._tokens.items()}

    def issue_token(self, consumer, user):
        with self._lock:
            return self._issue(consumer, user)

    def renew(self, token, session_handle):
        """Another token for this one, which has expired then. Raises OAuthProblem."""
        with self._lock:
            found = self._tokens.get(token.identifier)
            if found is None or not found.session_handle or found.session_handle != session_handle:
                raise OAuthProblem("token_rejected", "This cannot be renewed (any more).")
            self._tokens[found.identifier] = replace(found, session_handle="", expires=0.0)
            return self._issue(found.consumer, found.user)

    def extend(self, token):
        """The same token lives on."""
        with self._lock:
            self._tokens[token.identifier] = replace(token, expires=self._next_expiry())

    def revoke(self, token):
        with self._lock:
            self._tokens.pop(token.identifier, None)

    def approve(self, identifier, user):
        """The credentials with their verifier, or None if there is nothing to decide (any more)."""
        with self._lock:
            found = self._temporary.get(identifier)
            if found is None or found.phase is not Phase.PENDING:
                return None
            found.phase, found.user = Phase.APPROVED, user
            found.verifier = _pin() if found.callback == "oob" else generate_token()
            return found

    def deny(self, identifier):
        """The credentials, or None if there is nothing to decide (any more)."""
        with self._lock:
            found = self._temporary.get(identifier)
            if found is None or found.phase is not Phase.PENDING:
                return None
            found.phase = Phase.DENIED
            return found

    def exchange(self, identifier, verifier):
        """Token credentials for the temporary ones, once. A wrong verifier uses nothing up: a
        mistyped PIN can be typed again. Raises OAuthProblem."""
        with self._lock:
            found = self._temporary.get(identifier)
            if found is None:
                raise OAuthProblem("token_rejected")
            if found.phase is not Phase.APPROVED:
                raise OAuthProblem(found.phase.value)
            if not hmac.compare_digest(found.verifier.encode(), verifier.encode()):
                raise OAuthProblem("verifier_invalid")
            found.phase = Phase.USED
            return self._issue(found.consumer, found.user)

    def _issue(self, consumer, user):
        issued = TokenCredentials(f"{user.id}-{generate_token()}", generate_token(40), consumer, user,
                                  generate_token() if self.token_lifetime else "", self._next_expiry())
        self._tokens[issued.identifier] = issued
        return issued

    def _next_expiry(self):
        return self._clock() + self.token_lifetime if self.token_lifetime else math.inf


def _pin():
    return str(1_000_000 + secrets.randbelow(9_000_000))
