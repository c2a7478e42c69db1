"""A clock that is off, and timestamps that must not go back."""

import time
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl

import pytest

from demo_app import CALLBACK, App, problem_of, send
from provider_process import Sandbox


@pytest.mark.parametrize("skew", [-7200, 600])
def test_a_clock_that_is_off_judges_and_is_told(skew):
    with Sandbox.start(https=False, flags=[f"--clock-skew={skew}"]) as running:
        app = App(running, running.http_url)
        refused = app.call("/oauth/request_token", callback_uri=CALLBACK)
        assert problem_of(refused) == "timestamp_refused"
        its_time = parsedate_to_datetime(refused[1]["Date"]).timestamp()
        assert abs(its_time - time.time() - skew) < 30
        lowest, highest = dict(parse_qsl(refused[2].decode()))["oauth_acceptable_timestamps"].split("-")
        assert int(lowest) < its_time < int(highest)
        answer = app.call("/oauth/request_token", callback_uri=CALLBACK, timestamp=str(int(its_time)))
        assert answer[0] == 200


def test_without_skew_its_time_is_ours(sandbox):
    date = send(sandbox, sandbox.http_url + "/")[1]["Date"]
    assert abs(parsedate_to_datetime(date).timestamp() - time.time()) < 30


@pytest.fixture
def monotonic():
    with Sandbox.start(https=False, flags=["--monotonic"]) as running:
        yield running


def echo_at(app, timestamp):
    return app.call("/1.1/echo", "GET", timestamp=str(timestamp))


def test_timestamps_must_not_go_back(monotonic):
    app, now = App(monotonic, monotonic.http_url), int(time.time())
    assert [echo_at(app, now + step)[0] for step in (0, 0, 5, 5)] == [200] * 4
    assert problem_of(echo_at(app, now + 4)) == "timestamp_refused"
    assert echo_at(app, now + 5)[0] == 200


def test_each_token_has_a_past_of_its_own(monotonic):
    one, other, now = App(monotonic, monotonic.http_url), App(monotonic, monotonic.http_url), int(time.time())
    one.log_in("alice")
    other.log_in("bob")
    assert echo_at(one, now + 200)[0] == 200
    assert echo_at(other, now + 100)[0] == 200
    assert problem_of(echo_at(one, now + 199)) == "timestamp_refused"


def test_a_forged_timestamp_is_no_past(monotonic):
    app, now = App(monotonic, monotonic.http_url), int(time.time())
    app.log_in("alice")
    right, app.secret = app.secret, "wrong"
    assert problem_of(echo_at(app, now + 290)) == "signature_invalid"
    app.secret = right
    assert echo_at(app, now)[0] == 200


def test_elsewhere_they_may(sandbox):
    app, now = App(sandbox, sandbox.http_url), int(time.time())
    assert [echo_at(app, now + step)[0] for step in (5, 0)] == [200, 200]
