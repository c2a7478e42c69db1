"""A service that behaves: flows with state and binding cookie, users who approve or deny, expiry, an API.

It signs nothing; in place of a provider there are `approve` and `deny`, which act as the user would and give
the callback URL that the provider would send the browser to.
"""
from __future__ import annotations

import json
import secrets
import threading
import time
from concurrent import futures
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import grpc
from google.protobuf.json_format import MessageToDict

from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d._stubs import oauth1d_pb2_grpc
from service_failure import Failure

_Answer = TypeVar("_Answer")
PROVIDERS = ("twitter", "photos")
EXPIRES_AT = 2_000_000_000


@dataclass
class Flow:
    provider: str
    callback_url: str
    oauth_token: str
    cookie: tuple[str, str]
    app_state: bytes
    user: str = ""
    verifier: str = ""
    finished: bool = False


class FakeService(oauth1d_pb2_grpc.OAuth1ServiceServicer):
    """Listens on `address`, by default on a free port of 127.0.0.1, while the `with` block runs."""

    def __init__(self, credentials: grpc.ServerCredentials | None = None, address: str = "127.0.0.1:0") -> None:
        self.flows: dict[str, Flow] = {}
        self.calls: list[tuple[str, Any]] = []
        self.metadata: list[dict[str, str]] = []
        self.failures: dict[str, list[Failure]] = {}
        self.parameters: list[pb.Parameter] = []
        self.answer: pb.SignedRequestResponse | None = None
        self.api_delay = 0.0
        self.api_hangs = False
        self.hung_up = threading.Event()
        self._lock = threading.Lock()
        self._server = grpc.server(futures.ThreadPoolExecutor(16), options=[("grpc.so_reuseport", 0)])
        oauth1d_pb2_grpc.add_OAuth1ServiceServicer_to_server(self, self._server)
        if credentials is None:
            port = self._server.add_insecure_port(address)
        else:
            port = self._server.add_secure_port(address, credentials)
        self.address = f"127.0.0.1:{port}"

    def __enter__(self) -> FakeService:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop(None).wait()

    # What a test arranges.

    def fail(self, method: str, *failures: Failure) -> None:
        """The next calls of `method` fail so, one after the other; afterwards it works again."""
        self.failures[method] = list(failures)

    def calls_of(self, method: str) -> list[Any]:
        """The requests of `method` so far."""
        return [request for name, request in self.calls if name == method]

    def approve(self, redirect_url: str, user: str) -> str:
        """`user` says yes on the provider's page; where the browser goes next."""
        state, flow = self._flow_of(redirect_url)
        flow.user, flow.verifier = user, secrets.token_hex(8)
        query = {"state": state, "oauth_token": flow.oauth_token, "oauth_verifier": flow.verifier}
        return f"{flow.callback_url}?{urlencode(query)}"

    def deny(self, redirect_url: str) -> str:
        """The user says no; where the browser goes next."""
        state, flow = self._flow_of(redirect_url)
        return f"{flow.callback_url}?{urlencode({'state': state, 'denied': flow.oauth_token})}"

    def expire_flows(self) -> None:
        """All started logins are too old now."""
        self.flows.clear()

    # The contract.

    def StartAuthorization(self, request: pb.StartAuthorizationRequest, context: grpc.ServicerContext) -> Any:
        self._arrived("StartAuthorization", request, context)
        if request.provider not in PROVIDERS:
            Failure(grpc.StatusCode.NOT_FOUND, "PROVIDER_NOT_FOUND").abort(context)
        state, token = secrets.token_urlsafe(32), secrets.token_hex(8)
        prefix = "__Host-oauth1-" if request.callback_url.startswith("https://") else "oauth1-"
        cookie = (prefix + secrets.token_urlsafe(12), secrets.token_urlsafe(32))
        self.flows[state] = Flow(request.provider, request.callback_url, token, cookie, request.app_state)
        query = [("oauth_token", token), *((item.name, item.value) for item in request.authorize_parameters)]
        answer = pb.StartAuthorizationResponse(
            redirect_url=f"https://provider.example/authorize?{urlencode(query)}", state=state
        )
        answer.binding_cookie.name, answer.binding_cookie.value = cookie
        answer.binding_cookie.max_age.FromSeconds(600)
        answer.expire_time.FromSeconds(EXPIRES_AT)
        return answer

    def CompleteAuthorization(self, request: pb.CompleteAuthorizationRequest, context: grpc.ServicerContext) -> Any:
        self._arrived("CompleteAuthorization", request, context)
        values = {name: found[0] for name, found in parse_qs(_query_of(request.callback_query)).items()}
        flow = self.flows.get(values.get("state", ""))
        if flow is None or flow.provider != request.provider:
            Failure(grpc.StatusCode.NOT_FOUND, "FLOW_NOT_FOUND").abort(context)
        if flow.cookie not in [(cookie.name, cookie.value) for cookie in request.binding_cookies]:
            Failure(grpc.StatusCode.PERMISSION_DENIED, "BINDING_MISMATCH").abort(context)
        if "denied" in values:
            Failure(grpc.StatusCode.FAILED_PRECONDITION, "USER_DENIED", app_state=flow.app_state).abort(context)
        with self._lock:
            finished, flow.finished = flow.finished, True
        if finished:
            Failure(grpc.StatusCode.FAILED_PRECONDITION, "ALREADY_COMPLETED", sent="yes").abort(context)
        if values.get("oauth_verifier") != flow.verifier:
            Failure(grpc.StatusCode.FAILED_PRECONDITION, "PROVIDER_REJECTED", sent="yes").abort(context)
        answer = pb.CompleteAuthorizationResponse(
            access_token=f"oa1_{flow.provider}.{flow.user}",
            provider=flow.provider,
            app_state=flow.app_state,
            spent_cookie_name=flow.cookie[0],
        )
        answer.parameters.add(name="user_id", value=str(sum(flow.user.encode())))
        answer.parameters.add(name="screen_name", value=flow.user)
        answer.parameters.extend(self.parameters)
        answer.expire_time.FromSeconds(EXPIRES_AT)
        return answer

    def SignedRequest(self, request: pb.SignedRequestRequest, context: grpc.ServicerContext) -> Any:
        self._arrived("SignedRequest", request, context)
        if self.api_hangs:
            context.add_callback(self.hung_up.set)
            self.hung_up.wait(10)
        time.sleep(secrets.randbelow(1000) / 1000 * self.api_delay)
        if self.answer is not None:
            return self.answer
        user = request.access_token.removeprefix(f"oa1_{request.provider}.")
        if request.call.url.startswith("echo"):
            return _json_answer(200, MessageToDict(request, preserving_proto_field_name=True))
        if request.call.url == "account/verify_credentials.json" and user:
            return _json_answer(200, {"screen_name": user, "name": f"{user} <{user}@example>"})
        return _json_answer(404, {"error": "no such resource"})

    def ListProviders(self, request: pb.ListProvidersRequest, context: grpc.ServicerContext) -> Any:
        self._arrived("ListProviders", request, context)
        answer = pb.ListProvidersResponse()
        for name in PROVIDERS:
            answer.providers.add(name=name, title=name.title(), icon_hint="x", capabilities=[1, 99], consumers=["main"])
        return answer

    def _arrived(self, method: str, request: Any, context: grpc.ServicerContext) -> None:
        with self._lock:
            self.calls.append((method, request))
            self.metadata.append(dict(context.invocation_metadata()))
            failures = self.failures.get(method)
            failure = failures.pop(0) if failures else None
        if failure:
            failure.abort(context)

    def _flow_of(self, redirect_url: str) -> tuple[str, Flow]:
        token = parse_qs(urlsplit(redirect_url).query)["oauth_token"][0]
        return next((state, flow) for state, flow in self.flows.items() if flow.oauth_token == token)


def _query_of(callback: str) -> str:
    """The contract takes the query alone or the whole URL."""
    return urlsplit(callback).query if callback.startswith("http") else callback


def _json_answer(status: int, body: Any) -> pb.SignedRequestResponse:
    answer = pb.HttpAnswer(status_code=status, body=json.dumps(body).encode())
    answer.headers.add(name="Content-Type", value=b"application/json")
    return pb.SignedRequestResponse(answer=answer)
