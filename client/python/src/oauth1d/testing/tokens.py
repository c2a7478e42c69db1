"""The tokens that were given out."""
from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass

from .._stubs import oauth1d_pb2 as pb
from ..credentials import ProviderToken
from .failure import ServiceFailure, invalid
from .users import User


@dataclass
class IssuedToken:
    """One access token. `replacement`: given out in place of it, to whoever uses the old one."""

    access_token: str
    provider: str
    user: User | None
    rejected: bool = False
    renewal_due: bool = False
    replacement: IssuedToken | None = None


class Tokens:
    """Access tokens, and provider tokens by provider."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._issued: dict[str, IssuedToken] = {}
        self._provider_tokens: dict[tuple[str, str], tuple[str, User]] = {}

    def issue(self, provider: str, user: User | None) -> IssuedToken:
        """A fresh one, about as long as real ones are."""
        token = IssuedToken(f"oa1_{secrets.token_urlsafe(180)}", provider, user)
        self._issued[token.access_token] = token
        return token

    def issue_provider_token(self, provider: str, user: User) -> ProviderToken:
        """A token and its secret, as the provider itself gives them."""
        token = ProviderToken(secrets.token_urlsafe(18), secrets.token_urlsafe(30))
        self._provider_tokens[provider, token.token] = (token.token_secret, user)
        return token

    def find(self, access_token: str, provider: str | None = None) -> IssuedToken:
        """Raises TOKEN_INVALID for one that was not given out, or is another provider's."""
        if not access_token:
            raise invalid("access_token", "is required")
        token = self._issued.get(access_token)
        if token is None or provider not in (None, token.provider):
            raise ServiceFailure("TOKEN_INVALID", "the access token is damaged, or not for this provider")
        return token

    def user_of(self, provider: str, token: pb.ProviderToken) -> User | None:
        """Whose provider token it is; None: the provider would not take it."""
        secret, user = self._provider_tokens.get((provider, token.token), ("", None))
        return user if secrets.compare_digest(secret.encode(), token.token_secret.encode()) else None

    def renewed(self, token: IssuedToken) -> IssuedToken:
        """What stands in place of `token`: the same for everybody who asks."""
        with self._lock:
            if token.replacement is None:
                token.replacement = self.issue(token.provider, token.user)
            return token.replacement

    def every(self) -> list[IssuedToken]:
        """All that were given out."""
        return list(self._issued.values())
