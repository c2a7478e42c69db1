"""What SignedRequest makes of the provider's answers, and of answers that never come."""

import time

import grpc
import pytest
from oauth1d import Client, ProviderToken
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

from caller import Caller, signed_request
from configuration import configuration, provider
from evil_provider import CLOSE, HANG, RESET, EvilProvider, http_answer
from oauth1d_process import Oauth1d
from refusals import refused_after_sending
from waiting import eventually

TOKEN = pb.ProviderToken(token="a-token", token_secret="canary-secret-77aa")
LIMIT = 3584 * 1024
PATH = "/1.1/thing"


@pytest.fixture(scope="module")
def server(evil):
    with EvilProvider() as trap, Oauth1d(configuration(provider(evil.url)), environment={
            name: trap.url for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                        "ALL_PROXY")}) as running:
        running.secrets.append(TOKEN.token_secret)
        yield running
        assert trap.received == []


@pytest.fixture(scope="module")
def web(server):
    with Caller(server.address) as caller:
        yield caller


@pytest.fixture
def send(web, evil):
    """Sends to the evil provider, which answers with these steps."""
    evil.forget()

    def send(*steps, method="GET", **options):
        evil.answer(PATH, *steps)
        return web.send(method, "thing", provider_token=TOKEN, **options)
    return send


@pytest.mark.parametrize("status",
                         [200, 201, 202, 206, 299, 301, 302, 303, 307, 308, 400, 401, 403, 404, 410, 418, 429, 500, 502,
                                    503, 599])
def test_whatever_the_provider_answers_is_ok(send, evil, status):
    answer = send(http_answer(status, b"told", [(b"Location", b"http://127.0.0.1:1/"), (b"Retry-After", b"3")])).answer
    assert (answer.status_code, answer.body) == (status, b"told")
    assert pb.Header(name="Location", value=b"http://127.0.0.1:1/") in answer.headers
    assert len(evil.received) == 1


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_has_no_body(send, status):
    answer = send(b"HTTP/1.1 %d X\r\nETag: x\r\n\r\n" % status).answer
    assert (answer.status_code, answer.body) == (status, b"")


