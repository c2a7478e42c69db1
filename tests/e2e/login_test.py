"""Logins as they should go: three legs over both stores, over https, by PIN, and what a login page needs."""

from urllib.parse import parse_qs, urlsplit

import pytest
from oauth1d import Client
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

from browser import Browser, come_back, exchanges, log_in, profile
from caller import Caller
from certificates import Certificates
from configuration import CALLBACK, SECURE_CALLBACK, configuration, grant, provider
from oauth1d_process import Oauth1d


@pytest.fixture(params=["memory", "redis"])
def two_callers(request):
    """Over memory twice the same server; over Redis two replicas."""
    if request.param == "memory":
        one = request.getfixturevalue("caller")
        return one, one
    return request.getfixturevalue("replicas")


def test_a_login_begun_on_one_replica_ends_on_the_other(two_callers, sandbox):
    first, second = two_callers
    browser = come_back(first, sandbox, app_state=b"/page?to=return \x00\xff")
    completed = browser.finish(second)
    assert completed.provider == "sandbox"
    assert completed.app_state == b"/page?to=return \x00\xff"
    assert completed.access_token.startswith("oa1_") and len(completed.access_token) <= 12 * 1024
    assert completed.spent_cookie_name == browser.started.binding_cookie.name
    assert not completed.HasField("provider_token")
    assert [(one.name, one.value) for one in completed.parameters][1] == ("screen_name", "alice")
    assert profile(first, completed.access_token) == profile(second, completed.access_token) == "alice"


def test_interleaved_users_never_meet(two_callers, sandbox):
    first, second = two_callers
    browsers = [Browser(user).begin(first, app_state=user.encode()) for user in ("alice", "bob", "alice", "bob")]
    for browser in reversed(browsers):
        browser.approve(sandbox)
    for browser in browsers:
        completed = browser.finish(second)
        assert completed.app_state == browser.user.encode()
        assert profile(first, completed.access_token) == browser.user


def test_the_same_browser_gets_the_same_answer_again(two_callers, sandbox):
    first, second = two_callers
    before = exchanges(sandbox)
    browser = come_back(first, sandbox)
    answers = [browser.finish(caller) for caller in (first, second, first)]
    assert answers[0] == answers[1] == answers[2]
    assert exchanges(sandbox) == before + 1


def test_another_verifier_afterwards_is_told_that_it_is_over(two_callers, sandbox):
    first, second = two_callers
    browser = come_back(first, sandbox, app_state=b"back")
    browser.finish(first)
    before = exchanges(sandbox)
    browser.callback = browser.callback.replace("oauth_verifier=", "oauth_verifier=x")
    with pytest.raises(OAuth1dError) as refused:
        browser.finish(second)
    assert (refused.value.reason, refused.value.app_state) == ("ALREADY_COMPLETED", b"back")
    assert exchanges(sandbox) == before


def test_a_denial_is_told_as_one_and_stays_one(two_callers, sandbox):
    first, second = two_callers
    browser = Browser("alice").begin(first, app_state=b"shop").deny(sandbox)
    before = exchanges(sandbox)
    for caller in (second, first):
        with pytest.raises(OAuth1dError) as refused:
            browser.finish(caller)
        assert (refused.value.code.name, refused.value.reason) == ("FAILED_PRECONDITION", "USER_DENIED")
        assert refused.value.app_state == b"shop"
    assert exchanges(sandbox) == before


def test_a_pin_ends_a_login_out_of_band(two_callers, sandbox):
    first, second = two_callers
    started = first.start(callback_url="oob")
    assert "state" not in parse_qs(urlsplit(started.redirect_url).query)
    pin = sandbox.approve_out_of_band(started.redirect_url, "bob")
    values = pb.CallbackValues(state=started.state, oauth_verifier=pin)
    completed = second.complete(values, [started.binding_cookie])
    assert profile(first, completed.access_token) == "bob"


def test_a_mistyped_pin_can_be_typed_again(two_callers, sandbox):
    first, second = two_callers
    started = first.start(callback_url="oob")
    pin = sandbox.approve_out_of_band(started.redirect_url, "bob")
    with pytest.raises(OAuth1dError) as refused:
        first.complete(pb.CallbackValues(state=started.state, oauth_verifier=pin + "1"), [started.binding_cookie])
    assert refused.value.reason == "PROVIDER_REJECTED"
    completed = second.complete(pb.CallbackValues(state=started.state, oauth_verifier=pin), [started.binding_cookie])
    assert profile(second, completed.access_token) == "bob"


