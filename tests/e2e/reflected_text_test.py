"""What a provider says never forges a log line, a header or a terminal's colours, wherever it stands."""

import json
from urllib.parse import quote_from_bytes

import grpc
import pytest
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

from browser import come_back_from_evil
from caller import Caller, signed_request
from configuration import configuration, provider
from dialect_caller import DialectCaller, renewed_by
from evil_provider import CLOSE, form_answer, http_answer, temporary
from oauth1d_process import Oauth1d

LINE = b'{"time":"2026-01-01T00:00:00.000Z","level":"error","event":"forged","count":1}'
FORGED = {
    "a line": b"\r\n" + LINE + b"\r\n",
    "the end of a field": b'","event":"forged","x":"',
    "an escape": b'\\u000a' + LINE + b'\\',
    "control characters": bytes(range(32)) + b"\x7f\x1b[31;1mforged\x1b[0m",
    "no UTF-8": b"\xff\xfe\xc0\x80" + LINE + b"\xed\xa0\x80",
    "line ends of Unicode": "\u2028\u2029\u0085".encode() + LINE,
    "the wrong way round": "\u202e\u2066".encode() + LINE,
    "much": LINE * 1000,
}
REQUEST_TOKEN, ACCESS_TOKEN, API = "/oauth/request_token", "/oauth/access_token", "/1.1/thing"
TOKEN = pb.ProviderToken(token="t", token_secret="s")


@pytest.fixture(scope="module")
def server(evil):
    json_answers = {"format": "json"}
    providers = [renewed_by(evil.url, "session_handle", capabilities=["three_legged", "two_legged"]),
                 provider(evil.url, "json", token_response=json_answers),
                 provider(evil.url, "xml", token_response={"format": "xml"})]
    with Oauth1d(configuration(*providers)) as running:
        yield running


@pytest.fixture(scope="module")
def web(server):
    with DialectCaller(server.address) as caller:
        yield caller


def said_by(text):
    """Answers with the text in each place where a provider's text is looked at."""
    escaped = quote_from_bytes(text, safe=b"").encode()
    no_lines = bytes(octet for octet in text if octet not in b"\r\n\0")
    problem = b"oauth_problem=" + escaped + b"&oauth_problem_advice=" + escaped
    challenge = b'OAuth realm="x", oauth_problem="%s", oauth_problem_advice="%s"' % (escaped, escaped)
    yield http_answer(400, problem)
    yield http_answer(401, b"", [(b"WWW-Authenticate", challenge)])
    yield http_answer(401, text)
    yield http_answer(200, text)
    yield http_answer(200, b"oauth_token=" + escaped + b"&oauth_token_secret=" + escaped)
    yield http_answer(200, b"%s=%s&oauth_token=t&oauth_token_secret=s" % (escaped, escaped))
    latin = text.decode("latin-1")
    yield http_answer(200, json.dumps({"oauth_token": latin, "error": latin}).encode())
    yield http_answer(200, b"<e>" + text + b"</e>")
    yield b"HTTP/1.1 500 " + no_lines + b"\r\nX-Says: " + no_lines + b"\r\nContent-Length: 0\r\n\r\n"
    yield b"HTTP/1.1 302 Found\r\nLocation: http://" + no_lines + b"/\r\nContent-Length: 0\r\n\r\n"
    yield http_answer(503, text, [(b"Retry-After", no_lines)])
    yield [text, CLOSE]


@pytest.mark.parametrize("kind", FORGED)
def test_provider_text_stays_text(web, server, evil, kind):
    for answer in said_by(FORGED[kind]):
        steps = answer if isinstance(answer, list) else [answer]
        for name in ("sandbox", "json", "xml"):
            evil.answer(REQUEST_TOKEN, *steps)
            told(web.start, name, "http://127.0.0.1:8000/auth/sandbox")
        evil.answer(REQUEST_TOKEN, temporary())
        evil.answer(ACCESS_TOKEN, form_answer(oauth_token="t", oauth_token_secret="s", oauth_session_handle="h",
                                              oauth_expires_in=3600))
        token = come_back_from_evil(web, evil).finish(web).access_token
        browser = come_back_from_evil(web, evil)
        evil.answer(ACCESS_TOKEN, *steps)
        told(browser.finish, web)
        told(web.refresh, token)
        evil.answer(API, *steps)
        told(web.send, "POST", "thing", provider_token=TOKEN)
        told(web.send, "GET", "thing")
    everything_is_ours(server)


def test_callback_text_stays_text(web, server, evil):
    """It comes from the browser, so from whoever wrote the link."""
    evil.answer(REQUEST_TOKEN, temporary())
    for text in FORGED.values():
        escaped = quote_from_bytes(text, safe=b"").replace("%00", "%20")
        for query in (f"&oauth_problem={escaped}", f"&oauth_problem=user_refused&oauth_problem_advice={escaped}",
                      f"&denied={escaped}", f"&{escaped}=x&oauth_token=temporary-token", f"&oauth_verifier={escaped}"):
            browser = come_back_from_evil(web, evil)
            browser.callback = browser.callback.partition("&")[0] + query
            told(browser.finish, web)
    everything_is_ours(server)


def test_caller_text_stays_text(server, web):
    for text in FORGED.values():
        readable = text.decode(errors="replace")
        told(web.start, readable, readable)
        told(web.send, readable, readable, readable, provider=readable, consumer=readable)
        told(web.complete, readable, [], readable)
        with Caller(server.address) as caller:
            metadata = [("traceparent", "".join(c for c in readable if " " <= c <= "~")[:2000])]
            told(caller.call, "SignedRequest", signed_request("GET", "thing"), metadata=metadata)
    everything_is_ours(server)


def told(call, *arguments, **options):
    """Whatever comes of it, an error's text is one printable line."""
    try:
        call(*arguments, **options)
    except OAuth1dError as error:
        texts = [error.__cause__.details(), *error.metadata.values(),
                 *(text for one in error.field_violations for text in (one.field, one.description))]
        assert error.code is not grpc.StatusCode.INTERNAL, error
        for text in texts:
            assert len(text) < 2048 and all(" " <= character <= "~" for character in text), repr(text)


def everything_is_ours(server):
    lines = server.log_text().splitlines()
    assert len(lines) == len([line for line in lines if isinstance(json.loads(line), dict)])
    known = {"memory_store", "store_up", "listening", "metrics_listening", "metrics_not_served", "serving", "rpc", "audit",
             "provider_failed", "token_made", "consumer_rejected"}
    assert {json.loads(line)["event"] for line in lines} <= known
    assert max(len(line) for line in lines) < 4096, "a line is cut where a provider's text is long"
