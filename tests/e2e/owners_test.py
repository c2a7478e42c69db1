"""Two owners before one provider: what one began or holds is nothing to the other."""

import json
import statistics
import time

import pytest

from browser import come_back, log_in, profile
from caller_setup import BATCH, WEB, CallerSetup
from oauth1d_process import Oauth1d
from refusals import refused


@pytest.fixture(scope="module")
def setup(sandbox, tmp_path_factory):
    return CallerSetup(tmp_path_factory.mktemp("owners"), sandbox)


@pytest.fixture(scope="module")
def owners(setup):
    """Callers that are two owners."""
    with Oauth1d(setup.config(), serving=False) as server:
        server.event("serving")
        with setup.caller(server, setup.web) as web, setup.caller(server, setup.batch) as batch:
            yield web, batch


def test_the_login_of_another_is_as_unknown_as_none(owners, sandbox):
    web, batch = owners
    browser = come_back(batch, sandbox)
    seen = len(sandbox.log())
    foreign = refused("FLOW_NOT_FOUND", "NOT_FOUND", browser.finish, web)
    unknown = come_back(web, sandbox)
    seen = len(sandbox.log()) - seen
    unknown.callback = unknown.callback.replace("state=", "state=x", 1)
    for cookie in unknown.cookies:
        cookie.name = browser.cookies[0].name
    assert seen >= 1
    # Its cookie is named after the state: with another state it is the cookie of another login.
    with pytest.raises(Exception, match="FLOW_NOT_FOUND|binding_cookies"):
        unknown.finish(web)
    assert "unknown" in str(foreign) or "no such" in str(foreign) or "not found" in str(foreign).lower(), foreign
    assert profile(batch, browser.finish(batch).access_token) == "alice"


def test_it_takes_no_longer_to_say_so(owners, sandbox):
    """The two refusals are alike to a clock too: within a factor of ten, which a busy machine needs."""
    web, batch = owners
    browser = come_back(batch, sandbox)
    strange = come_back(batch, sandbox)
    strange.callback = browser.callback

    def median(finish):
        times = []
        for _ in range(30):
            begin = time.perf_counter()
            refused("FLOW_NOT_FOUND", "NOT_FOUND", finish, web)
            times.append(time.perf_counter() - begin)
        return statistics.median(times)

    foreign = median(browser.finish)
    gone = come_back(batch, sandbox)
    gone.finish(batch)
    ended = median(gone.finish)
    assert foreign < 10 * ended and ended < 10 * foreign, (foreign, ended)


def test_a_token_of_another_is_no_token(owners, sandbox):
    web, batch = owners
    token = log_in(batch, sandbox)
    seen = len(sandbox.log())
    refused("TOKEN_INVALID", "INVALID_ARGUMENT", web.send, "GET", "echo", token)
    assert len(sandbox.log()) == seen
    assert profile(batch, token) == "alice"


def test_an_heir_uses_what_was_left_to_it(setup, sandbox):
    """also_opens: for a service that was renamed or split."""
    config = json.loads(setup.config())
    with Oauth1d(json.dumps(config), serving=False) as server:
        server.event("serving")
        with setup.caller(server, setup.batch) as batch:
            token = log_in(batch, sandbox)
    for owner in config["owners"]:
        if owner.get("identities") == [{"spiffe_id": WEB}]:
            owner["also_opens"] = ["batch"]
        assert owner.get("identities") != [{"spiffe_id": BATCH}] or owner["name"] == "batch"
    with Oauth1d(json.dumps(config), serving=False) as server:
        server.event("serving")
        with setup.caller(server, setup.web) as web, setup.caller(server, setup.batch) as batch:
            assert profile(web, token) == "alice"
            assert profile(batch, token) == "alice"
            mine = log_in(web, sandbox)
            refused("TOKEN_INVALID", "INVALID_ARGUMENT", batch.send, "GET", "echo", mine)
