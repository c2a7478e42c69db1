"""URLs that lead elsewhere: callbacks that are not configured, requests outside the provider's API."""

import pytest

from caller import Caller
from configuration import configuration, grant, provider
from oauth1d_process import Oauth1d
from refusals import refused, refused_field

pytestmark = pytest.mark.usefixtures("untouched")
ALLOWED = "https://ok.example/auth/cb"


@pytest.fixture(scope="module")
def web(sandbox, redis):
    grants = [grant(callback_urls=[ALLOWED, "http://127.0.0.1:8000/cb"])]
    config = configuration(provider(sandbox.http_url), grants=grants, store=redis.store)
    with Oauth1d(config, environment=redis.environment) as server, Caller(server.address) as caller:
        yield caller


@pytest.mark.parametrize("callback", [
    "oob", "OOB", "ok.example/auth/cb", "//ok.example/auth/cb", "/auth/cb", "https:", "https://", "https:///auth/cb",
    "https:/ok.example/auth/cb", "https:\\\\ok.example\\auth\\cb", "https://ok.example\\@evil/auth/cb",
    "https://ok.example@evil/auth/cb", "https://ok.example:x@evil/auth/cb", "https://ok.example%40evil/auth/cb",
    "https://ok.example%00.evil/auth/cb", "https://ok.example.evil/auth/cb", "https://evil.ok.example/auth/cb",
    "https://ok.example./auth/cb", "https://.ok.example/auth/cb", "https://OK.example/auth/cb",
    "HTTPS://ok.example/auth/cb",
    "https://ok.example:443/auth/cb", "https://ok.example:8443/auth/cb", "https://ok.example:/auth/cb",
    "https://ok.example/auth/cb/", "https://ok.example/auth/cb?", "https://ok.example/auth/cb?next=evil",
    "https://ok.example/auth/cb#", "https://ok.example/auth/cb#evil", "https://ok.example/auth/c",
    "https://ok.example/auth/cb2",
    "https://ok.example/auth/../auth/cb", "https://ok.example/auth/./cb", "https://ok.example//auth/cb",
    "https://ok.example/auth%2fcb", "https://ok.example/auth/%63b", "https://ok.example/auth/cb%0d%0aX:1",
    " https://ok.example/auth/cb", "https://ok.example/auth/cb ", "https://ok.example\t/auth/cb",
    "https://ok.ex\tample/auth/cb",
    "https://ok.example/auth/cb\t", "https://ok.example/auth/cb\r\nX: 1", "https://ok.example/auth/cb\0",
    "https://ök.example/auth/cb", "https://оk.example/auth/cb", "https://ok。example/auth/cb",
    "https://xn--k-fka.example/auth/cb",
    "http://ok.example/auth/cb", "ftp://ok.example/auth/cb", "javascript:alert(1)", "data:text/html,x",
    "https://[::1]/auth/cb",
    "http://127.0.0.1:8000/cb/..", "http://127.0.0.1:8001/cb", "http://localhost:8000/cb", "http://127.1:8000/cb",
    "http://127.0.0.1.evil:8000/cb", "http://2130706433:8000/cb", "https://127.0.0.1:8000/cb",
])
def test_a_callback_that_is_not_configured_is_refused(web, callback):
    refused_field("callback_url", web.start, callback_url=callback)


def test_plain_http_beyond_loopback_is_refused_with_the_advice_to_use_https(web):
    error = refused_field("callback_url", web.start, callback_url="http://ok.example/auth/cb")
    assert "https" in str(error) and "X-Forwarded-Proto" in str(error)


OUTSIDE = [
    "..", "../", "../oauth/access_token", "../../1.1/../oauth/access_token", "/", "/1.1", "/1.1x/echo",
    "/oauth/access_token",
    "echo/../../oauth/access_token", "./../x", "echo/..%2f..%2foauth", "%2e%2e/oauth", "%2E%2E/oauth", ".%2e/x",
    "%2e./x",
    "%2e%2e%2foauth", "%252e%252e/oauth", "%25252e%25252e/oauth", "echo/%2e%2e", "..;/oauth", "..;a=b/oauth",
    "%2e%2e;/x",
    "..%5coauth", "%2e%2e%5cx", "..\\oauth", "echo\\..\\..\\oauth", "\\", "\\\\evil\\x", "/\\evil/x", "\\/evil/x",
    "//evil.example/1.1/", "//evil.example:80/1.1/x", "/..//evil.example/1.1/",
    "https://evil.example/1.1/echo", "http://evil.example/1.1/echo", "http://127.0.0.1/1.1/echo",
    "http://127.0.0.1:1/1.1/echo",
    "ftp://{host}/1.1/echo", "file:///etc/passwd", "gopher://{host}/1.1/", "javascript:alert(1)", "data:x",
    "mailto:a@b",
    "unix:/x", "http:echo", "http:/1.1/echo", "https://{host}/1.1/echo", "http://user@{host}/1.1/echo",
    "http://user:pw@{host}/1.1/echo",
    "http://{host}@evil.example/1.1/echo", "http://{host}:80@evil.example/1.1/",
    "http://evil.example\\@{host}/1.1/echo",
    "http://{host}\\@evil.example/1.1/echo", "http://{host}\\.evil.example/1.1/echo", "http://{host}/1.1",
    "http://{host}",
    "http://{host}?/1.1/echo", "http://{host}/1.1/../oauth/access_token", "http://{host}/1.1/%2e%2e/oauth/access_token",
    "http://localhost:{port}/1.1/echo", "http://127.1:{port}/1.1/echo", "http://2130706433:{port}/1.1/echo",
    "http://0x7f000001:{port}/1.1/echo", "http://[::ffff:127.0.0.1]:{port}/1.1/echo", "http://0.0.0.0:{port}/1.1/echo",
    "http://169.254.169.254/1.1/latest/meta-data", "http://{host}/1.0/echo", "//{host}/oauth/access_token", "echo/%00",
]


@pytest.mark.parametrize("url", OUTSIDE)
def test_a_request_out_of_the_api_base_is_denied(web, sandbox, url):
    host = sandbox.http_url.removeprefix("http://")
    url = url.format(host=host, port=host.rpartition(":")[2])
    refused("DESTINATION_DENIED", "PERMISSION_DENIED", web.send, "GET", url)


@pytest.mark.parametrize("url", [
    "", "echo#x", "echo#", "#", "echo x", " echo", "echo ", "echo\t", "echo\r\nHost: evil", "echo\0", "echo?a=\n",
    "echo?a=b c", "é",
    "echo?é=1", "echo%", "echo%zz", "echo%2", "echo?a=%", "echo?a=%g0", "echo?a=\"", "echo<", "echo?a=<", "echo|",
    "echo?a={{}}",
    "echo^", "echo`", "http://{host}:0/1.1/", "http://127.0.0.1:99999/1.1/", "http://127.0.0.1:x/1.1/",
    "http:///1.1/echo", "///evil.example/1.1/",
    "http://é.example/1.1/", "http://[::1/1.1/", "http://a..b/1.1/", "http://{host}/1.1/echo#x", "echo?" + "a" * 8192,
])
def test_a_malformed_url_is_refused_not_repaired(web, url):
    url = url.format(host="127.0.0.1") if "{" in url else url
    refused_field("call.url", web.send, "GET", url)
