"""The fake service itself: what a test starts, arranges and looks at."""
from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent import futures
from types import TracebackType
from typing import Any

import grpc

from .._stubs import oauth1d_pb2_grpc
from ..credentials import ProviderToken
from ..settings import ServerSettings
from ..token import Token
from .api import ApiRequest, FakeApi
from .failure import ServiceFailure
from .logins import Logins
from .servicer import Servicer
from .tokens import Tokens
from .users import User, user_of

_METHODS = frozenset(
    name for name in vars(oauth1d_pb2_grpc.OAuth1ServiceServicer) if not name.startswith("_")
)


class FakeService:
    """An oauth1d on a free port of 127.0.0.1 while the `with` block runs; safe for many threads.

    providers: their names, or a dict of name to names of consumers. callback_urls: the only ones that are allowed;
    default: every https one, and plain http on loopback. passwords: who may log in by password (xAuth).
    Any user may log in; all provider and request-token parameters are taken. ExplainSignature is not there, since
    nothing is signed.
    """

    def __init__(
        self,
        providers: Iterable[str] | Mapping[str, Sequence[str]] = ("twitter",),
        *,
        callback_urls: Iterable[str] | None = None,
        passwords: Mapping[str, str] | None = None,
    ) -> None:
        if isinstance(providers, str):
            raise TypeError("providers is a list of names")
        consumers = dict(providers) if isinstance(providers, Mapping) else {name: ["main"] for name in providers}
        self._apis = {name: FakeApi(name) for name in consumers}
        self._tokens = Tokens()
        self._logins = Logins(consumers, None if callback_urls is None else set(callback_urls), self._tokens)
        self._servicer = Servicer(self._logins, self._tokens, self._apis, dict(passwords or {}))
        self._server = grpc.server(futures.ThreadPoolExecutor(16), options=[("grpc.so_reuseport", 0)])
        oauth1d_pb2_grpc.add_OAuth1ServiceServicer_to_server(self._servicer, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        """HOST:PORT, for OAUTH1D_SERVER."""
        self.settings = ServerSettings(server=self.address)
        """For `OAuth(settings=...)` and `Client(settings=...)`."""

    def __enter__(self) -> FakeService:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop(None).wait()

    # The user, and the provider's pages.

    def approve(self, redirect_url: str, user: User | str = "alice") -> str:
        """The user says yes; the address that the provider sends the browser to. ValueError: no such login."""
        return self._logins.approve(redirect_url, user_of(user))

    def deny(self, redirect_url: str) -> str:
        """The user says no; the address that the provider sends the browser to. ValueError: no such login."""
        return self._logins.deny(redirect_url)

    def pin(self, redirect_url: str, user: User | str = "alice") -> str:
        """The user says yes where the callback is `oob`; the PIN to type in."""
        return self._logins.approve(redirect_url, user_of(user))

    # What time does.

    def expire(self, redirect_url: str | None = None) -> None:
        """The user took too long: this login, or all of them, is not found any more."""
        self._logins.expire(redirect_url)

    def forget_answers(self) -> None:
        """120 seconds pass: the callback of a finished login, repeated, is ALREADY_COMPLETED from now on. Until then
        the same browser gets the same answer again, so that a lost answer loses no login."""
        self._logins.forget_answers()

    # Tokens.

    def log_in(self, user: User | str = "alice", provider: str = "twitter") -> Token:
        """A user's token, as a login of before gave it: for tests that begin later."""
        found = user_of(user)
        self._logins.consumer_of(provider, "")
        issued = self._tokens.issue(provider, found)
        values = {"access_token": issued.access_token, "user_id": found.user_id, "screen_name": found.screen_name}
        return Token(values, provider=provider)

    def provider_token(self, user: User | str = "alice", provider: str = "twitter") -> ProviderToken:
        """A token of the provider's own, as applications have stored from before oauth1d."""
        return self._tokens.issue_provider_token(provider, user_of(user))

    def renew_tokens(self) -> None:
        """All tokens of now are renewed when they are used next: the answer brings `replacement_access_token`, the
        same for everybody who holds the old one."""
        for token in self._tokens.every():
            token.renewal_due = True

    def reject_tokens(self) -> None:
        """The provider takes none of the tokens of now any more: 401, with `token_rejected`."""
        for token in self._tokens.every():
            token.rejected = True

    # The provider's API, and what it was asked.

    def api(self, provider: str = "twitter") -> FakeApi:
        """Where to say what it answers. KeyError: no such provider."""
        return self._apis[provider]

    @property
    def requests(self) -> list[ApiRequest]:
        """What was signed and sent to the providers so far."""
        return list(self._servicer.requests)

    @property
    def calls(self) -> list[tuple[str, Any]]:
        """Every RPC so far: its name and its message."""
        return list(self._servicer.calls)

    @property
    def metadata(self) -> list[dict[str, str | bytes]]:
        """What came with every RPC so far: traceparent, authorization …"""
        return list(self._servicer.metadata)

    # Trouble.

    def fail_next(self, method: str, reason: str = "", message: str = "", *, times: int = 1, **details: Any) -> None:
        """The next `times` calls of `method`, such as "SignedRequest", fail; those that follow work again.

        reason: such as "PROVIDER_UNREACHABLE"; empty: the connection broke, and nobody knows more. details: those of
        `ServiceFailure`: sent, retry_after (seconds), metadata, violations, app_state, code. Mind that clients repeat
        what is safe to repeat: up to three calls a login step.
        """
        if method not in _METHODS:
            raise ValueError(f"no method of the service: {method!r}; there are {', '.join(sorted(_METHODS))}")
        failures = [ServiceFailure(reason, message, **details) for _ in range(times)]
        self._servicer.failures.setdefault(method, []).extend(failures)

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """While this block runs, the service cannot be reached."""
        self._servicer.is_down = True
        try:
            yield
        finally:
            self._servicer.is_down = False
