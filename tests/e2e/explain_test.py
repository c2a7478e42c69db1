"""ExplainSignature, and oauth1ctl explain: the base string beside one that was made here by hand."""

import base64
import hashlib
import hmac
import json
from urllib.parse import quote

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from caller import parameters, signed_request
from configuration import CONSUMER_SECRET, configuration, provider
from dialect_caller import DialectCaller
from oauth1d_process import Oauth1d
from programs import run

TIMESTAMP, NONCE = "1700000000", "a-nonce-of-ours"
SECRET = "canary-token-secret-5f1d"


def encode(text):
    return quote(text, safe="~")


def base_string_by_hand(url, *pairs):
    protocol = [("oauth_consumer_key", "demo-key"), ("oauth_nonce", NONCE), ("oauth_signature_method", "HMAC-SHA1"),
                ("oauth_timestamp", TIMESTAMP), ("oauth_token", "a-token"), ("oauth_version", "1.0")]
    encoded = sorted((encode(name), encode(value)) for name, value in [*protocol, *pairs])
    return "&".join(encode(part) for part in ("GET", url, "&".join(f"{name}={value}" for name, value in encoded)))


@pytest.fixture(scope="module")
def explained(sandbox):
    providers = [provider(sandbox.http_url),
                 provider(sandbox.http_url, name="open", explain_with_signature=True),
                 provider(sandbox.http_url, name="plain", signature_method="PLAINTEXT", explain_with_signature=True)]
    with Oauth1d(configuration(*providers)) as running:
        yield running


def explain(server, provider_name="sandbox", **fields):
    call = signed_request("GET", "echo?b=2&b=1", provider=provider_name, query=parameters(("a b", "*")),
                          provider_token=pb.ProviderToken(token="a-token", token_secret=SECRET))
    with DialectCaller(server.address) as caller:
        return caller.call("ExplainSignature", pb.ExplainSignatureRequest(
            request=call, timestamp=TIMESTAMP, nonce=NONCE, **fields))


def test_the_base_string_is_the_one_made_by_hand(explained, sandbox):
    by_hand = base_string_by_hand(sandbox.http_url + "/1.1/echo", ("a b", "*"), ("b", "2"), ("b", "1"))
    before = len(sandbox.log())
    shown = explain(explained, provider_base_string=by_hand)
    assert shown.signature_base_string == by_hand and shown.identical and not shown.HasField("difference")
    origins = {(p.name, p.value): pb.ParameterOrigin.Name(p.origin).removeprefix("PARAMETER_ORIGIN_")
               for p in shown.parameters}
    assert origins[("a%20b", "%2A")] == "QUERY" and origins[("b", "2")] == origins[("b", "1")] == "URL"
    assert origins[("oauth_token", "a-token")] == "PROTOCOL"
    assert 'oauth_signature="masked"' in shown.authorization_header
    assert (shown.signature_method, shown.placement) == ("HMAC-SHA1", "header")
    assert len(sandbox.log()) == before, "nothing is sent"


def test_the_first_difference_stands_over_the_caret(explained, sandbox):
    ours = explain(explained).signature_base_string
    theirs = ours.replace("http%3A", "https%3A", 1)
    difference = explain(explained, provider_base_string=theirs).difference
    assert difference.offset == ours.index("%3A") and "URL" in difference.description
    column = difference.caret.index("^")
    assert (difference.ours[column], difference.theirs[column]) == ("%", "s")
    assert difference.ours[:column] == difference.theirs[:column]


def test_the_policy_shows_the_signature_and_no_policy_shows_plaintext(explained):
    shown = explain(explained, "open")
    key = f"{CONSUMER_SECRET}&{SECRET}".encode()
    signature = base64.b64encode(hmac.digest(key, shown.signature_base_string.encode(), hashlib.sha1)).decode()
    assert f'oauth_signature="{encode(signature)}"' in shown.authorization_header
    shown = explain(explained, "plain")
    assert 'oauth_signature="masked"' in shown.authorization_header and shown.signature_base_string == ""
    for secret in (CONSUMER_SECRET, SECRET, encode(SECRET)):
        assert secret not in str(shown)


def test_from_a_terminal(explained, sandbox, tmp_path):
    with DialectCaller(explained.address) as caller:
        token = caller.import_token(provider_token=pb.ProviderToken(token="a-token", token_secret=SECRET)).access_token
    arguments = ["--server", explained.address, "explain", "sandbox", "GET", "echo?b=2&b=1", "--token", "-",
                 "--query", "a b=*", "--timestamp", TIMESTAMP, "--nonce", NONCE]
    shown = run("oauth1ctl", *arguments, stdin=token)
    by_hand = base_string_by_hand(sandbox.http_url + "/1.1/echo", ("a b", "*"), ("b", "2"), ("b", "1"))
    assert shown.status == 0 and by_hand in shown.out and "query    a%20b=%2A" in shown.out
    assert SECRET not in shown.out + shown.err
    (tmp_path / "theirs").write_text(by_hand.replace("%253D", "%25253D").replace("a%2520b", "a%2Bb") + "\n")
    shown = run("oauth1ctl", *arguments, "--base-string", f"@{tmp_path / 'theirs'}", stdin=token)
    assert shown.status == 1 and "first difference" in shown.out
    ours, theirs, caret = shown.out.splitlines()[-3:]
    column = caret.index("^")
    assert ours[column] != theirs[column] and ours[12:column] == theirs[12:column]
    as_json = json.loads(run("oauth1ctl", "--json", *arguments, stdin=token).out)
    assert as_json["signatureBaseString"] == by_hand


def test_a_token_by_hand(explained, sandbox, tmp_path):
    def ctl(*arguments, **options):
        return run("oauth1ctl", "--server", explained.address, "token", *arguments, **options)

    (tmp_path / "secret").write_text(SECRET + "\n")
    imported = ctl("import", "sandbox", "--token", "a-token", "--token-secret", f"@{tmp_path / 'secret'}")
    assert imported.status == 0 and imported.out.startswith("oa1_")
    rewrapped = ctl("rewrap", "-", stdin=imported.out)
    assert rewrapped.status == 0 and rewrapped.out.startswith("oa1_") and rewrapped.out != imported.out
    refused = ctl("refresh", "-", stdin=imported.out)
    assert refused.status == 13 and "not renewed" in refused.err
    forgotten = ctl("revoke", "-", stdin=imported.out)
    assert forgotten.status == 0 and "forget the token" in forgotten.out
    assert ctl("import", "sandbox").status == 64 and ctl("rewrap", "oa1_on_the_command_line").status == 64
