"""A login belongs to the browser that began it: everybody else is refused, and the right browser still finishes."""

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from browser import Browser, come_back, exchanges, profile
from caller import Caller
from configuration import SECURE_CALLBACK, configuration, provider
from oauth1d_process import Oauth1d
from refusals import refused, refused_field


@pytest.fixture(params=["memory", "redis"])
def web(request):
    return request.getfixturevalue("caller") if request.param == "memory" else request.getfixturevalue("replicas")[0]


@pytest.fixture
def right(web, sandbox):
    """The browser that began it. Whatever the test does: no exchange happens before this one finishes."""
    browser, before = come_back(web, sandbox, app_state=b"private"), exchanges(sandbox)
    seen = len(sandbox.log())
    yield browser
    sent = [line["path"] for line in sandbox.log()[seen:]]
    assert exchanges(sandbox) == before and "/oauth/access_token" not in sent
    assert profile(web, browser.finish(web).access_token) == "alice"
    assert exchanges(sandbox) == before + 1


def mismatch(web, callback, cookies):
    error = refused("BINDING_MISMATCH", "PERMISSION_DENIED", web.complete, callback, cookies)
    assert error.app_state is None, "a stranger learned of the app_state"


def test_a_wrong_binding(web, right):
    name, value = right.cookies[0].name, right.cookies[0].value
    for wrong in (value[::-1], "A" * 43, value[:-2] + "__", value.swapcase()):
        mismatch(web, right.callback, [pb.BindingCookie(name=name, value=wrong)])


def test_no_cookie(web, right):
    refused_field("binding_cookies", web.complete, right.callback, [])


def test_a_second_browser_without_this_logins_cookie(web, sandbox, right):
    other = Browser("bob").begin(web)
    mismatch(web, right.callback, other.cookies)
    mismatch(web, right.callback, [pb.BindingCookie(name="oauth1-" + "A" * 16, value=right.cookies[0].value)])


def test_an_attackers_callback_in_the_victims_browser(web, sandbox, right):
    attacker = come_back(web, sandbox, "bob")
    mismatch(web, attacker.callback, right.cookies)


def test_an_attackers_cookie_value_under_the_victims_name(web, sandbox, right):
    attacker = Browser("bob").begin(web)
    planted = pb.BindingCookie(name=right.cookies[0].name, value=attacker.cookies[0].value)
    mismatch(web, right.callback, [planted, *attacker.cookies])


def test_a_planted_cookie_of_the_same_name_does_not_lock_the_right_browser_out(web, right):
    """A browser may send two cookies of one name, and another site of the domain can have set the first."""
    right.cookies.insert(0, pb.BindingCookie(name=right.cookies[0].name, value="A" * 43))


def test_a_denial_from_another_browser_does_not_end_the_login(web, right):
    token = right.callback.partition("oauth_token=")[2].partition("&")[0]
    state = right.callback.partition("state=")[2].partition("&")[0]
    stranger = Browser("bob").begin(web)
    for answer in (f"denied={token}", "oauth_problem=user_refused", f"oauth_problem=user_refused&oauth_token={token}"):
        mismatch(web, f"state={state}&{answer}", stranger.cookies)


def test_a_swapped_oauth_token(web, sandbox, right):
    other = come_back(web, sandbox, "bob")
    token_of = {browser.user: browser.callback.partition("oauth_token=")[2].partition("&")[0]
                for browser in (right, other)}
    swapped = right.callback.replace(token_of["alice"], token_of["bob"])
    error = refused("TOKEN_MISMATCH", "PERMISSION_DENIED", web.complete, swapped, right.cookies)
    assert error.app_state == b"private"
    for wrong in ("x", token_of["alice"] + "x", token_of["alice"][:-1], token_of["alice"].swapcase()):
        query = right.callback.replace(token_of["alice"], wrong)
        refused("TOKEN_MISMATCH", "PERMISSION_DENIED", web.complete, query, right.cookies)


def test_a_foreign_denial_does_not_end_the_login(web, right):
    state = right.callback.partition("state=")[2].partition("&")[0]
    refused("TOKEN_MISMATCH", "PERMISSION_DENIED", web.complete, f"state={state}&denied=someone-elses", right.cookies)


def test_an_unknown_state(web, right):
    state = right.callback.partition("state=")[2].partition("&")[0]
    for wrong in ("A" * 43, state[:-1], state + "A", state.swapcase(), "x", "%ff"):
        refused("FLOW_NOT_FOUND", "NOT_FOUND", web.complete, right.callback.replace(state, wrong), right.cookies)


def test_two_tabs_of_one_browser_both_finish(web, sandbox):
    one, two = come_back(web, sandbox, "alice"), come_back(web, sandbox, "bob")
    both = [*one.cookies, *two.cookies]
    for tab in (two, one):
        completed = web.complete(tab.callback, both)
        assert completed.spent_cookie_name == tab.started.binding_cookie.name
        assert profile(web, completed.access_token) == tab.user


def test_another_providers_state_is_as_unknown_as_any(sandbox):
    config = configuration(provider(sandbox.http_url), provider(sandbox.http_url, "twin"))
    with Oauth1d(config) as server, Caller(server.address) as web:
        browser, before = come_back(web, sandbox), len(sandbox.log())
        foreign = refused("FLOW_NOT_FOUND", "NOT_FOUND", web.complete, browser.callback, browser.cookies, "twin")
        unknown = refused("FLOW_NOT_FOUND", "NOT_FOUND", web.complete, "state=x&oauth_token=t&oauth_verifier=v",
                          browser.cookies, "twin")
        assert str(foreign) == str(unknown) and foreign.app_state is None
        assert len(sandbox.log()) == before
        assert profile(web, browser.finish(web).access_token) == "alice"


def test_a_secure_callback_wants_its_cookie_too(web, sandbox):
    browser = Browser("alice").begin(web, callback_url=SECURE_CALLBACK).approve(sandbox)
    mismatch(web, browser.callback, Browser("bob").begin(web, callback_url=SECURE_CALLBACK).cookies)
    assert browser.finish(web).access_token
