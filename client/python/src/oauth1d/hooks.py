"""Calling an application's `fetch_token` and `save_token`, which may take the web request or not."""
from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def call_hook(hook: Callable[..., Any], *given: Any, request: Any) -> Any:
    """What `hook(*given, request)` returns, or `hook(*given)` where it takes no request; possibly an awaitable.

    `request` may be None.
    """
    return hook(*given, request) if _takes(hook, *given, request) else hook(*given)


async def settled(result: Any) -> Any:
    """`result` itself, or what it gives when awaited."""
    return await result if inspect.isawaitable(result) else result


def not_awaitable(result: Any, hook: str) -> Any:
    """`result` itself. Raises TypeError where `hook` is one for asyncio, and nobody could await it."""
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise TypeError(f"{hook} is an async function: this web framework takes a plain one")
    return result


def _takes(hook: Callable[..., Any], *given: Any) -> bool:
    try:
        inspect.signature(hook).bind(*given)
    except (TypeError, ValueError):  # not so many; or it is a builtin, which does not tell
        return False
    return True
