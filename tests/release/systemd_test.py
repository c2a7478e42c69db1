"""The systemd unit: valid, hardened, and what it denies oauth1d never does."""

import re
import signal
import subprocess

import pytest

from binaries import tool
from browser import log_in, profile
from caller import Caller
from configuration import configuration, provider
from oauth1d_process import Oauth1d
from release_build import ROOT, install, run
from unit_conditions import UNIT, allowed_calls, settings, under_the_unit


def analyze(*arguments):
    return subprocess.run([tool("systemd-analyze", "systemd"), *map(str, arguments)], capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefix") / "opt"
    install(folder, "server", "ctl")
    return folder


def complaints(unit):
    told = analyze("verify", "--man=no", unit)
    return [line for line in (told.stdout + told.stderr).splitlines() if unit.name in line or str(unit) in line]


def test_systemd_has_nothing_to_say_about_it(installed):
    """As it is below a prefix: there the program that it starts exists."""
    unit = installed / "lib/systemd/system/oauth1d.service"
    assert f"ExecStart={installed}/bin/oauth1d --config /etc/oauth1d/oauth1d.yaml" in unit.read_text()
    assert not complaints(unit)


def test_systemd_has_nothing_to_say_about_the_credentials(installed):
    unit = installed / "lib/systemd/system/oauth1d.service"
    drop_in = unit.parent / "oauth1d.service.d/credentials.conf"
    drop_in.parent.mkdir()
    drop_in.write_bytes((installed / "share/doc/oauth1d/examples/credentials.conf").read_bytes())
    assert not complaints(unit)
    drop_in.write_text(drop_in.read_text().replace("LoadCredential=twitter", "LoadCredentials=twitter"))
    assert "LoadCredentials" in analyze("verify", "--man=no", unit).stderr


def test_a_misspelt_setting_would_be_told(installed, tmp_path):
    unit = tmp_path / "oauth1d.service"
    unit.write_text((installed / "lib/systemd/system/oauth1d.service").read_text()
                    .replace("ProtectSystem=", "ProtectSystems="))
    assert any("ProtectSystems" in line for line in complaints(unit))


def test_little_is_left_to_whoever_takes_it_over(tmp_path):
    told = analyze("security", "--offline=true", "--no-pager", "--threshold=20", UNIT)
    assert told.returncode == 0, told.stdout + told.stderr
    exposure = float(re.search(r"exposure level for oauth1d.service: ([\d.]+)", told.stdout)[1])
    assert exposure < 2.0
    # An ordinary unit would not pass.
    bare = tmp_path / "oauth1d.service"
    bare.write_text("[Service]\nExecStart=/bin/true\n")
    assert analyze("security", "--offline=true", "--no-pager", "--threshold=20", bare).returncode != 0


def test_what_the_unit_promises_about_stops_and_starts():
    assert settings("RestartPreventExitStatus") == ["78"] and settings("Restart") == ["on-failure"]
    assert settings("TimeoutStopSec") == ["45s"] and settings("CapabilityBoundingSet") == [""]
    assert settings("User") == settings("Group") == ["oauth1d"]
    assert "u oauth1d " in (ROOT / "deploy/systemd/oauth1d.sysusers").read_text()
    # The filter takes away more than root's calls, and leaves what starting a program needs (secrets by `command`).
    calls = allowed_calls()
    assert {"execve", "clone3", "socket", "mlock", "timerfd_create"} <= calls
    assert not {"mount", "ptrace", "bpf", "chown", "setuid", "io_uring_setup", "add_key", "reboot"} & calls


@pytest.mark.parametrize("store", ["memory", "redis"])
def test_under_its_conditions_users_log_in_and_keys_change(sandbox, redis, store, monkeypatch):
    secret = {"command": {"argv": ["/bin/echo", "demo-secret"]}}
    asked = provider(sandbox.http_url, consumers=[{"name": "main", "key": "demo-key", "secret": secret}])
    config = configuration(asked, store=redis.store if store == "redis" else None, listen={"drain_delay": "100ms"})
    with under_the_unit() as folder:
        monkeypatch.setenv("OAUTH1D_BIN_DIR", str(folder))
        with Oauth1d(config, environment=redis.environment if store == "redis" else None) as server:
            with Caller(server.address) as caller:
                assert profile(caller, log_in(caller, sandbox)) == "alice"
                server.signal(signal.SIGHUP)
                server.event("reloaded")
                assert profile(caller, log_in(caller, sandbox, "bob")) == "bob"
            status = run("cat", f"/proc/{server.process.pid}/status")
            assert "\nSeccomp:\t2\n" in status and "\nNoNewPrivs:\t1\n" in status
            assert "\nCapEff:\t0000000000000000\n" in status and "\nCapBnd:\t0000000000000000\n" in status
            # The rest is Oauth1d's: SIGTERM ends it with 0, and its log is whole.


@pytest.mark.parametrize("forbidden", ["import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)",
                                       "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)",
                                       "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)",
                                       "import os; os.chown('/nothing', 1, 1)"])
def test_those_conditions_are_real(forbidden):
    """What the test above relies on."""
    with under_the_unit("/usr/bin/python3") as folder:
        assert subprocess.run([folder / "oauth1d", "-IB", "-c", "pass"], check=False).returncode == 0
        ended = subprocess.run([folder / "oauth1d", "-IB", "-c", forbidden], check=False, stderr=subprocess.DEVNULL)
        assert ended.returncode == -signal.SIGSYS
        written = subprocess.run([folder / "oauth1d", "-IB", "-c", "open('/oauth1d-was-here', 'w')"], check=False,
                                 capture_output=True, text=True)
        assert "Read-only file system" in written.stderr
