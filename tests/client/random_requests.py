"""Random lines for `oauth1ctl sign --jsonl`, as nasty as the grammar allows."""

import base64
import json
from urllib.parse import quote

SIGNATURE_METHODS = ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT")
PLACEMENTS = ("header", "body", "query")
BODY_KINDS = ("none", "form", "ready form", "json", "octets")
BODY_HASHES = ("none", "sha1", "sha256")

_LETTERS = ("abcXYZ019-._~" * 2 + " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}"
            "\u00e9\u00df\u4f60\u20ac\U0001f600\u0009\n\u007f")
_RARE = "\u0000\u0001\ufffd\U0010fffd"
_NAMES = ("a", "A", "a1", "a-b", "a.b", "a b", "a[b]", "a[]", "a[0][b]", "*", "~", "+", "%2F", "&", "\u00e9", "", "b5",
          "c@", "status", "x_auth_mode", "x\u0338", "oauth")
_VALUES = ("", "1", "a b", "%2F", "/", "100%", "=%3D", "&", "+", "*", "~", "a;b", "?", "\u00e9\u0301", "true",
           "x" * 200)
_SAFE = ("-._~",) * 6 + ("-._*", "-._~!*'();:@$,/", "-._~!*'();:@$,/?", "-._~[]", "-._~:/?@!$'()*,;[]")
_URLENCODED_TYPES = ("application/x-www-form-urlencoded",) * 12 + (
    "application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded;charset=utf-8",
    "application/x-www-form-urlencoded ; a=b", "Application/X-WWW-Form-Urlencoded")
_OCTET_TYPES = ("application/octet-stream", "text/plain", "text/plain; charset=utf-8", "image/png", "", "",
                "multipart/form-data; boundary=b")
_HOSTS = ("h", "api.example.com", "API.Example.COM", "127.0.0.1", "[::1]", "[2001:DB8::1]", "a_b.example",
          "xn--bcher-kva.example", "[fe80::1]")
_PORTS = ("", "", "", "", ":80", ":443", ":8080", ":8443", ":")
_PATHS = ("", "", "/", "/a/b", "/%7Euser/~x", "/a%20b/c;d=e", "/1.1/statuses/update.json", "//x//", "/w/index.php",
          "/a,b:c@d/(e)!$'*", "/%E2%82%AC", "/a/../b")


def random_line(rng, cell, rsa_keys):
    """A request to sign. `cell`: signature method, placement and kind of body; `rsa_keys`: files of private keys."""
    method, placement, kind = cell
    line = {
        "method": rng.choice(("GET", "GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD", "M-SEARCH")),
        "url": _url(rng),
        "consumer_key": _text(rng, 24, 1),
        "consumer_secret": _text(rng, 24),
        "timestamp": str(rng.randint(1, 2**33)),
        "nonce": _text(rng, 22, 1),
        "signature_method": method,
        "placement": placement,
        "body_hash": rng.choice(BODY_HASHES),
    }
    if method.startswith("RSA-"):
        line["rsa_private_key_file"] = str(rng.choice(rsa_keys))
    if rng.random() < 0.02:
        line["method"] = rng.choice(("get", "Post", "x!y"))
    if rng.random() < 0.7:
        line["token"] = _text(rng, 24, 1) if rng.random() < 0.97 else ""
        line["token_secret"] = _text(rng, 24)
    if rng.random() < 0.2:
        line["callback"] = rng.choice(("oob", "http://127.0.0.1/cb?next=%2520%26", "https://a.example/cb?state=a-b_c",
                                       "http://[::1]:8000/c%2Fd", _text(rng, 20, 1)))
    for name, chance in (("verifier", 0.2), ("realm", 0.15)):
        if rng.random() < chance:
            line[name] = _text(rng, 12, 1) if name == "verifier" else _realm(rng)
    if rng.random() < 0.2:
        line["omit_version"] = True
    return {**line, **_body(rng, kind)}


