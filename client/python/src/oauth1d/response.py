"""A provider's whole answer, in the manner of httpx."""
from __future__ import annotations

from ._stubs import oauth1d_pb2 as pb
from .base_response import BaseResponse


class Response(BaseResponse):
    """The answer to `signed_request`."""

    def __init__(self, message: pb.SignedRequestResponse) -> None:
        super().__init__(message.answer)
        self._content = message.answer.body
        self._understand(message)

    @property
    def content(self) -> bytes:
        """The body as it came; not decompressed."""
        return self._content
