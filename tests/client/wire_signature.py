"""A signature, recomputed from what stands on the wire as RFC 5849 says, with nothing but the standard library."""

import base64
import binascii
import hashlib
import hmac
import re
import subprocess
from dataclasses import dataclass
from urllib.parse import urlsplit

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ENCODED = [chr(octet) if octet in _UNRESERVED else f"%{octet:02X}" for octet in range(256)]
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_HEADER_FIELD = re.compile(r'\s*([^=\s]+)="((?:[^"\\]|\\.)*)"\s*(?:,|$)', re.DOTALL)
# RFC 8017 section 9.2, notes: what stands before a digest.
_DIGEST_INFO = {"SHA1": "3021300906052b0e03021a05000414", "SHA256": "3031300d060960864801650304020105000420",
                "SHA512": "3051300d060960864801650304020305000440"}


@dataclass(frozen=True)
class RsaPublicKey:
    modulus: int
    exponent: int = 65537

    @classmethod
    def of(cls, key_file):
        """Of the private key in a PEM file."""
        told = subprocess.run(["openssl", "rsa", "-in", key_file, "-noout", "-modulus"], check=True,
                              capture_output=True, text=True)
        return cls(int(told.stdout.partition("=")[2], 16))

    def verifies(self, digest, text, signature):
        """RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2)."""
        size = (self.modulus.bit_length() + 7) // 8
        info = bytes.fromhex(_DIGEST_INFO[digest]) + hashlib.new(digest, text).digest()
        wanted = b"\x00\x01" + b"\xff" * (size - 3 - len(info)) + b"\x00" + info
        number = int.from_bytes(signature, "big")
        return len(signature) == size and pow(number, self.exponent, self.modulus).to_bytes(size, "big") == wanted


@dataclass(frozen=True)
class Credentials:
    """What the server knows of a client; secrets are text."""

    consumer_secret: str
    token_secret: str = ""
    rsa: RsaPublicKey = None


def encoded(octets):
    """RFC 5849 section 3.6."""
    return "".join([_ENCODED[octet] for octet in octets])


def decoded(octets):
    return _ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), octets)


def form_pairs(octets):
    """Names and values of a query or form, in order."""
    pairs = [piece.partition(b"=") for piece in octets.replace(b"+", b" ").split(b"&") if piece]
    return [(decoded(name), decoded(value)) for name, _, value in pairs]


def header_pairs(authorization):
    """Section 3.5.1; the realm is no parameter."""
    if not authorization.startswith("OAuth "):
        return []
    pairs, place, rest = [], 0, authorization[len("OAuth "):]
    while place < len(rest):
        field = _HEADER_FIELD.match(rest, place)
        if field is None:
            raise ValueError(f"no Authorization header: {authorization!r}")
        pairs.append((field[1], field[2]))
        place = field.end()
    return [(decoded(name.encode()), decoded(value.encode())) for name, value in pairs if name.lower() != "realm"]


def all_pairs(wire):
    """Section 3.4.1.3.1, and `oauth_signature`."""
    body = form_pairs(wire.body) if wire.has_form else []
    return [*form_pairs(wire.query.encode()), *body, *header_pairs(wire.authorization)]


def base_string(method, base_url, pairs):
    """Section 3.4.1. `pairs`: without oauth_signature."""
    parts = urlsplit(base_url)
    host = parts.netloc.lower().removesuffix({"http": ":80", "https": ":443"}[parts.scheme.lower()])
    uri = f"{parts.scheme.lower()}://{host}{parts.path or '/'}"
    normalized = "&".join(f"{name}={value}" for name, value in sorted((encoded(n), encoded(v)) for n, v in pairs))
    return "&".join(encoded(part.encode()) for part in (method.upper(), uri, normalized))


def holds(method, text, signature, known):
    """Whether `signature`, as it stood in oauth_signature, is one of `text` by this signature method."""
    if method.startswith("RSA-"):
        try:
            octets = base64.b64decode(signature, validate=True)
        except binascii.Error:
            return False
        return known.rsa.verifies(method[4:], text.encode(), octets)
    key = encoded(known.consumer_secret.encode()) + "&" + encoded(known.token_secret.encode())
    if method == "PLAINTEXT":
        return signature == key.encode()
    mac = hmac.digest(key.encode(), text.encode(), method.removeprefix("HMAC-"))
    return signature == base64.b64encode(mac)


def verifies(wire, known):
    """Whether the signature on the wire is right."""
    pairs = all_pairs(wire)
    protocol = dict(pairs)
    signed = [pair for pair in pairs if pair[0] != b"oauth_signature"]
    return holds(protocol[b"oauth_signature_method"].decode(), base_string(wire.method, wire.base_url, signed),
                 protocol[b"oauth_signature"], known)


def body_hash_of(wire):
    """oauth_body_hash, or None."""
    found = [value.decode() for name, value in all_pairs(wire) if name == b"oauth_body_hash"]
    assert len(found) < 2, f"more than one oauth_body_hash: {found}"
    return found[0] if found else None


def hash_of(body, algorithm):
    return base64.b64encode(hashlib.new(algorithm, body).digest()).decode()
