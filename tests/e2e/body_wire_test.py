"""Every kind of body, placement and body hash: what the provider's socket read is what was meant, and is signed.

The provider recomputes signature and hash from the raw bytes, with code that shares nothing with the service's.
"""

import email
from dataclasses import replace
from email.policy import HTTP

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from body_raw_provider import RawProvider
from caller import Caller, parameters
from configuration import CONSUMER_SECRET, configuration, provider
from oauth1d_process import Oauth1d
from wire_request import placement_of
from wire_signature import Credentials, all_pairs, body_hash_of, form_pairs, hash_of

FORM = "application/x-www-form-urlencoded"
OCTETS = bytes(range(256)) * 5
JSON = '{"a": "é & b=c%20+", "list": [1, null]}\n'.encode()
READY_FORM = b"z=%7e&a=1+2&a=&b&%61[b]=%c3%a9&=x&u=\xff"
FIELDS = [("b", "2 +&=~*"), ("a", "é%2F"), ("b", ""), ("a[b]", OCTETS), ("A", "x")]
PARTS = [pb.Part(name="title", data="grüße & co".encode()), pb.Part(name="tags[]", data=b"a b"),
         pb.Part(name="tags[]", data=b""), pb.Part(name="octets", data=OCTETS),
         pb.Part(name="photo", filename="a.png", content_type="image/png", data=OCTETS + b"\r\n--x\r\n")]
KNOWN = Credentials(CONSUMER_SECRET, "its secret &é")
TOKEN = pb.ProviderToken(token="a token/+é", token_secret=KNOWN.token_secret)

PLACEMENTS = ("header", "body", "query")
HASHES = ("none", "sha1", "sha256")
CONTENTS = {
    "none": {},
    "form": {"form": pb.Form(fields=parameters(*FIELDS))},
    "ready form": {"body": READY_FORM, "content_type": FORM + "; charset=UTF-8"},
    "json": {"body": JSON, "content_type": "application/json"},
    "octets": {"body": OCTETS, "content_type": "application/octet-stream"},
    "multipart": {"multipart": pb.Multipart(parts=PARTS)},
    "signed multipart": {"multipart": pb.Multipart(parts=PARTS)},
}


def entry(url, placement, body_hash, sign_multipart_fields):
    return provider(url, name_of(placement, body_hash, sign_multipart_fields), placement=placement,
                    body_hash=body_hash, sign_multipart_fields=sign_multipart_fields)


def name_of(placement, body_hash, sign_multipart_fields):
    return f"{placement}-{body_hash}" + ("-fields" if sign_multipart_fields else "")


@pytest.fixture(scope="module")
def raw():
    with RawProvider() as running:
        yield running


@pytest.fixture(scope="module")
def web(raw):
    entries = [entry(raw.url, placement, body_hash, fields)
               for placement in PLACEMENTS for body_hash in HASHES for fields in (False, True)]
    with Oauth1d(configuration(*entries)) as server, Caller(server.address) as caller:
        server.secrets.append(KNOWN.token_secret)
        yield caller


@pytest.fixture
def send(web, raw):
    """The request that arrived."""
    def sent(method, kind, placement, body_hash, url="upload?z=%7e&a=1&a=&x=+"):
        before = len(raw.received)
        web.send(method, url, provider=name_of(placement, body_hash, kind == "signed multipart"), provider_token=TOKEN,
                 **CONTENTS[kind])
        [request] = raw.received[before:]
        return request
    return sent


def expected_placement(method, kind, placement):
    """RFC 5849 section 3.5.2: only a form can hold them; where there is no body, POST gets one."""
    holds_them = kind in ("form", "ready form") or kind == "none" and method == "POST"
    return "query" if placement == "body" and not holds_them else placement


def own_part(request, placement):
    """The body without the protocol parameters that were added to it."""
    if placement != "body":
        return request.body
    own, _, added = request.body.rpartition(b"oauth_consumer_key=")
    assert all(name.startswith(b"oauth_") for name, _ in form_pairs(b"oauth_consumer_key=" + added))
    return own.removesuffix(b"&")


def check_body(kind, octets):
    if kind == "none":
        assert octets == b""
    elif kind == "form":
        assert form_pairs(octets) == [
            (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in FIELDS]
    else:
        assert octets == CONTENTS[kind]["body"]


def check_multipart(request):
    message = email.message_from_bytes(
        b"Content-Type: " + request.header("Content-Type").encode() + b"\r\n\r\n" + request.body, policy=HTTP)
    arrived = [(part.get_param("name", header="content-disposition"), part.get_filename() or "",
                part.get_payload(decode=True)) for part in message.iter_parts()]
    assert arrived == [(part.name, part.filename, part.data) for part in PARTS]


def check_hash(request, body_hash):
    wanted = body_hash != "none" and not request.wire.has_form
    assert body_hash_of(request.wire) == (hash_of(request.body, body_hash) if wanted else None)


@pytest.mark.parametrize("body_hash", HASHES)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("kind", CONTENTS)
def test_what_arrives_is_what_was_meant_and_is_signed(send, kind, placement, body_hash):
    request = send("POST", kind, placement, body_hash)
    place = placement_of(request.wire)
    assert place == expected_placement("POST", kind, placement)
    if "multipart" in kind:
        check_multipart(request)
    else:
        check_body(kind, own_part(request, place))
    assert request.header("Content-Length") == str(len(request.body))
    assert request.request_line.startswith("POST /1.1/upload?z=%7e&a=1&a=&x=+")
    protocol = dict(all_pairs(request.wire))
    assert (protocol[b"oauth_consumer_key"], protocol[b"oauth_token"]) == (b"demo-key", TOKEN.token.encode())
    check_hash(request, body_hash)
    fields = kind == "signed multipart"
    assert request.is_signed_by(KNOWN, fields)
    assert not request.is_signed_by(replace(KNOWN, token_secret="another"), fields)
    if kind == "signed multipart":
        assert not request.is_signed_by(KNOWN), "the text fields are signed"


@pytest.mark.parametrize("body_hash", HASHES)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD"])
def test_without_a_body_too(send, method, placement, body_hash):
    request = send(method, "none", placement, body_hash, "upload")
    assert request.body == b"" and request.header("Content-Type") == ""
    assert placement_of(request.wire) == expected_placement(method, "none", placement)
    check_hash(request, body_hash)
    assert request.is_signed_by(KNOWN)


def test_one_changed_byte_is_noticed(send):
    request = send("POST", "form", "body", "none")
    assert not replace(request, body=request.body.replace(b"b=2", b"b=3")).is_signed_by(KNOWN)
    request = send("POST", "octets", "header", "sha256")
    changed = replace(request, body=b"\x01" + request.body[1:])
    assert changed.is_signed_by(KNOWN), "the signature covers the hash alone"
    assert body_hash_of(changed.wire) != hash_of(changed.body, "sha256")
