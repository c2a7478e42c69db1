"""Signing adds the protocol parameters, and changes nothing else."""

import base64
import re
from urllib.parse import urlsplit

from wire_request import placement_of
from wire_signature import body_hash_of, encoded, form_pairs, hash_of, header_pairs


def complaints_about(line, wire):
    """What differs between the line that went in and the request that came out, but for what belongs there."""
    place = placement_of(wire)
    wrong = []
    if place != _expected_place(line, wire):
        wrong.append(f"the parameters stand in {place}")
    base, query = canonical(line["url"])
    body = _body(line)
    if wire.base_url != base:
        wrong.append(f"the URL became {wire.base_url}, not {base}")
    added = {"header": header_pairs(wire.authorization), "query": _added(wire.query.encode(), query.encode()),
             "body": _added(wire.body, body)}
    wrong += [f"{where} has {pairs}" for where, pairs in added.items() if where != place and pairs != []]
    wanted = sorted(_protocol(line, wire).items())
    if added[place] is None or sorted(added[place]) != wanted:
        wrong.append(f"{place} has {added[place]}, not {wanted}")
    hashed = line["body_hash"] != "none" and not wire.has_form
    if body_hash_of(wire) != (hash_of(wire.body, line["body_hash"]) if hashed else None):
        wrong.append(f"oauth_body_hash is {body_hash_of(wire)}")
    if place == "header" and "realm" in line and _realm(wire) != line["realm"]:
        wrong.append(f"the realm became {_realm(wire)!r}")
    return wrong


def canonical(url):
    """URL up to the query, and query. RFC 5849 section 3.4.1.2: what the Host header has of it."""
    parts = urlsplit(url)
    scheme, authority = parts.scheme.lower(), parts.netloc.lower().removesuffix(":")
    authority = authority.removesuffix({"http": ":80", "https": ":443"}[scheme])
    return f"{scheme}://{authority}{parts.path or '/'}", parts.query


def _expected_place(line, wire):
    """RFC 5849 section 3.5.2: only a form carries them in its body; what has no body may become one."""
    if line["placement"] != "body":
        return line["placement"]
    becomes_form = not _body(line) and line["method"].upper() in ("POST", "PUT", "PATCH")
    return "body" if wire.has_form or becomes_form else "query"


def _body(line):
    if "form" in line:
        return "&".join(f"{encoded(name.encode())}={encoded(value.encode())}" for name, value in line["form"]).encode()
    return base64.b64decode(line.get("body_base64", ""))


def _added(now, before):
    """The pairs that stand behind what was there before; None if that was changed."""
    if not now.startswith(before):
        return None
    rest = now[len(before):]
    if rest and before and not (rest.startswith(b"&") or before.endswith(b"&")):
        return None
    return [(name, value) for name, value in form_pairs(rest)]


def _protocol(line, wire):
    """What is to be sent, without the signature's and the body hash's own values."""
    values = {"oauth_consumer_key": line["consumer_key"], "oauth_nonce": line["nonce"],
              "oauth_timestamp": line["timestamp"], "oauth_signature_method": line["signature_method"]}
    for name in ("token", "callback", "verifier"):
        if name in line:
            values[f"oauth_{name}"] = line[name]
    if not line.get("omit_version"):
        values["oauth_version"] = "1.0"
    wanted = {name.encode(): value.encode() for name, value in values.items()}
    sent = dict(header_pairs(wire.authorization) + form_pairs(wire.query.encode())
                + (form_pairs(wire.body) if wire.has_form else []))
    wanted[b"oauth_signature"] = sent[b"oauth_signature"]
    if b"oauth_body_hash" in sent:
        wanted[b"oauth_body_hash"] = sent[b"oauth_body_hash"]
    return wanted


def _realm(wire):
    found = re.match(r'OAuth realm="((?:[^"\\]|\\.)*)"', wire.authorization)
    return found and re.sub(r"\\(.)", r"\1", found[1])
