"""A provider that is away: requests to it fail at once after a while, others go on, and its return is noticed."""

import pytest
from oauth1d.errors import OAuth1dError

from browser import come_back, log_in, profile
from caller import Caller
from configuration import CALLBACK, configuration, provider
from free_port import free_port
from oauth1d_process import Oauth1d
from provider_process import Sandbox
from waiting import eventually

# Twenty connections in a row; each SignedRequest that never left is sent once more.
REQUESTS_UNTIL_OPEN = 10


def unreachable(call, *arguments, **options):
    """Calls, and it must fail with PROVIDER_UNREACHABLE, the provider having seen nothing. Gives the error."""
    with pytest.raises(OAuth1dError) as caught:
        call(*arguments, **options)
    assert (caught.value.reason, caught.value.metadata["sent"]) == ("PROVIDER_UNREACHABLE", "no"), caught.value
    return caught.value


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def server(port, sandbox):
    """Before `away`, a provider at a port where nobody listens, and the sandbox."""
    with Oauth1d(configuration(provider(f"http://127.0.0.1:{port}", "away"), provider(sandbox.http_url))) as running:
        yield running


@pytest.fixture
def web(server):
    with Caller(server.address) as caller:
        yield caller


def break_it(web, server):
    for _ in range(REQUESTS_UNTIL_OPEN):
        unreachable(web.send, "GET", "echo", provider="away")
    return server.event("breaker_open")


def test_a_provider_that_is_away_is_left_alone_and_its_return_is_noticed(web, server, port, sandbox):
    opened = break_it(web, server)
    assert (opened["level"], opened["provider"]) == ("warning", "away")
    assert "127.0.0.1" in opened["message"]

    error = unreachable(web.send, "GET", "echo", provider="away")
    assert 0 < error.retry_after <= 1, error
    assert server.rpc_line(method="SignedRequest", attempts=0)["reason"] == "PROVIDER_UNREACHABLE"
    assert 0 < unreachable(web.start, "away", CALLBACK).retry_after <= 1

    with Sandbox.start(http=False, https=False, flags=["--http", f"127.0.0.1:{port}"]) as back:
        def answered():
            try:
                return web.send("GET", "echo", provider="away").answer
            except OAuth1dError as still:
                assert still.reason == "PROVIDER_UNREACHABLE" and still.retry_after is not None, still
                return None
        assert eventually(answered, "the provider is asked again").status_code == 200
        closed = server.event("breaker_closed")
        assert (closed["level"], closed["provider"]) == ("info", "away")
        assert profile(web, log_in(web, back, provider="away"), provider="away") == "alice"
    assert len(server.log("breaker_open")) == len(server.log("breaker_closed")) == 1


def test_others_do_not_notice(web, server, sandbox):
    token = log_in(web, sandbox)
    break_it(web, server)
    assert profile(web, token) == "alice"
    assert log_in(web, sandbox, user="bob")
    web.catch_up(server)
    assert {line["provider"] for line in server.log("breaker_open")} == {"away"}


def test_a_login_that_was_under_way_is_not_burnt(server, web, port):
    with Sandbox.start(http=False, https=False, flags=["--http", f"127.0.0.1:{port}"]) as before:
        browser = come_back(web, before, provider="away")
    break_it(web, server)
    assert unreachable(browser.finish, web).retry_after is not None
    # The provider forgot it meanwhile; what counts is that it was asked.
    with Sandbox.start(http=False, https=False, flags=["--http", f"127.0.0.1:{port}"]) as after:
        def refused():
            with pytest.raises(OAuth1dError) as caught:
                browser.finish(web)
            return caught.value.reason == "PROVIDER_REJECTED"
        eventually(refused, "the exchange reaches the provider")
        assert [line["path"] for line in after.log() if line["path"] == "/oauth/access_token"]


def test_what_callers_do_wrong_breaks_nothing(server, web, sandbox):
    for _ in range(3 * REQUESTS_UNTIL_OPEN):
        with pytest.raises(OAuth1dError):
            web.send("GET", "http://127.0.0.1:1/elsewhere")
        with pytest.raises(OAuth1dError):
            web.send("GET", "echo", "no token")
    assert web.send("GET", "echo").answer.status_code == 200
    web.catch_up(server)
    assert not server.log("breaker_open")
