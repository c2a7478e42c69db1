"""Each field of each request is left out once: what is required is told as missing, the rest is done without."""

import copy

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from oauth1d._error_details import error_from_rpc
from oauth1d._stubs import oauth1d_pb2 as pb

from browser import come_back
from caller import headers, parameters, signed_request
from configuration import CALLBACK, configuration, grant, provider
from dialect_caller import DialectCaller, renewed_by
from oauth1d_process import Oauth1d
from provider_process import Sandbox
from streaming import StreamCaller

AREA = parameters(("area", "1.1"))
SERVICE = pb.DESCRIPTOR.services_by_name["OAuth1Service"]
EVERYWHERE = {"consumer": "main", "provider_parameters": AREA}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox.start(https=False, flags=["--token-lifetime", 3600]) as running:
        yield running


@pytest.fixture(scope="module")
def server(sandbox):
    url = sandbox.http_url
    one = renewed_by(url, "session_handle", parameters=[{"name": "area", "pattern": "1[.]1"}],
                     api_base_urls=[f"{url}/{{area}}/"], capabilities=["three_legged", "two_legged", "xauth"],
                     revocation={"url": f"{url}/oauth/revoke_access_token", "method": "POST"})
    plain = renewed_by(url, "session_handle", name="plain")
    with Oauth1d(configuration(one, plain, grants=[grant(password_login=True), grant("plain")])) as running:
        yield running


@pytest.fixture(scope="module")
def web(server):
    with DialectCaller(server.address) as caller:
        yield caller


class Requests:
    """Whole requests, made anew each time: a login, a renewal or a revocation is spent by its use."""

    def __init__(self, web, sandbox):
        self.web, self.sandbox = web, sandbox

    def token(self):
        return self.browser().finish(self.web).access_token

    def browser(self):
        return come_back(self.web, self.sandbox, provider_parameters=AREA, app_state=b"mine")

    def start(self):
        return pb.StartAuthorizationRequest(
            provider="sandbox", callback_url=CALLBACK, authorize_parameters=parameters(("lang", "en")),
            request_token_parameters=parameters(("scope", "read")), app_state=b"mine", **EVERYWHERE)

    def complete(self):
        return self.browser().as_request()

    def complete_by_values(self):
        browser = self.browser()
        pairs = dict(pair.split("=") for pair in browser.callback.partition("?")[2].split("&"))
        return pb.CompleteAuthorizationRequest(provider="sandbox", callback_values=pb.CallbackValues(**pairs),
                                               binding_cookies=browser.cookies)

    def signed(self, credentials, **content):
        request = signed_request("POST", "echo?a=b", query=parameters(("c", "d")), headers=headers(("x-e", b"f")),
                                 **content)
        request.timeout.CopyFrom(Duration(seconds=20))
        if credentials == "access_token":
            request.access_token = self.token()
            return request
        if credentials == "provider_token":
            request.provider_token.CopyFrom(pb.ProviderToken(token="t", token_secret="s"))
        request.consumer = "main"
        request.provider_parameters.extend(AREA)
        return request

    def signed_body(self):
        return self.signed("access_token", body=b"{}", content_type="application/json")

    def signed_form(self):
        return self.signed("provider_token", form=pb.Form(fields=parameters(("g", "h"), ("i", b"\xff"))))

    def signed_multipart(self):
        part = pb.Part(name="photo", filename="a.jpg", content_type="image/jpeg", data=b"x")
        return self.signed("application", multipart=pb.Multipart(parts=[part, part]))

    def stream(self):
        head = self.signed("provider_token", content_type="video/mp4", content_length=5)
        head.ClearField("timeout")
        return pb.StreamSignedRequestRequest(head=head)

    def explain(self):
        return pb.ExplainSignatureRequest(request=self.signed_form(), timestamp="1700000000", nonce="n",
                                          provider_base_string="POST&x")

    def import_token(self):
        return pb.ImportAccessTokenRequest(provider="sandbox", provider_token=pb.ProviderToken(
            token="t", token_secret="s"), **EVERYWHERE)

    def import_by_password(self):
        return pb.ImportAccessTokenRequest(provider="sandbox", password_login=pb.PasswordLogin(
            username="bob", password="bob-password"), **EVERYWHERE)

    def refresh(self):
        return pb.RefreshAccessTokenRequest(access_token=self.token())

    def rewrap(self):
        return pb.RewrapAccessTokenRequest(access_token=self.token())

    def revoke(self):
        return pb.RevokeAccessTokenRequest(access_token=self.token())

    def list_all(self):
        return pb.ListProvidersRequest()


CALL_IS_REQUIRED = {"provider", "call", "call.method", "call.url", "call.query[0].name", "call.headers[0].name"}
GIVEN_TOKEN = {"provider_token", "provider_token.token", "provider_token.token_secret", "provider_parameters",
               "provider_parameters[0]", "provider_parameters[0].name", "provider_parameters[0].value"}
