"""Streams, where the service or the application misbehaves; the real service's are in tests/e2e/python_stream_test.py."""
from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from oauth1d import BaseResponse, Client, HTTPStatusError, aio, errors
from oauth1d.body_source import PIECE, length_of, pieces
from oauth1d.stream_head import stream_head
from scripted_stream import ScriptedStream, chunk, end, head
from service_failure import Failure


@pytest.fixture
def service() -> Iterator[ScriptedStream]:
    with ScriptedStream() as running:
        yield running


@pytest.fixture(params=["blocking", "asyncio"])
def read(request: pytest.FixtureRequest, service: ScriptedStream) -> Any:
    """Makes a request, reads the pieces of its answer into a list, and gives the response."""
    async def asynchronously(taken: list[bytes], **options: Any) -> BaseResponse:
        async with aio.Client(service.address) as client:
            async with client.stream("twitter", "GET", "x", token="oa1_secret", **options) as response:
                async for piece in response.aiter_bytes():
                    taken.append(piece)
                return response

    def one(taken: list[bytes], **options: Any) -> BaseResponse:
        if request.param == "asyncio":
            return asyncio.run(asynchronously(taken, **options))
        with Client(service.address) as client:
            with client.stream("twitter", "GET", "x", token="oa1_secret", **options) as response:
                taken.extend(response.iter_bytes())
                return response

    return one


def test_what_the_service_understood_is_there_at_the_end(service: ScriptedStream, read: Any) -> None:
    service.script = lambda request, context: iter([
        head(401), chunk(b"a"), chunk(b"b"),
        end(token_rejected=True, replacement_access_token="oa1_new", provider_problem={"problem": "token_expired"}),
    ])
    taken: list[bytes] = []
    response = read(taken, traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")
    assert (taken, response.status_code, response.ok) == ([b"a", b"b"], 401, False)
    assert response.token_rejected and response.replacement_access_token == "oa1_new"
    assert response.provider_problem is not None and response.provider_problem.problem == "token_expired"
    assert service.stream_metadata[0]["traceparent"].startswith("00-aaaa")
    assert not service.heads[0].HasField("timeout")
    with pytest.raises(HTTPStatusError):
        response.raise_for_status()
    with pytest.raises(RuntimeError, match="has not been read"):
        response.json()
    assert "oa1_" not in repr(response) + repr(vars(response).get("headers"))


@pytest.mark.parametrize("messages", [[], [chunk(b"a")], [head()], [head(), chunk(b"a")]])
def test_a_stream_that_ends_without_an_end_raises(service: ScriptedStream, read: Any, messages: list[Any]) -> None:
    service.script = lambda request, context: iter(messages)
    with pytest.raises(errors.StreamCutOff):
        read([])


@pytest.mark.parametrize("code", [grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE])
def test_a_stream_that_the_other_side_ends_raises(service: ScriptedStream, read: Any, code: grpc.StatusCode) -> None:
    """In asyncio too, where gRPC says CancelledError, which would end the task without a word."""
    def script(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        yield head()
        yield chunk(b"a")
        Failure(code, "PROVIDER_UNREACHABLE", sent="yes", renewed_token="oa1_new").abort(context)

    service.script = script
    taken: list[bytes] = []
    with pytest.raises(errors.ProviderUnreachable) as told:
        read(taken)
    assert (taken, told.value.code, told.value.sent, told.value.renewed_token) == ([b"a"], code, "yes", "oa1_new")


def test_a_stream_is_never_repeated(service: ScriptedStream, read: Any) -> None:
    def script(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        Failure(grpc.StatusCode.UNAVAILABLE, "PROVIDER_UNREACHABLE", sent="no").abort(context)
        yield

    service.script = script
    with pytest.raises(errors.ProviderUnreachable):
        read([])
    assert len(service.heads) == 1


def test_the_body_comes_once(service: ScriptedStream) -> None:
    service.script = lambda request, context: iter([head(), chunk(b"[1]"), end()])
    with Client(service.address) as client, client.stream("twitter", "GET", "x", token="t") as response:
        assert response.read() == b"[1]" == response.read() and response.json() == [1] and response.text == "[1]"
        with pytest.raises(RuntimeError, match="only once"):
            next(response.iter_bytes())


def test_what_a_head_holds() -> None:
    def made(**options: Any) -> tuple[Any, Any]:
        first, source = stream_head("twitter", "POST", "x", token="t", **options)
        return first.head.call, source

    call, source = made(content=io.BytesIO(b"abc"), headers={"Content-Type": "text/plain"})
    assert (call.content_length, call.content_type, call.WhichOneof("content")) == (3, "text/plain", None)
    assert source.read() == b"abc"
    call, source = made(content=iter([b"a"]), content_length=0)
    assert call.HasField("content_length") and call.content_length == 0
    assert not made(content=iter([b"a"]))[0].HasField("content_length")
    call, source = made(files=[("a", b"1"), ("b", ("b.txt", io.BytesIO(b"22")))], data={"c": "3"})
    assert [part.data for part in call.multipart.parts] == [b"3", b"1", b""] and call.content_length == 2
    assert (call.multipart.parts[2].filename, call.multipart.parts[2].content_type) == ("b.txt", "text/plain")
    call, source = made(files={"a": b"1"})
    assert source is None and call.multipart.parts[0].data == b"1"
    for wrong in ({"content": iter([]), "json": 1}, {"content": b"a", "content_length": 1}, {"content": b"a", "json": 1}):
        with pytest.raises(ValueError):
            made(**wrong)


def test_pieces() -> None:
    assert [len(piece) for piece in pieces(io.BytesIO(b"x" * (PIECE + 1)))] == [PIECE, 1]
    assert list(pieces([b"", b"a", bytearray(b"b"), b"x" * PIECE + b"y"]))[::3] == [b"a", b"y"]
    for text in (["a"], io.StringIO("a")):
        with pytest.raises(TypeError, match="binary mode"):
            list(pieces(text))
    file = io.BytesIO(b"abc")
    file.read(1)
    assert length_of(file) == 2 and file.read() == b"bc" and length_of(iter([])) is None
