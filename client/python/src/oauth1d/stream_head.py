"""The first message of a streamed request, and where the body comes from that follows it."""
from __future__ import annotations

from typing import Any

from . import messages
from ._stubs import oauth1d_pb2 as pb
from .body_source import AsyncBodySource, is_source, length_of
from .content import filename_of
from .credentials import Credentials
from .parameters import pairs_of

END = pb.StreamSignedRequestRequest(end=pb.StreamEnd())


def chunk(piece: bytes) -> pb.StreamSignedRequestRequest:
    """A message with a piece of the body."""
    return pb.StreamSignedRequestRequest(chunk=piece)


def stream_head(
    provider: str,
    method: str,
    url: str,
    *,
    token: Credentials,
    content: AsyncBodySource | bytes | str | None = None,
    content_length: int | None = None,
    files: Any = None,
    **options: Any,
) -> tuple[pb.StreamSignedRequestRequest, AsyncBodySource | None]:
    """The head, and where the chunks come from; None: the head has the whole body. See StreamOptions.

    Raises MissingTokenError if `token` holds none, ValueError if the body is given twice, or if a length is given for
    a body that is whole.
    """
    source: AsyncBodySource | None = None
    if is_source(content):
        if options.get("json") is not None or options.get("data") or files:
            raise ValueError("give one of content=, json= and data= (with files=)")
        source, content = content, None
    elif files:
        files, source = _without_the_last(files)
    request = messages.signed_request(
        provider, method, url, token=token, content=content, files=files, **options  # type: ignore[arg-type]
    )
    if source is not None:
        length = length_of(source) if content_length is None else content_length
        if length is not None:
            request.call.content_length = length
    elif content_length is not None:
        raise ValueError("content_length is for a body that comes in pieces")
    return pb.StreamSignedRequestRequest(head=request), source


def _without_the_last(files: Any) -> tuple[list[tuple[str, Any]], AsyncBodySource | None]:
    """The files, the last one emptied if it is an open file, which then comes second."""
    *before, (name, last) = pairs_of(files)
    filename, source, *content_type = last if isinstance(last, tuple) else (filename_of(last), last)
    if not is_source(source):
        return [*before, (name, last)], None
    return [*before, (name, (filename, b"", *content_type))], source
