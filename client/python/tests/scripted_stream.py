"""A service whose streams are the test's to write."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import grpc

from fake_service import FakeService
from oauth1d._stubs import oauth1d_pb2 as pb

Script = Callable[[Iterator[pb.StreamSignedRequestRequest], grpc.ServicerContext], Iterator[Any]]


class ScriptedStream(FakeService):
    """`script` gives the answer's messages; the head of each request is in `heads`."""

    script: Script

    def __init__(self) -> None:
        super().__init__()
        self.heads: list[pb.SignedRequestRequest] = []
        self.stream_metadata: list[dict[str, str]] = []

    def StreamSignedRequest(
        self, request_iterator: Iterator[pb.StreamSignedRequestRequest], context: grpc.ServicerContext
    ) -> Iterator[pb.StreamSignedRequestResponse]:
        self.heads.append(next(request_iterator).head)
        self.stream_metadata.append(dict(context.invocation_metadata()))
        yield from self.script(request_iterator, context)


def head(status: int = 200) -> pb.StreamSignedRequestResponse:
    return pb.StreamSignedRequestResponse(head=pb.HttpAnswer(status_code=status))


def chunk(piece: bytes) -> pb.StreamSignedRequestResponse:
    return pb.StreamSignedRequestResponse(chunk=piece)


def end(**said: Any) -> pb.StreamSignedRequestResponse:
    return pb.StreamSignedRequestResponse(end=pb.StreamEnd(**said))
