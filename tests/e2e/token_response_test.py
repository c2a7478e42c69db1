"""Token endpoints that answer with nonsense: told as such, without a word of what they said."""

import base64
import json

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from browser import come_back_from_evil
from caller import Caller
from configuration import CALLBACK, configuration, provider
from evil_provider import CLOSE, RESET, form_answer, http_answer, temporary
from oauth1d_process import Oauth1d
from programs import run
from protocol_parameters import protocol_parameters
from refusals import refused_after_sending

TOKEN, SECRET = "canary-token-2b7e", "canary-secret-9f31"
REQUEST_TOKEN, ACCESS_TOKEN = "/oauth/request_token", "/oauth/access_token"


@pytest.fixture(scope="module")
def server(evil):
    with Oauth1d(configuration(provider(evil.url))) as running:
        running.secrets += [TOKEN, SECRET, "temporary-secret", "the-verifier"]
        yield running


@pytest.fixture(scope="module")
def web(server):
    with Caller(server.address) as caller:
        yield caller


@pytest.fixture(autouse=True)
def forgetful(evil):
    evil.forget()


def come_back(web, evil):
    """A browser that came back from a provider that began the login well."""
    evil.answer(REQUEST_TOKEN, temporary())
    return come_back_from_evil(web, evil, app_state=b"mine")


def good(body):
    return http_answer(200, body.encode() if isinstance(body, str) else body)


CONFIRMED = "&oauth_callback_confirmed=true"
PAIR = f"oauth_token={TOKEN}&oauth_token_secret={SECRET}"
NONSENSE = {
    "huge": [good(PAIR + CONFIRMED + "&x=" + "x" * 70_000)],
    "endless": [b"HTTP/1.1 200 OK\r\n\r\n" + PAIR.encode() + b"&x=" + b"x" * 300_000, CLOSE],
    "truncated": [http_answer(200, (PAIR + CONFIRMED).encode(), length=500), CLOSE],
    "truncated by a reset": [http_answer(200, (PAIR + CONFIRMED).encode(), length=500), 0.2, RESET],
    "a cut chunk": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + PAIR.encode(), CLOSE],
    "HTML": [good(f"<html><body>Down for maintenance. {PAIR}</body></html>")],
    "JSON": [good(f'{{"oauth_token": "{TOKEN}", "oauth_token_secret": "{SECRET}"}}')],
    "empty": [good("")],
    "no answer body": [http_answer(204)],
    "token twice": [good(f"oauth_token={TOKEN}&{PAIR}{CONFIRMED}")],
    "token twice, once escaped": [good(f"o%61uth_token=other&{PAIR}{CONFIRMED}")],
    "secret twice": [good(f"{PAIR}&oauth_token_secret={SECRET}{CONFIRMED}")],
    "no secret": [good(f"oauth_token={TOKEN}{CONFIRMED}")],
    "empty secret": [good(f"oauth_token={TOKEN}&oauth_token_secret={CONFIRMED}")],
    "no token": [good(f"oauth_token_secret={SECRET}{CONFIRMED}")],
    "empty token": [good(f"oauth_token=&oauth_token_secret={SECRET}{CONFIRMED}")],
    "token with CRLF": [good(f"oauth_token={TOKEN}%0D%0A&oauth_token_secret={SECRET}{CONFIRMED}")],
    "token with NUL": [good(f"oauth_token={TOKEN}%00&oauth_token_secret={SECRET}{CONFIRMED}")],
    "token not UTF-8": [good(f"oauth_token={TOKEN}%FF&oauth_token_secret={SECRET}{CONFIRMED}")],
    "long token": [good(f"oauth_token={TOKEN + 'x' * 4096}&oauth_token_secret={SECRET}{CONFIRMED}")],
    "long secret": [good(f"oauth_token={TOKEN}&oauth_token_secret={SECRET + 'x' * 4096}{CONFIRMED}")],
    "redirect": [http_answer(302, PAIR.encode(), [(b"Location", b"/elsewhere?" + PAIR.encode())])],
    "permanent redirect": [http_answer(308, PAIR.encode(), [(b"Location", b"/elsewhere")])],
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_a_login_cannot_begin_with_nonsense(web, evil, kind):
    evil.answer(REQUEST_TOKEN, *NONSENSE[kind])
    error = refused_after_sending("BAD_TOKEN_RESPONSE", "FAILED_PRECONDITION", web.start, callback_url=CALLBACK)
    tells_no_secret(error)
    assert [request.target for request in evil.received] == [REQUEST_TOKEN]


