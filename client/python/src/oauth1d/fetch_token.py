"""Calling an application's `fetch_token`, which may take the web request or nothing."""
from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def call_fetch_token(fetch_token: Callable[..., Any], request: Any) -> Any:
    """What `fetch_token` returns, possibly an awaitable. `request` may be None."""
    try:
        inspect.signature(fetch_token).bind(request)
    except TypeError:
        return fetch_token()
    return fetch_token(request)
