"""What stands on the wire: a signed request as a server gets it, nothing decoded."""

import base64
from dataclasses import dataclass
from urllib.parse import urlsplit

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class WireRequest:
    method: str
    url: str
    """The whole of it: scheme, Host header, request target."""
    body: bytes = b""
    authorization: str = ""
    content_type: str = ""

    @property
    def base_url(self):
        """Up to the query."""
        return self.url.partition("?")[0]

    @property
    def query(self):
        return self.url.partition("?")[2]

    @property
    def path(self):
        return urlsplit(self.url).path

    @property
    def has_form(self):
        """RFC 5849 section 3.4.1.3.1: the media type decides, in whatever case, with whatever parameters."""
        return self.content_type.partition(";")[0].strip(" \t").lower() == FORM

    @property
    def headers(self):
        given = {"Authorization": self.authorization, "Content-Type": self.content_type}
        return {name: value for name, value in given.items() if value}


def wire_of(line, answer):
    """The request that an `oauth1ctl sign --jsonl` line and its answer make."""
    body = base64.b64decode(answer["body_base64"])
    content_type = line.get("content_type", "")
    if "form" in line or (body and "body_base64" not in line):  # the second: parameters became the body
        content_type = FORM
    return WireRequest(line["method"], answer["url"], body, answer.get("authorization_header", ""), content_type)


def placement_of(wire):
    """Where the protocol parameters stand: header, query or body."""
    places = {"header": wire.authorization.startswith("OAuth "), "query": "oauth_signature=" in wire.query,
              "body": wire.has_form and b"oauth_signature=" in wire.body}
    found = [place for place, there in places.items() if there]
    assert len(found) == 1, f"the protocol parameters stand in {found or 'no place'}: {wire}"
    return found[0]
