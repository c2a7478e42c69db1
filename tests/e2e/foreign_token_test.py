"""A sealed token in other hands: another owner's, another provider's, damaged. Always TOKEN_INVALID, nothing sent."""

import pytest

from browser import log_in, profile
from caller import Caller
from caller_setup import CallerSetup
from configuration import configuration, provider
from oauth1d_process import Oauth1d
from refusals import refused


@pytest.fixture(scope="module")
def setup(sandbox, tmp_path_factory):
    return CallerSetup(tmp_path_factory.mktemp("foreign"), sandbox)


@pytest.fixture
def unasked(sandbox):
    """The provider sees no request in this test but those that it makes itself, through the list that this gives."""
    counted = []
    yield counted
    assert len(counted) == 1 and len(sandbox.log()) == counted[0], sandbox.log()[-1]


def test_a_token_of_another_owner_is_invalid(setup, sandbox, unasked):
    with Oauth1d(setup.config(), serving=False) as server:
        server.secrets += [key for key, _ in setup.keys.values()]
        server.event("serving")
        with setup.caller(server, setup.web) as web, setup.caller(server, setup.batch) as batch:
            token = log_in(web, sandbox)
            assert profile(web, token) == "alice"
            unasked.append(len(sandbox.log()))
            refused("TOKEN_INVALID", "INVALID_ARGUMENT", batch.send, "GET", "account/verify_credentials.json", token)


def test_a_token_of_another_provider_is_invalid(sandbox, unasked):
    providers = [provider(sandbox.http_url, name) for name in ("sandbox", "twin")]
    with Oauth1d(configuration(*providers)) as server, Caller(server.address) as web:
        token = log_in(web, sandbox)
        assert profile(web, token) == "alice"
        unasked.append(len(sandbox.log()))
        refused("TOKEN_INVALID", "INVALID_ARGUMENT", web.send, "GET", "account/verify_credentials.json", token,
                provider="twin")


def test_a_damaged_token_is_told_in_the_same_words(sandbox, unasked):
    providers = [provider(sandbox.http_url, name) for name in ("sandbox", "twin")]
    with Oauth1d(configuration(*providers)) as server, Caller(server.address) as web:
        token = log_in(web, sandbox)
        unasked.append(len(sandbox.log()))
        url = "account/verify_credentials.json"
        foreign = refused("TOKEN_INVALID", "INVALID_ARGUMENT", web.send, "GET", url, token, provider="twin")
        middle = len(token) // 2
        damaged = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1:]
        changed = refused("TOKEN_INVALID", "INVALID_ARGUMENT", web.send, "GET", url, damaged)
        assert str(foreign) == str(changed), "who replays it learns nothing of why"
