"""Which failed SignedRequest may be sent once more, and with which token."""
from __future__ import annotations

import random
from dataclasses import dataclass

import grpc

from ._stubs import oauth1d_pb2 as pb
from .errors import OAuth1dError
from .response import Response

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_PAUSE = 2.0
LONGEST_RECONNECT = 1.5
"""Seconds that a repeat waits for a new connection where the old one was lost: a channel that is just reconnecting
fails calls at once. It tries once a second (`grpc.max_reconnect_backoff_ms`, a fifth more or less)."""


def connection_was_lost(error: OAuth1dError) -> bool:
    """True: `error` is the transport's own; the service said nothing."""
    return error.code is grpc.StatusCode.UNAVAILABLE and not error.reason


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


@dataclass(frozen=True)
class EarlierRenewal:
    """The token that the failed attempt was told to keep, which the repeat must not lose."""

    access_token: str | None

    def answer(self, response: Response) -> Response:
        """`response`, which names the token unless it names a newer one."""
        response.replacement_access_token = response.replacement_access_token or self.access_token
        return response

    def error(self, error: OAuth1dError) -> OAuth1dError:
        """`error`, likewise."""
        error.renewed_token = error.renewed_token or self.access_token
        return error


def repeat_with(request: pb.SignedRequestRequest, error: OAuth1dError) -> EarlierRenewal:
    """Makes `request` use the token that was renewed before `error`, if one was."""
    if error.renewed_token and request.WhichOneof("credentials") == "access_token":
        request.access_token = error.renewed_token
    return EarlierRenewal(error.renewed_token)
