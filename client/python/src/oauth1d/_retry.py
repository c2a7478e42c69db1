"""Which failed SignedRequest may be sent once more."""
from __future__ import annotations

import random

import grpc

from .errors import OAuth1dError

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_PAUSE = 2.0


def pause_before_retry(error: OAuth1dError, method: str, *, remaining: float) -> float | None:
    """Seconds to wait before the one retry; None: do not repeat.

    Only an UNAVAILABLE is repeated, and then only if the service says that the provider has not seen the
    request, or if `method` is safe by RFC 9110 section 9.2.1. `remaining` is the time until the deadline, in
    seconds; a wait that does not fit into it, or over two seconds, is left to the caller (`retry_after`).
    """
    if error.code is not grpc.StatusCode.UNAVAILABLE:
        return None
    provably_unsent = bool(error.reason) and error.sent == "no"
    if not provably_unsent and method not in _SAFE_METHODS:
        return None
    pause = max(error.retry_after or 0.0, 0.05) * random.uniform(1.0, 1.5)
    return pause if pause < min(remaining, _LONGEST_PAUSE) else None
