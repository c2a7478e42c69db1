"""A replica that is killed in the middle of an exchange: after its lease another one takes over, never sooner."""

import time

import pytest
from oauth1d.errors import OAuth1dError

from browser import come_back_from_evil
from caller import Caller
from configuration import configuration, provider
from evil_provider import HANG, form_answer, http_answer, temporary
from oauth1d_process import Oauth1d
from waiting import eventually

LEASE = 20


def test_the_login_waits_for_the_lease_and_is_then_exchanged_again(evil, redis):
    evil.answer("/oauth/request_token", temporary())
    evil.answer("/oauth/access_token", HANG)
    config = configuration(provider(evil.url), store=redis.store)
    with Oauth1d(config, environment=redis.environment) as other, Caller(other.address) as there:
        with Oauth1d(config, environment=redis.environment) as doomed, Caller(doomed.address) as here:
            browsers = [come_back_from_evil(here, evil), come_back_from_evil(here, evil)]
            calls = [here.method("CompleteAuthorization").future(browser.as_request().SerializeToString(), timeout=60)
                     for browser in browsers]
            eventually(lambda: len(evil.seen("/oauth/access_token")) == 2, "the exchanges are on the wire")
            claimed = time.monotonic()
            doomed.kill()
            assert all(call.exception() for call in calls)
        with pytest.raises(OAuth1dError) as told:
            browsers[0].finish(there, timeout=2)
        assert told.value.reason == "EXCHANGE_IN_PROGRESS"
        evil.answer("/oauth/access_token", form_answer(oauth_token="t", oauth_token_secret="s"))
        assert browsers[0].finish(there, timeout=60).access_token
        assert time.monotonic() - claimed > LEASE - 2
        assert len(evil.seen("/oauth/access_token")) == 3
        # The verifier may have been spent by the exchange that was cut: a refusal now proves nothing.
        evil.answer("/oauth/access_token", http_answer(401, b"oauth_problem=token_rejected"))
        with pytest.raises(OAuth1dError) as told:
            browsers[1].finish(there, timeout=60)
        assert (told.value.reason, told.value.code.name) == ("OUTCOME_UNKNOWN", "UNKNOWN")
