"""An answer whose body is read as it comes, for blocking code."""
from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import grpc

from ._error_details import error_from_rpc
from ._stubs import oauth1d_pb2 as pb
from .body_source import pieces
from .stream_head import END, chunk
from .streamed_answer import StreamedAnswer, head_of


class Upload:
    """The messages of a request; gRPC takes them in a thread of its own, one when the one before has gone out."""

    def __init__(self, head: pb.StreamSignedRequestRequest, source: Any) -> None:
        self.failure: BaseException | None = None
        """What the application's own body raised."""
        self._head = head
        self._source = source
        self._call: Any = None
        self._begun = threading.Event()

    def begin(self, call: Any) -> None:
        """Says which call these messages belong to."""
        self._call = call
        self._begun.set()

    def messages(self) -> Iterator[pb.StreamSignedRequestRequest]:
        """Head, chunks, end. A source that fails ends the call, without an end: the body never looks whole."""
        yield self._head
        if self._source is not None:
            body = pieces(self._source)
            while True:
                try:
                    piece = next(body, None)
                except BaseException as failure:  # pylint: disable=broad-except
                    self.failure = failure
                    self._begun.wait()
                    self._call.cancel()
                    return
                if piece is None:
                    break
                yield chunk(piece)
        yield END


class StreamResponse(StreamedAnswer):
    """Status and headers are here; the body is read once, by `iter_bytes` or `read`.

    `provider_problem`, `token_rejected` and `replacement_access_token` are known once the body has been read.
    """

    def __init__(self, call: Any, upload: Upload) -> None:
        self._call = call
        self._upload = upload
        super().__init__(head_of(self._next()))

    def iter_bytes(self) -> Iterator[bytes]:
        """The body in pieces of at most 64 KiB, as they come; whoever is slow slows the provider down.

        Raises an OAuth1dError if the stream is cut off: if the loop ends by itself, the body is whole.
        """
        self._begin_reading()
        while (message := self._next()) is not None:
            piece = self._take(message)
            if piece:
                yield piece
        self._finish()

    def read(self) -> bytes:
        """The whole body, which then is in `content`, `text` and `json()` as well."""
        return self._keep(b"".join(self.iter_bytes()) if self._body is None else self._body)

    def close(self) -> None:
        """Ends the call, here and at the provider, if it has not ended."""
        self._closed = True
        self._call.cancel()

    def _next(self) -> pb.StreamSignedRequestResponse | None:
        try:
            return next(self._call, None)
        except grpc.RpcError as failure:
            if self._upload.failure is not None:
                raise self._upload.failure
            raise self._failed(error_from_rpc(failure)) from failure
