"""The service's methods over gRPC, in threads of the test's own process."""
from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import grpc

from .._stubs import oauth1d_pb2 as pb
from .._stubs import oauth1d_pb2_grpc
from .api import REJECTED, ApiAnswer, ApiRequest, FakeApi
from .call_rules import check_call
from .failure import ServiceFailure, invalid
from .logins import Logins, said_with_token
from .tokens import IssuedToken, Tokens
from .users import User

_CHUNK = 64 * 1024
_MOST_BODY = 3_670_016  # 3.5 MiB
_log = logging.getLogger("oauth1d.testing")


class Servicer(oauth1d_pb2_grpc.OAuth1ServiceServicer):
    """Keeps what it was asked in `calls`, and what a provider would have received in `requests`."""

    def __init__(
        self, logins: Logins, tokens: Tokens, apis: Mapping[str, FakeApi], passwords: Mapping[str, str]
    ) -> None:
        self._logins, self._tokens, self._apis, self._passwords = logins, tokens, apis, passwords
        self._lock = threading.Lock()
        self.calls: list[tuple[str, Any]] = []
        self.metadata: list[dict[str, str | bytes]] = []
        self.requests: list[ApiRequest] = []
        self.failures: dict[str, list[ServiceFailure]] = {}
        self.is_down = False

    def StartAuthorization(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._answered("StartAuthorization", request, context, self._logins.start)

    def CompleteAuthorization(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._answered("CompleteAuthorization", request, context, self._logins.complete)

    def SignedRequest(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._answered("SignedRequest", request, context, self._signed)

    def StreamSignedRequest(self, incoming: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        first = next(incoming, None)
        head = first.head if first is not None and first.WhichOneof("message") == "head" else pb.SignedRequestRequest()

        def signed(_: Any) -> pb.SignedRequestResponse:
            if not head.provider:
                raise invalid("head", "must come first")
            _put_body(head.call, _chunks(incoming))
            return self._signed(head, streamed=True)

        answer = self._answered("StreamSignedRequest", head, context, signed)
        body = answer.answer.body
        answer.answer.body = b""
        yield pb.StreamSignedRequestResponse(head=answer.answer)
        for at in range(0, len(body), _CHUNK):
            yield pb.StreamSignedRequestResponse(chunk=body[at : at + _CHUNK])
        yield pb.StreamSignedRequestResponse(end=pb.StreamEnd(
            token_rejected=answer.token_rejected, replacement_access_token=answer.replacement_access_token
        ))

    def ImportAccessToken(self, request: Any, context: grpc.ServicerContext) -> Any:
        return self._answered("ImportAccessToken", request, context, self._imported)

    def RefreshAccessToken(self, request: Any, context: grpc.ServicerContext) -> Any:
        def refreshed(_: Any) -> pb.RefreshAccessTokenResponse:
            token = self._tokens.find(request.access_token)
            if token.rejected:
                raise ServiceFailure("PROVIDER_REJECTED", "the provider refused to renew the token", sent="yes")
            answer = pb.RefreshAccessTokenResponse(access_token=self._tokens.renewed(token).access_token)
            answer.parameters.extend(said_with_token(token.user) if token.user else ())
            return answer

        return self._answered("RefreshAccessToken", request, context, refreshed)

    def RewrapAccessToken(self, request: Any, context: grpc.ServicerContext) -> Any:
        def rewrapped(_: Any) -> pb.RewrapAccessTokenResponse:
            token = self._tokens.find(request.access_token)
            return pb.RewrapAccessTokenResponse(access_token=self._tokens.renewed(token).access_token)

        return self._answered("RewrapAccessToken", request, context, rewrapped)

    def RevokeAccessToken(self, request: Any, context: grpc.ServicerContext) -> Any:
        def revoked(_: Any) -> pb.RevokeAccessTokenResponse:
            token: IssuedToken | None = self._tokens.find(request.access_token)
            while token is not None:
                token.rejected, token = True, token.replacement
            return pb.RevokeAccessTokenResponse(provider_revoked=True)

        return self._answered("RevokeAccessToken", request, context, revoked)

    def ListProviders(self, request: Any, context: grpc.ServicerContext) -> Any:
        def listed(_: Any) -> pb.ListProvidersResponse:
            answer = pb.ListProvidersResponse()
            for name in self._apis:
                answer.providers.add(
                    name=name,
                    title=name.title(),
                    icon_hint=name,
                    consumers=self._logins.consumers_of(name),
                    capabilities=[pb.CAPABILITY_THREE_LEGGED, pb.CAPABILITY_TWO_LEGGED, pb.CAPABILITY_OUT_OF_BAND],
                )
            return answer

        return self._answered("ListProviders", request, context, listed)

    def _answered(
        self, method: str, request: Any, context: grpc.ServicerContext, answer: Callable[[Any], Any]
    ) -> Any:
        provider = getattr(request, "provider", "")
        with self._lock:
            self.calls.append((method, request))
            self.metadata.append(dict(context.invocation_metadata()))
            waiting = self.failures.get(method)
            failure = ServiceFailure() if self.is_down else waiting.pop(0) if waiting else None
        if failure is None:
            try:
                return answer(request)
            except ServiceFailure as refused:
                failure = refused
            except Exception as mistake:  # in what the test arranged: a callable of `respond`
                _log.exception("%s: the test's own code failed", method)
                failure = ServiceFailure("INTERNAL", f"the test's own code failed: {mistake!r}")
        failure.abort(context, provider)

    def _signed(self, request: pb.SignedRequestRequest, *, streamed: bool = False) -> pb.SignedRequestResponse:
        consumer = request.consumer if request.WhichOneof("credentials") != "access_token" else ""
        self._logins.consumer_of(request.provider, consumer)
        check_call(request.call, streamed=streamed)
        user, token = self._who(request)
        api = self._apis[request.provider]
        received = api.request_of(request.call, user, token.access_token if token else "", streamed=streamed)
        with self._lock:
            self.requests.append(received)
            replacement = self._tokens.renewed(token).access_token if token and token.renewal_due else ""
        rejected = token.rejected if token else request.WhichOneof("credentials") == "provider_token" and user is None
        said: ApiAnswer = REJECTED if rejected else api.answer_to(received)
        answer = pb.SignedRequestResponse(
            answer=said.message(), token_rejected=said.token_rejected, replacement_access_token=replacement
        )
        if len(answer.answer.body) > _MOST_BODY and not streamed:
            raise ServiceFailure("RESPONSE_TOO_LARGE", "the answer is larger than 3.5 MiB", sent="yes")
        return answer

    def _who(self, request: pb.SignedRequestRequest) -> tuple[User | None, IssuedToken | None]:
        match request.WhichOneof("credentials"):
            case "access_token":
                token = self._tokens.find(request.access_token, request.provider)
                return token.user, token
            case "provider_token":
                return self._tokens.user_of(request.provider, request.provider_token), None
            case "application":
                return None, None
        raise invalid("credentials", "is required")

    def _imported(self, request: pb.ImportAccessTokenRequest) -> pb.ImportAccessTokenResponse:
        self._logins.consumer_of(request.provider, request.consumer)
        match request.WhichOneof("source"):
            case "provider_token":
                user = self._tokens.user_of(request.provider, request.provider_token)
                token = self._tokens.issue(request.provider, user)
                token.rejected = user is None  # sealed as it is: the provider says no when it is used
                return pb.ImportAccessTokenResponse(access_token=token.access_token)
            case "password_login":
                return self._logged_in_by_password(request)
        raise invalid("source", "is required")

    def _logged_in_by_password(self, request: pb.ImportAccessTokenRequest) -> pb.ImportAccessTokenResponse:
        given = request.password_login
        if not self._passwords:
            raise ServiceFailure("CALLER_NOT_ALLOWED", "no login by password here: FakeService(passwords={...})")
        if not given.password or self._passwords.get(given.username) != given.password:
            raise ServiceFailure("PROVIDER_REJECTED", "the provider refused name or password", sent="yes")
        user = User(given.username)
        answer = pb.ImportAccessTokenResponse(access_token=self._tokens.issue(request.provider, user).access_token)
        answer.parameters.extend(said_with_token(user))
        return answer


def _chunks(incoming: Iterator[Any]) -> bytes:
    body = b""
    try:
        for message in incoming:
            if message.WhichOneof("message") == "end":
                return body
            body += message.chunk
    except grpc.RpcError:
        pass  # the caller has gone
    raise ServiceFailure("DEADLINE", "the stream was cut off before its end", code=grpc.StatusCode.CANCELLED)


def _put_body(call: pb.HttpCall, body: bytes) -> None:
    """The chunks are the body, or the content of the last part."""
    if not body:
        return
    if call.WhichOneof("content") == "multipart" and not call.multipart.parts[-1].data:
        call.multipart.parts[-1].data = body
    elif call.WhichOneof("content") is None:
        call.body = body
    else:
        raise invalid("chunk", "the request is whole already")
