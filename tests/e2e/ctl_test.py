"""oauth1ctl: each command by hand, in text and JSON, with its exit status."""

import base64
import json
import re

import pytest

from certificates import Certificates
from configuration import CALLBACK, configuration, provider
from oauth1d_process import Oauth1d
from programs import run
from vectors import VECTORS

NOT_FOUND, INVALID_ARGUMENT, UNAVAILABLE = 10 + 5, 10 + 3, 10 + 14


@pytest.fixture
def ctl(oauth1d):
    def call(*arguments, **options):
        return run("oauth1ctl", "--server", oauth1d.address, *arguments, **options)
    return call


@pytest.fixture
def token_file(ctl, sandbox, tmp_path):
    """The file of an access token, got by hand."""
    begun = ctl("start", "sandbox", CALLBACK)
    assert begun.status == 0
    shown = dict(line.split(None, 1) for line in begun.out.splitlines())
    assert set(shown) == {"open", "state", "cookie"}
    callback = sandbox.approve(shown["open"], "alice")
    ended = ctl("complete", "sandbox", "--callback", callback, "--cookie", shown["cookie"])
    assert ended.status == 0 and "screen_name=alice" in ended.err and ended.out.count("\n") == 1
    (tmp_path / "token").write_text(ended.out)
    return tmp_path / "token"


def test_a_login_and_a_request_by_hand(ctl, token_file):
    shown = ctl("request", "sandbox", "GET", "account/verify_credentials.json", "--token", f"@{token_file}")
    assert (shown.status, shown.err) == (0, "HTTP 200\n") and json.loads(shown.out)["screen_name"] == "alice"


def test_the_same_in_json(ctl, sandbox):
    begun = json.loads(ctl("--json", "start", "sandbox", CALLBACK, "--app-state", "page").out)
    assert set(begun) == {"redirectUrl", "state", "bindingCookie", "expireTime"}
    assert begun["bindingCookie"]["maxAge"] == "600s"
    cookie = "{name}={value}".format(**begun["bindingCookie"])
    callback = sandbox.approve(begun["redirectUrl"], "bob")
    ended = json.loads(ctl("complete", "sandbox", "--callback", callback, "--cookie", cookie, "--json").out)
    assert {"name": "screen_name", "value": "bob"} in ended["parameters"]
    assert (base64.b64decode(ended["appState"]), ended["provider"]) == (b"page", "sandbox")
    answered = ctl("--json", "request", "sandbox", "GET", "echo", "--token", "-", stdin=ended["accessToken"])
    answer = json.loads(answered.out)["answer"]
    assert answer["statusCode"] == 200
    assert json.loads(base64.b64decode(answer["body"]))["identity"]["screen_name"] == "bob"


def test_what_a_request_can_carry(ctl, token_file, tmp_path):
    (tmp_path / "body").write_bytes(bytes(range(256)))

    def echo(*arguments, method="POST", credentials=("--token", f"@{token_file}"), stdin=""):
        shown = ctl("request", "sandbox", method, "echo?z=1", *credentials, *arguments, stdin=stdin)
        assert shown.status == 0, shown.err
        seen = json.loads(shown.out)
        return seen, base64.b64decode(seen["body_base64"]), {name.lower(): value for name, value in seen["headers"]}

    assert echo("--query", "a=b=c", "--query", "a=é")[0]["target"] == "/1.1/echo?z=1&a=b%3Dc&a=%C3%A9"
    assert echo("--form", "a=1 2", "--form", "b=")[1] in (b"a=1%202&b=", b"a=1+2&b=")
    assert echo("--header", "X-A: 1", "--header", "X-B:2")[2]["x-b"] == "2"
    _, body, headers = echo("--body", f"@{tmp_path}/body", "--content-type", "application/x-thing")
    assert (body, headers["content-type"]) == (bytes(range(256)), "application/x-thing")
    assert echo("--body", "-", stdin="piped")[1] == b"piped"
    assert echo("--application", credentials=())[0]["identity"]["token"] is None
    assert echo(method="get")[0]["method"] == "GET"


def test_a_404_is_an_answer(ctl, token_file):
    shown = ctl("request", "sandbox", "GET", "nothing", "--token", f"@{token_file}")
    assert shown.status == 0 and shown.err.startswith("HTTP 404")


def test_providers(ctl):
    assert ctl("providers").out == "sandbox\tSandbox\tlogin,application,pin\n"
    (only,) = json.loads(ctl("providers", "--json").out)["providers"]
    assert only["name"] == "sandbox" and only["capabilities"][0] == "CAPABILITY_THREE_LEGGED"


def test_errors_are_told_with_reason_and_status(ctl):
    shown = ctl("start", "nobody", CALLBACK)
    assert shown.status == NOT_FOUND and shown.out == ""
    assert re.match(r"oauth1ctl: NOT_FOUND PROVIDER_NOT_FOUND: .*sent=no", shown.err)
    shown = ctl("--json", "start", "sandbox", "https://evil.example/")
    assert (shown.status, shown.out) == (INVALID_ARGUMENT, "")
    error = json.loads(shown.err)
    assert list(error) == ["code", "reason", "message", "metadata"]
    assert (error["code"], error["reason"]) == ("INVALID_ARGUMENT", "INVALID_REQUEST")
    assert error["metadata"] == {"provider": "sandbox", "sent": "no"}


