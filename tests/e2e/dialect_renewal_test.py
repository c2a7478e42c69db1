"""Tokens that expire are renewed: by session handle and by URL, once for all replicas, and never behind an error."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from oauth1d.errors import OAuth1dError

from browser import come_back, come_back_from_evil
from configuration import configuration, provider
from dialect_caller import DialectCaller, renewed_by, renewed_token_of, requests_to
from evil_provider import CLOSE, form_answer, http_answer, temporary
from oauth1d_process import Oauth1d
from provider_process import Sandbox
from refusals import refused, refused_field
from waiting import eventually

LIFETIME = 3600
RENEWALS = {"session_handle": "/oauth/access_token", "url": "/oauth/renew_access_token"}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox.start(https=False, flags=["--token-lifetime", LIFETIME]) as running:
        yield running


@pytest.fixture(scope="module", params=RENEWALS)
def by(request):
    return request.param


@pytest.fixture(scope="module")
def replicas(by, sandbox, redis):
    """Callers of two servers over one Redis."""
    config = configuration(renewed_by(sandbox.http_url, by), store=redis.store)
    with Oauth1d(config, environment=redis.environment) as one, Oauth1d(config, environment=redis.environment) as two:
        with DialectCaller(one.address) as first, DialectCaller(two.address) as second:
            yield first, second


@pytest.fixture
def login(replicas, sandbox):
    """A new token of alice's."""
    return come_back(replicas[0], sandbox).finish(replicas[0])


def renewals(sandbox, by, verified=True):
    lines = [line for line in requests_to(sandbox, RENEWALS[by]) if line["verified"] == verified]
    if by == "url":
        return len(lines)
    # A login asks at the same place, with a temporary token; those of a user begin with its id.
    return sum(line["token"].startswith("1001-") for line in lines)


def user_of(response):
    assert response.answer.status_code == 200, response
    return json.loads(response.answer.body)["screen_name"]


def test_an_ended_token_is_renewed_under_way(replicas, sandbox, by, login):
    before = renewals(sandbox, by)
    sandbox.expire_tokens()
    response = replicas[0].profile(login.access_token)
    assert user_of(response) == "alice"
    assert response.replacement_access_token.startswith("oa1_")
    assert renewals(sandbox, by) == before + 1
    again = replicas[1].profile(response.replacement_access_token)
    assert (user_of(again), again.replacement_access_token) == ("alice", "")


def test_whoever_lost_the_new_token_gets_it_with_the_old_one(replicas, sandbox, by, login):
    before = renewals(sandbox, by)
    sandbox.expire_tokens()
    answers = [caller.refresh(login.access_token) for caller in (*replicas, *replicas)]
    assert all(answer == answers[0] for answer in answers)
    assert renewals(sandbox, by) == before + 1
    assert user_of(replicas[1].profile(answers[0].access_token)) == "alice"
    assert 0 <= answers[0].expire_time.seconds - login.expire_time.seconds < 600


def test_two_replicas_at_once_renew_once(replicas, sandbox, by, login):
    before = renewals(sandbox, by)
    sandbox.expire_tokens()
    with ThreadPoolExecutor(16) as pool:
        calls = [pool.submit(replicas[number % 2].profile, login.access_token) for number in range(16)]
        responses = [call.result() for call in calls]
    assert [user_of(response) for response in responses] == ["alice"] * 16
    # By URL the same token lives on: who came after the renewal never heard of it.
    replacements = {response.replacement_access_token for response in responses} - ({""} if by == "url" else set())
    assert len(replacements) == 1
    assert (renewals(sandbox, by), renewals(sandbox, by, verified=False)) == (before + 1, 0)


def test_a_renewed_token_can_be_renewed_again(replicas, sandbox, by, login):
    before, token = renewals(sandbox, by), login.access_token
    for number in range(3):
        token = replicas[number % 2].refresh(token).access_token
    assert renewals(sandbox, by) == before + 3
    assert user_of(replicas[1].profile(token)) == "alice"


def test_the_users_new_tokens_are_as_the_old_one(replicas, login):
    renewed = replicas[1].refresh(login.access_token)
    assert {one.name for one in renewed.parameters} <= {one.name for one in login.parameters}
    assert 0 <= renewed.expire_time.seconds - login.expire_time.seconds < 600


