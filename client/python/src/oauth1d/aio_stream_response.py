"""An answer whose body is read as it comes, for asyncio."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import grpc.aio

from ._error_details import error_from_rpc
from ._stubs import oauth1d_pb2 as pb
from .body_source import async_pieces
from .stream_head import END, chunk
from .streamed_answer import StreamedAnswer, head_of


class Upload:
    """Sends the messages of a request in a task of its own, one when the one before has gone out."""

    def __init__(self, call: Any, head: pb.StreamSignedRequestRequest, source: Any) -> None:
        self.failure: Exception | None = None
        """What the application's own body raised."""
        self._call = call
        self._stopped = False
        self._task = asyncio.create_task(self._send(head, source))

    async def stop(self) -> None:
        """Sends no more."""
        self._stopped = True  # since gRPC may swallow the cancellation, where the call is over
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _send(self, head: pb.StreamSignedRequestRequest, source: Any) -> None:
        """Head, chunks, end. A source that fails ends the call, without an end: the body never looks whole."""
        try:
            await self._call.write(head)
            if source is not None:
                body = async_pieces(source)
                while not self._stopped and (piece := await self._piece(body)) is not None:
                    await self._call.write(chunk(piece))
            if self.failure is None:
                await self._call.write(END)
                await self._call.done_writing()
        except (grpc.RpcError, asyncio.InvalidStateError):
            pass  # the call is over; whoever reads is told why

    async def _piece(self, body: AsyncIterator[bytes]) -> bytes | None:
        try:
            return await anext(body, None)
        except Exception as failure:  # pylint: disable=broad-except
            self.failure = failure
            self._call.cancel()
            return None


class AsyncStreamResponse(StreamedAnswer):
    """Status and headers are here; the body is read once, by `aiter_bytes` or `aread`.

    `provider_problem`, `token_rejected` and `replacement_access_token` are known once the body has been read.
    """

    def __init__(self, call: Any, upload: Upload, head: pb.StreamSignedRequestResponse | None) -> None:
        self._call = call
        self._upload = upload
        super().__init__(head_of(head))

    @classmethod
    async def begun(cls, call: Any, upload: Upload) -> AsyncStreamResponse:
        """The answer, once its head has come. Raises an OAuth1dError if none comes."""
        try:
            return cls(call, upload, await _next(call, upload))
        except grpc.RpcError as failure:
            raise error_from_rpc(failure) from failure

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The body in pieces of at most 64 KiB, as they come; whoever is slow slows the provider down.

        Raises an OAuth1dError if the stream is cut off: if the loop ends by itself, the body is whole.
        """
        self._begin_reading()
        try:
            while (message := await _next(self._call, self._upload)) is not None:
                piece = self._take(message)
                if piece:
                    yield piece
        except grpc.RpcError as failure:
            raise self._failed(error_from_rpc(failure)) from failure
        self._finish()

    async def aread(self) -> bytes:
        """The whole body, which then is in `content`, `text` and `json()` as well."""
        return self._keep(b"".join([piece async for piece in self.aiter_bytes()]) if self._body is None else self._body)

    async def aclose(self) -> None:
        """Ends the call, here and at the provider, if it has not ended."""
        self._closed = True
        self._call.cancel()
        await self._upload.stop()


async def _next(call: Any, upload: Upload) -> pb.StreamSignedRequestResponse | None:
    """The next message, None at the end. Raises grpc.RpcError, or what the application's own body raised."""
    try:
        message = await call.read()
    except asyncio.CancelledError:
        # gRPC says so too where the other side cancelled, or a failed upload did: nobody has cancelled this task then.
        task = asyncio.current_task()
        if (task is not None and task.cancelling()) or not call.done():
            raise
        if upload.failure is not None:
            raise upload.failure from None
        raise grpc.aio.AioRpcError(
            await call.code(), await call.initial_metadata(), await call.trailing_metadata(), await call.details()
        ) from None
    except grpc.RpcError:
        if upload.failure is not None:
            raise upload.failure from None
        raise
    return None if message is grpc.aio.EOF else message
