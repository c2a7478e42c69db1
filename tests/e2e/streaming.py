"""StreamSignedRequest from a caller's side."""

import queue
import zlib
from dataclasses import dataclass, field

import grpc
from oauth1d._error_details import error_from_rpc
from oauth1d._stubs import oauth1d_pb2 as pb

from caller import Caller, signed_request

METHOD = "/oauth1d.v1.OAuth1Service/StreamSignedRequest"


@dataclass
class Answer:
    """What came back, the body as its length, checksum and beginning."""

    head: pb.HttpAnswer = None
    end: pb.StreamEnd = None
    length: int = 0
    checksum: int = 0
    body: bytes = b""
    messages: list = field(default_factory=list)


class StreamCaller(Caller):
    def open(self, messages, timeout=120):
        """The call, for tests that read it by themselves. `messages`: an iterable of requests."""
        stub = self._channel.stream_stream(METHOD, pb.StreamSignedRequestRequest.SerializeToString,
                                           pb.StreamSignedRequestResponse.FromString)
        return stub(iter(messages), timeout=timeout)

    def stream(self, messages, timeout=120):
        """The whole answer; raises OAuth1dError."""
        answer = Answer()
        try:
            for message in self.open(messages, timeout):
                kind = message.WhichOneof("message")
                answer.messages.append(kind)
                if kind == "head":
                    answer.head = message.head
                elif kind == "chunk":
                    answer.length += len(message.chunk)
                    answer.checksum = zlib.crc32(message.chunk, answer.checksum)
                    answer.body = (answer.body + message.chunk)[:4096]
                else:
                    answer.end = message.end
        except grpc.RpcError as failure:
            raise error_from_rpc(failure) from failure
        return answer


def head(method, url, **call):
    request = signed_request(method, url, provider_token=pb.ProviderToken(token="t", token_secret="s"), **call)
    return pb.StreamSignedRequestRequest(head=request)


def chunk(data):
    return pb.StreamSignedRequestRequest(chunk=data)


END = pb.StreamSignedRequestRequest(end=pb.StreamEnd())


class Slow:
    """Messages that a test gives one by one."""

    def __init__(self):
        self._queue = queue.Queue()

    def give(self, message):
        self._queue.put(message)

    def finish(self):
        self._queue.put(None)

    def __iter__(self):
        return iter(self._queue.get, None)
