"""Three-legged logins by every signature method and placement, over http and https; phases that differ."""

import base64
import itertools
import json
import subprocess

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from binaries import tool
from browser import come_back
from caller import Caller, parameters
from configuration import configuration, provider
from oauth1d_process import Oauth1d
from provider_process import Sandbox

SCHEMES = ("http", "https")
METHODS = ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT")
PLACEMENTS = ("header", "body", "query")
LOGINS = list(itertools.product(SCHEMES, METHODS, PLACEMENTS))
MIXED = {"token_method": "GET", "request_token": {"signature_method": "PLAINTEXT", "placement": "query"},
         "access_token": {"signature_method": "HMAC-SHA512", "placement": "body", "method": "POST"},
         "api": {"signature_method": "RSA-SHA256", "placement": "header"}}


def consumer(method):
    """What the method needs, and no more: RSA has no secret, the others no key."""
    key, secret = {"rsa_private_key": {"file": "consumer.pem"}}, {"secret": {"env": "DEMO_SECRET"}}
    needed = {**key, **secret} if method is None else key if method.startswith("RSA-") else secret
    return {"name": "main", "key": "demo-key", **needed}


def entry(sandbox, name, scheme, method=None, **fields):
    if scheme == "http":
        return provider(sandbox.http_url, name, consumers=[consumer(method)], **fields)
    egress = {"allow_cidrs": ["127.0.0.0/8"], "ca_file": sandbox.ca_file}
    return provider(sandbox.https_url, name, consumers=[consumer(method)], egress=egress, **fields)


@pytest.fixture(scope="module")
def rsa_key(tmp_path_factory):
    """Files of a private key (PKCS#8) and of its public key."""
    private, public = (tmp_path_factory.mktemp("rsa") / name for name in ("private.pem", "public.pem"))
    openssl = tool("openssl", "openssl")
    subprocess.run([openssl, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private],
                   check=True, capture_output=True)
    subprocess.run([openssl, "pkey", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    return private, public


@pytest.fixture(scope="module")
def sandbox(rsa_key):
    with Sandbox.start(rsa_public_key=rsa_key[1]) as running:
        yield running


@pytest.fixture(scope="module")
def web(sandbox, rsa_key):
    entries = [entry(sandbox, f"{scheme}-{method}-{placement}", scheme, method, signature_method=method,
                     placement=placement) for scheme, method, placement in LOGINS]
    entries += [entry(sandbox, f"{scheme}-mixed", scheme, **MIXED) for scheme in SCHEMES]
    with Oauth1d(configuration(*entries), files={"consumer.pem": rsa_key[0].read_text()}) as server:
        server.secrets += rsa_key[0].read_text().splitlines()[1:3]
        with Caller(server.address) as caller:
            yield caller


def facts(line):
    return line["method"], line["path"], line["signature_method"], line["placement"], line["verified"]


def place_in(seen):
    """Where the protocol parameters of an echoed request stood."""
    headers = {name.lower(): value for name, value in seen["headers"]}
    found = {"header": headers.get("authorization", ""), "query": seen["target"].partition("?")[2],
             "body": base64.b64decode(seen["body_base64"]).decode()}
    [(place, text)] = [(place, text) for place, text in found.items() if "oauth_signature=" in text]
    return place, text


@pytest.mark.parametrize("scheme, method, placement", LOGINS)
def test_a_user_logs_in_reads_and_writes(web, sandbox, scheme, method, placement):
    name, user, before = f"{scheme}-{method}-{placement}", "alice" if method < "P" else "bob", len(sandbox.log())
    completed = come_back(web, sandbox, user, name, app_state=name.encode()).finish(web)
    assert completed.app_state == name.encode()
    token_calls = [facts(line) for line in sandbox.log()[before:] if line["path"].endswith("_token")]
    assert token_calls == [("POST", f"/oauth/{phase}_token", method, placement, True)
                           for phase in ("request", "access")]

    token = completed.access_token
    read = web.send("GET", "account/verify_credentials.json", token, provider=name, query=parameters(("a", "é &")))
    assert json.loads(read.answer.body)["screen_name"] == user
    # A GET has no body to put them into.
    assert facts(sandbox.log()[-1])[2:] == (method, "query" if placement == "body" else placement, True)

    form = pb.Form(fields=parameters(("status", "Hello + ~*"), ("a[b]", ""), ("a[b]", b"\xff")))
    written = json.loads(web.send("POST", "echo?x=%2f&x", token, provider=name, form=form).answer.body)
    assert (written["identity"]["screen_name"], written["scheme"]) == (user, scheme)
    place, text = place_in(written)
    assert place == placement
    assert f"oauth_signature_method={method}" in text.replace('"', "")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_phase_may_have_its_own_dialect(web, sandbox, scheme):
    before = len(sandbox.log())
    token = come_back(web, sandbox, "bob", f"{scheme}-mixed").finish(web).access_token
    assert web.send("POST", "echo", token, provider=f"{scheme}-mixed", body=b"{}").answer.status_code == 200
    assert [facts(line) for line in sandbox.log()[before:] if line["signature_method"]] == [
        ("GET", "/oauth/request_token", "PLAINTEXT", "query", True),
        ("POST", "/oauth/access_token", "HMAC-SHA512", "body", True),
        ("POST", "/1.1/echo", "RSA-SHA256", "header", True)]
