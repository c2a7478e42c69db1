"""What callers and providers write stays what it is: nothing of it becomes a header, a parameter or a request."""

import itertools
import re
import socket
import threading

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from caller import Caller, headers, parameters
from configuration import CALLBACK, configuration, provider
from evil_provider import EvilProvider, http_answer, temporary
from oauth1d_process import Oauth1d
from refusals import refused, refused_field

ACCESS = pb.ProviderToken(token="canary-token-1b7e", token_secret="canary-secret-93d0")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Wire:
    """Plain http on a free port; `bytes` is all that its connections brought. Each gets 200 for a head and a body of
    `body_size`, then is closed."""

    def __init__(self, body_size):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self.bytes, self._body_size = b"", body_size

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                head, body = b"", b""
                while not head or len(body) < self._body_size:
                    self.bytes += connection.recv(65536)
                    head, _, body = self.bytes.partition(b"\r\n\r\n")
                connection.sendall(OK)
                while rest := connection.recv(65536):
                    self.bytes += rest


@pytest.fixture(scope="module")
def evil():
    with EvilProvider() as running:
        yield running


@pytest.fixture(scope="module")
def server(evil):
    with Oauth1d(configuration(provider(evil.url))) as running:
        running.secrets += [ACCESS.token, ACCESS.token_secret]
        yield running


@pytest.fixture(scope="module")
def web(server):
    with Caller(server.address) as caller:
        yield caller


@pytest.mark.parametrize("value, written", [
    ("en&oauth_callback=https://evil.example", "en%26oauth_callback%3Dhttps%3A%2F%2Fevil.example"),
    ("en&oauth_token=other", "en%26oauth_token%3Dother"),
    ("en#fragment", "en%23fragment"),
    ("en%26oauth_callback%3Dx", "en%2526oauth_callback%253Dx"),
    ("en;oauth_token=x", "en%3Boauth_token%3Dx"),
    ("+ é\\\"<>", "%2B%20%C3%A9%5C%22%3C%3E"),
])
def test_a_value_adds_nothing_to_the_authorize_url(web, evil, value, written):
    evil.answer("/oauth/request_token", temporary("the-token"))
    started = web.start("sandbox", CALLBACK, authorize_parameters=parameters(("lang", value)))
    assert sorted(started.redirect_url.split("?", 1)[1].split("&")) == [f"lang={written}", "oauth_token=the-token"]
    assert started.redirect_url.startswith(f"{evil.url}/oauth/authorize?")


@pytest.mark.parametrize("value", ["a\r\nb", "a\nb", "a\rb", "a\0b", "\x1b", "\x7f"])
def test_a_value_with_a_control_character_starts_nothing(web, evil, value):
    evil.forget()
    refused_field("authorize_parameters[0].value", web.start, "sandbox", CALLBACK,
                  authorize_parameters=parameters(("lang", value)))
    assert evil.received == []


@pytest.mark.parametrize("name", [
    "oauth_callback", "OAUTH_CALLBACK", "oauth_token", "oauth_callback_confirmed", "lang&oauth_callback", "lang=x&a",
    "lang\r\n", "lang\0", "Lang", "lang ", "%6fauth_callback", "language",
])
def test_a_name_that_is_not_listed_starts_nothing(web, evil, name):
    evil.forget()
    refused_field("authorize_parameters[0].name", web.start, "sandbox", CALLBACK,
                  authorize_parameters=parameters((name, "x")))
    assert evil.received == []


