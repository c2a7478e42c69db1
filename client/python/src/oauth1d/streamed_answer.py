"""What a streamed answer is, whoever reads it."""
from __future__ import annotations

from typing import TypeVar

from ._stubs import oauth1d_pb2 as pb
from .base_response import BaseResponse
from .errors import OAuth1dError, StreamCutOff

_Error = TypeVar("_Error", bound=OAuth1dError)


def head_of(message: pb.StreamSignedRequestResponse | None) -> pb.HttpAnswer:
    """The answer's head. Raises StreamCutOff if `message` is none."""
    if message is None or message.WhichOneof("message") != "head":
        raise StreamCutOff("the stream ended before the answer's head")
    return message.head


class StreamedAnswer(BaseResponse):
    """Takes the messages after the head: chunks, then an end."""

    _body: bytes | None = None
    _begun = False
    _ended = False
    _closed = False

    @property
    def content(self) -> bytes:
        """The body, once it has been read as a whole. Raises RuntimeError before."""
        if self._body is None:
            raise RuntimeError("the body has not been read: call read() first")
        return self._body

    def _begin_reading(self) -> None:
        if self._closed:
            raise RuntimeError("the stream is closed")
        if self._begun:
            raise RuntimeError("the body is read already, and comes only once")
        self._begun = True

    def _take(self, message: pb.StreamSignedRequestResponse) -> bytes:
        """The piece of the body that is in it."""
        if message.WhichOneof("message") == "end":
            self._understand(message.end)
            self._ended = True
        return message.chunk

    def _finish(self) -> None:
        if not self._ended:
            raise StreamCutOff("the stream ended before the answer did")

    def _keep(self, body: bytes) -> bytes:
        self._body = body
        return body

    def _failed(self, error: _Error) -> _Error:
        self.replacement_access_token = error.renewed_token or getattr(self, "replacement_access_token", None)
        return error
