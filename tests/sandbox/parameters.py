"""Reads the parameters of a request from its octets (RFC 5849 section 3.4.1.3.1).

oauthlib has a reader of its own, which this one replaces because it decodes oauth_* values of a
query or form twice, refuses queries with characters such as `[` or `|`, turns octets that are not
UTF-8 into U+FFFD, and drops a query parameter called `realm` once the header has a realm.
"""

from urllib.parse import parse_qsl, unquote
from urllib.request import parse_http_list

from problems import OAuthProblem

FORM = "application/x-www-form-urlencoded"

PROTOCOL_NAMES = frozenset({
    "oauth_body_hash", "oauth_callback", "oauth_consumer_key", "oauth_nonce", "oauth_signature",
    "oauth_session_handle", "oauth_signature_method", "oauth_timestamp", "oauth_token",
    "oauth_verifier", "oauth_version"})


class Octets(str):
    """Text that encodes to the very octets it was decoded from, UTF-8 or not."""

    def encode(self, *_):
        return super().encode("utf-8", "surrogateescape")


class Protocol(dict):
    """The protocol's parameters, and where they stood: header, query, body, or None."""

    def __init__(self, placement):
        super().__init__()
        self.placement = placement


def from_form(octets):
    """Name and value pairs of a query or form body, in order, repeats kept."""
    text = octets.decode("ascii", "surrogateescape")
    pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    return [(Octets(name), Octets(value)) for name, value in pairs]


def from_authorization(value):
    """Name and value pairs of an Authorization header, without the realm (RFC 5849 section 3.5.1)."""
    scheme, _, rest = value.partition(" ")
    if scheme.lower() != "oauth":
        return []
    pairs = []
    for item in parse_http_list(rest):
        name, equals, quoted = item.partition("=")
        if not equals:
            raise OAuthProblem("parameter_rejected", "The Authorization header is malformed.")
        quoted = quoted.strip()
        if len(quoted) >= 2 and quoted[0] == quoted[-1] == '"':
            quoted = quoted[1:-1]
        if name.strip().lower() != "realm":
            pairs.append((_decoded(name.strip()), _decoded(quoted)))
    return pairs


def is_form(content_type):
    return content_type.partition(";")[0].strip().lower() == FORM


def collect(query, authorization, content_type, body):
    """All parameters of a request, and those of the protocol, which stand in one place only."""
    places = {"header": from_authorization(authorization), "query": from_form(query),
              "body": from_form(body) if is_form(content_type) else []}
    spoken = [place for place, pairs in places.items() if any(name in PROTOCOL_NAMES for name, _ in pairs)]
    if len(spoken) > 1:
        raise OAuthProblem("parameter_rejected", "Protocol parameters stand in more than one place.")
    protocol = Protocol(spoken[0] if spoken else None)
    for name, value in places[protocol.placement] if spoken else []:
        if name in PROTOCOL_NAMES:
            if name in protocol:
                raise OAuthProblem("parameter_rejected", f"{name} stands there twice.")
            protocol[str(name)] = value
    return [pair for pairs in places.values() for pair in pairs], protocol


def _decoded(text):
    return Octets(unquote(text, errors="surrogateescape"))
