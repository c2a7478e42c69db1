"""Tokens that expire: renewed by session handle or by URL, revoked; and tokens for a password."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlencode

import pytest

from demo_app import FORM, App, problem_of, send
from provider_process import Sandbox

PROFILE = "/1.1/account/verify_credentials.json"


@pytest.fixture(scope="module")
def mortal():
    with Sandbox.start(https=False, flags=["--token-lifetime", 3600]) as running:
        yield running


def logged_in(sandbox):
    app = App(sandbox, sandbox.http_url)
    app.log_in("alice")
    return app


def renewed(app, handle):
    """The answer to a renewal. oauthlib's client has no session handle: it goes as an extra parameter."""
    client = app.client()
    client.get_oauth_params = lambda request, own=client.get_oauth_params: [
        *own(request), ("oauth_session_handle", handle)]
    uri, headers, body = client.sign(app.url + "/oauth/access_token", "POST")
    return send(app.sandbox, uri, "POST", headers, body)


def test_tokens_last_unless_told_otherwise(sandbox):
    app = logged_in(sandbox)
    assert "oauth_session_handle" not in app.token
    assert problem_of(renewed(app, "made-up")) == "token_rejected"
    assert app.call(PROFILE, "GET")[0] == 200


def test_a_session_handle_gives_another_token_once(mortal):
    app = logged_in(mortal)
    assert app.token["oauth_expires_in"] == "3600"
    mortal.expire_tokens()
    assert problem_of(app.call(PROFILE, "GET")) == "token_expired"
    assert problem_of(renewed(app, "made-up")) == "token_rejected"
    status, _, body = renewed(app, app.token["oauth_session_handle"])
    assert status == 200
    old, app.token = dict(app.token), dict(parse_qsl(body.decode()))
    assert set(app.token) == set(old)
    assert not {app.token[name] for name in ("oauth_token", "oauth_token_secret", "oauth_session_handle")} & {
        old[name] for name in ("oauth_token", "oauth_token_secret", "oauth_session_handle")}
    assert app.call(PROFILE, "GET")[0] == 200
    app.token = old
    assert problem_of(app.call(PROFILE, "GET")) == "token_expired"
    assert problem_of(renewed(app, old["oauth_session_handle"])) == "token_rejected"


def test_of_many_renewals_at_once_one_succeeds(mortal):
    app = logged_in(mortal)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: renewed(app, app.token["oauth_session_handle"])[0], range(8)))
    assert sorted(answers) == [200] + [401] * 7


def test_the_renewal_url_keeps_the_token(mortal):
    app = logged_in(mortal)
    mortal.expire_tokens()
    assert app.call("/oauth/renew_access_token", "GET")[0] == 200
    assert app.call(PROFILE, "GET")[0] == 200
    app.token = {}
    assert problem_of(app.call("/oauth/renew_access_token", "GET"), 400) == "parameter_absent"


def test_a_short_life_ends_by_itself():
    with Sandbox.start(https=False, flags=["--token-lifetime", 1]) as running:
        app = logged_in(running)
        while app.call(PROFILE, "GET")[0] == 200:
            pass
        assert problem_of(app.call(PROFILE, "GET")) == "token_expired"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_revoked_token_is_unknown(sandbox, method):
    app = logged_in(sandbox)
    assert app.call("/oauth/revoke_access_token", method)[0] == 200
    assert problem_of(app.call(PROFILE, "GET")) == "token_rejected"
    assert problem_of(app.call("/oauth/revoke_access_token", method)) == "token_rejected"


def password_login(app, **fields):
    fields = {"x_auth_mode": "client_auth", "x_auth_username": "bob", "x_auth_password": "bob-password", **fields}
    return app.call("/oauth/access_token", "POST", urlencode(fields), FORM)


def test_a_name_and_password_give_a_token(sandbox, url):
    app = App(sandbox, url)
    status, _, body = password_login(app)
    assert status == 200
    app.token = dict(parse_qsl(body.decode()))
    assert app.token["screen_name"] == "bob"
    assert b'"bob"' in app.call(PROFILE, "GET")[2]


def test_a_wrong_password_does_not(sandbox):
    app = App(sandbox, sandbox.http_url)
    for wrong in ({"x_auth_password": "alice-password"}, {"x_auth_username": "nobody"}, {"x_auth_password": ""}):
        assert problem_of(password_login(app, **wrong)) == "permission_denied"
    assert problem_of(password_login(app, x_auth_mode="reverse_auth"), 400) == "parameter_rejected"
    app.secret = "wrong"
    assert problem_of(password_login(app)) == "signature_invalid"
