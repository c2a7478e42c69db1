"""The tokens that logins returned in the web request that is being handled now.

`client.get(...)` without `token=` means "for the user who just logged in". It is not told the web request, so
the link is a ContextVar; but a ContextVar alone is not safe. An ASGI server may start the task of the next
request on a connection inside the context of the one before (uvicorn does so with pipelined requests, and
whenever sending the answer resumed a paused connection), and behind a proxy one connection carries many
users. A test client may even run many requests in one task. So a token counts only in the very task that
logged in, and only as long as the web request object lives; then it is forgotten. Who runs many requests in one task
and keeps their objects must pass `request=`, or call `forget_tokens` when one ends.

Where there is no event loop the thread stands for the task. A WSGI server handles one request after the other
in it, so there the web request must be the current one as well, see `SyncRequests._current_request`.
"""
from __future__ import annotations

import asyncio
import threading
import weakref
from contextvars import ContextVar

from .token import Token

Worker = asyncio.Task[object] | threading.Thread
"""What handles a web request."""


def _current_worker() -> Worker | None:
    try:
        return asyncio.current_task()  # None in a callback of the loop, which belongs to nobody
    except RuntimeError:
        return threading.current_thread()


class RequestTokens:
    """Tokens by key, for one web request in one task or thread."""

    def __init__(self, request: object, worker: Worker | None) -> None:
        tokens: dict[object, Token] = {}
        self._tokens = tokens
        self._request = weakref.ref(request, lambda _: tokens.clear())
        self._worker = weakref.ref(worker) if worker is not None else None

    def is_of(self, worker: Worker | None) -> bool:
        """Whether the web request is alive and handled by `worker`."""
        return (
            worker is not None and self._worker is not None and self._worker() is worker and self.request is not None
        )

    def is_for(self, request: object) -> bool:
        """Whether this belongs to `request`."""
        return self._request() is request

    @property
    def request(self) -> object | None:
        """The web request; None once it has ended."""
        return self._request()

    def keep(self, key: object, token: Token) -> None:
        """Keeps `token` until the web request ends."""
        if self.request is not None:
            self._tokens[key] = token

    def replace(self, key: object, old_access_token: str, token: Token) -> None:
        """Keeps `token` in place of the one that holds `old_access_token`, if that is still there."""
        kept = self._tokens.get(key)
        if kept is not None and kept.get("access_token") == old_access_token:
            self.keep(key, token)

    def drop(self, key: object) -> None:
        """Forgets the token of `key`."""
        self._tokens.pop(key, None)

    def get(self, key: object) -> Token | None:
        """The token of `key`, if there is one."""
        return self._tokens.get(key)


_current: ContextVar[RequestTokens | None] = ContextVar("oauth1d_request_tokens", default=None)


def tokens_for(request: object) -> RequestTokens:
    """Where logins of `request` keep their tokens. Call it in the task or thread that handles the request."""
    worker = _current_worker()
    found = _current.get()
    if found is None or not (found.is_of(worker) and found.is_for(request)):
        found = RequestTokens(request, worker)
        _current.set(found)
    return found


def current_tokens() -> RequestTokens | None:
    """Where the logins of the web request that this task or thread handles have kept their tokens, if any did."""
    found = _current.get()
    return found if found is not None and found.is_of(_current_worker()) else None


def forget_tokens() -> None:
    """Forgets all of them in this context: for frameworks that tell when a request begins or ends."""
    _current.set(None)
