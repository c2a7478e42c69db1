"""Two versions share flows and tokens, in both directions: during a rolling upgrade, and after a rollback."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

from browser import Browser, come_back, exchanges, profile
from fleet import Fleet
from versions import BOTH_WAYS, NEXT, OLD
from waiting import eventually

both_ways = pytest.mark.parametrize(("here", "there"), BOTH_WAYS)


@both_ways
def test_a_login_begun_by_one_is_finished_by_the_other(callers, sandbox, here, there):
    browser = Browser("alice").begin(callers[here], app_state=b"page 7").approve(sandbox)
    answer = browser.finish(callers[there])
    assert answer.app_state == b"page 7"
    assert profile(callers[here], answer.access_token) == "alice"
    again = browser.finish(callers[here])
    assert (again.access_token, again.app_state) == (answer.access_token, b"page 7")


@both_ways
def test_a_denial_at_one_is_told_by_the_other(callers, sandbox, here, there):
    browser = Browser("alice").begin(callers[here], app_state=b"page 7").deny(sandbox)
    for version in (there, here):
        with pytest.raises(OAuth1dError) as told:
            browser.finish(callers[version])
        assert (told.value.reason, told.value.app_state) == ("USER_DENIED", b"page 7")


@both_ways
def test_an_answer_that_one_wiped_is_wiped_for_the_other(callers, sandbox, redis, here, there):
    before = set(redis.keys())
    browser = Browser("alice").begin(callers[here], app_state=b"page 7")
    [key] = set(redis.keys()) - before
    browser.approve(sandbox).finish(callers[here])
    redis.command("PEXPIRE", key, 60_000)  # the time of replay is over when this little is left
    for version in (there, here):
        with pytest.raises(OAuth1dError) as told:
            browser.finish(callers[version])
        assert (told.value.reason, told.value.app_state) == ("ALREADY_COMPLETED", b"page 7")


def test_many_who_ask_both_versions_get_one_exchange(callers, sandbox):
    before = exchanges(sandbox)
    browser = come_back(callers[OLD], sandbox)
    request = browser.as_request().SerializeToString()
    calls = [callers[version].method("CompleteAuthorization").future(request, timeout=60)
             for _ in range(8) for version in (OLD, NEXT)]
    assert len({call.result().access_token for call in calls}) == 1
    assert exchanges(sandbox) == before + 1


@both_ways
def test_a_token_of_one_is_renewed_by_the_other(callers, sandbox, here, there):
    token = come_back(callers[here], sandbox).finish(callers[here]).access_token
    renewed = callers[there].refresh(token).access_token
    assert renewed != token
    assert callers[here].refresh(token).access_token == renewed, "whoever lost it gets the same"
    assert profile(callers[here], renewed) == profile(callers[there], renewed) == "alice"
    again = callers[here].refresh(renewed).access_token
    assert profile(callers[there], again) == "alice"


@both_ways
def test_a_token_of_one_is_rewrapped_by_the_other(callers, sandbox, here, there):
    token = come_back(callers[here], sandbox).finish(callers[here]).access_token
    answer = callers[there].call("RewrapAccessToken", pb.RewrapAccessTokenRequest(access_token=token))
    assert answer.access_token != token
    assert profile(callers[here], answer.access_token) == "alice"


def test_a_rolling_upgrade_and_a_rollback_under_logins(config, redis, sandbox):
    with Fleet(config, redis) as fleet, ThreadPoolExecutor(4) as threads:
        fleet.add(OLD)
        fleet.add(OLD)
        over, done = [], []

        def log_in_over_and_over(user):
            tokens = []
            while not over:
                browser = Browser(user)
                with fleet.replica() as caller:
                    browser.begin(caller)
                browser.approve(sandbox)
                with fleet.replica() as caller:
                    tokens.append(browser.finish(caller).access_token)
                for token in tokens[-3:]:
                    with fleet.replica() as caller:
                        assert profile(caller, token) == user
                with fleet.replica() as caller:
                    renewed = caller.refresh(tokens[-1]).access_token
                with fleet.replica() as caller:
                    assert profile(caller, renewed) == user
                tokens.append(renewed)
                done.append(fleet.versions())

        def a_few_logins():
            """With the versions that serve now."""
            now = fleet.versions()
            eventually(lambda: done.count(now) >= 4 or any(user.done() for user in users), "logins end")

        users = [threads.submit(log_in_over_and_over, user) for user in ("alice", "bob", "alice", "bob")]
        try:
            a_few_logins()
            for old, new in ((OLD, NEXT), (NEXT, OLD)):  # up, and back
                for _ in range(2):
                    fleet.add(new)
                    a_few_logins()
                    fleet.retire(old)
                    a_few_logins()
        finally:
            over.append(True)
        for user in users:
            user.result()
        assert fleet.failed() == []
    assert {(OLD, OLD), (NEXT, OLD), (NEXT, NEXT)} <= set(done)
