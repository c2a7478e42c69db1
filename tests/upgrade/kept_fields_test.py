"""What the next version writes and this one does not know survives this one: the next version tells what it finds.

Its program is today's with more fields in the records (next_envelope.cc)."""

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

from browser import Browser, come_back, profile
from versions import NEXT, OLD


@pytest.fixture
def found(servers, callers):
    """What the next version has opened since the test began: {record: whole, each time}."""
    callers[NEXT].catch_up(servers[NEXT])
    before = len(servers[NEXT].log("record_opened"))

    def look():
        callers[NEXT].catch_up(servers[NEXT])
        lines = servers[NEXT].log("record_opened")[before:]
        return {line["record"]: all(one["whole"] for one in lines if one["record"] == line["record"]) for line in lines}
    return look


def test_those_of_a_login_that_this_version_finishes(callers, sandbox, found):
    browser = Browser("alice").begin(callers[NEXT]).approve(sandbox)
    token = browser.finish(callers[OLD]).access_token
    assert found() == {}
    assert browser.finish(callers[NEXT]).access_token == token
    # The answer is this version's, which knows no such fields.
    assert found() == {"flow": True, "flow_secrets": True, "result": False}


def test_those_of_an_answer_that_this_version_replays(callers, sandbox, found):
    browser = Browser("alice").begin(callers[OLD]).approve(sandbox)
    token = browser.finish(callers[NEXT]).access_token
    assert found() == {"flow": False, "flow_secrets": False}
    assert browser.finish(callers[OLD]).access_token == token
    assert browser.finish(callers[NEXT]).access_token == token
    assert found()["result"], "this version has opened it in between, and not written it"


def test_those_of_a_login_that_was_denied_here(callers, sandbox, found):
    browser = Browser("alice").begin(callers[NEXT]).deny(sandbox)
    for version in (OLD, NEXT):
        with pytest.raises(OAuth1dError) as told:
            browser.finish(callers[version])
        assert told.value.reason == "USER_DENIED"
    assert found() == {"flow": True, "flow_secrets": True}


def test_those_of_a_token_that_this_version_rewraps_and_renews(callers, sandbox, found):
    token = come_back(callers[NEXT], sandbox).finish(callers[NEXT]).access_token
    answer = callers[OLD].call("RewrapAccessToken", pb.RewrapAccessTokenRequest(access_token=token))
    assert profile(callers[NEXT], answer.access_token) == "alice"
    assert found()["access_token"]
    renewed = callers[OLD].refresh(answer.access_token).access_token
    assert profile(callers[NEXT], renewed) == "alice"
    assert found()["access_token"]
