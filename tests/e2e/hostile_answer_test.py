"""Answers without end, and bombs, on what is shipped: cut where the limit is, at once, and without the memory."""

import gzip
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

os.environ["OAUTH1D_BIN_DIR"] = os.environ["OAUTH1D_RELEASE_BIN_DIR"]

# pylint: disable=wrong-import-position
from caller import Caller  # noqa: E402
from configuration import CALLBACK, configuration, provider  # noqa: E402
from evil_provider import http_answer  # noqa: E402
from flood_provider import BEGINNINGS, FloodProvider  # noqa: E402
from oauth1d_process import Oauth1d  # noqa: E402
from refusals import refused_after_sending  # noqa: E402
from waiting import eventually  # noqa: E402

MIB = 1 << 20
AT_ONCE = 8
ROOM = 64 * MIB  # eight answers of 3.5 MiB, twice: as they come and as they go
TOKEN = pb.ProviderToken(token="t", token_secret="s")
FAST = [kind for kind in BEGINNINGS if not kind.startswith("trickle")]


def resident(process, field):
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) << 10
    raise AssertionError(field)


@pytest.fixture(scope="module")
def flood():
    with FloodProvider() as running:
        yield running


@pytest.fixture(scope="module")
def server(flood, evil):
    def logins(kind):
        return provider(flood.url, kind, request_token_url=f"{flood.url}/token/{kind}")
    formats = [provider(evil.url, name, token_response={"format": name}) for name in ("json", "xml")]
    providers = [provider(flood.url), *map(logins, BEGINNINGS), *formats, provider(evil.url, "evil")]
    with Oauth1d(configuration(*providers)) as running:
        yield running


@pytest.fixture(scope="module")
def web(server):
    with Caller(server.address) as caller:
        yield caller


@pytest.fixture
def in_bounds(server, flood):
    """Memory and traffic stay small, whatever the test does; and the provider's connections are all closed."""
    idle, sent = resident(server.process, "VmRSS"), flood.sent
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # the peak begins anew
    yield
    eventually(lambda: not _established(server, flood), "every connection to the provider is closed")
    peak = resident(server.process, "VmHWM")
    print(f"idle {idle // MIB} MiB, peak {peak // MIB} MiB, the provider sent {(flood.sent - sent) // MIB} MiB")
    assert peak - idle <= ROOM
    assert flood.sent - sent <= 4 * AT_ONCE * 12 * MIB, "limit and socket buffers, for each try"


def _established(server, flood):
    port = f":{flood.server_address[1]:04X}"
    rows = [row.split() for row in Path(f"/proc/{server.process.pid}/net/tcp").read_text().splitlines()[1:]]
    return [row for row in rows if row[2].endswith(port) and row[3] == "01"]


def all_at_once(call):
    """The calls' errors, and how long the slowest took."""
    def timed(_):
        began = time.monotonic()
        with pytest.raises(OAuth1dError) as caught:
            call()
        return caught.value, time.monotonic() - began

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(timed, range(AT_ONCE)))
    return [error for error, _ in results], max(took for _, took in results)


@pytest.mark.usefixtures("in_bounds")
@pytest.mark.parametrize("kind", FAST)
def test_an_answer_without_end_is_cut_at_the_limit(web, kind):
    errors, took = all_at_once(lambda: web.send("GET", kind, provider_token=TOKEN))
    assert {(error.reason, error.code.name, error.sent) for error in errors} <= {
        ("RESPONSE_TOO_LARGE", "FAILED_PRECONDITION", "yes"), ("PROVIDER_UNREACHABLE", "UNAVAILABLE", "yes")}, errors
    assert took < 10, "no timeout is waited for"


@pytest.mark.usefixtures("in_bounds")
@pytest.mark.parametrize("kind", FAST)
def test_a_token_response_without_end_is_cut_at_the_limit(web, kind):
    errors, took = all_at_once(lambda: web.start(kind, CALLBACK))
    assert {error.reason for error in errors} <= {"BAD_TOKEN_RESPONSE", "PROVIDER_UNREACHABLE"}, errors
    assert took < 10, "no timeout is waited for"


@pytest.mark.usefixtures("in_bounds")
@pytest.mark.parametrize("kind", ["trickle", "trickled-head"])
def test_an_answer_by_the_byte_ends_with_the_deadline(web, kind):
    for call in (lambda: web.send("GET", kind, provider_token=TOKEN, timeout=2),
                 lambda: web.start(kind, CALLBACK, timeout=2)):
        errors, took = all_at_once(call)
        assert {error.code.name for error in errors} <= {"DEADLINE_EXCEEDED", "UNAVAILABLE"}, errors
        assert took < 10


@pytest.mark.usefixtures("in_bounds")
def test_a_gzip_bomb_is_not_unpacked(web, evil):
    bomb = gzip.compress(bytes(200 * MIB), 9)
    packed = http_answer(200, bomb, [(b"Content-Encoding", b"gzip")])
    evil.answer("/1.1/bomb", packed)
    evil.answer("/oauth/request_token", http_answer(200, gzip.compress(bytes(20 * MIB), 9), [
        (b"Content-Encoding", b"gzip"), (b"Content-Type", b"application/x-www-form-urlencoded")]))
    assert len(bomb) < MIB
    assert web.send("GET", "bomb", provider="evil", provider_token=TOKEN).answer.body == bomb
    assert evil.seen("/1.1/bomb")[0].header("accept-encoding") in (b"identity", None)
    for name in ("evil", "json", "xml"):
        refused_after_sending("BAD_TOKEN_RESPONSE", "FAILED_PRECONDITION", web.start, name, CALLBACK)


NESTED = {
    "json": [b"[" * 30_000, b'{"a":' * 12_000, b'{"a":' * 12_000 + b"1" + b"}" * 1000,
             json.dumps({"oauth_token": "t" * 60_000}).encode(), b'{"a":' + b"9" * 60_000 + b"}"],
    "xml": [b"<a>" * 20_000, b"<a>" * 8_000 + b"</a>" * 8_000,
            b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 50_000 + b'"><!ENTITY c "' + b"&b;" * 1000 + b'">]><a>&c;</a>',
            b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>&x;</a>', b"<a " + b'b="c" ' * 10_000 + b"/>"],
    "evil": [b"&" * 60_000, b"a&" * 30_000, b"oauth_token=" * 5_000, b"%" * 60_000, b"a[" * 30_000],
}


@pytest.mark.usefixtures("in_bounds")
@pytest.mark.parametrize("name", NESTED)
def test_a_nested_or_swollen_token_response_is_refused(web, evil, name):
    for body in NESTED[name]:
        evil.answer("/oauth/request_token", http_answer(200, body))
        began = time.monotonic()
        refused_after_sending("BAD_TOKEN_RESPONSE", "FAILED_PRECONDITION", web.start, name, CALLBACK)
        assert time.monotonic() - began < 5
