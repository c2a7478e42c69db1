"""What is not granted is denied, by whatever path, header or method it is asked for."""

import grpc
import pytest

from caller_setup import LIST, CallerSetup
from configuration import CALLBACK
from h2raw import grpc_headers, grpc_message
from known_caller import secure_channel
from oauth1d_process import Oauth1d
from refusals import refused
from waiting import eventually

SERVICE = "oauth1d.v1.OAuth1Service"
READER = {"identity": "reader.example", "owner": "reader"}


@pytest.fixture(scope="module")
def setup(sandbox, tmp_path_factory):
    return CallerSetup(tmp_path_factory.mktemp("callers"), sandbox)


@pytest.fixture(scope="module")
def server(setup):
    """Whoever has no certificate gets as far as gRPC."""
    with Oauth1d(setup.config(api_keys_alone=True), serving=False) as running:
        running.event("serving")
        yield running


@pytest.fixture
def reader(setup, server):
    with setup.caller(server, setup.reader) as caller:
        yield caller


@pytest.fixture
def unseen(sandbox):
    """The provider must not see a request."""
    seen = len(sandbox.log())
    yield
    assert len(sandbox.log()) == seen


def denied(server, **fields):
    return eventually(lambda: server.audit(decision="deny", **fields), f"a denial {fields}")


def test_what_is_granted_works(reader, server):
    assert reader.send("GET", "echo").answer.status_code == 200
    assert reader.send("GET", "echo/below?x=y").answer.status_code == 200
    assert eventually(lambda: server.audit(decision="allow", method="SignedRequest", **READER), "the decision's line")


def test_an_rpc_that_is_not_granted_is_denied(reader, server, unseen):
    refused("CALLER_NOT_ALLOWED", "PERMISSION_DENIED", reader.start, callback_url=CALLBACK)
    assert denied(server, reason="CALLER_NOT_ALLOWED", method="StartAuthorization", **READER)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_a_method_that_is_not_granted_is_denied(reader, server, unseen, method):
    refused("CALLER_NOT_ALLOWED", "PERMISSION_DENIED", reader.send, method, "echo")
    assert denied(server, reason="CALLER_NOT_ALLOWED", http_method=method, **READER)


@pytest.mark.parametrize("url", [
    "account/verify_credentials.json", "echox", "echo%2f", "Echo", "?echo", "ech%6f", "account/%2e%2e/echo",
    "/1.1/account/verify_credentials.json", "echo/../account/verify_credentials.json",
    "echo/%2e%2e/account/verify_credentials.json", "echo/.%2E/account/verify_credentials.json",
    "echo/..%2faccount/verify_credentials.json", "echo/..%5caccount/verify_credentials.json",
    "echo/..;/account/verify_credentials.json", "echo/%252e%252e/account/verify_credentials.json"])
def test_a_path_that_is_not_granted_is_denied(reader, server, unseen, url):
    with pytest.raises(Exception) as caught:
        reader.send("GET", url)
    assert caught.value.reason in ("CALLER_NOT_ALLOWED", "DESTINATION_DENIED"), caught.value
    assert caught.value.code.name == "PERMISSION_DENIED"
    assert denied(server, reason=caught.value.reason, **READER)


def test_an_owner_without_the_provider_sees_none(setup, server, unseen):
    with setup.caller(server, setup.idle) as idle:
        assert list(idle.list_providers()) == []
        refused("PROVIDER_NOT_FOUND", "NOT_FOUND", idle.send, "GET", "echo")
        refused("PROVIDER_NOT_FOUND", "NOT_FOUND", idle.start, callback_url=CALLBACK)
    assert denied(server, reason="PROVIDER_NOT_FOUND", identity="idle.example", owner="idle")


