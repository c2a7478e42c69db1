"""Where a body that is not in memory comes from, piece by piece."""
from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from typing import IO, Any, TypeGuard, Union

BodySource = Union[IO[bytes], Iterable[bytes]]
AsyncBodySource = Union[BodySource, AsyncIterable[bytes]]

PIECE = 64 * 1024
"""Bytes in one message."""


def is_source(content: object) -> TypeGuard[AsyncBodySource]:
    """Whether `content` is a file or an iterable, not bytes or text."""
    if isinstance(content, (bytes, bytearray, memoryview, str, Mapping)):
        return False
    return any(hasattr(content, name) for name in ("read", "__iter__", "__aiter__"))


def length_of(source: object) -> int | None:
    """How many bytes of an open file are left; None where that is not known."""
    try:
        here = source.tell()  # type: ignore[attr-defined]
        end = source.seek(0, os.SEEK_END)  # type: ignore[attr-defined]
        source.seek(here)  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None
    return end - here if isinstance(end, int) and isinstance(here, int) else None


def pieces(source: Any) -> Iterator[bytes]:
    """The body in pieces of at most PIECE bytes, none empty."""
    if hasattr(source, "read"):
        while piece := _checked(source.read(PIECE)):
            yield from _cut(piece)
        return
    for piece in source:
        yield from _cut(_checked(piece))


async def async_pieces(source: Any) -> AsyncIterator[bytes]:
    """As `pieces`; what would block is asked in a thread."""
    if hasattr(source, "__aiter__"):
        async for piece in source:
            for part in _cut(_checked(piece)):
                yield part
    elif inspect.iscoroutinefunction(getattr(source, "read", None)):
        while piece := _checked(await source.read(PIECE)):
            for part in _cut(piece):
                yield part
    else:
        blocking = pieces(source)
        while (part := await asyncio.to_thread(lambda: next(blocking, None))) is not None:
            yield part


def _checked(piece: Any) -> bytes:
    if not isinstance(piece, (bytes, bytearray, memoryview)):
        raise TypeError(f"a body is made of bytes, not {type(piece).__name__}: open files in binary mode")
    return bytes(piece)


def _cut(piece: bytes) -> Iterator[bytes]:
    for begin in range(0, len(piece), PIECE):
        yield piece[begin : begin + PIECE]