def _body(rng, kind):
    if kind == "form":
        return {"form": _pairs(rng)}
    if kind == "ready form":
        return _octets(_ready_form(rng), rng.choice(_URLENCODED_TYPES))
    if kind == "json":
        value = {_text(rng, 5): _text(rng), "list": [1, None, _text(rng)], "a=b&c": {"d": "%20+"}}
        return _octets(json.dumps(value, ensure_ascii=rng.random() < 0.5).encode(), "application/json")
    if kind == "octets":
        octets = rng.choice((rng.randbytes(rng.randint(1, 60)), b"a=b&c=d", b"a", bytes(range(256))))
        unknown = "application/x-www-form-urlencoded2" if rng.random() < 0.02 else rng.choice(_OCTET_TYPES)
        return _octets(octets, unknown)
    return {}


def _octets(octets, content_type):
    fields = {"body_base64": base64.b64encode(octets).decode()}
    return {**fields, "content_type": content_type} if content_type else fields


def _text(rng, most=12, least=0):
    letters = _LETTERS if rng.random() < 0.98 else _LETTERS + _RARE
    if rng.random() < 0.4:
        letters = "abcXYZ0189"
    return "".join(rng.choices(letters, k=rng.randint(least, most)))


def _realm(rng):
    return rng.choice(("Photos", "Schoology API", "4711_SB1", 'say "hi" \\ to', "https://a.example/x?y=z", "50%25",
                       "a, b", "a, b=c", "gr\u00fc\u00dfe"))


def _pairs(rng, most=6):
    """Names and values; in half of all cases no name is another one, or its beginning."""
    tame = rng.random() < 0.7
    pairs = []
    for _ in range(rng.randint(0, most)):
        name = rng.choice(_NAMES) if rng.random() < 0.5 else _text(rng, 6)
        value = rng.choice(_VALUES) if rng.random() < 0.5 else _text(rng)
        if not tame or name and not any(name.startswith(other) or other.startswith(name) for other, _ in pairs):
            pairs.append((name, value))
    if tame:
        return pairs
    if pairs and rng.random() < 0.7:
        pairs.insert(rng.randint(0, len(pairs)), (rng.choice(pairs)[0], rng.choice(_VALUES)))
    if rng.random() < 0.02:
        pairs.append((rng.choice(("realm", "oauth_note", "oauth_note")), _text(rng)))
    return pairs


def _written(rng, value):
    """One of the ways to write the value into a query or form."""
    text = quote(value, safe=rng.choice(_SAFE))
    if rng.random() < 0.3:
        text = text.replace("%20", "+")
    if rng.random() < 0.2:  # lower-case hex digits, and an unreserved character in an escape of its own
        text = text.replace("%2F", "%2f").replace("%C3", "%c3").replace("a", "%61").replace("~", "%7e")
    return text


def _query(rng):
    pieces = []
    for name, value in _pairs(rng):
        bare = not value and name and rng.random() < 0.3
        pieces.append(_written(rng, name) + ("" if bare else "=" + _written(rng, value)))
    if rng.random() < 0.03:
        pieces.append(rng.choice(("raw=%FF%80", "u=%c3", "%fe=%80", "n=%E4%BD")))
    if pieces and rng.random() < 0.1:  # a name that differs from another one in its escapes alone
        name = pieces[0].partition("=")[0]
        if "%" not in name:
            name = "".join(f"%{ord(letter):02x}" if letter.isalnum() else letter for letter in name)
        pieces.append(name + "=again")
    if rng.random() < 0.05:
        pieces.insert(rng.randint(0, len(pieces)), "")
    return "&".join(pieces)


def _ready_form(rng):
    octets = _query(rng).encode()
    if rng.random() < 0.04:  # what browsers never send, and somebody does
        octets += rng.choice((b"&raw=\xff\xe9", b"&e=\xc3\xa9", b"&p=100%", b"&q=%zz", b"&x=a|b\"c", b"&s=a b"))
    return octets


def _url(rng):
    scheme = rng.choice(("http", "https", "https", "HTTP", "Https"))
    host, port, path = rng.choice(_HOSTS), rng.choice(_PORTS), rng.choice(_PATHS)
    if rng.random() < 0.05:
        host = "[2001:db8:0:0:0:0:0:1]"
    if rng.random() < 0.05:
        path = rng.choice(("/a;", "/a+b"))
    if port == ":80" and scheme.lower() == "https" and rng.random() < 0.7:
        port = ":8000"
    query = _query(rng)
    return f"{scheme}://{host}{port}{path}" + ("?" + query if query or rng.random() < 0.1 else "")
