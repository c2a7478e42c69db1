"""Three legs from end to end, and what the log tells of them."""

import hashlib
import json
from urllib.parse import parse_qsl

import pytest

from demo_app import CALLBACK, App, problem_of, send, verifier_of
from provider_process import SandboxError


@pytest.mark.parametrize("placement", ["AUTH_HEADER", "BODY", "QUERY"])
@pytest.mark.parametrize("method", ["HMAC-SHA1", "PLAINTEXT"])
def test_alice_logs_in_with_every_method_and_placement(sandbox, url, method, placement):
    app = App(sandbox, url, signature_method=method, signature_type=placement)
    callback = sandbox.approve(app.start(), "alice")
    temporary = app.token["oauth_token"]
    assert callback.startswith(f"{CALLBACK}&oauth_token={temporary}&oauth_verifier=")

    status, _, body = app.finish(verifier_of(callback))
    assert status == 200
    app.token = dict(parse_qsl(body.decode()))
    assert set(app.token) == {"oauth_token", "oauth_token_secret", "user_id", "screen_name"}
    assert sandbox.log()[-1].items() >= {
        "path": "/oauth/access_token", "method": "POST", "verified": True, "error": None,
        "status": 200, "token": temporary, "signature_method": method,
        "placement": {"AUTH_HEADER": "header", "BODY": "body", "QUERY": "query"}[placement]}.items()

    verb = "POST" if placement == "BODY" else "GET"
    status, _, body = app.call("/1.1/echo?a=1&a=2", verb)
    assert status == 200
    assert json.loads(body)["identity"]["screen_name"] == "alice"


@pytest.mark.parametrize("method", ["HMAC-SHA256", "HMAC-SHA512",
                                    "RSA-SHA1", "RSA-SHA256", "RSA-SHA512"])
def test_the_other_signature_methods_log_in_too(sandbox, key_pair, method):
    rsa_key = (key_pair / "key.pem").read_text()
    app = App(sandbox, sandbox.http_url, signature_method=method, rsa_key=rsa_key)
    assert app.log_in("bob")["screen_name"] == "bob"


def test_alice_and_bob_each_get_their_own_profile(sandbox):
    alice, bob = App(sandbox, sandbox.http_url), App(sandbox, sandbox.https_url)
    alice.log_in("alice")
    bob.log_in("bob")
    profiles = [json.loads(app.call("/1.1/account/verify_credentials.json", "GET")[2])
                for app in (alice, bob)]
    assert profiles == [{"id_str": "1001", "screen_name": "alice", "name": "Alice Example"},
                        {"id_str": "1002", "screen_name": "bob", "name": "Bob Example"}]


def test_a_refusal_comes_back_as_denied_and_ends_the_flow(sandbox, url):
    app = App(sandbox, url)
    redirect_url = app.start()
    assert sandbox.deny(redirect_url) == f"{CALLBACK}&denied={app.token['oauth_token']}"
    assert problem_of(app.finish("anything")) == "permission_denied"
    with pytest.raises(SandboxError):
        sandbox.approve(redirect_url, "alice")


def test_out_of_band_shows_a_pin_which_can_be_mistyped(sandbox):
    app = App(sandbox, sandbox.https_url)
    pin = sandbox.approve_out_of_band(app.start("oob"), "bob")
    assert len(pin) == 7 and pin.isdigit()
    assert problem_of(app.finish("0000000")) == "verifier_invalid"
    status, _, body = app.finish(pin)
    assert status == 200 and b"screen_name=bob" in body


def test_out_of_band_can_be_denied(sandbox):
    assert sandbox.deny(App(sandbox, sandbox.http_url).start("oob")) is None


def test_the_consent_page_escapes_what_the_consumer_says(sandbox):
    redirect_url = App(sandbox, sandbox.http_url).start("http://<script>alert(1)</script>/")
    _, headers, page = send(sandbox, redirect_url)
    assert b"<script" not in page and b"&lt;script&gt;" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_the_log_tells_all_in_order_and_no_secret(sandbox):
    app = App(sandbox, sandbox.http_url)
    before = len(sandbox.log())
    temporary = {}
    redirect_url = app.start()
    temporary.update(app.token)
    verifier = verifier_of(sandbox.approve(redirect_url, "alice"))
    app.token = dict(parse_qsl(app.finish(verifier)[2].decode()))
    app.call("/1.1/echo?a=1", "GET", nonce="n" * 22)
    lines = sandbox.log()[before:]
    assert [(line["method"], line["path"], line["verified"]) for line in lines] == [
        ("POST", "/oauth/request_token", True), ("GET", "/oauth/authorize", False),
        ("POST", "/oauth/authorize", False), ("POST", "/oauth/access_token", True),
        ("GET", "/1.1/echo", True)]
    assert lines[-1] == {
        "path": "/1.1/echo", "method": "GET", "verified": True, "error": None, "nonce": "n" * 22,
        "token": app.token["oauth_token"], "signature_method": "HMAC-SHA1", "placement": "header", "body_sha256": hashlib.sha256(b"").hexdigest(),
        "status": 200}
    told = json.dumps(sandbox.log())
    for secret in ("demo-secret", verifier, temporary["oauth_token_secret"],
                   app.token["oauth_token_secret"]):
        assert secret not in told