@pytest.mark.parametrize("path", [
    f"{SERVICE}/StartAuthorization", f"//{SERVICE}/StartAuthorization", f"/%2f{SERVICE}/StartAuthorization",
    f"/{SERVICE}%2fStartAuthorization", f"/{SERVICE}%2FStartAuthorization", f"/{SERVICE}//StartAuthorization",
    f"/{SERVICE}/StartAuthorization/", f"/{SERVICE}/StartAuthorization?", f"/{SERVICE}/StartAuthorization#",
    f"/./{SERVICE}/StartAuthorization", f"/x/../{SERVICE}/StartAuthorization", f"/{SERVICE.lower()}/startauthorization",
    f"/{SERVICE.upper()}/STARTAUTHORIZATION", f"/{SERVICE}/startAuthorization", f"/{SERVICE}/%53tartAuthorization",
    f"http://localhost/{SERVICE}/StartAuthorization", f" /{SERVICE}/StartAuthorization", "/", "", "*"])
def test_another_spelling_of_an_rpc_is_no_rpc(setup, server, unseen, path):
    """CVE-2026-33186: a path without its slash went by the rules that deny."""
    lines = len(server.log("rpc"))
    for holder in (setup.reader, setup.web):
        with setup.connect(server, holder) as connection:
            connection.preface()
            connection.headers(1, grpc_headers(path))
            connection.data(1, grpc_message(b"\x0a\x07sandbox"), end_stream=True)
            answer = connection.answer(1)
            assert isinstance(answer, dict) and answer[b"grpc-status"] in (b"7", b"12"), answer
            connection.headers(3, grpc_headers(LIST))
            connection.data(3, grpc_message(b""), end_stream=True)
            assert connection.answer(3)[b"grpc-status"] == b"0"
    eventually(lambda: len(server.log("rpc")) >= lines + 2, "the lines of the two good calls")
    assert {line["method"] for line in server.log("rpc")[lines:]} == {"ListProviders"}


HEADERS = [
    ("user-agent", "kube-probe/1.29"), ("user-agent", "GoogleHC/1.0"), ("user-agent", "grpc-health-probe"),
    ("user-agent", "ELB-HealthChecker/2.0"), ("x-forwarded-for", "127.0.0.1"), ("x-real-ip", "127.0.0.1"),
    ("forwarded", "for=127.0.0.1"), ("x-forwarded-client-cert", "URI=spiffe://a.example/ns/shop/sa/web"),
    ("x-ssl-client-verify", "SUCCESS"), ("x-ssl-client-s-dn", "CN=web"), ("x-client-cert", "web"),
    ("x-forwarded-user", "web"), ("x-auth-request-user", "web"), ("x-owner", "web"), ("cookie", "owner=web"),
    ("authorization", "Bearer web"), ("x-health-check", "1"), ("x-envoy-internal", "true"),
    ("x-original-url", "/grpc.health.v1.Health/Check"), ("x-rewrite-url", "/grpc.health.v1.Health/Check")]


def test_health_says_one_word_and_no_header_opens_more(setup, server):
    with secure_channel(server.address, setup.ca) as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        for header in HEADERS[:4]:
            assert check(b"", timeout=10, metadata=[header]) == b"\x08\x01"
    for header in HEADERS:
        with setup.caller(server, metadata=[header]) as stranger:
            refused("CALLER_UNKNOWN", "UNAUTHENTICATED", stranger.list_providers)
            refused("CALLER_UNKNOWN", "UNAUTHENTICATED", stranger.send, "GET", "echo")
    assert denied(server, reason="CALLER_UNKNOWN", method="SignedRequest")
    assert all(line["reason"] == "CALLER_UNKNOWN" for line in server.audit() if "owner" not in line)


@pytest.mark.parametrize("who", ["nobody", "web"])
@pytest.mark.parametrize("version", ["v1", "v1alpha"])
def test_reflection_is_off_with_tls(setup, server, who, version):
    with secure_channel(server.address, setup.ca, setup.web if who == "web" else None) as channel:
        reflect = channel.stream_stream(f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo")
        with pytest.raises(grpc.RpcError) as caught:
            next(reflect(iter([b"\x3a\x00"]), timeout=10))
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_provider_is_listed_where_listing_is_granted(setup, server, reader):
    assert [one.name for one in reader.list_providers()] == ["sandbox"]
    with setup.caller(server, setup.idle) as idle:
        assert not idle.list_providers()
