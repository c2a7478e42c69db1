"""A request as it stood on the wire: nothing decoded, nothing normalised."""

import json
import re
from dataclasses import dataclass, field

import parameters
from problems import OAuthProblem

_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+,;=-]+)(:[0-9]{1,5})?")
_ABSOLUTE = re.compile(r"https?://([^/?]*)(.*)", re.IGNORECASE)


class MalformedRequest(Exception):
    """Not HTTP that a server has to answer with more than a 400."""


@dataclass(frozen=True)
class ReceivedRequest:
    method: str
    scheme: str
    target: str
    headers: list  # of (name, value), in order
    body: bytes
    host: str = field(init=False)
    path: str = field(init=False)
    query: str = field(init=False)

    def __post_init__(self):
        if not self.target.isascii() or "#" in self.target:
            raise MalformedRequest("The request target has octets that no URL has.")
        hosts = self.values("Host")
        absolute = _ABSOLUTE.fullmatch(self.target)
        if absolute:  # as to a proxy; RFC 9112 section 3.2.2: the Host header is then ignored
            hosts = [absolute[1]]
        if len(hosts) != 1 or not _is_authority(hosts[0]):
            raise MalformedRequest("There must be one Host header, with a host.")
        path, _, query = (absolute[2] if absolute else self.target).partition("?")
        for name, value in (("host", hosts[0]), ("path", path or "/"), ("query", query)):
            object.__setattr__(self, name, value)
        for name in ("Authorization", "Content-Type"):
            if len(self.values(name)) > 1:
                raise MalformedRequest(f"There is more than one {name} header.")

    def values(self, name):
        return [value for found, value in self.headers if found.lower() == name.lower()]

    def header(self, name):
        return next(iter(self.values(name)), "")

    def form(self):
        """The fields of a form body, or nothing."""
        if not parameters.is_form(self.header("Content-Type")):
            return {}
        return dict(parameters.from_form(self.body))

    def parameters(self):
        """All parameters, and those of the protocol. Raises OAuthProblem."""
        return parameters.collect(self.query.encode("ascii"), self.header("Authorization"),
                                  self.header("Content-Type"), self.body)

    def claims(self):
        """What the request says of itself, believed or not."""
        try:
            _, protocol = self.parameters()
        except OAuthProblem:
            protocol = parameters.Protocol(None)
        return {"nonce": protocol.get("oauth_nonce"), "token": protocol.get("oauth_token"),
                "signature_method": protocol.get("oauth_signature_method"), "placement": protocol.placement}

    def as_arguments(self):
        """In the order of oauthlib's endpoints: URI, method, body, headers."""
        query = f"?{self.query}" if self.query else ""
        uri = f"{self.scheme}://{self.host}{self.path}{query}"
        return uri, self.method, self.body, dict(self.headers)


def _is_authority(text):
    match = _AUTHORITY.fullmatch(text)
    return bool(match) and (not match[2] or 0 < int(match[2][1:]) <= 65535)


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: bytes
    headers: tuple = ()

    @classmethod
    def json(cls, value, status=200):
        return cls(status, "application/json; charset=utf-8", json.dumps(value).encode())

    @classmethod
    def form(cls, text, status=200, headers=()):
        return cls(status, parameters.FORM, text.encode(), headers)

    @classmethod
    def text(cls, text, status, headers=()):
        return cls(status, "text/plain; charset=utf-8", (text + "\n").encode(), headers)
