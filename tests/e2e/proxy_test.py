"""A provider that is reached through an HTTP proxy."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from browser import log_in
from caller import Caller
from configuration import configuration, provider
from connect_proxy import ConnectProxy
from oauth1d_process import Oauth1d
from refusals import refused

LOGIN = ("smoke", "screen: ü")
CANARY = "cG94eS1jYW5hcnk"


def through(proxy, url, password=LOGIN[1], ca_file=None, **egress):
    """A server whose provider at `url` is reached through the proxy."""
    record = {"address": proxy.address}
    if password is not None:
        record.update(username=LOGIN[0], password={"env": "PROXY_PASSWORD"})
    rules = {"allow_plain_http": True, "allow_cidrs": ["127.0.0.0/8"], "proxy": record, **egress}
    files = {}
    if ca_file:
        rules["ca_file"] = "sandbox-ca.pem"
        files["sandbox-ca.pem"] = Path(ca_file).read_text()
    config = configuration(provider(url, egress=rules))
    return Oauth1d(config, files=files, environment={"PROXY_PASSWORD": password} if password else {})


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_user_logs_in_through_a_proxy(sandbox, scheme):
    url = sandbox.https_url if scheme == "https" else sandbox.http_url
    target = urlsplit(url).netloc
    with ConnectProxy(LOGIN) as proxy:
        with through(proxy, url, ca_file=sandbox.ca_file) as server, Caller(server.address) as web:
            token = log_in(web, sandbox, "bob")
            seen = json.loads(web.send("GET", "echo", token).answer.body)
        assert seen["identity"]["screen_name"] == "bob"
        assert not [name for name, _ in seen["headers"] if name.lower().startswith("proxy")]
        assert proxy.tunnels >= 1
        assert {head.split("\r\n")[0] for head in proxy.asked} == {f"CONNECT {target} HTTP/1.1"}
        assert all(f"\r\nHost: {target}\r\n" in head for head in proxy.asked)


def test_the_name_is_the_proxys_to_look_up(sandbox):
    port = urlsplit(sandbox.http_url).port
    with ConnectProxy(LOGIN, names={"only-the-proxy-knows.test": "127.0.0.1"}) as proxy:
        with (through(proxy, f"http://only-the-proxy-knows.test:{port}") as server,
              Caller(server.address) as web):
            answer = web.send("GET", "echo").answer
        assert answer.status_code == 200, answer
        assert proxy.asked[0].startswith(f"CONNECT only-the-proxy-knows.test:{port} HTTP/1.1\r\n")


@pytest.mark.parametrize("password, told", [
    ("not-the-password-4711", "the proxy refused the username and password of the provider's egress.proxy (407)"),
    (None, "the proxy wants a username and a password (407)"),
], ids=["wrong", "none"])
def test_a_wrong_password_is_told_and_nothing_was_sent(sandbox, password, told):
    with ConnectProxy(LOGIN) as proxy:
        with through(proxy, sandbox.http_url, password) as server, Caller(server.address) as web:
            error = refused("PROVIDER_UNREACHABLE", "UNAVAILABLE", web.send, "GET", "echo")
        assert told in str(error)
        assert proxy.tunnels == 0


@pytest.mark.parametrize("answer, told", [
    (b"403 " + CANARY.encode(), "the proxy does not allow connections to"),
    (b"502 " + CANARY.encode(), "the proxy could not reach"),
    (b"302 " + CANARY.encode(), "with status 302"),
], ids=["403", "502", "302"])
def test_the_proxys_refusal_is_told_in_our_words(sandbox, answer, told):
    body = f"<h1>{CANARY}</h1>".encode()
    refusal = b"HTTP/1.1 %s\r\nX: %s\r\nLocation: http://127.0.0.1/\r\nContent-Length: %d\r\n\r\n%s" % (
        answer, CANARY.encode(), len(body), body)
    with ConnectProxy(LOGIN, refusal=refusal) as proxy:
        with through(proxy, sandbox.http_url) as server, Caller(server.address) as web:
            error = refused("PROVIDER_UNREACHABLE", "UNAVAILABLE", web.send, "GET", "echo")
        assert told in str(error) and CANARY not in str(error)
        assert proxy.tunnels == 0


def test_a_proxy_whose_address_is_not_allowed_is_not_asked(sandbox):
    with ConnectProxy(LOGIN) as proxy:
        with (through(proxy, sandbox.http_url.replace("127.0.0.1", "provider.example"), allow_cidrs=["10.0.0.0/8"])
              as server, Caller(server.address) as web):
            error = refused("DESTINATION_DENIED", "PERMISSION_DENIED", web.send, "GET", "echo")
        assert "the proxy cannot be reached: 127.0.0.1 is loopback (127.0.0.0/8)" in str(error)
        assert proxy.asked == []


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::1]", "[64:ff9b::a9fe:a9fe]"])
def test_an_address_in_the_providers_url_is_checked_here(host):
    with ConnectProxy(LOGIN) as proxy:
        with through(proxy, f"http://{host}:8080") as server, Caller(server.address) as web:
            refused("DESTINATION_DENIED", "PERMISSION_DENIED", web.send, "GET", "echo")
        assert proxy.asked == []
