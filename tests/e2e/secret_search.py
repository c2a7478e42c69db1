"""Looks for secrets where none may stand, in every spelling that a log or a dump could give them."""

import base64
import json
from collections import Counter
from urllib.parse import parse_qs, quote, quote_plus

SEEN = []
"""What callers of this test run were given or gave that nobody else may see: states, bindings, tokens, passwords."""

LOOKED = Counter()
"""How many spellings were looked for, by kind of place."""

_SECRET_FIELDS = {"state", "access_token", "replacement_access_token", "token_secret", "password", "oauth_verifier"}
_ENOUGH = 16  # characters: what is shorter is a test's "x", and stands everywhere
_MOST = 100   # of a long test's thousands


def remember(message):
    """Keeps the secrets of a request or an answer."""
    for field, value in message.ListFields():
        if field.name == "binding_cookie":
            _keep(value.value)
        elif field.name == "binding_cookies":
            for cookie in value:
                _keep(cookie.value)
        elif field.name == "callback_query":
            pairs = parse_qs(value.partition("?")[2] or value)
            for name in ("state", "oauth_verifier"):
                for one in pairs.get(name, ()):
                    _keep(one)
        elif field.name in _SECRET_FIELDS:
            _keep(value)
        elif field.message_type is not None and field.label != field.LABEL_REPEATED:
            remember(value)


def sample(since):
    """What was remembered since SEEN had this length: all of it, or some of the beginning and of the end."""
    seen = list(dict.fromkeys(SEEN[since:]))
    return seen if len(seen) <= _MOST else seen[:_MOST // 2] + seen[-_MOST // 2:]


def spellings(secret):
    """How it could stand there: raw, escaped for JSON, hex, percent-encoded, base64 at each of the three offsets."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    found = {raw, raw.hex().encode(), raw.hex().upper().encode(),
             json.dumps(raw.decode("latin-1"))[1:-1].encode(), quote(raw, safe="").encode(),
             quote_plus(raw).encode(), "".join(f"%{octet:02X}" for octet in raw).encode(),
             "".join(f"%{octet:02x}" for octet in raw).encode()}
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw)
        # Without the first four, where neighbours stand too, and without the end, which neighbours change.
        inner = encoded[4 if offset else 0:(offset + len(raw)) // 3 * 4]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return sorted(found)


def holds_none_of(secrets, place, data):
    """`place` says what `data` is."""
    for secret in secrets:
        for spelling in spellings(secret):
            LOOKED[place] += 1
            at = data.find(spelling)
            around = data[max(0, at - 200):at + 200]
            assert at < 0, f"a secret is in the {place}: {secret!r} as {spelling!r}: {around!r}"


def _keep(value):
    if len(value) >= _ENOUGH:
        SEEN.append(value)
