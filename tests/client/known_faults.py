"""Where the verifiers that are not ours are wrong, and why: requests that they may refuse although they are right.

Each line is a fault that `known_faults_test.py` shows to be there. A request is described by `Seen`.
"""

import ipaddress
import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from wire_signature import Credentials, encoded, form_pairs, header_pairs
from wire_request import FORM, WireRequest

# What oauthlib lets a query or form have; anything else makes it refuse the query, and take the form for none.
_OAUTHLIB_CHARACTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-=&;:%+~,*@!()/?'$")
_OAUTHLIB_NO_ESCAPE = re.compile(rb"%[^0-9A-Fa-f]|%[0-9A-Fa-f][^0-9A-Fa-f]")
_PROTOCOL = frozenset(f"oauth_{name}".encode() for name in (
    "body_hash", "callback", "consumer_key", "nonce", "signature", "signature_method", "timestamp", "token", "verifier",
    "version"))


@dataclass(frozen=True)
class Seen:
    """A request on the wire, and what there is to know of it."""

    wire: WireRequest
    known: Credentials

    @cached_property
    def outside(self):
        """The pairs of query and form."""
        return form_pairs(self.wire.query.encode()) + (form_pairs(self.wire.body) if self.wire.has_form else [])

    @cached_property
    def pairs(self):
        return self.outside + header_pairs(self.wire.authorization)

    @cached_property
    def names(self):
        return [name for name, _ in self.pairs]

    @cached_property
    def host(self):
        return urlsplit(self.wire.url).hostname

    @cached_property
    def strangers(self):
        """Names that begin with oauth_ and are none of the protocol's."""
        return [name for name in self.names if name.startswith(b"oauth_") and name not in _PROTOCOL]


@dataclass(frozen=True)
class Fault:
    whose: str
    what: str
    applies: object
    """Of a Seen: whether the fault may show in this request."""
    example: dict
    """Fields of a line in which it shows."""


def _not_utf8(seen):
    def broken(octets):
        try:
            octets.decode()
        except UnicodeDecodeError:
            return True
        return False
    return any(broken(name) or broken(value) for name, value in seen.outside)


def _refused_by_charset(seen):
    texts = [seen.wire.query.encode()] + ([seen.wire.body] if seen.wire.has_form else [])
    return any(not _OAUTHLIB_CHARACTERS.issuperset(text) or _OAUTHLIB_NO_ESCAPE.search(text) for text in texts)


def _sorted_by_name_and_value(seen):
    """A name that begins another one, which goes on with what sorts before the `=`."""
    names = {encoded(name) for name in seen.names}
    return any(other.startswith(name) and other[len(name)] < "=" for name in names for other in names if other != name)


def _bare_name_to_escape(seen):
    form = seen.wire.body if seen.wire.has_form else b""
    bare = [piece for piece in (seen.wire.query.encode() + b"&" + form).split(b"&") if b"=" not in piece]
    return any(encoded(piece) != piece.decode("latin-1") for piece in bare)


def _holds_octet_0(seen):
    texts = [text for pair in seen.pairs for text in pair]
    return any(b"\0" in text for text in texts) or "\0" in seen.known.consumer_secret + seen.known.token_secret


FAULTS = [
    Fault("oauthlib", "unescapes oauth_ values of a query or form twice",
          lambda seen: any(name.startswith(b"oauth_") and re.search(rb"%[0-9A-Fa-f]{2}", value)
                           for name, value in seen.outside),
          {"placement": "query", "callback": "http://h/?next=%2520"}),
    Fault("oauthlib", "refuses queries, and forgets forms, with characters such as [ and |", _refused_by_charset,
          {"url": "http://h/?a[]=1"}),
    Fault("oauthlib", "reads octets that are not UTF-8 as U+FFFD", _not_utf8, {"url": "http://h/?a=%FF"}),
    Fault("oauthlib", "takes every oauth_ name for the protocol's, and refuses it twice or in a second place",
          lambda seen: seen.strangers, {"url": "http://h/?oauth_note=1"}),
    Fault("oauthlib", "drops a parameter called realm where the header has that word",
          lambda seen: "realm" in seen.wire.authorization and any(name == b"realm" for name, _ in seen.outside),
          {"url": "http://h/?realm=mine", "realm": "Photos"}),
    Fault("oauthlib", "looks for the form's media type anywhere in Content-Type, in lower case alone",
          lambda seen: (FORM in seen.wire.content_type) != seen.wire.has_form,
          {"method": "POST", "content_type": FORM.upper(), "body_base64": "YT1i"}),
    Fault("oauthlib", "writes an IPv6 address anew, in its shortest form",
          lambda seen: ":" in seen.host and str(ipaddress.ip_address(seen.host)) != seen.host,
          {"url": "http://[2001:db8:0:0:0:0:0:1]/"}),
    Fault("oauthlib", "loses a bare ; at the end of the path",
          lambda seen: re.search(r"/[^/;]*;$", seen.wire.path), {"url": "http://h/a;"}),
    Fault("oauthlib", "forgets the token's secret where oauth_token is empty",
          lambda seen: (b"oauth_token", b"") in seen.pairs and seen.known.token_secret,
          {"token": "", "token_secret": "s"}),
    Fault("Net::OAuth", "keeps parameters in a hash, so that of a repeated one only the last is signed",
          lambda seen: len(set(seen.names)) < len(seen.names), {"url": "http://h/?a=1&a=2"}),
    Fault("Net::OAuth", "sorts name=value as one text, not by name first", _sorted_by_name_and_value,
          {"url": "http://h/?a=1&a1=2"}),
    Fault("Net::OAuth", "knows characters only, no octets that are not UTF-8", _not_utf8, {"url": "http://h/?a=%FF"}),
    Fault("Net::OAuth", "refuses oauth_ names that it does not know", lambda seen: seen.strangers,
          {"url": "http://h/?oauth_note=1"}),
    Fault("Net::OAuth", "signs the HTTP method as it is, not in upper case",
          lambda seen: seen.wire.method != seen.wire.method.upper(), {"method": "get"}),
    Fault("Net::OAuth", "cuts the header at every comma, one in a quoted realm too",
          lambda seen: re.match(r'OAuth realm="(?:[^"\\]|\\.)*,[^"]*=', seen.wire.authorization),
          {"realm": "a, b=c"}),
    Fault("liboauth", "splits queries at every ? as well",
          lambda seen: "?" in seen.wire.query or seen.wire.has_form and b"?" in seen.wire.body,
          {"url": "http://h/?a=b?c"}),
    Fault("liboauth", "takes a + in the path for a blank", lambda seen: "+" in seen.wire.path, {"url": "http://h/a+b"}),
    Fault("liboauth", "does not escape a name without a =", _bare_name_to_escape, {"url": "http://h/?a%20b"}),
    Fault("liboauth", "joins names to values before it signs, so that a name ends at its =",
          lambda seen: any(b"=" in name for name in seen.names), {"url": "http://h/?a%3Db=c"}),
    Fault("liboauth", "ends every text at the octet 0", _holds_octet_0, {"url": "http://h/?a=%00b"}),
    Fault("liboauth", "strips :80 from https URLs too", lambda seen: ":80/" in seen.wire.base_url,
          {"url": "https://h:80/"}),
]


def faults_of(whose, seen):
    """What explains that this verifier refuses the request."""
    return [fault.what for fault in FAULTS if fault.whose == whose and fault.applies(seen)]