def test_interim_answers_are_passed_over(send):
    assert send(b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" * 2 + http_answer(200, b"x")).answer.body == b"x"


def test_headers_pass_in_order_but_those_that_are_not_for_callers(send):
    given = [(b"X-B", b"1"), (b"Set-Cookie", b"sid=1"), (b"x-a", b"2"), (b"WWW-Authenticate", b"OAuth"), (b"X-B", b"3"),
             (b"Proxy-Authenticate", b"x"), (b"Connection", b"x-hop, keep-alive"), (b"X-Hop", b"x"),
             (b"Keep-Alive", b"t=1"),
             (b"Content-Encoding", b"gzip"), (b"Upgrade", b"h2c"), (b"Trailer", b"x"), (b"set-cookie2", b"x"),
             (b"X-Bytes", bytes(range(0x80, 0x100))), (b"X-Empty", b"")]
    answer = send(http_answer(200, b"\x1f\x8b not really", given)).answer
    assert [(header.name, header.value) for header in answer.headers if header.name != "Content-Length"] == [
        ("X-B", b"1"), ("x-a", b"2"), ("X-B", b"3"), ("Content-Encoding", b"gzip"),
        ("X-Bytes", bytes(range(0x80, 0x100))),
        ("X-Empty", b"")]
    assert answer.body == b"\x1f\x8b not really"


def test_every_byte_from_0x80_arrives_in_body_and_problem(server, send, evil):
    octets = bytes(range(0x80, 0x100))
    challenge = (b"WWW-Authenticate", b'OAuth oauth_problem="' + octets + b'", oauth_problem_advice="' + octets + b'"')
    response = send(http_answer(401, octets, [challenge, (b"X-Says", octets)]))
    assert response.answer.body == octets and response.provider_problem.problem.isascii()
    with Client(server.address) as client:
        answer = client.signed_request("sandbox", "GET", "thing", token=ProviderToken("a-token", "x"))
        assert answer.content == octets and answer.provider_problem.advice.isascii()


def test_an_answer_up_to_the_limit_passes_and_one_beyond_is_told(send, evil):
    assert len(send(http_answer(200, b"x" * LIMIT)).answer.body) == LIMIT
    for steps in ([http_answer(200, b"x" * (LIMIT + 1))], [b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LIMIT + 1), CLOSE],
                  [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 65536 + b"\r\n"
                   + b"%x\r\n" % LIMIT + b"x" * LIMIT + b"\r\n0\r\n\r\n"],
                  [b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 64 * 1024 + b"\r\n\r\n"],
                  [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n"]):
        for method in ("GET", "POST"):
            evil.received.clear()
            error = refused_after_sending("RESPONSE_TOO_LARGE", "FAILED_PRECONDITION", send, *steps, method=method)
            assert error.sent == "yes" and len(evil.received) == 1


def test_a_request_body_up_to_the_limit_arrives(send, evil):
    body = bytes(range(256)) * (LIMIT // 256)
    send(http_answer(200), method="PUT", body=body, content_type="application/octet-stream")
    assert evil.received[0].body == body


CUTS = {
    "reset before an answer": [RESET],
    "closed before an answer": [CLOSE],
    "closed in the status line": [b"HTTP/1.1 2", CLOSE],
    "closed in the head": [b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE],
    "closed in the body": [http_answer(200, b"half", length=8), CLOSE],
    "reset in the body": [http_answer(200, b"half", length=8), 0.1, RESET],
    "closed in a chunk": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf", CLOSE],
    "closed before the last chunk": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", CLOSE],
    "no HTTP": [b"SSH-2.0-OpenSSH\r\n\r\n", CLOSE],
    "both length and chunks": [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                               b"4\r\nhalf\r\n0\r\n\r\n"],
    "two lengths": [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhalf!"],
}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def test_an_answer_that_is_cut_is_no_answer_and_nothing_is_sent_twice(send, evil, cut, method):
    safe = method in ("GET", "HEAD", "OPTIONS")
    reason, code = ("PROVIDER_UNREACHABLE", "UNAVAILABLE") if safe else ("OUTCOME_UNKNOWN", "UNKNOWN")
    refused_after_sending(reason, code, send, *CUTS[cut], method=method)
    assert len(evil.seen(PATH)) == 1


def test_a_connection_that_died_while_idle_does_no_harm(send, evil):
    for _ in range(3):
        assert send(http_answer(200, b"1"), CLOSE, method="POST").answer.body == b"1"
    assert len(evil.received) == 3


def test_nobody_listens(web, evil):
    with EvilProvider() as gone:
        url = gone.url
    with Oauth1d(configuration(provider(url))) as server, Caller(server.address) as caller:
        for method in ("GET", "POST"):
            with pytest.raises(OAuth1dError) as refused:
                caller.send(method, "thing", provider_token=TOKEN)
            error = refused.value
            assert (error.reason, error.code.name, error.sent) == ("PROVIDER_UNREACHABLE", "UNAVAILABLE", "no")


@pytest.mark.parametrize("steps", [[HANG], [b"HTTP/1.1 200 OK\r\n", HANG], [http_answer(200, b"half", length=8), HANG]])
@pytest.mark.parametrize("by", ["the field", "the call"])
def test_a_timeout_ends_the_call_and_the_request(web, evil, steps, by):
    evil.forget()
    evil.answer(PATH, *steps)
    request = signed_request("POST", "thing", provider_token=TOKEN)
    if by == "the field":
        request.timeout.FromMilliseconds(300)
    began = time.monotonic()
    error = refused_after_sending("DEADLINE", "DEADLINE_EXCEEDED", web.call, "SignedRequest", request,
                                  timeout=40 if by == "the field" else 1.0)
    assert 0.25 < time.monotonic() - began < 3 and error.sent == "yes"
    eventually(lambda: evil.received[0].hung_up, "oauth1d hangs up")
    assert evil.received[0].hung_up - began < 4


def test_a_caller_that_cancels_stops_the_transfer(web, evil, server):
    evil.forget()
    for number, steps in enumerate([[HANG], [http_answer(200, b"half", length=10**6), HANG]]):
        evil.answer(PATH, *steps)
        request = signed_request("GET", "thing", provider_token=TOKEN)
        call = web.method("SignedRequest").future(request.SerializeToString(), timeout=40)
        eventually(lambda: len(evil.received) > number, "the request arrives")
        time.sleep(0.2)
        cancelled = time.monotonic()
        assert call.cancel() and call.code() is grpc.StatusCode.CANCELLED
        eventually(lambda: evil.received[number].hung_up, "oauth1d hangs up")
        assert evil.received[number].hung_up - cancelled < 0.5
    server.rpc_line(code="CANCELLED", reason="DEADLINE", sent="yes")