@pytest.mark.parametrize("kind", NONSENSE)
def test_a_login_cannot_end_with_nonsense(web, evil, kind):
    browser = come_back(web, evil)
    evil.answer(ACCESS_TOKEN, *NONSENSE[kind])
    for _ in range(2):  # the second is the first's echo: the verifier is spent
        error = refused_after_sending("BAD_TOKEN_RESPONSE", "FAILED_PRECONDITION", browser.finish, web)
        tells_no_secret(error)
        assert error.app_state == b"mine"
    assert len(evil.seen(ACCESS_TOKEN)) == 1 and not evil.seen("/elsewhere")


@pytest.mark.parametrize("confirmation", ["", "&oauth_callback_confirmed=false", "&oauth_callback_confirmed=",
                                          "&oauth_callback_confirmed=TRUE ", "&oauth_callback_confirmed=1",
                                          CONFIRMED + CONFIRMED, CONFIRMED + "&oauth_callback_confirmed=false"])
def test_a_callback_that_is_not_confirmed_begins_no_login(web, evil, confirmation):
    evil.answer(REQUEST_TOKEN, good(PAIR + confirmation))
    error = refused_after_sending("CALLBACK_NOT_CONFIRMED", "FAILED_PRECONDITION", web.start, callback_url=CALLBACK)
    tells_no_secret(error)


@pytest.mark.parametrize("mode", ["warn", "ignore"])
def test_the_confirmation_is_waived_where_configured(evil, mode):
    evil.answer(REQUEST_TOKEN, good(PAIR))
    with Oauth1d(configuration(provider(evil.url, callback_confirmed=mode))) as server:
        with Caller(server.address) as web:
            assert f"oauth_token={TOKEN}" in web.start(callback_url=CALLBACK).redirect_url


REFUSALS = [
    (401, b"", REQUEST_TOKEN, "CONSUMER_REJECTED", ""),
    (401, b"oauth_problem=signature_invalid", REQUEST_TOKEN, "CONSUMER_REJECTED", "signature_invalid"),
    (400, b"oauth_problem=parameter_absent", REQUEST_TOKEN, "PROVIDER_REJECTED", "parameter_absent"),
    (403, b"no", REQUEST_TOKEN, "PROVIDER_REJECTED", ""),
    (401, b"oauth_problem=token_rejected", ACCESS_TOKEN, "PROVIDER_REJECTED", "token_rejected"),
    (401, b"oauth_problem=consumer_key_unknown", ACCESS_TOKEN, "CONSUMER_REJECTED", "consumer_key_unknown"),
    (401, b"", ACCESS_TOKEN, "PROVIDER_REJECTED", ""),
]


@pytest.mark.parametrize("status, body, path, reason, problem", REFUSALS)
def test_a_refusal_is_told_with_its_problem(web, evil, status, body, path, reason, problem):
    browser = come_back(web, evil)
    evil.answer(path, http_answer(status, body + b"&" + PAIR.encode()))
    call = browser.begin if path == REQUEST_TOKEN else browser.finish
    error = refused_after_sending(reason, "FAILED_PRECONDITION", call, web)
    assert (error.metadata["http_status"], error.metadata.get("oauth_problem", "")) == (str(status), problem)
    tells_no_secret(error)


def test_a_problem_cannot_forge_a_log_line_or_a_header(web, evil, server):
    forged = b'oauth_problem=%0D%0A{"event":"rpc","level":"error"}%FF%00%1B[31m' + b"x" * 2000
    evil.answer(REQUEST_TOKEN, http_answer(400, forged))
    error = refused_after_sending("PROVIDER_REJECTED", "FAILED_PRECONDITION", web.start, callback_url=CALLBACK)
    assert error.metadata["oauth_problem"].isprintable() and len(error.metadata["oauth_problem"]) <= 512
    assert all(line["event"] != "rpc" or line["method"] for line in server.log())