# Request, RPC, and what must be there. Whatever is not named may be left out.
REQUIRED = {
    "start": ("StartAuthorization", {
        "provider", "callback_url", "authorize_parameters[0].name", "request_token_parameters[0].name",
        "provider_parameters", "provider_parameters[0]", "provider_parameters[0].name",
        "provider_parameters[0].value"}),
    "complete": ("CompleteAuthorization", {"provider", "callback_query", "binding_cookies", "binding_cookies[0]",
                                           "binding_cookies[0].name", "binding_cookies[0].value"}),
    "complete_by_values": ("CompleteAuthorization", {
        "provider", "callback_values", "callback_values.state", "callback_values.oauth_token",
        "callback_values.oauth_verifier", "binding_cookies", "binding_cookies[0]", "binding_cookies[0].name",
        "binding_cookies[0].value"}),
    "signed_body": ("SignedRequest", {*CALL_IS_REQUIRED, "timeout.seconds", "access_token"}),
    "signed_form": ("SignedRequest", {*CALL_IS_REQUIRED, "timeout.seconds", *GIVEN_TOKEN,
                                      "call.form.fields[0].name", "call.form.fields[1].name"}),
    "signed_multipart": ("SignedRequest", {
        *CALL_IS_REQUIRED, "timeout.seconds", "application", "provider_parameters", "provider_parameters[0]",
        "provider_parameters[0].name", "provider_parameters[0].value", "call.multipart.parts",
        "call.multipart.parts[0].name", "call.multipart.parts[1].name"}),
    "stream": ("StreamSignedRequest", {"head", "head.provider", "head.call",
                                       *("head." + path for path in CALL_IS_REQUIRED | GIVEN_TOKEN)}),
    "explain": ("ExplainSignature", {
        "request", *("request." + path for path in CALL_IS_REQUIRED | GIVEN_TOKEN),
        "request.timeout.seconds", "request.call.form.fields[0].name", "request.call.form.fields[1].name"}),
    "import_token": ("ImportAccessToken", {"provider", *GIVEN_TOKEN - {"provider_token.token_secret"}}),
    "import_by_password": ("ImportAccessToken", {
        "provider", "password_login", "password_login.username", "password_login.password", "provider_parameters",
        "provider_parameters[0]", "provider_parameters[0].name", "provider_parameters[0].value"}),
    "refresh": ("RefreshAccessToken", {"access_token"}),
    "rewrap": ("RewrapAccessToken", {"access_token"}),
    "revoke": ("RevokeAccessToken", {"access_token"}),
    "list_all": ("ListProviders", set()),
}


def paths_of(message, before=""):
    """Every field and every element of a list, at any depth."""
    for field, value in message.ListFields():
        path = before + field.name
        yield path
        if field.label == field.LABEL_REPEATED:
            for index, element in enumerate(value):
                yield f"{path}[{index}]"
                yield from paths_of(element, f"{path}[{index}].")
        elif field.message_type is not None:
            yield from paths_of(value, path + ".")


def without(message, path):
    """A copy without what stands there."""
    whole = copy.deepcopy(message)
    *parents, last = path.split(".")
    at = whole
    for name in parents:
        name, _, index = name.rstrip("]").partition("[")
        at = getattr(at, name)[int(index)] if index else getattr(at, name)
    name, _, index = last.rstrip("]").partition("[")
    if index:
        del getattr(at, name)[int(index)]
    else:
        at.ClearField(name)
    return whole


def outcome(server, web, rpc, request):
    """OK, or the name of the gRPC code."""
    try:
        if rpc == "StreamSignedRequest":
            with StreamCaller(server.address) as caller:
                messages = [request, pb.StreamSignedRequestRequest(chunk=b"12345"),
                            pb.StreamSignedRequestRequest(end=pb.StreamEnd())]
                list(caller.open(messages))
        else:
            web.method(rpc)(request.SerializeToString(), timeout=40)
    except grpc.RpcError as failure:
        error = error_from_rpc(failure)
        return f"{error.code.name} {error.reason} {error.sent}"
    return "OK"


def test_every_rpc_is_asked_here():
    assert {rpc for rpc, _ in REQUIRED.values()} == {method.name for method in SERVICE.methods}


@pytest.mark.parametrize("kind", REQUIRED)
def test_each_field_is_left_out_once(server, web, sandbox, kind):
    rpc, required = REQUIRED[kind]
    requests = Requests(web, sandbox)
    whole = getattr(requests, kind)()
    assert outcome(server, web, rpc, whole) == "OK"
    told = {path: outcome(server, web, rpc, without(getattr(requests, kind)(), path)) for path in paths_of(whole)}
    refusals = {path: what for path, what in told.items() if what != "OK"}
    assert set(refusals.values()) <= {"INVALID_ARGUMENT INVALID_REQUEST no"}, refusals
    assert set(refusals) == required
    assert server.process.poll() is None


@pytest.mark.parametrize("rpc", [method.name for method in SERVICE.methods if method.name != "ListProviders"])
def test_nothing_at_all_is_refused(server, web, rpc):
    empty = getattr(pb, rpc + "Request")()
    assert outcome(server, web, rpc, empty) == "INVALID_ARGUMENT INVALID_REQUEST no"
