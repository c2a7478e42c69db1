"""Redis goes away, hangs, fills up, comes back: told within bounds, nothing lost, requests for users unaffected."""

import time

import pytest
from oauth1d.errors import OAuth1dError

from browser import come_back, come_back_from_evil, exchanges, log_in, profile
from caller import Caller
from configuration import CALLBACK, configuration, provider
from evil_provider import form_answer, http_answer, temporary
from oauth1d_process import NOT_SERVING, SERVING, Oauth1d
from old_redis import OldRedis
from redis_server import RedisServer
from refusals import refused
from waiting import eventually

# Ten times what is promised: 250 ms to be told, 1 s after its return to be served.
TOLD_WITHIN, SERVED_WITHIN = 2.5, 10


@pytest.fixture
def redis():
    """One for each test: they break it."""
    with RedisServer() as running:
        yield running


def server_over(redis, url, **options):
    return Oauth1d(configuration(provider(url), store=redis.store), environment=redis.environment, **options)


@pytest.fixture
def server(redis, sandbox):
    with server_over(redis, sandbox.http_url) as running:
        running.secrets.append(redis.password)
        yield running


@pytest.fixture
def web(server):
    with Caller(server.address) as caller:
        yield caller


def unavailable(call, *arguments, **options):
    """STORE_UNAVAILABLE, in time."""
    began = time.monotonic()
    with pytest.raises(OAuth1dError) as caught:
        call(*arguments, **options)
    assert time.monotonic() - began < TOLD_WITHIN
    assert (caught.value.reason, caught.value.code.name) == ("STORE_UNAVAILABLE", "UNAVAILABLE"), caught.value
    return caught.value


def served_again(call):
    """The first answer, which must come in time."""
    began = time.monotonic()

    def attempt():
        try:
            return call()
        except OAuth1dError as error:
            assert error.reason == "STORE_UNAVAILABLE", error
    answer = eventually(attempt, "it is served again")
    assert time.monotonic() - began < SERVED_WITHIN
    return answer


def test_away_at_start_it_runs_and_serves_later(sandbox):
    with RedisServer(start=False) as redis, server_over(redis, sandbox.http_url, serving=False) as server:
        server.event("store_down")
        assert server.health() == server.health("oauth1d.v1.OAuth1Service") == NOT_SERVING
        assert server.health("oauth1d.store") == NOT_SERVING
        with Caller(server.address) as web:
            before = len(sandbox.log())
            assert unavailable(web.start, callback_url=CALLBACK).sent == "no"
            assert len(sandbox.log()) == before
            redis.start()
            eventually(lambda: server.health() == SERVING, "oauth1d serves", SERVED_WITHIN)
            assert server.health("oauth1d.store") == server.health("oauth1d.v1.OAuth1Service") == SERVING
            assert profile(web, log_in(web, sandbox)) == "alice"


def test_killed_it_is_told_and_comes_back(redis, server, web, sandbox):
    token, browser = log_in(web, sandbox), come_back(web, sandbox)
    before = len(sandbox.log())
    redis.kill()
    eventually(lambda: server.health("oauth1d.store") == NOT_SERVING, "the loss shows in health")
    assert server.health() == server.health("oauth1d.v1.OAuth1Service") == SERVING
    for _ in range(3):
        assert unavailable(web.start, callback_url=CALLBACK).sent == "no"
        assert unavailable(browser.finish, web).sent == "no"
    assert len(sandbox.log()) == before
    assert profile(web, token) == "alice"
    redis.start()
    served_again(lambda: web.start(callback_url=CALLBACK))
    eventually(lambda: server.health("oauth1d.store") == SERVING, "the return shows in health")
    refused("FLOW_NOT_FOUND", "NOT_FOUND", browser.finish, web)  # it was only in memory
    assert profile(web, log_in(web, sandbox)) == "alice"


def test_hanging_it_is_told_and_a_login_under_way_survives(redis, server, web, sandbox):
    token, browser = log_in(web, sandbox), come_back(web, sandbox, app_state=b"kept")
    before = exchanges(sandbox)
    redis.freeze()
    try:
        for _ in range(3):
            assert unavailable(browser.finish, web).sent == "no"
            unavailable(web.start, callback_url=CALLBACK)
            assert profile(web, token) == "alice"
        assert exchanges(sandbox) == before
        eventually(lambda: server.health("oauth1d.store") == NOT_SERVING, "the loss shows in health")
        assert server.health() == SERVING
    finally:
        redis.thaw()
    completed = served_again(lambda: browser.finish(web))
    assert completed.app_state == b"kept" and profile(web, completed.access_token) == "alice"
    assert exchanges(sandbox) == before + 1


