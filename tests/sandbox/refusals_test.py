"""What is refused, and with which reason."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from oauthlib.oauth1 import Client

from credentials import USERS, Consumer
from demo_app import CALLBACK, App, problem_of, send, verifier_of
from nonces import NonceRegister
from problems import OAuthProblem
from provider import Provider
from received_request import ReceivedRequest


def test_a_replayed_request_is_refused(sandbox, url):
    app = App(sandbox, url)
    app.log_in("alice")
    uri, headers, _ = app.signed("/1.1/echo", "GET")
    assert send(sandbox, uri, "GET", headers)[0] == 200
    assert problem_of(send(sandbox, uri, "GET", headers)) == "nonce_used"
    assert sandbox.log()[-1]["error"] == "nonce_used"


def test_a_wrong_signature_is_refused_and_burns_no_nonce(sandbox, url):
    app = App(sandbox, url)
    app.log_in("alice")
    how = {"nonce": "once", "timestamp": str(int(time.time()))}
    right, app.secret = app.secret, "wrong"
    assert problem_of(app.call("/1.1/echo", **how)) == "signature_invalid"
    app.secret = right
    assert app.call("/1.1/echo", **how)[0] == 200


@pytest.mark.parametrize("seconds", [-301, 310, 10**6])
def test_a_clock_that_is_off_is_refused(sandbox, seconds):
    app = App(sandbox, sandbox.http_url)
    then = str(int(time.time()) + seconds)
    answer = app.call("/oauth/request_token", callback_uri=CALLBACK, timestamp=then)
    assert problem_of(answer) == "timestamp_refused"


def test_a_verifier_works_once(sandbox):
    app = App(sandbox, sandbox.http_url)
    verifier = verifier_of(sandbox.approve(app.start(), "alice"))
    assert app.finish(verifier)[0] == 200
    assert problem_of(app.finish(verifier)) == "token_used"
    assert sandbox.log()[-1].items() >= {"path": "/oauth/access_token", "verified": False,
                                         "error": "token_used", "status": 401}.items()


def test_of_many_exchanges_at_once_one_succeeds(sandbox):
    app = App(sandbox, sandbox.http_url)
    verifier = verifier_of(sandbox.approve(app.start(), "alice"))
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: app.finish(verifier)[0], range(16)))
    assert sorted(answers) == [200] + [401] * 15


def test_a_verifier_of_another_flow_is_refused(sandbox):
    one, other = App(sandbox, sandbox.http_url), App(sandbox, sandbox.http_url)
    sandbox.approve(one.start(), "alice")
    verifier = verifier_of(sandbox.approve(other.start(), "bob"))
    assert problem_of(one.finish(verifier)) == "verifier_invalid"


def test_nothing_is_exchanged_before_the_user_has_decided(sandbox):
    app = App(sandbox, sandbox.http_url)
    app.start()
    assert problem_of(app.finish("guessed")) == "permission_unknown"


def test_unknown_consumers_and_tokens_are_named_as_such(sandbox):
    stranger = App(sandbox, sandbox.http_url)
    stranger.key = "nobody"
    assert problem_of(stranger.call("/oauth/request_token", callback_uri=CALLBACK)) == \
        "consumer_key_unknown"
    app = App(sandbox, sandbox.http_url)
    app.token = {"oauth_token": "made-up", "oauth_token_secret": "x"}
    assert problem_of(app.call("/1.1/echo")) == "token_rejected"
    app.token = {}
    app.start()
    # A temporary token is no access token.
    assert problem_of(app.call("/1.1/echo")) == "token_rejected"


def test_what_cannot_be_understood_is_a_400(sandbox):
    app = App(sandbox, sandbox.http_url)
    assert problem_of(app.call("/oauth/request_token"), 400) == "parameter_absent"
    assert problem_of(app.call("/oauth/request_token", callback_uri="javascript:1"), 400) == \
        "parameter_rejected"
    assert problem_of(send(sandbox, sandbox.http_url + "/1.1/echo")) == "parameter_absent"
    uri, headers, _ = app.signed("/1.1/echo?oauth_nonce=x", "GET")
    assert problem_of(send(sandbox, uri, "GET", headers), 400) == "parameter_rejected"


def received(app_key, app_secret, path, token=None, **more):
    token = token or {}
    client = Client(app_key, app_secret, **more, resource_owner_key=token.get("oauth_token"),
                    resource_owner_secret=token.get("oauth_token_secret"))
    _, headers, _ = client.sign(f"http://provider.test{path}", "POST")
    return ReceivedRequest("POST", "http", path, [("Host", "provider.test"), *headers.items()], b"")


def test_a_token_serves_only_the_consumer_that_got_it():
    provider = Provider([Consumer("one", "1", "One"), Consumer("two", "2", "Two")])
    issued = provider.issue_temporary_credentials(received("one", "1", "/", callback_uri=CALLBACK))
    provider.store.approve(issued.identifier, USERS["alice"])
    temporary = {"oauth_token": issued.identifier, "oauth_token_secret": issued.secret}
    with pytest.raises(OAuthProblem, match="token_rejected"):
        provider.issue_token_credentials(
            received("two", "2", "/", temporary, verifier=issued.verifier))
    token = provider.issue_token_credentials(
        received("one", "1", "/", temporary, verifier=issued.verifier))
    final = {"oauth_token": token.identifier, "oauth_token_secret": token.secret}
    with pytest.raises(OAuthProblem, match="token_rejected"):
        provider.verify(received("two", "2", "/", final))
    assert provider.verify(received("one", "1", "/", final)) == (issued.consumer, token)


def test_nonces_are_forgotten_once_their_timestamp_is_too_old():
    now = [1_800_000_000]
    nonces = NonceRegister(lambda: now[0])
    nonces.use("key", None, str(now[0]), "n")
    with pytest.raises(OAuthProblem, match="nonce_used"):
        nonces.use("key", None, str(now[0]), "n")
    nonces.use("key", "token", str(now[0]), "n")
    now[0] += 302
    nonces.use("key", None, str(now[0]), "n")
    assert len(nonces._used) == 1
