"""What the service refuses to sign (the contract's comments on HttpCall)."""
from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from .._stubs import oauth1d_pb2 as pb
from .failure import invalid

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_MOST_BODY = 3_670_016  # 3.5 MiB
_MOST_URL = 8192
_MOST_HEADERS = 100
_MOST_HEADER_BYTES = 32 * 1024
# RFC 3986 section 2, without "#"
_URL_TEXT = re.compile(r"(?:[A-Za-z0-9_.~:/?\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_TOKEN = re.compile(r"[A-Za-z0-9_!#$%&'*+.^`|~-]+")  # RFC 9110 section 5.6.2
_OURS = frozenset({
    "host", "authorization", "content-length", "transfer-encoding", "connection", "te", "keep-alive", "trailer",
    "upgrade", "expect", "cookie", "cookie2", "http2-settings", "via", "forwarded",
})


def check_call(call: pb.HttpCall, *, streamed: bool) -> None:
    """Raises INVALID_REQUEST, which names the field, for a call that is not to be signed."""
    if not call.method:
        raise invalid("call.method", "is required")
    if call.method not in _METHODS:
        raise invalid("call.method", "is no method that can be signed, in upper case")
    if call.content_type and call.WhichOneof("content") in ("form", "multipart"):
        raise invalid("call.content_type", "goes with a body only")
    if len(call.url) > _MOST_URL:
        raise invalid("call.url", "is longer than 8 KiB")
    if not _URL_TEXT.fullmatch(call.url):
        raise invalid("call.url", "is empty, or has a fragment or a character that a URL may not hold")
    _check_names((name for name, _ in parse_qsl(call.url.partition("?")[2], keep_blank_values=True)), "call.url query")
    _check_names((one.name for one in call.query), "call.query")
    _check_names((one.name for one in call.form.fields), "call.form.fields")
    _check_headers(call)
    if not streamed and _body_bytes(call) > _MOST_BODY:
        raise invalid("call", "is larger than 3.5 MiB; stream it")


def _check_names(names: Iterable[str], field: str) -> None:
    if any(name.lower().startswith("oauth_") for name in names):
        raise invalid(field, "has a name that begins with oauth_; those parameters are the service's")


def _check_headers(call: pb.HttpCall) -> None:
    if len(call.headers) > _MOST_HEADERS or (
        sum(len(one.name) + len(one.value) for one in call.headers) > _MOST_HEADER_BYTES
    ):
        raise invalid("call.headers", "has more than 100 fields or 32768 bytes")
    for i, header in enumerate(call.headers):
        plain = header.name.lower().replace("_", "-")
        if not _TOKEN.fullmatch(header.name):
            raise invalid(f"call.headers[{i}].name", "is no header name (RFC 9110 section 5.6.2)")
        if plain == "content-type":
            raise invalid(f"call.headers[{i}].name", "is told by the field content_type")
        if plain in _OURS or plain.startswith("proxy-"):
            raise invalid(f"call.headers[{i}].name", "is the service's to set")
        if any(byte == 0x7F or (byte < 0x20 and byte != 0x09) for byte in header.value):
            raise invalid(f"call.headers[{i}].value", "has a control character")


def _body_bytes(call: pb.HttpCall) -> int:
    match call.WhichOneof("content"):
        case "body":
            return len(call.body)
        case "multipart":
            return sum(len(part.data) for part in call.multipart.parts)
        case "form":
            return len(urlencode([(one.name, one.raw_value or one.value) for one in call.form.fields]))
    return 0
