"""The token of one request to a provider: where it came from, and where a renewed one goes."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .credentials import TWO_LEGGED, Credentials
from .errors import MissingTokenError
from .hooks import call_hook
from .registry import Registration
from .request_tokens import RequestTokens
from .token import Token


class TokenUse:
    """Made in the task or thread that handles the web request, so that its login is found.

    token: what the caller gave. kept: what logins of this web request have returned, with the key of this client.
    """

    def __init__(
        self,
        registration: Registration,
        *,
        token: Credentials | None,
        withhold_token: bool,
        request: Any,
        kept: RequestTokens | None,
        key: object,
    ) -> None:
        self._registration = registration
        self._request = request
        self._kept = kept
        self._key = key
        self.token: Credentials | None = TWO_LEGGED if withhold_token else token
        if self.token is None and kept is not None:
            self.token = kept.get(key)

    def fetched(self) -> Any:
        """What `fetch_token` returns, possibly an awaitable; None without one."""
        hook = self._registration.fetch_token
        return None if hook is None else call_hook(hook, request=self._request)

    def take(self, found: Credentials | None) -> Credentials:
        """The token, which is `found` unless there was one already. Raises MissingTokenError if there is none."""
        if self.token is None:
            self.token = found
        if self.token is None:
            raise MissingTokenError(
                f"no token for {self._registration.name}: pass token=, register fetch_token, or call this after "
                "authorize_access_token in the same web request and task"
            )
        return self.token

    def renewed(self, access_token: str | None) -> Any:
        """Keeps the renewed token in place of the old one. Returns what `save_token` does, possibly an awaitable."""
        if not access_token or self.token is None:
            return None
        old: Mapping[str, Any] = self.token if isinstance(self.token, Mapping) else {"access_token": self.token}
        token = Token.renewed(old, access_token, provider=self._registration.name)
        if self._kept is not None:
            self._kept.replace(self._key, token.previous_access_token, token)
        self.token = token
        hook = self._registration.save_token
        return None if hook is None else call_hook(hook, token, request=self._request)
