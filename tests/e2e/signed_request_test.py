"""SignedRequest: the bytes that were given go out, signed; the bytes that come back are told."""

import base64
import email
import json
from email.policy import HTTP

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from browser import log_in
from caller import Caller, headers, parameters
from configuration import configuration, provider
from oauth1d_process import Oauth1d

OCTETS = bytes(range(256))
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def token(caller, sandbox):
    return log_in(caller, sandbox, "bob")


@pytest.fixture
def echo(caller, token):
    """What the sandbox received and believed."""
    def send(method, url, **call):
        answer = caller.send(method, url, token, **call).answer
        assert answer.status_code == 200, answer
        seen = json.loads(answer.body)
        assert seen["identity"]["screen_name"] == "bob"
        seen["body"] = base64.b64decode(seen["body_base64"])
        seen["header"] = {name.lower(): value for name, value in seen["headers"]}
        return seen
    return send


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_goes_out_as_it_is(echo, method):
    seen = echo(method, "echo")
    assert (seen["method"], seen["target"], seen["body"]) == (method, "/1.1/echo", b"")
    assert "content-type" not in seen["header"] and "transfer-encoding" not in seen["header"]


def test_head_has_headers_and_no_body(caller, token):
    answer = caller.send("HEAD", "echo", token).answer
    assert (answer.status_code, answer.body) == (200, b"")


@pytest.mark.parametrize("content_type", ["application/octet-stream", "application/json", "text/plain; charset=x", ""])
def test_a_body_goes_out_byte_for_byte(echo, content_type):
    seen = echo("POST", "echo", body=OCTETS * 300, content_type=content_type)
    assert seen["body"] == OCTETS * 300
    assert seen["header"].get("content-type", "") == content_type
    assert seen["header"]["content-length"] == str(256 * 300)


@pytest.mark.parametrize("body",
                         [b"a=1&a=1&b", b"=&=&&", b"a=%7e~+%2B%20", b"z=1&a=%C3%A9&A=%ff", b"a=b=c&d=;", b"%41=1&A=0",
                          b""])
@pytest.mark.parametrize("content_type", [FORM, FORM + "; charset=UTF-8", FORM.upper()])
def test_a_ready_form_is_signed_and_unchanged(echo, body, content_type):
    seen = echo("POST", "echo", body=body, content_type=content_type)
    assert (seen["body"], seen["header"]["content-type"]) == (body, content_type)


def test_form_fields_are_encoded_in_order_with_repeats(echo):
    fields = parameters(("b", "2 +&="), ("a", "é~%"), ("b", ""), ("a", OCTETS), ("B", "*!'()"))
    seen = echo("POST", "echo", form=pb.Form(fields=fields))
    escaped = "".join(chr(octet) if chr(octet).isalnum() and octet < 128 or chr(octet) in "-._~" else f"%{octet:02X}"
                      for octet in OCTETS)
    wanted = f"b=2%20%2B%26%3D&a=%C3%A9~%25&b=&a={escaped}&B=%2A%21%27%28%29"
    assert seen["body"].decode().replace("+", "%20") == wanted
    assert seen["header"]["content-type"] == FORM


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET"])
def test_a_form_is_signed_whatever_the_method(echo, method):
    assert echo(method, "echo?c=d", form=pb.Form(fields=parameters(("a", "b"))))["body"] == b"a=b"


def test_multipart_is_read_as_it_was_meant(echo):
    parts = [pb.Part(name="note", data="grüße".encode()), pb.Part(name="note", data=b"again"),
             pb.Part(name="media", filename='a "b" é.png', content_type="image/png", data=OCTETS),
             pb.Part(name="raw", filename="x", data=b"\r\n--\r\n")]
    seen = echo("POST", "echo", multipart=pb.Multipart(parts=parts))
    message = email.message_from_bytes(
        b"Content-Type: " + seen["header"]["content-type"].encode() + b"\r\n\r\n" + seen["body"], policy=HTTP)
    got = [(part.get_param("name", header="content-disposition"), part["content-type"], part.get_payload(decode=True))
           for part in message.iter_parts()]
    assert [(name, data) for name, _, data in got] == [(part.name, part.data) for part in parts]
    assert [kind for _, kind, _ in got] == [None, None, "image/png", "application/octet-stream"]


@pytest.mark.parametrize("query",
                         ["a=1&a=1&b", "b=2&a=1&a=0", "x=%2f%2F&y=%7E~", "a=b=c&=v&&", "q=+%20%2B", "k[]=1&k[]=2", "",
                                   "u=%C3%A9&w=%ff", "t=!*'();:@,/?$"])
def test_the_urls_own_query_is_sent_byte_for_byte(echo, query):
    assert echo("GET", f"echo?{query}")["target"] == f"/1.1/echo?{query}"


def test_the_query_field_follows_encoded_in_order_with_repeats(echo):
    query = parameters(("b", "1"), ("a", "é &"), ("b", "0"), ("c", ""), ("d", b"\xff"))
    assert echo("GET", "echo?z=1", query=query)["target"] == "/1.1/echo?z=1&b=1&a=%C3%A9%20%26&b=0&c=&d=%FF"


@pytest.mark.parametrize("path",
                         ["echo/a%2Fb", "echo/~x;v=1", "echo/a,b:c@d", "echo//x", "echo/%E2%82%AC", "echo/x/../y",
                          "./echo",
                                  "/1.1/echo/z", "{}/1.1/echo/z", "//{host}/1.1/echo"])
def test_a_path_inside_the_base_is_signed(echo, sandbox, path):
    host = sandbox.http_url.removeprefix("http://")
    wanted = {"echo/x/../y": "/1.1/echo/y", "./echo": "/1.1/echo", "/1.1/echo/z": "/1.1/echo/z",
              "{}/1.1/echo/z": "/1.1/echo/z", "//{host}/1.1/echo": "/1.1/echo"}.get(path, "/1.1/" + path)
    assert echo("GET", path.format(sandbox.http_url, host=host))["target"] == wanted


def test_headers_keep_their_order_and_repeats(echo):
    given = [("X-B", "1"), ("x-a", "2"), ("X-B", "3"), ("Accept", "text/x"),
             ("If-None-Match", '"é"'.encode().decode("latin-1"))]
    seen = echo("GET", "echo", headers=headers(*((name, value.encode("latin-1")) for name, value in given)))
    names = {name.lower() for name, _ in given}
    assert [tuple(pair) for pair in seen["headers"] if pair[0].lower() in names] == given
    assert seen["header"]["accept-encoding"] == "identity"


def test_without_a_user_where_that_is_allowed(caller, sandbox):
    seen = json.loads(caller.send("GET", "echo").answer.body)
    assert (seen["identity"]["consumer_key"], seen["identity"]["token"]) == ("demo-key", None)


def test_problems_of_the_provider_are_told(caller):
    wrong = pb.ProviderToken(token="never-issued", token_secret="x")
    response = caller.send("GET", "account/verify_credentials.json", provider_token=wrong)
    assert response.answer.status_code == 401 and response.token_rejected
    assert response.provider_problem.problem == "token_rejected"


def test_what_follows_a_login_needs_no_store_and_no_memory(sandbox, token):
    """The token is the caller's: a server that was not there when it was made opens it."""
    with Oauth1d(configuration(provider(sandbox.http_url))) as other, Caller(other.address) as web:
        assert web.send("GET", "account/verify_credentials.json", token).answer.status_code == 200