def test_a_token_that_cannot_be_renewed_says_so(sandbox):
    config = configuration(provider(sandbox.http_url))
    with Oauth1d(config) as server, DialectCaller(server.address) as caller:
        token = come_back(caller, sandbox).finish(caller).access_token
        refused_field("access_token", caller.refresh, token)
        sandbox.expire_tokens()
        response = caller.profile(token)
        assert (response.answer.status_code, response.provider_problem.problem) == (401, "token_expired")
        assert response.token_rejected and not response.replacement_access_token


def test_what_the_provider_no_longer_renews_needs_a_login(sandbox):
    with Oauth1d(configuration(renewed_by(sandbox.http_url, "session_handle"))) as server:
        with DialectCaller(server.address) as caller:
            token = come_back(caller, sandbox).finish(caller).access_token
            with Sandbox.start(https=False) as another:
                strange = configuration(renewed_by(another.http_url, "session_handle"))
                with Oauth1d(strange) as elsewhere, DialectCaller(elsewhere.address) as there:
                    with pytest.raises(OAuth1dError) as told:
                        there.refresh(token)
    assert (told.value.reason, told.value.code.name) == ("PROVIDER_REJECTED", "FAILED_PRECONDITION")


def test_without_a_session_handle_there_is_nothing_to_renew_by():
    with Sandbox.start(https=False) as immortal:
        config = configuration(renewed_by(immortal.http_url, "session_handle"))
        with Oauth1d(config) as server, DialectCaller(server.address) as caller:
            token = come_back(caller, immortal).finish(caller).access_token
            refused("TOKEN_EXPIRED", "FAILED_PRECONDITION", caller.refresh, token)


def token_answer(token, lifetime):
    """What the provider says at the end of a login and of a renewal."""
    return form_answer(oauth_token=token, oauth_token_secret="s", oauth_session_handle="h", oauth_expires_in=lifetime)


@pytest.fixture
def scripted(evil):
    """A caller before the evil provider, and the token of a login, which has ended."""
    evil.forget()
    evil.answer("/oauth/request_token", temporary())
    evil.answer("/oauth/access_token", token_answer("old", 1))
    with Oauth1d(configuration(renewed_by(evil.url, "session_handle"))) as server:
        with DialectCaller(server.address) as caller:
            login = come_back_from_evil(caller, evil).finish(caller)
            eventually(lambda: time.time() > login.expire_time.seconds, "the token has ended")
            evil.forget()
            yield caller, login.access_token


def test_a_renewal_whose_caller_went_away_is_not_lost(scripted, evil):
    caller, token = scripted
    evil.answer("/oauth/access_token", 1.5, token_answer("new", 3600))
    with pytest.raises(OAuth1dError) as told:
        caller.refresh(token, timeout=0.5)
    assert told.value.code.name == "DEADLINE_EXCEEDED"
    assert caller.refresh(token).access_token == caller.refresh(token).access_token
    assert len(evil.received) == 1


def test_a_token_that_is_known_to_have_ended_is_renewed_before_it_is_used(scripted, evil):
    caller, token = scripted
    evil.answer("/oauth/access_token", token_answer("new", 3600))
    evil.answer("/1.1/me", http_answer(200))
    assert caller.send("POST", "me", token, body=b"x").replacement_access_token
    assert [request.target for request in evil.received] == ["/oauth/access_token", "/1.1/me"]
    assert b'oauth_session_handle="h"' in evil.received[0].header("authorization")
    assert b'oauth_token="new"' in evil.received[1].header("authorization")


def test_an_error_after_a_renewal_brings_the_new_token(scripted, evil):
    """The old token may be dead: whoever gets the error must not lose the new one."""
    caller, token = scripted
    evil.answer("/oauth/access_token", token_answer("new", 3600))
    evil.answer("/1.1/me", CLOSE)
    with pytest.raises(OAuth1dError) as told:
        caller.send("POST", "me", token, body=b"x")
    assert (told.value.reason, told.value.metadata["sent"]) == ("OUTCOME_UNKNOWN", "yes")
    evil.answer("/1.1/me", http_answer(200))
    assert caller.send("GET", "me", renewed_token_of(told.value)).answer.status_code == 200
    assert b'oauth_token="new"' in evil.seen("/1.1/me")[-1].header("authorization")


def test_a_token_of_seconds_is_not_renewed_over_and_over(scripted, evil):
    caller, token = scripted
    evil.answer("/oauth/access_token", token_answer("new", 30))
    evil.answer("/1.1/me", http_answer(200))
    replacement = caller.send("GET", "me", token).replacement_access_token
    assert not caller.send("GET", "me", replacement).replacement_access_token
    assert caller.send("GET", "me", token).replacement_access_token == replacement
    assert len(evil.seen("/oauth/access_token")) == 1