def test_where_nobody_listens(ctl):
    shown = run("oauth1ctl", "--json", "--timeout", "5", "providers", environment={"OAUTH1D_SERVER": "127.0.0.1:1"})
    assert (shown.status, json.loads(shown.err)["reason"]) == (UNAVAILABLE, "")
    assert run("oauth1ctl", "--server", "127.0.0.1:1", "--timeout", "5", "health").status == UNAVAILABLE


def test_health(ctl):
    assert ctl("health").__dict__ == {"status": 0, "out": "service SERVING\nstore SERVING\n", "err": ""}
    assert json.loads(ctl("health", "--json").out) == {"service": "SERVING", "store": "SERVING"}


def test_health_of_a_server_without_its_store(sandbox):
    store = {"redis": {"address": "127.0.0.1:1"}}
    with Oauth1d(configuration(provider(sandbox.http_url), store=store), serving=False) as server:
        shown = run("oauth1ctl", "--server", server.address, "health")
        assert (shown.status, shown.out) == (UNAVAILABLE, "service NOT_SERVING\nstore NOT_SERVING\n")


def test_the_server_and_its_ca_may_come_from_the_environment(sandbox, tmp_path):
    certificates = Certificates(tmp_path)
    listen = {"tls": {"cert_file": str(certificates.cert), "key_file": str(certificates.key)}}
    with Oauth1d(configuration(provider(sandbox.http_url), listen=listen), ca_file=certificates.ca) as server:
        environment = {"OAUTH1D_SERVER": server.address, "OAUTH1D_CA_FILE": str(certificates.ca)}
        assert run("oauth1ctl", "providers", environment=environment).status == 0
        assert run("oauth1ctl", "--timeout", "5", "providers",
                   environment={"OAUTH1D_SERVER": server.address}).status == 24


@pytest.mark.parametrize("arguments", [
    [], ["fly"], ["start"], ["start", "sandbox"], ["complete", "sandbox"], ["complete", "sandbox", "--callback", "x"],
    ["complete", "sandbox", "--callback", "x", "--cookie", "no-equals-sign"], ["request", "sandbox", "GET", "echo"],
    ["request", "sandbox", "GET", "echo", "--token", "oa1_on-the-command-line"],
    ["request", "sandbox", "GET", "echo", "--token", "@/does/not/exist"],
    ["request", "sandbox", "GET", "echo", "--application", "--query", "x"], ["keyring"], ["sign"],
    ["providers", "--bogus"],
    ["request", "sandbox", "POST", "echo", "--application", "--form", "a=b", "--body", "x"],
    ["request", "sandbox", "GET", "echo", "--application", "--token", "-"], ["--timeout", "0", "providers"],
])
def test_usage_errors(ctl, arguments):
    shown = ctl(*arguments)
    assert (shown.status, shown.out) == (64, "") and shown.err


def test_a_fresh_keyring_serves(sandbox, tmp_path):
    made = [run("oauth1ctl", "keyring", "new").out for _ in range(2)]
    assert made[0] != made[1]
    named = run("oauth1ctl", "keyring", "new", "--id", "k-2031.1")
    assert re.fullmatch(r"keys: \[\{id: k-2031\.1, state: active, key: [A-Za-z0-9+/]{43}=, created: \d{4}-\d\d-\d\d\}\]\n", named.out)
    assert run("oauth1ctl", "keyring", "new", "--id", "no spaces").status == 64
    with Oauth1d(configuration(provider(sandbox.http_url)), files={"keyring.yaml": named.out}) as server:
        assert run("oauth1ctl", "--server", server.address, "health").status == 0


@pytest.mark.parametrize("name", VECTORS)
def test_signs_the_vector(name):
    line, signature = VECTORS[name]
    shown = run("oauth1ctl", "sign", "--jsonl", stdin=json.dumps(line) + "\n")
    assert shown.status == 0
    out = json.loads(shown.out)
    assert out["signature"] == signature and out["authorization_header"].startswith("OAuth ")
    assert out["signature_base_string"].startswith(line["method"] + "&")


def test_signs_in_order_and_goes_on_after_a_bad_line():
    lines = [json.dumps(line) for line, _ in VECTORS.values()]
    shown = run("oauth1ctl", "sign", "--jsonl", stdin="\n\n".join([lines[0], "{", '{"method": 1}', lines[1]]) + "\n\n")
    assert shown.status == 65
    first, bad, worse, last = (json.loads(line) for line in shown.out.splitlines())
    wanted = [signature for _, signature in VECTORS.values()]
    assert (first["signature"], last["signature"]) == (wanted[0], wanted[1])
    assert list(bad) == list(worse) == ["error"] and worse["error"].startswith("method: ")
    assert run("oauth1ctl", "sign", "--jsonl", stdin="").__dict__ == {"status": 0, "out": "", "err": ""}


def test_makes_timestamp_and_nonce_where_there_are_none():
    line = {"method": "GET", "url": "https://api.example/", "consumer_key": "k", "consumer_secret": "s"}
    shown = run("oauth1ctl", "sign", "--jsonl", stdin=f"{json.dumps(line)}\n" * 2)
    one, two = (json.loads(out)["authorization_header"] for out in shown.out.splitlines())
    assert one != two and 'oauth_timestamp="' in one and 'oauth_version="1.0"' in one
