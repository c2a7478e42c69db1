"""Who is known here: consumers, users, temporary credentials and token credentials."""

import enum
import hmac
import secrets
import threading
from dataclasses import dataclass

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


class CredentialStore:
    """Thread safe. Every step of a flow is one atomic change of phase: of two exchanges at once,
    one succeeds."""

    def __init__(self, consumers):
        self.consumers = {consumer.key: consumer for consumer in consumers}
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
        return self._tokens.get(identifier)

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
            issued = TokenCredentials(f"{found.user.id}-{generate_token()}", generate_token(40),
                                      found.consumer, found.user)
            self._tokens[issued.identifier] = issued
            return issued


def _pin():
    return str(1_000_000 + secrets.randbelow(9_000_000))
