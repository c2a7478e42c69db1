"""The tokens that logins returned in the web request that is being handled now.

`client.get(...)` without `token=` means "for the user who just logged in". It is not told the web request, so
the link is a ContextVar; but a ContextVar alone is not safe. An ASGI server may start the task of the next
request on a connection inside the context of the one before (uvicorn does so with pipelined requests, and
whenever sending the answer resumed a paused connection), and behind a proxy one connection carries many
users. A test client may even run many requests in one task. So a token counts only in the very task that
logged in, and only as long as the web request object lives; then it is forgotten.
"""
from __future__ import annotations

import asyncio
import weakref
from contextvars import ContextVar

from .token import Token


class RequestTokens:
    """Tokens by key, for one web request in one task."""

    def __init__(self, request: object, task: asyncio.Task[object] | None) -> None:
        tokens: dict[object, Token] = {}
        self._tokens = tokens
        self._request = weakref.ref(request, lambda _: tokens.clear())
        self._task = weakref.ref(task) if task is not None else None

    def is_of(self, task: asyncio.Task[object] | None) -> bool:
        """Whether the web request is alive and handled by `task`."""
        return task is not None and self._task is not None and self._task() is task and self._request() is not None

    def is_for(self, request: object) -> bool:
        """Whether this belongs to `request`."""
        return self._request() is request

    def keep(self, key: object, token: Token) -> None:
        """Keeps `token` until the web request ends."""
        if self._request() is not None:
            self._tokens[key] = token

    def drop(self, key: object) -> None:
        """Forgets the token of `key`."""
        self._tokens.pop(key, None)

    def get(self, key: object) -> Token | None:
        """The token of `key`, if there is one."""
        return self._tokens.get(key)


_current: ContextVar[RequestTokens | None] = ContextVar("oauth1d_request_tokens", default=None)


def tokens_for(request: object) -> RequestTokens:
    """Where logins of `request` keep their tokens. Call it in the task that handles the request."""
    task = asyncio.current_task()
    found = _current.get()
    if found is None or not (found.is_of(task) and found.is_for(request)):
        found = RequestTokens(request, task)
        _current.set(found)
    return found


def remembered_token(key: object) -> Token | None:
    """The token of `key` that a login returned in the web request of the current task, if any."""
    found = _current.get()
    return found.get(key) if found is not None and found.is_of(asyncio.current_task()) else None
