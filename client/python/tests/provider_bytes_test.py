"""Providers send what they like: every byte 0x80 to 0xFF comes through, none raises."""
from __future__ import annotations

import json

import pytest

from fake_service import FakeService
from oauth1d import Client, HTTPStatusError, Response
from oauth1d._stubs import oauth1d_pb2 as pb

BYTES = [bytes([number]) for number in range(0x80, 0x100)]


def answer(body: bytes = b"", content_type: bytes = b"", status: int = 200) -> pb.SignedRequestResponse:
    message = pb.SignedRequestResponse(answer=pb.HttpAnswer(status_code=status, body=body))
    if content_type:
        message.answer.headers.add(name="Content-Type", value=content_type)
    return message


def test_bytes_in_the_parameters_of_a_token(service: FakeService) -> None:
    service.parameters = [pb.Parameter(name=f"p{byte[0]:02x}", raw_value=b"a" + byte) for byte in BYTES]
    service.parameters.append(pb.Parameter(name="p80", value="again"))
    service.parameters.append(pb.Parameter(name="empty"))
    with Client(service.address) as client:
        started = client.start_authorization("twitter", "http://127.0.0.1/auth")
        callback = service.approve(started.redirect_url, "alice")
        token = client.complete_authorization("twitter", callback, [started.binding_cookie])
    assert [value for _, value in token.parameters[2:-2]] == [b"a" + byte for byte in BYTES]
    assert token["pff"] == "a\ufffd" and token["p80"] == "again" and token["empty"] == ""
    assert json.loads(json.dumps(token)) == token
    assert repr(token).isascii()


def test_bytes_in_the_headers_and_the_body_of_an_answer(service: FakeService) -> None:
    message = answer(b"".join(BYTES), b"text/plain")
    for byte in BYTES:
        message.answer.headers.add(name="X-Odd", value=byte)
    service.answer = message
    with Client(service.address) as client:
        response = client.signed_request("twitter", "GET", "odd", token="t")
    assert response.content == b"".join(BYTES)
    assert response.headers.get_list("x-odd") == [byte.decode("latin-1") for byte in BYTES]
    assert [value for name, value in response.headers.raw if name == "X-Odd"] == BYTES
    assert response.headers["X-ODD"].startswith("\x80, \x81")
    assert len(response.text) == 128 and set(response.text) == {"\ufffd"}


@pytest.mark.parametrize("byte", BYTES)
def test_each_byte_in_a_content_type_and_in_json(byte: bytes) -> None:
    response = Response(answer(b'{"name": "' + byte + b'"}', b"application/json; charset=" + byte))
    assert response.json() == {"name": "\ufffd"}
    assert response.text
    assert Response(answer(b'"' + byte + b'"', b"text/x; charset=iso-8859-1")).json() == byte.decode("latin-1")


@pytest.mark.parametrize("charset", ["idna", "hex", "undefined", "punycode", "no-such", '"', "utf-16", "a\x00b", "'x"])
def test_a_strange_charset_never_raises(charset: str) -> None:
    assert isinstance(Response(answer(b"\xff\xfea\x80", f"text/x; charset={charset}".encode())).text, str)


def test_an_answer_of_any_status_is_an_answer() -> None:
    message = answer(b"\xef\xbb\xbf[1]", b"application/json", 503)
    message.provider_problem.problem = "nonce_used"
    message.token_rejected = True
    message.replacement_access_token = "oa1_new"
    response = Response(message)
    assert (response.status_code, response.is_success, response.is_error) == (503, False, True)
    assert response.json() == [1]
    assert response.provider_problem is not None and response.provider_problem.problem == "nonce_used"
    assert response.token_rejected and response.replacement_access_token == "oa1_new"
    with pytest.raises(HTTPStatusError, match="503 Service Unavailable") as raised:
        response.raise_for_status()
    assert raised.value.response is response
    fine = Response(answer(status=204))
    assert fine.raise_for_status() is fine and fine.replacement_access_token is None and fine.provider_problem is None
    assert Response(answer(status=599)).reason_phrase == ""
    with pytest.raises(ValueError):
        fine.json()
