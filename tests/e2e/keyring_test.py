"""Keys come and go: tokens and logins of older keys still open, and each refusal has its own reason."""

import base64
import secrets
from contextlib import contextmanager

import pytest

from browser import come_back, log_in, profile
from caller import Caller
from configuration import configuration, provider
from oauth1d_process import Oauth1d
from refusals import refused

KEYS = {name: base64.b64encode(secrets.token_bytes(32)).decode() for name in ("old", "new")}


def keyring(**states):
    """The text of a keyring: id to state."""
    keys = [f"{{id: {name}, state: {state}" + ("}" if state == "retired" else f", key: {KEYS[name]}}}")
            for name, state in states.items()]
    return f"keys: [{', '.join(keys)}]\n"


@pytest.fixture
def replica(sandbox, redis):
    """A caller of a replica that has such a keyring."""
    @contextmanager
    def start(**states):
        config = configuration(provider(sandbox.http_url), store=redis.store)
        files = {"keyring.yaml": keyring(**states)}
        with Oauth1d(config, files=files, environment=redis.environment) as server, Caller(server.address) as web:
            server.secrets += KEYS.values()
            yield web
    return start


def test_a_token_of_an_older_key_is_replaced(replica, sandbox):
    with replica(old="active") as before, replica(old="decrypt", new="active") as after, replica(new="active") as last:
        token = log_in(before, sandbox)
        answer = after.send("GET", "account/verify_credentials.json", token)
        replacement = answer.replacement_access_token
        assert answer.answer.status_code == 200 and replacement.startswith("oa1_") and replacement != token
        assert profile(last, replacement) == "alice"
        assert after.send("GET", "echo", replacement).replacement_access_token == ""


def test_a_login_crosses_the_change_of_keys(replica, sandbox):
    with replica(old="active", new="decrypt") as before, replica(old="decrypt", new="active") as after:
        assert profile(after, come_back(before, sandbox).finish(after).access_token) == "alice"
        assert profile(before, come_back(after, sandbox).finish(before).access_token) == "alice"


def test_a_key_that_is_not_loaded_burns_nothing(replica, sandbox):
    with replica(old="active") as before, replica(new="active") as behind:
        token, browser, seen = log_in(before, sandbox), come_back(before, sandbox), len(sandbox.log())
        refused("KEY_NOT_LOADED", "UNAVAILABLE", behind.send, "GET", "echo", token)
        refused("KEY_NOT_LOADED", "UNAVAILABLE", browser.finish, behind)
        assert len(sandbox.log()) == seen
        assert profile(before, browser.finish(before).access_token) == "alice"


def test_a_retired_key_ends_its_tokens(replica, sandbox):
    with replica(old="active") as before, replica(old="retired", new="active") as after:
        token, browser = log_in(before, sandbox), come_back(before, sandbox)
        refused("TOKEN_EXPIRED", "FAILED_PRECONDITION", after.send, "GET", "echo", token)
        refused("FLOW_NOT_FOUND", "NOT_FOUND", browser.finish, after)