def test_lost_during_the_exchange_the_user_is_logged_in_all_the_same(redis, evil):
    evil.answer("/oauth/request_token", temporary())
    evil.answer("/oauth/access_token", 0.5, form_answer(oauth_token="t", oauth_token_secret="s", user_id="7"))
    evil.answer("/1.1/me", http_answer(200))
    with server_over(redis, evil.url) as server, Caller(server.address) as web:
        browser = come_back_from_evil(web, evil)
        request = web.method("CompleteAuthorization").future(browser.as_request().SerializeToString(), timeout=40)
        eventually(lambda: evil.seen("/oauth/access_token"), "the exchange is on the wire")
        redis.freeze()
        try:
            completed = request.result()
            assert web.send("GET", "me", completed.access_token).answer.status_code == 200
            time.sleep(1)
        finally:
            redis.thaw()
        assert served_again(lambda: browser.finish(web)) == completed
        assert len(evil.seen("/oauth/access_token")) == 1


def test_full_no_login_begins_but_those_under_way_finish(redis, web, sandbox):
    browser = come_back(web, sandbox)
    redis.command("CONFIG", "SET", "maxmemory", "1")
    for _ in range(2):
        with pytest.raises(OAuth1dError) as caught:
            web.start(callback_url=CALLBACK)
        assert (caught.value.reason, caught.value.code.name) == ("STORE_FULL", "RESOURCE_EXHAUSTED")
    assert profile(web, browser.finish(web).access_token) == "alice"
    redis.command("CONFIG", "SET", "maxmemory", "0")
    time.sleep(1.2)  # a refusal as full is taken to hold for a second
    assert web.start(callback_url=CALLBACK).state


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-random", "allkeys-lfu"])
def test_a_redis_that_would_drop_logins_is_refused_at_start(sandbox, policy):
    with RedisServer("--maxmemory-policy", policy) as redis:
        ends_unsuitable(server_over(redis, sandbox.http_url, serving=False), policy)


def test_an_old_redis_is_refused_at_start(sandbox):
    with OldRedis() as old:
        config = configuration(provider(sandbox.http_url), store={"redis": {"address": old.address}})
        ends_unsuitable(Oauth1d(config, serving=False), "6.0.16")


def ends_unsuitable(server, word):
    with server:
        assert server.wait() == 78
        (line,) = [line for line in server.log() if line["level"] == "error"]
        assert line["event"] == "store_unsuitable" and word in line["message"]
        server.check_log()


def test_a_wrong_password_is_waited_out(redis, sandbox):
    environment = {"REDIS_PASSWORD": "mistyped-5d1c"}
    config = configuration(provider(sandbox.http_url), store=redis.store)
    with Oauth1d(config, environment=environment, serving=False) as server:
        server.secrets.append("mistyped-5d1c")
        assert "WRONGPASS" in server.event("store_down")["message"] and server.health() == NOT_SERVING
        redis.command("ACL", "SETUSER", "oauth1d", ">mistyped-5d1c")
        eventually(lambda: server.health() == SERVING, "oauth1d serves", SERVED_WITHIN)


def test_a_damaged_record_is_told_as_such_and_kept(redis, web, sandbox):
    one = come_back(web, sandbox)
    (first,) = redis.keys()
    two = come_back(web, sandbox)
    (second,) = set(redis.keys()) - {first}
    records = {key: redis.command("GET", key) for key in (first, second)}
    size = len(records[first])
    for damaged in (records[second], records[first][:-1], b"", b"x", records[first] + b"x", b"\0" * size,
                    *(flipped(records[first], at) for at in range(0, size, 7))):
        redis.command("SET", first, damaged, "KEEPTTL")
        refused("RECORD_INVALID", "DATA_LOSS", one.finish, web)
        assert redis.command("GET", first) == damaged
    redis.command("SET", first, records[first], "KEEPTTL")
    assert one.finish(web).access_token and two.finish(web).access_token


def flipped(record, at):
    return record[:at] + bytes([record[at] ^ 1]) + record[at + 1:]


def test_every_key_has_an_end(redis, web, sandbox):
    come_back(web, sandbox).finish(web)
    come_back(web, sandbox)
    keys = redis.keys()
    assert len(keys) == 2 and all(0 < redis.command("PTTL", key) <= 600_000 for key in keys)
