"""Redis Sentinel, from outside: found, followed, and told in an operator's words where it cannot be."""

import json

import pytest

from browser import come_back, log_in, profile
from caller import Caller
from configuration import configuration, provider
from oauth1d_process import NOT_SERVING, SERVING, Oauth1d
from redis_sentinel import SentinelGroup
from waiting import eventually


@pytest.fixture(scope="module")
def group():
    with SentinelGroup() as running:
        yield running


def server_over(group, sandbox, environment=None, **sentinel):
    """`sentinel`: what is different in store.redis.sentinel."""
    store = json.loads(json.dumps(group.store))
    store["redis"]["sentinel"].update(sentinel)
    return Oauth1d(configuration(provider(sandbox.http_url), store=store),
                   environment={**group.environment, **(environment or {})}, serving=False)


def test_the_primary_is_found_and_followed(sandbox):
    with SentinelGroup() as group, server_over(group, sandbox) as server, Caller(server.address) as web:
        eventually(lambda: server.health() == SERVING, "oauth1d serves")
        old = group.primary()
        assert f"the primary at {old.address}" in server.event("store_up")["message"]
        browser = come_back(web, sandbox)
        assert group.command(old, "WAIT", "2", "60000") == 2
        group.kill(old)
        successor = group.wait_for_another(old)
        eventually(lambda: any(f"the primary at {successor.address}" in line["message"]
                               for line in server.log("store_up")), "the log names the new primary")
        assert f"the primary at {old.address}: " in server.event("store_down")["message"]
        assert profile(web, browser.finish(web).access_token) == "alice"
        assert profile(web, log_in(web, sandbox, "bob")) == "bob"


def test_a_name_that_no_sentinel_knows_is_told(group, sandbox):
    with server_over(group, sandbox, primary="typo") as server:
        told = server.event("store_down")["message"]
        assert 'no Sentinel knows a primary called "typo"' in told and "sentinel monitor" in told, told
        assert server.health() == NOT_SERVING


def test_sentinels_that_are_all_away_are_told_by_address(sandbox):
    with SentinelGroup() as group:
        group.stop_sentinels()
        with server_over(group, sandbox) as server:
            eventually(lambda: any("refused" in line["message"] for line in server.log("store_down")), "the refusal")
            told = server.log("store_down")[-1]["message"]
            assert "no Sentinel answers" in told and "store.redis" in told, told
            assert all(place.sentinel_address in told for place in group.places), told
            assert server.health() == server.health("oauth1d.store") == NOT_SERVING


def test_a_wrong_password_at_the_sentinels_is_told(group, sandbox):
    with server_over(group, sandbox, {"SENTINEL_PASSWORD": "mistyped-77aa"}) as server:
        server.secrets += ["mistyped-77aa", *group.environment.values()]
        eventually(lambda: any("WRONGPASS" in line["message"] for line in server.log("store_down")), "WRONGPASS")
        assert server.health() == NOT_SERVING


def test_the_port_of_redis_itself_is_told(group, sandbox):
    addresses = [place.address for place in group.places]
    with server_over(group, sandbox, {"SENTINEL_PASSWORD": group.password}, addresses=addresses,
                     username="oauth1d") as server:
        eventually(lambda: any("is no Sentinel" in line["message"] for line in server.log("store_down")), "it is told")


def test_one_sentinel_is_enough_to_start(sandbox):
    with SentinelGroup() as group:
        for place in group.places[1:]:
            place.sentinel.kill()
            place.sentinel.wait()
        with server_over(group, sandbox) as server, Caller(server.address) as web:
            eventually(lambda: server.health() == SERVING, "oauth1d serves")
            assert profile(web, log_in(web, sandbox)) == "alice"