def test_the_cookie_follows_the_scheme_of_the_callback(caller):
    plain = caller.start(callback_url=CALLBACK)
    secure = caller.start(callback_url=SECURE_CALLBACK)
    assert plain.binding_cookie.name.startswith("oauth1-") and len(plain.binding_cookie.name) == 7 + 16
    assert secure.binding_cookie.name.startswith("__Host-oauth1-") and len(secure.binding_cookie.name) == 14 + 16
    for started in (plain, secure):
        assert len(started.state) == len(started.binding_cookie.value) == 43
        assert started.binding_cookie.max_age.seconds == 600
        assert started.state not in started.redirect_url


def test_the_callback_may_be_a_query_a_url_or_parts(caller, sandbox):
    browser = come_back(caller, sandbox)
    query = urlsplit(browser.callback).query
    parts = {name: values[0] for name, values in parse_qs(query).items()}
    answers = [caller.complete(form, browser.cookies) for form in (browser.callback, query, "?" + query,
                                                                   pb.CallbackValues(**parts))]
    assert all(answer == answers[0] for answer in answers)


def test_over_https_with_a_private_ca(sandbox):
    secure = provider(sandbox.https_url, egress={"allow_cidrs": ["127.0.0.0/8"], "ca_file": sandbox.ca_file})
    with Oauth1d(configuration(secure)) as server, Caller(server.address) as caller:
        assert profile(caller, log_in(caller, sandbox, "bob")) == "bob"


def test_callers_by_tls(sandbox, tmp_path):
    certificates = Certificates(tmp_path)
    listen = {"tls": {"cert_file": str(certificates.cert), "key_file": str(certificates.key)}}
    config = configuration(provider(sandbox.http_url), listen=listen)
    with Oauth1d(config, ca_file=certificates.ca) as server:
        with Caller(server.address, certificates.ca) as caller:
            assert profile(caller, log_in(caller, sandbox)) == "alice"
        with Caller(server.address) as plain, pytest.raises(OAuth1dError) as refused:
            plain.list_providers()
        assert (refused.value.code.name, refused.value.reason) == ("UNAVAILABLE", "")


def test_the_python_client_walks_the_whole_way(oauth1d, sandbox):
    with Client(oauth1d.address) as client:
        started = client.start_authorization("sandbox", CALLBACK, app_state="ähm")
        callback = sandbox.approve(started.redirect_url, "alice")
        token = client.complete_authorization("sandbox", callback, [started.binding_cookie])
        assert (token["screen_name"], token.app_state.decode()) == ("alice", "ähm")
        answer = client.signed_request("sandbox", "GET", "account/verify_credentials.json", token=token)
        assert answer.json()["screen_name"] == "alice"


def test_the_provider_token_is_revealed_only_where_configured(sandbox):
    with Oauth1d(configuration(provider(sandbox.http_url, reveal_provider_token=True))) as server:
        with Caller(server.address) as caller:
            completed = come_back(caller, sandbox).finish(caller)
            token = completed.provider_token
            server.secrets.append(token.token_secret)
            answer = caller.send("GET", "account/verify_credentials.json", provider_token=token)
            assert answer.answer.status_code == 200
            names = [one.name for one in completed.parameters]
            assert "oauth_token" not in names and "oauth_token_secret" not in names


def test_the_login_page_learns_of_the_providers(sandbox):
    one = provider(sandbox.http_url, title="The Sandbox", sunset_date="2031-01-31")
    consumers = [{"name": name, "key": "demo-key", "secret": {"env": "DEMO_SECRET"}} for name in ("web", "app")]
    two = {"name": "api", "consumers": consumers, "api_base_urls": one["api_base_urls"], "egress": one["egress"]}
    unseen = provider(sandbox.http_url, "unseen")
    grants = [grant("sandbox"), {"name": "api", "application": True}]
    with Oauth1d(configuration(one, two, unseen, grants=grants)) as server, Caller(server.address) as caller:
        first, second = caller.list_providers()
    assert (first.name, first.title, first.sunset_date, list(first.consumers)) == (
        "sandbox", "The Sandbox", "2031-01-31", ["main"])
    assert list(first.capabilities) == [pb.CAPABILITY_THREE_LEGGED, pb.CAPABILITY_TWO_LEGGED,
                                        pb.CAPABILITY_OUT_OF_BAND]
    assert (second.name, second.title, list(second.consumers)) == ("api", "api", ["web", "app"])
    assert list(second.capabilities) == [pb.CAPABILITY_TWO_LEGGED]