def test_a_busy_provider_is_asked_again_and_then_told_as_busy(web, evil):
    evil.answer(REQUEST_TOKEN, http_answer(503, PAIR.encode(), [(b"Retry-After", b"7")]))
    error = refused_after_sending("PROVIDER_BUSY", "UNAVAILABLE", web.start, callback_url=CALLBACK)
    assert error.retry_after == 7 and error.metadata["http_status"] == "503"
    tells_no_secret(error)
    nonces = [protocol_parameters(request)["oauth_nonce"] for request in evil.seen(REQUEST_TOKEN)]
    assert len(nonces) == len(set(nonces)) == 3


@pytest.mark.parametrize("steps", [[http_answer(500, PAIR.encode())], [RESET], [CLOSE]], ids=["500", "reset", "close"])
def test_an_exchange_without_an_answer_has_an_unknown_outcome(web, evil, steps):
    browser = come_back(web, evil)
    evil.answer(ACCESS_TOKEN, *steps)
    error = refused_after_sending("OUTCOME_UNKNOWN", "UNKNOWN", browser.finish, web)
    tells_no_secret(error)
    assert error.app_state == b"mine" and len(evil.seen(ACCESS_TOKEN)) == 2


def test_every_byte_from_0x80_arrives_in_every_parameter(web, evil):
    octets = bytes(range(0x80, 0x100))
    escaped = "".join(f"%{octet:02X}" for octet in octets).encode()
    pairs = [b"raw=" + octets, b"escaped=" + escaped, b"text=%C3%A9+%E2%82%AC", octets + b"=1", b"twice=a",
             b"twice=b", b"bare"]
    browser = come_back(web, evil)
    evil.answer(ACCESS_TOKEN, good(b"&".join([PAIR.encode(), *pairs])))
    completed = browser.finish(web)
    assert list(completed.parameters) == [
        pb.Parameter(name="raw", raw_value=octets), pb.Parameter(name="escaped", raw_value=octets),
        pb.Parameter(name="text", value="é €"), pb.Parameter(name=escaped.decode(), value="1"),
        pb.Parameter(name="twice", value="a"), pb.Parameter(name="twice", value="b"),
        pb.Parameter(name="bare", value="")]


def test_every_byte_from_0x80_is_read_by_the_cpp_client_too(web, evil, server, tmp_path):
    octets = bytes(range(0x80, 0x100))
    browser = come_back(web, evil)
    evil.answer(ACCESS_TOKEN, good(PAIR.encode() + b"&raw=" + octets))
    cookie = f"{browser.cookies[0].name}={browser.cookies[0].value}"
    ended = run("oauth1ctl", "--server", server.address, "--json", "complete", "sandbox", "--callback",
                browser.callback, "--cookie", cookie)
    assert ended.status == 0, ended.err
    completed = json.loads(ended.out)
    assert completed["parameters"] == [{"name": "raw", "rawValue": base64.b64encode(octets).decode()}]
    evil.answer("/1.1/me", b"HTTP/1.1 200 OK\r\nX-Octets: " + octets + b"\r\nContent-Length: 128\r\n\r\n" + octets)
    sent = run("oauth1ctl", "--server", server.address, "--json", "request", "sandbox", "GET", "me", "--token", "-",
               stdin=completed["accessToken"])
    assert sent.status == 0, sent.err
    answer = json.loads(sent.out)["answer"]
    assert base64.b64decode(answer["body"]) == octets
    assert {"name": "X-Octets", "value": base64.b64encode(octets).decode()} in answer["headers"]


def test_a_token_of_text_beyond_ascii_is_signed_as_it_is(web, evil):
    browser = come_back(web, evil)
    evil.answer(ACCESS_TOKEN,
                form_answer(oauth_token="tökén+ &%", oauth_token_secret="sécrét&", oauth_expires_in="3600"))
    completed = browser.finish(web)
    assert completed.HasField("expire_time")
    evil.answer("/1.1/me", http_answer(200))
    web.send("GET", "me", completed.access_token)
    assert protocol_parameters(evil.seen("/1.1/me")[0])["oauth_token"] == "tökén+ &%"


def tells_no_secret(error):
    told = repr((str(error), error.metadata, error.field_violations))
    for secret in (TOKEN, SECRET, "temporary-secret", "the-verifier"):
        assert secret not in told
