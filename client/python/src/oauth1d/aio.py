"""The asyncio client: the service's calls, with deadlines, exceptions by reason and safe retries."""
from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, TypeVar, Unpack

import grpc
import grpc.aio

from . import messages
from ._error_details import error_from_rpc
from ._retry import LONGEST_RECONNECT, connection_was_lost, pause_before_retry, repeat_with
from ._stubs import oauth1d_pb2 as pb
from ._stubs.oauth1d_pb2_grpc import OAuth1ServiceStub
from .aio_stream_response import AsyncStreamResponse, Upload
from .binding_cookie import BindingCookie
from .channel_options import CHANNEL_OPTIONS
from .credentials import Credentials, ProviderToken, access_token_of
from .errors import OAuth1dError
from .explanation import SignatureExplanation
from .parameters import Parameters
from .provider_info import ProviderInfo
from .request_options import AsyncStreamOptions, RequestOptions
from .response import Response
from .settings import ServerSettings
from .started_authorization import StartedAuthorization
from .stream_head import stream_head
from .token import Token
from .traceparent import traced

_Answer = TypeVar("_Answer")


class Client:
    """One channel to the service, for the event loop that runs when it is made. Every `timeout` is in seconds.

    Every method raises an `oauth1d.errors.OAuth1dError` if there is no answer. `server` and the settings
    default to the environment (`ServerSettings.from_environment`). Cancelling a call stops it at the provider.
    `traceparent`, a W3C trace context, is passed on; what is no valid one is left out.
    """

    def __init__(self, server: str | None = None, *, settings: ServerSettings | None = None) -> None:
        settings = settings or ServerSettings.from_environment(server)
        credentials = settings.channel_credentials()
        self._channel: grpc.aio.Channel = (
            grpc.aio.secure_channel(settings.server, credentials, CHANNEL_OPTIONS)
            if credentials
            else grpc.aio.insecure_channel(settings.server, CHANNEL_OPTIONS)
        )
        self._metadata = settings.call_metadata()
        self._stub = OAuth1ServiceStub(self._channel)

    async def start_authorization(
        self,
        provider: str,
        callback_url: str,
        *,
        consumer: str = "",
        authorize_parameters: Parameters | None = None,
        request_token_parameters: Parameters | None = None,
        provider_parameters: Parameters | None = None,
        app_state: bytes | str = b"",
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> StartedAuthorization:
        """Begins a login. `app_state`, up to 2 KiB, comes back at its end."""
        request = messages.start_authorization(
            provider,
            callback_url,
            consumer=consumer,
            authorize_parameters=authorize_parameters,
            request_token_parameters=request_token_parameters,
            provider_parameters=provider_parameters,
            app_state=app_state,
        )
        return StartedAuthorization.from_message(
            await self._repeatable_call(self._stub.StartAuthorization, request, timeout, traceparent)
        )

    async def complete_authorization(
        self,
        provider: str,
        callback_query: str,
        binding_cookies: Iterable[BindingCookie],
        *,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> Token:
        """Ends a login. `callback_query` is the raw query string, or the whole URL, of the callback."""
        request = messages.complete_authorization(provider, callback_query, binding_cookies)
        timeout = timeout or messages.COMPLETE_TIMEOUT
        return Token.from_message(await self._repeatable_call(self._stub.CompleteAuthorization, request, timeout, traceparent))

    async def complete_with_pin(
        self,
        provider: str,
        state: str,
        pin: str,
        binding_cookie: BindingCookie,
        *,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> Token:
        """Ends a login whose callback was `oob`: `state` and cookie are from the start, `pin` from the user."""
        values = pb.CallbackValues(state=state, oauth_verifier=pin)
        request = messages.complete_authorization(provider, values, [binding_cookie])
        timeout = timeout or messages.COMPLETE_TIMEOUT
        return Token.from_message(await self._repeatable_call(self._stub.CompleteAuthorization, request, timeout, traceparent))

    async def signed_request(
        self,
        provider: str,
        method: str,
        url: str,
        *,
        token: Credentials,
        timeout: float | None = None,
        traceparent: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Response:
        """Signs one request and sends it. `url` is relative to the provider's API, or absolute inside it.

        Repeated once, and only where that cannot make a duplicate: see `_retry`.
        """
        request = messages.signed_request(provider, method, url, token=token, **options)
        seconds = timeout or messages.SIGNED_REQUEST_TIMEOUT
        deadline = time.monotonic() + seconds
        try:
            return await self._send(request, seconds, traceparent)
        except grpc.aio.AioRpcError as failure:
            error = error_from_rpc(failure)
            pause = pause_before_retry(error, request.call.method, remaining=deadline - time.monotonic())
            if pause is None:
                raise error from failure
        await asyncio.sleep(pause)
        if connection_was_lost(error):
            await self._reconnect(min(LONGEST_RECONNECT, deadline - time.monotonic()))
        renewal = repeat_with(request, error)
        try:
            return renewal.answer(await self._send(request, deadline - time.monotonic(), traceparent))
        except grpc.aio.AioRpcError as failure:
            raise renewal.error(error_from_rpc(failure)) from failure

    @asynccontextmanager
    async def stream(
        self,
        provider: str,
        method: str,
        url: str,
        *,
        token: Credentials,
        timeout: float | None = None,
        traceparent: str | None = None,
        **options: Unpack[AsyncStreamOptions],
    ) -> AsyncIterator[AsyncStreamResponse]:
        """As `signed_request`, for bodies of any size, and never repeated: `async with client.stream(…) as response:`,
        then `async for chunk in response.aiter_bytes()`. Leaving the `async with` early ends the call. `timeout`: an
        hour by default."""
        head, source = stream_head(provider, method, url, token=token, **options)
        call = self._stub.StreamSignedRequest(
            timeout=timeout or messages.STREAM_TIMEOUT, metadata=traced(self._metadata, traceparent)
        )
        upload = Upload(call, head, source)
        try:
            response = await AsyncStreamResponse.begun(call, upload)
            try:
                yield response
            finally:
                await response.aclose()
        finally:
            call.cancel()
            await upload.stop()

    async def list_providers(
        self, *, timeout: float | None = None, traceparent: str | None = None
    ) -> list[ProviderInfo]:
        """The providers that this application may use, in the configuration's order."""
        answer = await self._repeatable_call(self._stub.ListProviders, pb.ListProvidersRequest(), timeout, traceparent)
        return [ProviderInfo.from_message(provider) for provider in answer.providers]

    async def import_access_token(
        self,
        provider: str,
        *,
        token: ProviderToken | Mapping[str, Any] | None = None,
        username: str | None = None,
        password: str | None = None,
        consumer: str = "",
        provider_parameters: Parameters | None = None,
        timeout: float | None = None,
        traceparent: str | None = None,
    ) -> Token:
        """Seals the provider's own token (a ProviderToken, or a dict with oauth_token and oauth_token_secret), or the
        one that the provider gives for a name and a password (xAuth)."""
        request = messages.import_access_token(
            provider,
            token=token,
            username=username,
            password=password,
            consumer=consumer,
            provider_parameters=provider_parameters,
        )
        answer = await self._call(self._stub.ImportAccessToken, request, timeout, traceparent)
        return Token.from_renewal(answer, provider=provider)

    async def refresh(
        self, token: str | Mapping[str, Any], *, timeout: float | None = None, traceparent: str | None = None
    ) -> Token:
        """Renews the token at the provider; keep the answer in its place. Asked twice, it gives the same for a day."""
        request = pb.RefreshAccessTokenRequest(access_token=access_token_of(token))
        answer = await self._call(self._stub.RefreshAccessToken, request, timeout, traceparent)
        return Token.from_renewal(answer, previous_access_token=request.access_token)

    async def rewrap(
        self, token: str | Mapping[str, Any], *, timeout: float | None = None, traceparent: str | None = None
    ) -> str:
        """The same access token, sealed with the service's newest key; keep it in the old one's place."""
        request = pb.RewrapAccessTokenRequest(access_token=access_token_of(token))
        return (await self._repeatable_call(self._stub.RewrapAccessToken, request, timeout, traceparent)).access_token

    async def revoke(
        self, token: str | Mapping[str, Any], *, timeout: float | None = None, traceparent: str | None = None
    ) -> bool:
        """Tells the provider that the token is of no more use; forget it whatever the answer. True: it is dead there;
        False: the provider has no way to be told, or did not take it."""
        request = pb.RevokeAccessTokenRequest(access_token=access_token_of(token))
        return (await self._call(self._stub.RevokeAccessToken, request, timeout, traceparent)).provider_revoked

    async def explain_signature(
        self,
        provider: str,
        method: str,
        url: str,
        *,
        token: Credentials,
        timestamp: str | int = "",
        nonce: str = "",
        provider_base_string: str = "",
        timeout: float | None = None,
        traceparent: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> SignatureExplanation:
        """How `signed_request` would sign this. Sends nothing. `timestamp`, in seconds since 1970, and `nonce` repeat
        an earlier signature; `provider_base_string`, as the provider printed it, is compared with ours."""
        request = messages.explain_signature(
            provider,
            method,
            url,
            token=token,
            timestamp=timestamp,
            nonce=nonce,
            provider_base_string=provider_base_string,
            **options,
        )
        return SignatureExplanation.from_message(
            await self._call(self._stub.ExplainSignature, request, timeout, traceparent)
        )

    async def close(self) -> None:
        """Closes the channel; running calls are cancelled."""
        await self._channel.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _repeatable_call(
        self, method: Callable[..., Awaitable[_Answer]], request: Any, timeout: float | None, traceparent: str | None
    ) -> _Answer:
        """One of RETRIED_METHODS. gRPC repeats it for a moment; a connection that is not back by then is waited for."""
        deadline = time.monotonic() + (timeout or messages.TIMEOUT)
        try:
            return await self._call(method, request, timeout, traceparent)
        except OAuth1dError as error:
            remaining = deadline - time.monotonic()
            if not connection_was_lost(error) or not await self._reconnect(min(LONGEST_RECONNECT, remaining)):
                raise
        return await self._call(method, request, max(deadline - time.monotonic(), 0.001), traceparent)

    async def _call(
        self, method: Callable[..., Awaitable[_Answer]], request: Any, timeout: float | None, traceparent: str | None
    ) -> _Answer:
        try:
            metadata = traced(self._metadata, traceparent)
            return await method(request, timeout=timeout or messages.TIMEOUT, metadata=metadata)
        except grpc.aio.AioRpcError as failure:
            raise error_from_rpc(failure) from failure

    async def _send(self, request: pb.SignedRequestRequest, seconds: float, traceparent: str | None) -> Response:
        messages.set_timeout(request, seconds)
        answer = await self._stub.SignedRequest(
            request, timeout=seconds + messages.ANSWER_GRACE, metadata=traced(self._metadata, traceparent)
        )
        return Response(answer)

    async def _reconnect(self, seconds: float) -> bool:
        """Waits until the channel is connected, at most so long; whether it is."""
        try:
            await asyncio.wait_for(self._channel.channel_ready(), max(seconds, 0))
        except TimeoutError:
            return False
        return True
