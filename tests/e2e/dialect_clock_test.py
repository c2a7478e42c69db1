"""Clocks that differ from the provider's, and timestamps that must not go back."""

import pytest

from browser import log_in, profile
from caller import Caller
from configuration import CALLBACK, configuration, provider
from oauth1d_process import Oauth1d
from provider_process import Sandbox
from redis_server import RedisServer
from refusals import refused, refused_after_sending


def errors(sandbox):
    return [line["error"] for line in sandbox.log() if line["error"]]


@pytest.mark.parametrize("skew", [600, -600])
@pytest.mark.parametrize("method", ["HMAC-SHA256", "PLAINTEXT"])
def test_ten_minutes_are_learned_from_one_refusal(skew, method):
    with Sandbox.start(https=False, flags=[f"--clock-skew={skew}"]) as sandbox:
        config = configuration(provider(sandbox.http_url, signature_method=method))
        with Oauth1d(config) as server, Caller(server.address) as caller:
            token = log_in(caller, sandbox, "bob")
            for _ in range(3):
                assert profile(caller, token) == "bob"
        assert errors(sandbox) == ["timestamp_refused"]
        assert sandbox.log()[0]["error"] == "timestamp_refused", "the first request, and no other"
        nonces = [line["nonce"] for line in sandbox.log() if line["nonce"]]
        assert len(set(nonces)) == len(nonces) == 2 + 1 + 3, "what is sent again has a nonce of its own"


def test_a_post_is_sent_again_too_since_it_was_refused():
    with Sandbox.start(https=False, flags=["--clock-skew=600"]) as sandbox:
        with Oauth1d(configuration(provider(sandbox.http_url))) as server, Caller(server.address) as caller:
            assert caller.send("POST", "echo", body=b"once").answer.status_code == 200
        assert [line["status"] for line in sandbox.log()] == [401, 200]


@pytest.mark.parametrize("skew", [7200, -7200])
def test_two_hours_are_not_believed(skew):
    with Sandbox.start(https=False, flags=[f"--clock-skew={skew}"]) as sandbox:
        with Oauth1d(configuration(provider(sandbox.http_url))) as server, Caller(server.address) as caller:
            for _ in range(2):
                error = refused_after_sending("PROVIDER_REJECTED", "FAILED_PRECONDITION", caller.start,
                                              callback_url=CALLBACK)
                assert error.metadata["oauth_problem"] == "timestamp_refused"
            response = caller.send("GET", "echo")
            assert (response.answer.status_code, response.provider_problem.problem) == (401, "timestamp_refused")
        assert errors(sandbox) == ["timestamp_refused"] * 3, "nothing was sent twice"


@pytest.fixture
def ahead():
    """Its clock is 50 minutes ahead, and it remembers the last timestamp of each consumer and token."""
    with Sandbox.start(https=False, flags=["--clock-skew=3000", "--monotonic"]) as running:
        yield running


@pytest.mark.parametrize("timestamps, refusals", [("monotonic", 1), ("clock", 2)])
def test_a_replica_follows_the_timestamps_of_another(ahead, redis, timestamps, refusals):
    """One has learned that the provider is ahead. The other, whose own time is too old, need not learn it."""
    config = configuration(provider(ahead.http_url, timestamps=timestamps), store=redis.store)
    with Oauth1d(config, environment=redis.environment) as one, Oauth1d(config, environment=redis.environment) as two:
        with Caller(one.address) as first, Caller(two.address) as second:
            assert first.send("GET", "echo").answer.status_code == 200
            assert errors(ahead) == ["timestamp_refused"]
            for _ in range(3):
                assert second.send("GET", "echo").answer.status_code == 200
                assert first.send("GET", "echo").answer.status_code == 200
            assert errors(ahead) == ["timestamp_refused"] * refusals


def test_without_the_store_nobody_knows_the_last_timestamp(sandbox):
    with RedisServer() as redis:
        config = configuration(provider(sandbox.http_url, timestamps="monotonic"), store=redis.store)
        with Oauth1d(config, environment=redis.environment) as server, Caller(server.address) as caller:
            assert caller.send("GET", "echo").answer.status_code == 200
            redis.kill()
            refused("STORE_UNAVAILABLE", "UNAVAILABLE", caller.send, "GET", "echo")
