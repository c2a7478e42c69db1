"""The blocking client: the service's calls, with deadlines, exceptions by reason and safe retries."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, TypeVar

import grpc

from . import messages
from ._error_details import error_from_rpc
from ._retry import pause_before_retry
from ._stubs import oauth1d_pb2 as pb
from ._stubs.oauth1d_pb2_grpc import OAuth1ServiceStub
from .binding_cookie import BindingCookie
from .channel_options import CHANNEL_OPTIONS
from .content import Files
from .credentials import Credentials
from .headers import HeaderFields
from .parameters import Parameters
from .provider_info import ProviderInfo
from .response import Response
from .settings import ServerSettings
from .started_authorization import StartedAuthorization
from .token import Token

_Answer = TypeVar("_Answer")


class Client:
    """One channel to the service; safe to share between threads. Every `timeout` is in seconds.

    Every method raises an `oauth1d.errors.OAuth1dError` if there is no answer. `server` and the settings
    default to the environment (`ServerSettings.from_environment`). Make it after a fork, not before.
    """

    def __init__(self, server: str | None = None, *, settings: ServerSettings | None = None) -> None:
        settings = settings or ServerSettings.from_environment(server)
        credentials = settings.channel_credentials()
        self._channel: grpc.Channel = (
            grpc.secure_channel(settings.server, credentials, CHANNEL_OPTIONS)
            if credentials
            else grpc.insecure_channel(settings.server, CHANNEL_OPTIONS)
        )
        self._metadata = settings.call_metadata()
        self._stub = OAuth1ServiceStub(self._channel)

    def start_authorization(
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
        answer = self._call(self._stub.StartAuthorization, request, timeout or messages.START_TIMEOUT)
        return StartedAuthorization.from_message(answer)

    def complete_authorization(
        self,
        provider: str,
        callback_query: str,
        binding_cookies: Iterable[BindingCookie],
        *,
        timeout: float | None = None,
    ) -> Token:
        """Ends a login. `callback_query` is the raw query string, or the whole URL, of the callback."""
        request = messages.complete_authorization(provider, callback_query, binding_cookies)
        answer = self._call(self._stub.CompleteAuthorization, request, timeout or messages.COMPLETE_TIMEOUT)
        return Token.from_message(answer)

    def complete_with_pin(
        self, provider: str, state: str, pin: str, binding_cookie: BindingCookie, *, timeout: float | None = None
    ) -> Token:
        """Ends a login whose callback was `oob`: `state` and cookie are from the start, `pin` from the user."""
        values = pb.CallbackValues(state=state, oauth_verifier=pin)
        request = messages.complete_authorization(provider, values, [binding_cookie])
        answer = self._call(self._stub.CompleteAuthorization, request, timeout or messages.COMPLETE_TIMEOUT)
        return Token.from_message(answer)

    def signed_request(
        self,
        provider: str,
        method: str,
        url: str,
        *,
        token: Credentials,
        params: Parameters | str | None = None,
        headers: HeaderFields | None = None,
        data: Parameters | bytes | str | None = None,
        json: Any = None,
        content: bytes | str | None = None,
        files: Files | None = None,
        consumer: str = "",
        provider_parameters: Parameters | None = None,
        timeout: float | None = None,
    ) -> Response:
        """Signs one request and sends it. `url` is relative to the provider's API, or absolute inside it.

        Repeated once, and only where that cannot make a duplicate: see `_retry`.
        """
        request = messages.signed_request(
            provider,
            method,
            url,
            token=token,
            params=params,
            headers=headers,
            data=data,
            json=json,
            content=content,
            files=files,
            consumer=consumer,
            provider_parameters=provider_parameters,
        )
        seconds = timeout or messages.SIGNED_REQUEST_TIMEOUT
        deadline = time.monotonic() + seconds
        try:
            return self._send(request, seconds)
        except grpc.RpcError as failure:
            error = error_from_rpc(failure)
            pause = pause_before_retry(error, request.call.method, remaining=deadline - time.monotonic())
            if pause is None:
                raise error from failure
        time.sleep(pause)
        try:
            return self._send(request, deadline - time.monotonic())
        except grpc.RpcError as failure:
            raise error_from_rpc(failure) from failure

    def list_providers(self, *, timeout: float | None = None) -> list[ProviderInfo]:
        """The providers that this application may use, in the configuration's order."""
        answer = self._call(self._stub.ListProviders, pb.ListProvidersRequest(), timeout or messages.LIST_TIMEOUT)
        return [ProviderInfo.from_message(provider) for provider in answer.providers]

    def close(self) -> None:
        """Closes the channel; running calls are cancelled."""
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, method: Callable[..., _Answer], request: Any, timeout: float) -> _Answer:
        try:
            return method(request, timeout=timeout, metadata=self._metadata)
        except grpc.RpcError as failure:
            raise error_from_rpc(failure) from failure

    def _send(self, request: pb.SignedRequestRequest, seconds: float) -> Response:
        messages.set_timeout(request, seconds)
        answer = self._stub.SignedRequest(request, timeout=seconds + messages.ANSWER_GRACE, metadata=self._metadata)
        return Response(answer)
