"""`client.get(...)` and its like, for the asyncio web frameworks."""
from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from .aio_stream_response import AsyncStreamResponse
from .credentials import Credentials
from .errors import OAuth1dError
from .hooks import settled
from .loop_clients import LoopClients
from .registry import Registration
from .request_tokens import current_tokens
from .response import Response
from .token_use import TokenUse
from .traceparent import traceparent_of


class AsyncRequests:
    """Signed requests to one provider.

    Every method takes `url`, relative to the provider's API or absolute inside it, and the keywords of
    `request`; every method is to be awaited and gives a `Response`, whatever its status.
    """

    def __init__(self, registration: Registration, clients: LoopClients) -> None:
        self.registration = registration
        self._clients = clients
        self._token_key = object()  # one OAuth object's client never sees a token of another's

    @property
    def name(self) -> str:
        """The provider's name in the service's configuration."""
        return self.registration.name

    def request(
        self,
        method: str,
        url: str,
        *,
        token: Credentials | None = None,
        request: Any = None,
        withhold_token: bool = False,
        traceparent: str | None = None,
        **options: Any,
    ) -> Coroutine[Any, Any, Response]:
        """Sends one signed request.

        token: what to sign it with: a token, or its access_token. Without it: the token that
            `authorize_access_token` returned in this web request and task, else what the registered
            `fetch_token` finds (it is given `request`), else MissingTokenError. In tasks of your own, and in
            a streamed response, pass it.
        withhold_token: True: sign with the consumer's credentials alone (two-legged).
        traceparent: the trace that this belongs to; default: the web request's, if `request` is given or a login
            came back with it.
        options: params, headers, data, json, content, files, timeout (seconds) as in
            `oauth1d.aio.Client.signed_request`.
        """
        # Not an async def: the login's token is looked up in the caller's own task, so that
        # asyncio.gather(client.get(...), client.get(...)) works.
        use, options["traceparent"] = self._token_use(token, withhold_token, request, traceparent)
        return self._send(method, url, use, options)

    def stream(
        self,
        method: str,
        url: str,
        *,
        token: Credentials | None = None,
        request: Any = None,
        withhold_token: bool = False,
        traceparent: str | None = None,
        **options: Any,
    ) -> AbstractAsyncContextManager[AsyncStreamResponse]:
        """As `request`, for bodies of any size: `async with client.stream("GET", url) as response`, then
        `response.aiter_bytes()`. See `oauth1d.aio.Client.stream`."""
        use, options["traceparent"] = self._token_use(token, withhold_token, request, traceparent)
        return self._streamed(method, url, use, options)

    def get(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """GET."""
        return self.request("GET", url, **options)

    def head(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """HEAD."""
        return self.request("HEAD", url, **options)

    def options(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """OPTIONS."""
        return self.request("OPTIONS", url, **options)

    def post(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """POST."""
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """PUT."""
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """PATCH."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """DELETE."""
        return self.request("DELETE", url, **options)

    def _token_use(
        self, token: Credentials | None, withhold_token: bool, request: Any, traceparent: str | None
    ) -> tuple[TokenUse, str | None]:
        """And the traceparent."""
        kept = current_tokens()
        use = TokenUse(
            self.registration,
            token=token,
            withhold_token=withhold_token,
            request=request,
            kept=kept if request is None or (kept is not None and kept.is_for(request)) else None,
            key=self._token_key,
        )
        web_request = kept.request if request is None and kept is not None else request
        return use, traceparent or traceparent_of(web_request)

    async def _send(self, method: str, url: str, use: TokenUse, options: dict[str, Any]) -> Response:
        found = await self._found(use)
        try:
            response = await self._clients.current().signed_request(self.name, method, url, token=found, **options)
        except OAuth1dError as error:
            await settled(use.renewed(error.renewed_token))
            raise
        await settled(use.renewed(response.replacement_access_token))
        return response

    @asynccontextmanager
    async def _streamed(
        self, method: str, url: str, use: TokenUse, options: dict[str, Any]
    ) -> AsyncIterator[AsyncStreamResponse]:
        found = await self._found(use)
        async with AsyncExitStack() as stack:
            try:
                call = self._clients.current().stream(self.name, method, url, token=found, **options)
                response = await stack.enter_async_context(call)
            except OAuth1dError as error:
                await settled(use.renewed(error.renewed_token))
                raise
            try:
                yield response
            finally:
                await settled(use.renewed(response.replacement_access_token))

    async def _found(self, use: TokenUse) -> Credentials:
        return use.take(await settled(use.fetched()) if use.token is None else None)
