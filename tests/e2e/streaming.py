"""StreamSignedRequest from a caller's side."""

import queue
import zlib
from dataclasses import dataclass, field

import grpc
import pytest
from oauth1d._error_details import error_from_rpc
from oauth1d._stubs import oauth1d_pb2 as pb

from caller import Caller, signed_request
from configuration import configuration, provider
from oauth1d_process import Oauth1d
from stream_provider import StreamProvider
from waiting import eventually

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


def held_back(count):
    """The count, not 0, once it has stood still for half a second."""
    looks = []

    def still():
        looks.append(count())
        return looks[-1] if len(looks) > 25 and looks[-25] == looks[-1] else 0

    return eventually(still, "whoever is ahead waits")


@pytest.fixture(scope="module")
def files():
    with StreamProvider() as running:
        yield running


@pytest.fixture(scope="module")
def server(files):
    providers = [provider(files.url), provider(files.url, name="hashed", body_hash="sha256")]
    with Oauth1d(configuration(*providers)) as running:
        yield running


@pytest.fixture
def caller(server):
    with StreamCaller(server.address) as running:
        yield running
