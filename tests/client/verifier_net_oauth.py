"""Perl's Net::OAuth as the server that gets our requests."""

import base64
import subprocess
from pathlib import Path

_SCRIPT = Path(__file__).with_name("net_oauth_verifier.pl")


def verify_with_net_oauth(wires):
    """`wires`: WireRequest, Credentials and the public key's file of each; gives "yes", or what it has against it."""
    lines = "".join(" ".join(base64.b64encode(field).decode() for field in _fields(*one)) + "\n" for one in wires)
    done = subprocess.run(["/usr/bin/perl", str(_SCRIPT)], input=lines.encode(), capture_output=True, timeout=600,
                          check=False)
    assert done.returncode == 0, done.stderr.decode()
    verdicts = done.stdout.decode().splitlines()
    assert len(verdicts) == len(wires), done.stderr.decode()
    return verdicts


def _fields(wire, known, public_key_file):
    yield from (text.encode() for text in (wire.method, wire.base_url, wire.query, wire.authorization))
    yield wire.body if wire.has_form else b""
    yield from (text.encode() for text in (known.consumer_secret, known.token_secret, str(public_key_file)))
