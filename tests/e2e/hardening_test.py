"""What the shipped process does against itself: no core, no look inside, no orders from the environment, and secrets
that are gone from memory once they have been used."""

import os
import resource
import secrets
import signal
import subprocess
from pathlib import Path

import pytest

from binaries import tool

os.environ["OAUTH1D_BIN_DIR"] = os.environ["OAUTH1D_RELEASE_BIN_DIR"]

# pylint: disable=wrong-import-position
from browser import come_back_from_evil  # noqa: E402
from configuration import configuration, grant, provider  # noqa: E402
from dialect_caller import DialectCaller  # noqa: E402
from evil_provider import EvilProvider, form_answer, http_answer, temporary  # noqa: E402
from oauth1d_process import MOST_TALKATIVE, Oauth1d, as_user  # noqa: E402
from process_memory import places_of  # noqa: E402
from waiting import eventually  # noqa: E402

NOBODY = 65534
URL = "http://127.0.0.1:9000"


@pytest.fixture
def fatal_core_limit(tmp_path, monkeypatch):
    """Whoever starts it allows cores of any size, in a folder of the test's."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    monkeypatch.chdir(tmp_path)
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


def status_of(process, field):
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return line.partition(":")[2].strip()
    raise AssertionError(field)


@pytest.mark.usefixtures("fatal_core_limit")
def test_it_dies_without_a_core(tmp_path):
    with Oauth1d(configuration(provider(URL))) as server:
        limits = Path(f"/proc/{server.process.pid}/limits").read_text()
        [line] = [line for line in limits.splitlines() if line.startswith("Max core file size")]
        assert line.split()[4:6] == ["0", "0"]
        server.signal(signal.SIGSEGV)
        assert server.wait() == -signal.SIGSEGV
        assert not list(tmp_path.iterdir()) and not list(server.folder.glob("core*"))


def test_another_process_of_its_user_cannot_look_inside():
    with Oauth1d(configuration(provider(URL)), user=NOBODY) as server:
        for name in ("environ", "mem", "maps", "fd/0", "auxv"):
            read = subprocess.run(as_user(NOBODY, ["head", "-c", "1", f"/proc/{server.process.pid}/{name}"]),
                                  capture_output=True, check=False)
            assert read.returncode != 0 and b"Permission denied" in read.stderr, (name, read)
        # Which is not so for any other process.
        other = subprocess.Popen(as_user(NOBODY, [tool("sleep", "coreutils"), "60"]))
        try:
            eventually(lambda: subprocess.run(as_user(NOBODY, ["head", "-c", "1", f"/proc/{other.pid}/auxv"]),
                                              capture_output=True, check=False).returncode == 0, "sleep is read")
        finally:
            other.kill()
            other.wait()


def test_it_gains_no_rights_and_makes_files_for_its_user_alone():
    with Oauth1d(configuration(provider(URL))) as server:
        assert (status_of(server.process, "NoNewPrivs"), status_of(server.process, "Umask")) == ("1", "0077")


def test_it_takes_no_orders_from_the_environment(tmp_path):
    trap = tmp_path / "trap"
    orders = {"SSLKEYLOGFILE": str(trap), "MALLOC_TRACE": str(trap), "OPENSSL_CONF": str(tmp_path / "openssl.cnf"),
              "HTTPS_PROXY": "http://user:canary-proxy-password@127.0.0.1:1", "no_proxy": "x", "LOCALDOMAIN": "evil",
              "HOSTALIASES": str(trap), "RES_OPTIONS": "ndots:15", **MOST_TALKATIVE}
    (tmp_path / "openssl.cnf").write_text("openssl_conf = all\n[all]\nengines = none\n[none]\nx = x\n")
    with Oauth1d(configuration(provider(URL)), environment=orders) as server, DialectCaller(server.address) as web:
        server.secrets.append("canary-proxy-password")
        assert web.list_providers()
        told = Path(f"/proc/{server.process.pid}/environ").read_bytes().split(b"\0")
        assert not [one for one in told if one.partition(b"=")[0].decode() in orders and one.partition(b"=")[2]], told
        assert {line["event"] for line in server.log()} <= {
            "memory_store", "listening", "metrics_listening", "metrics_not_served", "serving", "rpc", "audit", "configuration",
            "store_up"}
    assert not trap.exists()


def test_what_a_login_needed_is_gone_from_memory_when_it_is_over():
    """Whoever gets the memory of the process, or a page of its swap, gets no finished login. gRPC, protobuf and OpenSSL
    keep copies in memory that they have freed; `wiping_free.cc` overwrites it."""
    canary = {name: f"canary-{name}-{secrets.token_hex(12)}" for name in (
        "temporary-secret", "verifier", "token-secret", "password", "consumer-secret", "app-state")}
    with EvilProvider() as evil:
        evil.answer("/oauth/request_token", temporary(secret=canary["temporary-secret"]))
        evil.answer("/oauth/access_token", form_answer(oauth_token="t", oauth_token_secret=canary["token-secret"]))
        evil.answer("/1.1/me", http_answer(200, b"{}"))
        config = configuration(provider(evil.url, capabilities=["three_legged", "xauth"]),
                               grants=[grant(password_login=True)])
        with Oauth1d(config, environment={"DEMO_SECRET": canary["consumer-secret"]}) as server:
            with DialectCaller(server.address) as web:
                browser = come_back_from_evil(web, evil, verifier=canary["verifier"],
                                              app_state=canary["app-state"].encode())
                completed = browser.finish(web)
                for _ in range(3):
                    web.send("GET", "me", completed.access_token)
                web.log_in_by_password("bob", canary["password"])
                canary |= {"state": browser.started.state, "binding": browser.cookies[0].value,
                           "access-token": completed.access_token[4:60]}
            found = {name: len(places) for name, places in places_of(server.process, canary).items()}
    print(found)
    # What the service itself needs stays: the one in use, and the one for the next load of the configuration.
    assert 1 <= found.pop("consumer-secret") <= 2
    assert found == dict.fromkeys(found, 0)
