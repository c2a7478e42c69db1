"""What a call becomes in the contract: parameters, headers, bodies and tokens."""
from __future__ import annotations

import io
from typing import Any

import pytest

from oauth1d import TWO_LEGGED, MissingTokenError, ProviderToken
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.messages import signed_request


def call_of(method: str = "POST", url: str = "x", **options: Any) -> pb.HttpCall:
    return signed_request("twitter", method, url, token="t", **options).call


def pairs(parameters: Any) -> list[tuple[str, Any]]:
    return [(item.name, item.raw_value or item.value) for item in parameters]


def test_params() -> None:
    assert pairs(call_of(params={"a": [1, 2], "b": True, "c": None, "d": "ü", "e": b"\xff"}).query) == [
        ("a", "1"), ("a", "2"), ("b", "true"), ("c", ""), ("d", "ü"), ("e", b"\xff")
    ]
    assert pairs(call_of(params=[("b", "1"), ("a", "2"), ("b", "3")]).query) == [("b", "1"), ("a", "2"), ("b", "3")]
    assert call_of(url="x?a=1", params="b=%2f").url == "x?a=1&b=%2f"
    assert call_of(url="x", params="?b=1").url == "x?b=1"


def test_data_is_a_form_or_a_body() -> None:
    call = call_of(data={"status": "hello", "n": [1, 2]}, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert pairs(call.form.fields) == [("status", "hello"), ("n", "1"), ("n", "2")]
    assert not call.headers and not call.content_type
    assert pairs(call_of(data=[("b", "1"), ("a", "2")]).form.fields) == [("b", "1"), ("a", "2")]
    call = call_of(data=b"\x00\xff", headers=[("X-A", "1"), ("content-type", "image/png"), ("X-A", "2")])
    assert (call.body, call.content_type) == (b"\x00\xff", "image/png")
    assert [(header.name, header.value) for header in call.headers] == [("X-A", b"1"), ("X-A", b"2")]
    assert call_of(method="get").WhichOneof("content") is None


def test_json_and_content() -> None:
    call = call_of(json={"a": "ü", "b": [1]})
    assert (call.body, call.content_type) == ('{"a":"ü","b":[1]}'.encode(), "application/json")
    assert call_of(json=[], headers={"content-type": "application/vnd.x+json"}).content_type == "application/vnd.x+json"
    assert call_of(json=0).body == b"0"
    assert call_of(content="ü").body == "ü".encode()
    assert call_of(content=b"").WhichOneof("content") == "body"


def test_files() -> None:
    named = io.BytesIO(b"PNG")
    named.name = "/home/someone/cat.png"
    call = call_of(data={"status": "look"}, files={
        "media": named, "text": ("a.txt", "ü"), "raw": b"\x01", "typed": ("b", io.StringIO("x"), "text/x"),
        "field": (None, "plain"),
    })
    assert [(part.name, part.filename, part.content_type, part.data) for part in call.multipart.parts] == [
        ("status", "", "", b"look"),
        ("media", "cat.png", "image/png", b"PNG"),
        ("text", "a.txt", "text/plain", "ü".encode()),
        ("raw", "upload", "", b"\x01"),
        ("typed", "b", "text/x", b"x"),
        ("field", "", "", b"plain"),
    ]


@pytest.mark.parametrize("options", [
    {"json": 1, "content": b""},
    {"data": {"a": "1"}, "json": {}},
    {"data": b"a", "content": b"b"},
    {"files": {"a": b"b"}, "content": b""},
    {"data": {"a": "1"}, "headers": {"Content-Type": "application/json"}},
    {"files": {"a": b"b"}, "headers": {"Content-Type": "text/plain"}},
])
def test_two_bodies_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        call_of(**options)


def test_what_a_token_may_be() -> None:
    def credentials(token: Any) -> pb.SignedRequestRequest:
        return signed_request("twitter", "GET", "x", token=token)

    assert credentials("oa1_x").access_token == "oa1_x"
    assert credentials({"access_token": "oa1_x", "oauth_token": "t"}).access_token == "oa1_x"
    stored = credentials({"oauth_token": "t", "oauth_token_secret": "s"})
    assert (stored.provider_token.token, stored.provider_token.token_secret) == ("t", "s")
    assert credentials(ProviderToken("t", "s")).provider_token == stored.provider_token
    assert credentials(TWO_LEGGED).WhichOneof("credentials") == "application"
    for nothing in ("", {}, {"access_token": ""}, {"screen_name": "alice"}):
        with pytest.raises(MissingTokenError):
            credentials(nothing)
    assert "s3cret" not in repr(ProviderToken("t", "s3cret"))