def test_the_bytes_on_the_wire_are_these():
    body = b'{"text": "caf\xc3\xa9\\r\\n"}'
    with Wire(len(body)) as wire:
        with (Oauth1d(configuration(provider(f"http://{wire.host}"))) as server, Caller(server.address) as web):
            web.send("POST", "statuses/update.json?b=2&a=%C3%A9&b=1", provider_token=ACCESS, body=body,
                     content_type="application/json", query=parameters(("c", "d e&f")),
                     headers=headers(("X-First", b"1"), ("accept", b"text/x, */*"), ("X-First", b"\xc3\xa9 \t2")))
        fresh = [(rb'(oauth_nonce=")[A-Za-z0-9]{22}"', rb'\1NONCE"'), (rb'(oauth_timestamp=")\d{10}"', rb'\1TIME"'),
                 (rb'(oauth_signature=")[A-Za-z0-9%]{28,84}"', rb'\1SIGNATURE"'),
                 (rb"oauth1d/[0-9.]+", b"oauth1d/VERSION")]
        got = wire.bytes
        for pattern, name in fresh:
            got = re.sub(pattern, name, got, count=1)
        assert got == (
            b"POST /1.1/statuses/update.json?b=2&a=%C3%A9&b=1&c=d%20e%26f HTTP/1.1\r\n"
            b"Host: " + wire.host.encode() + b"\r\n"
            b'Authorization: OAuth oauth_consumer_key="demo-key", oauth_nonce="NONCE", '
            b'oauth_signature_method="HMAC-SHA1", oauth_timestamp="TIME", oauth_token="canary-token-1b7e", '
            b'oauth_version="1.0", oauth_signature="SIGNATURE"\r\n'
            b"X-First: 1\r\n"
            b"accept: text/x, */*\r\n"
            b"X-First: \xc3\xa9 \t2\r\n"
            b"Content-Type: application/json\r\n"
            b"Accept-Encoding: identity\r\n"
            b"User-Agent: oauth1d/VERSION\r\n"
            b"Content-Length: 21\r\n"
            b"\r\n" + body)


OURS = ["host", "authorization", "content-length", "content-type", "transfer-encoding", "connection", "keep-alive",
        "te", "trailer", "upgrade", "expect", "cookie", "cookie2", "proxy-authorization", "proxy-authenticate",
        "proxy-connection", "http2-settings", "via", "forwarded"]


def spellings(name):
    """With each '-' as '-' or '_', in three cases."""
    for joints in itertools.product("-_", repeat=name.count("-")):
        parts = name.split("-")
        text = "".join(part + joint for part, joint in zip(parts, [*joints, ""]))
        yield from (text, text.upper(), text.title())


@pytest.mark.parametrize("name", OURS)
def test_no_spelling_of_a_header_that_is_ours_is_taken(web, evil, name):
    evil.forget()
    for spelling in spellings(name):
        refused_field("call.headers[0].name", web.send, "GET", "echo", headers=headers((spelling, b"x")))
    assert evil.received == []


@pytest.mark.parametrize("name", [
    "oauth_token", "oauth_signature", "oauth_signature_method", "oauth_consumer_key", "oauth_nonce", "oauth_timestamp",
    "oauth_version", "OAuth_Verifier", "oauth_anything"])
def test_parameters_of_the_protocol_are_taken_from_nowhere(web, evil, name):
    evil.forget()
    form = "application/x-www-form-urlencoded"
    for field, call in [
            ("call.url", {"url": f"echo?{name}=PLAINTEXT"}), ("call.url", {"url": f"echo?x=1&%6f{name[1:]}=PLAINTEXT"}),
            ("call.query[0].name", {"query": parameters((name, "PLAINTEXT"))}),
            ("call.form.fields[0].name", {"form": pb.Form(fields=parameters((name, "PLAINTEXT")))}),
            ("call.body", {"body": f"a=b&{name}=PLAINTEXT".encode(), "content_type": form}),
            ("call.headers[0].name", {"headers": headers(("Authorization", f'OAuth {name}="x"'.encode()))})]:
        error = refused("INVALID_REQUEST", "INVALID_ARGUMENT", web.send, "POST", **{"url": "echo", **call})
        assert all(violation.field.startswith(field) for violation in error.field_violations), error
    assert evil.received == []


def test_an_api_that_echoes_shows_no_caller_the_token_in_its_headers(web, evil, server):
    evil.forget()
    evil.answer("/1.1/echo", http_answer(200, b""))
    web.send("GET", "echo", provider_token=ACCESS)
    sent = evil.received[0].header("Authorization")
    assert ACCESS.token.encode() in sent
    mirrored = [(name, sent) for name in (b"Authorization", b"WWW-Authenticate", b"Set-Cookie", b"Set-Cookie2",
                                          b"Proxy-Authorization", b"Proxy-Authenticate", b"Proxy-Anything",
                                          b"AUTHORIZATION", b"www-authenticate", b"X-Hop")]
    evil.answer("/1.1/echo", http_answer(401, b"", [*mirrored, (b"Connection", b"X-Hop"), (b"X-Stays", b"1")]))
    answer = web.send("GET", "echo", provider_token=ACCESS).answer
    assert [(header.name, header.value) for header in answer.headers if header.name != "Content-Length"] == [
        ("X-Stays", b"1")]
    for canary in (ACCESS.token, ACCESS.token_secret):
        assert canary not in server.log_text()
