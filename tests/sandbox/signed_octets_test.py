"""What is verified is what stood on the wire, octet for octet."""

import base64
import hashlib
import json
from urllib.parse import parse_qsl

import pytest

from demo_app import FORM, App, by_hand, problem_of, send


@pytest.mark.parametrize("query", ["?a=1&a=2", "?a%20b=1%262", "?e=", "?u=%C3%A9", "?a=%2B+%7E~*",
                                   "?", "?x", "?a;b=c:d@e/f?g", "?a=b&&c=d"])
def test_queries_are_verified_as_they_were_sent(sandbox, url, query):
    app = App(sandbox, url)
    app.log_in("alice")
    status, _, body = app.call("/1.1/echo" + query, "GET")
    assert status == 200, body
    assert json.loads(body)["target"] == "/1.1/echo" + query


@pytest.mark.parametrize("query, decoded", [
    ("?a[]=1|2", [("a%5B%5D", "1%7C2")]),
    ("?raw=%FF%00", [("raw", "%FF%00")]),
    ("?realm=mine", [("realm", "mine")]),
    ("?oauth_note=50%2525", [("oauth_note", "50%2525")]),
    ("?lower=%c3%a9", [("lower", "%C3%A9")])])
def test_queries_that_oauthlib_alone_gets_wrong(sandbox, query, decoded):
    app = App(sandbox, sandbox.http_url)
    app.log_in("alice")
    target = "/1.1/echo" + query
    header = by_hand(app, "GET", target, decoded)
    status, _, body = send(sandbox, app.url + target, "GET", {"Authorization": header})
    assert status == 200, body


def test_a_callback_with_escapes_survives_in_a_query(sandbox):
    app = App(sandbox, sandbox.http_url)
    app.token = {"oauth_token": "", "oauth_token_secret": ""}
    callback = "http://127.0.0.1/cb?next=%2520%26"
    header = by_hand(app, "GET", "/oauth/request_token", [], oauth_callback=callback)
    query = "&".join(part.replace('"', "") for part in header.split(", ")[1:])
    status, _, body = send(sandbox, f"{app.url}/oauth/request_token?{query}")
    assert status == 200, body
    token = dict(parse_qsl(body.decode()))["oauth_token"]
    back = sandbox.approve(f"{app.url}/oauth/authorize?oauth_token={token}", "alice")
    assert back.startswith(callback + "&oauth_token=")


@pytest.mark.parametrize("path", ["/1.1/echo/a%2Fb", "/1.1/echo//x", "/1.1/echo/caf%C3%A9;v=1/a:b"])
def test_paths_are_verified_as_they_were_sent(sandbox, path):
    app = App(sandbox, sandbox.http_url)
    app.log_in("alice")
    status, _, body = app.call(path, "GET")
    assert status == 200, body
    assert sandbox.log()[-1]["path"] == path


def test_a_form_is_signed_with_its_fields(sandbox, url):
    app = App(sandbox, url)
    app.log_in("alice")
    body = "status=Hello+Ladies+%2B+Gentlemen&status=%C3%A9&empty="
    uri, headers, sent = app.signed("/1.1/echo", "POST", body, FORM)
    headers["Content-Type"] = "Application/X-WWW-Form-Urlencoded; charset=UTF-8"
    assert send(sandbox, uri, "POST", headers, sent)[0] == 200
    uri, headers, sent = app.signed("/1.1/echo", "POST", body, FORM)
    assert problem_of(send(sandbox, uri, "POST", headers, sent + "x")) == "signature_invalid"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_no_form_arrives_untouched(sandbox, url, chunked):
    app = App(sandbox, url)
    app.log_in("alice")
    body = b'{"a": "\xc3\xa9 & b=c%20"}\n'
    uri, headers, _ = app.signed("/1.1/echo", "PUT", None, {"Content-Type": "application/json"})
    status, _, echoed = send(sandbox, uri, "PUT", headers, [body[:7], body[7:]] if chunked else body,
                             chunked)
    assert status == 200, echoed
    assert base64.b64decode(json.loads(echoed)["body_base64"]) == body
    assert sandbox.log()[-1]["body_sha256"] == hashlib.sha256(body).hexdigest()


def test_a_body_hash_is_held_against_the_body(sandbox):
    app = App(sandbox, sandbox.http_url)
    app.log_in("alice")
    uri, headers, _ = app.signed("/1.1/echo", "POST", "Hello World!", {"Content-Type": "text/plain"})
    assert "oauth_body_hash" in headers["Authorization"]
    assert problem_of(send(sandbox, uri, "POST", headers, b"Hello world!")) == "signature_invalid"
    assert send(sandbox, uri, "POST", headers, b"Hello World!")[0] == 200


def test_two_legs_are_enough_for_the_echo_but_not_for_a_profile(sandbox):
    app = App(sandbox, sandbox.http_url)
    status, _, body = app.call("/1.1/echo", "DELETE")
    assert status == 200
    assert json.loads(body)["identity"] == {"consumer_key": "demo-key", "token": None,
                                            "user_id": None, "screen_name": None}
    answer = app.call("/1.1/account/verify_credentials.json", "GET")
    assert problem_of(answer) == "token_rejected"


def test_an_rsa_signature_that_is_no_base64_is_just_wrong(sandbox):
    app = App(sandbox, sandbox.http_url)
    app.log_in("alice")
    header = by_hand(app, "GET", "/1.1/echo", [], oauth_signature_method="RSA-SHA1")
    header = header.split("oauth_signature=")[0] + 'oauth_signature="abc"'
    answer = send(sandbox, app.url + "/1.1/echo", "GET", {"Authorization": header})
    assert problem_of(answer) == "signature_invalid"


def test_plaintext_needs_neither_nonce_nor_timestamp(sandbox):
    header = 'OAuth oauth_consumer_key="demo-key", oauth_signature_method="PLAINTEXT", ' \
             'oauth_signature="demo-secret%26"'
    for _ in range(2):
        answer = send(sandbox, sandbox.https_url + "/1.1/echo", "GET", {"Authorization": header})
        assert answer[0] == 200
