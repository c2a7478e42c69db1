"""The Debian package: what is in it, and its life in a bare Debian 12 with nothing else of ours."""

import hashlib
import io
import os
import re
import signal
import subprocess
import tarfile

import grpc
import pytest

from binaries import bound_to_us, tool
from browser import log_in, profile
from caller import Caller
from configuration import CONSUMER_SECRET, configuration, provider
from free_port import free_port
from health import SERVING, health_of
from release_build import ROOT, install, release_build, run, version
from waiting import PATIENCE, eventually

DAY = "1790000000"


def packed(folder):
    run(tool("cpack", "cmake"), "--config", release_build() / "CPackConfig.cmake", "-G", "DEB", "-B", folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": DAY})
    [package] = folder.glob("*.deb")
    return package


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    tool("dpkg-shlibdeps", "dpkg-dev")
    return packed(tmp_path_factory.mktemp("deb"))


def fields(package):
    told = run("dpkg-deb", "-f", package)
    return dict(line.split(": ", 1) for line in told.splitlines() if re.match(r"[\w-]+: ", line))


def archive(package, kind):
    """The members of its files or of its control archive, by path, and the archive itself."""
    option = {"files": "--fsys-tarfile", "control": "--ctrl-tarfile"}[kind]
    data = subprocess.run(["dpkg-deb", option, package], check=True, capture_output=True).stdout
    tar = tarfile.open(fileobj=io.BytesIO(data))
    return {member.name.removeprefix("."): member for member in tar.getmembers()}, tar


def test_it_holds_what_the_service_needs_and_nothing_else(package):
    members, tar = archive(package, "files")
    files = {path: member for path, member in members.items() if member.isfile()}
    assert set(files) == {
        "/etc/oauth1d/oauth1d.yaml", "/usr/bin/oauth1d", "/usr/bin/oauth1ctl",
        "/usr/lib/systemd/system/oauth1d.service", "/usr/lib/sysusers.d/oauth1d.conf",
        "/usr/share/bash-completion/completions/oauth1ctl", "/usr/share/zsh/vendor-completions/_oauth1ctl",
        "/usr/share/fish/vendor_completions.d/oauth1ctl.fish",
        "/usr/share/man/man1/oauth1ctl.1.gz", "/usr/share/man/man8/oauth1d.8.gz",
        *(f"/usr/share/doc/oauth1d/{name}" for name in (
            "changelog.gz", "changelog.Debian.gz", "copyright", "examples/oauth1d.example.yaml",
            "examples/credentials.conf"))}
    for path, member in members.items():
        assert (member.uid, member.gid, member.uname) == (0, 0, "root"), path
        wanted = 0o755 if member.isdir() or path.startswith("/usr/bin/") else 0o644
        assert member.isdir() or member.isfile(), path
        assert member.mode == wanted, f"{path}: {member.mode:o}"
    unit = tar.extractfile(files["/usr/lib/systemd/system/oauth1d.service"]).read()
    assert unit == (ROOT / "deploy/systemd/oauth1d.service").read_bytes()
    for path in files:
        assert str(ROOT).encode() not in tar.extractfile(files[path]).read(), f"{path} says where it was built"


def test_its_programs_are_stripped_and_can_be_told_apart(package, tmp_path):
    run("dpkg-deb", "-x", package, tmp_path)
    for name in ("oauth1d", "oauth1ctl"):
        sections = run(tool("readelf", "binutils"), "-SW", tmp_path / "usr/bin" / name)
        assert ".symtab" not in sections and ".debug_info" not in sections
        assert re.search(r"Build ID: [0-9a-f]{40}", run("readelf", "-n", tmp_path / "usr/bin" / name))


def test_it_says_what_it_is_and_what_it_needs(package):
    told = fields(package)
    assert told["Package"] == "oauth1d" and told["Version"] == f"{version()}-1"
    assert re.fullmatch(r"[^<>]+ <\S+@\S+>", told["Maintainer"])
    needed = told["Depends"].split(", ")
    assert {"ca-certificates", "systemd | systemd-standalone-sysusers | systemd-sysusers"} <= set(needed)
    libraries = {re.sub(r" \(.*", "", one) for one in needed}
    assert {"libc6", "libgrpc++1.51", "libssl3", "libhiredis0.14"} <= libraries
    assert not any(name.endswith("-dev") for name in libraries)
    assert all("(>=" in one for one in needed if one.startswith("lib")), needed
    members, tar = archive(package, "control")
    scripts = {path.lstrip("/"): member for path, member in members.items() if member.isfile()}
    assert set(scripts) == {"control", "md5sums", "conffiles", "postinst", "prerm", "postrm"}
    assert tar.extractfile(scripts["conffiles"]).read() == b"/etc/oauth1d/oauth1d.yaml\n"
    for name in ("postinst", "prerm", "postrm"):
        assert scripts[name].mode == 0o755
        run(tool("sh", "dash"), "-n", ROOT / "deploy/debian" / name)


def test_the_same_programs_make_the_same_package(package, tmp_path):
    assert hashlib.sha256(package.read_bytes()).digest() == hashlib.sha256(packed(tmp_path).read_bytes()).digest()


def test_the_manual_page_knows_every_option(tmp_path):
    install(tmp_path, "server")
    page = (tmp_path / "share/man/man8/oauth1d.8").read_text().replace("\\-", "-")
    assert f'"oauth1d {version()}"' in page
    options = set(re.findall(r"^  (?:-\w,)?(--[\w-]+)", run(release_build() / "bin/oauth1d", "--help"), re.MULTILINE))
    assert len(options) >= 8
    assert not [option for option in options if option not in page]


# Its life in a Debian of its own.

@pytest.fixture(scope="module")
def debian(package, tmp_path_factory):
    """A root with what the package depends on, and no more."""
    root = tmp_path_factory.mktemp("debian") / "root"
    libraries = [re.sub(r" \(.*", "", one) for one in fields(package)["Depends"].split(", ") if "|" not in one]
    run(tool("mmdebstrap", "mmdebstrap"), "--quiet", "--variant=essential", "--skip=cleanup",
        "--include=" + ",".join(["systemd-standalone-sysusers", "init-system-helpers", *libraries]),
        "--dpkgopt=force-unsafe-io", "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*", "bookworm", root)
    (root / "oauth1d.deb").write_bytes(package.read_bytes())
    return root


def inside(root, *command, check=True):
    done = subprocess.run([tool("chroot", "coreutils"), root, *command], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL,
                          env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"})
    assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done


def owner_of(root, path):
    return inside(root, "stat", "-c", "%U:%G %a", path).stdout.strip()


@pytest.fixture(scope="module")
def installed(debian):
    told = inside(debian, "dpkg", "-i", "/oauth1d.deb").stdout
    assert "name a provider in /etc/oauth1d/oauth1d.yaml" in told
    return debian


def test_installed_it_has_a_user_and_a_keyring_and_waits_to_be_configured(installed):
    assert inside(installed, "oauth1d", "--version").stdout == f"oauth1d {version()}\n"
    assert inside(installed, "oauth1ctl", "--version").stdout.strip().endswith(version())
    assert re.fullmatch(r"oauth1d:x:\d+:\d+:OAuth 1.0 service:/nonexistent:/usr/sbin/nologin\n",
                        inside(installed, "getent", "passwd", "oauth1d").stdout)
    assert owner_of(installed, "/etc/oauth1d/keyring.yaml") == "root:oauth1d 640"
    assert owner_of(installed, "/etc/oauth1d/oauth1d.yaml") == "root:root 644"
    assert not list((installed / "etc/systemd/system").rglob("oauth1d*"))
    told = inside(installed, "oauth1d", "--config", "/etc/oauth1d/oauth1d.yaml", check=False)
    assert told.returncode == 78
    assert "owners: must hold at least one owner" in told.stderr
    assert "providers: must hold at least one provider" in told.stderr
    assert "keyring" not in told.stderr


def test_configured_it_serves_as_its_user_and_stops(installed, sandbox):
    port = free_port()
    asked = provider(sandbox.http_url, consumers=[
        {"name": "main", "key": "demo-key", "secret": {"file": "sandbox-secret"}}])
    (installed / "etc/oauth1d/oauth1d.yaml").write_text(
        configuration(asked, listen={"address": f"127.0.0.1:{port}"}))
    (installed / "etc/oauth1d/sandbox-secret").write_text(CONSUMER_SECRET)
    inside(installed, "chmod", "0640", "/etc/oauth1d/sandbox-secret")
    inside(installed, "chgrp", "oauth1d", "/etc/oauth1d/sandbox-secret")
    assert inside(installed, "oauth1d", "--check-config", "/etc/oauth1d/oauth1d.yaml").stdout == "ok\n"
    user = inside(installed, "id", "-u", "oauth1d").stdout.strip()
    group = inside(installed, "id", "-g", "oauth1d").stdout.strip()
    service = subprocess.Popen(bound_to_us(
        [tool("chroot", "coreutils"), f"--userspec={user}:{group}", "--groups=", str(installed), "/usr/bin/oauth1d"]),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={})
    try:
        eventually(lambda: service.poll() is not None or health_of(f"127.0.0.1:{port}") == SERVING, "it serves")
        assert service.poll() is None, service.stderr.read()
        inside(installed, "oauth1ctl", "--server", f"127.0.0.1:{port}", "health")
        with Caller(f"127.0.0.1:{port}") as caller:
            assert profile(caller, log_in(caller, sandbox)) == "alice"
            # A key that is rotated by root stays readable for the service, which takes it over.
            inside(installed, "oauth1ctl", "keyring", "rotate", "/etc/oauth1d/keyring.yaml")
            assert owner_of(installed, "/etc/oauth1d/keyring.yaml") == "root:oauth1d 640"
            assert profile(caller, log_in(caller, sandbox, "bob")) == "bob"
        service.send_signal(signal.SIGTERM)
        assert service.wait(PATIENCE) == 0
    except grpc.RpcError as failed:
        raise AssertionError(service.stderr.read1()) from failed
    finally:
        service.kill()
        service.wait()
        service.stderr.close()


def test_an_upgrade_keeps_what_the_administrator_wrote(installed):
    kept = {name: (installed / "etc/oauth1d" / name).read_bytes() for name in ("oauth1d.yaml", "keyring.yaml")}
    told = inside(installed, "dpkg", "-i", "/oauth1d.deb").stdout
    assert "not started" not in told
    assert {name: (installed / "etc/oauth1d" / name).read_bytes() for name in kept} == kept


def test_removed_it_keeps_the_configuration_and_purged_it_leaves_nothing_of_its_own(installed):
    keyring = (installed / "etc/oauth1d/keyring.yaml").read_bytes()
    inside(installed, "dpkg", "-r", "oauth1d")
    assert not (installed / "usr/bin/oauth1d").exists()
    assert (installed / "etc/oauth1d/oauth1d.yaml").exists()
    inside(installed, "dpkg", "-i", "/oauth1d.deb")
    assert (installed / "etc/oauth1d/keyring.yaml").read_bytes() == keyring, "tokens could no longer be opened"
    (installed / "var/log/oauth1d").mkdir()
    (installed / "var/log/oauth1d/audit.jsonl").write_text("{}\n")
    inside(installed, "dpkg", "-P", "oauth1d")
    left = [str(path.relative_to(installed)) for path in installed.rglob("*oauth1d*")
            if not str(path.relative_to(installed)).startswith(("proc/", "sys/"))]
    # What somebody put there is not the package's to delete.
    assert sorted(left) == ["etc/oauth1d", "oauth1d.deb"]
    assert [path.name for path in (installed / "etc/oauth1d").iterdir()] == ["sandbox-secret"]
    (installed / "etc/oauth1d/sandbox-secret").unlink()
    inside(installed, "dpkg", "-i", "/oauth1d.deb")
    inside(installed, "dpkg", "-P", "oauth1d")
    assert not (installed / "etc/oauth1d").exists()
    assert inside(installed, "getent", "passwd", "oauth1d").stdout, "its number must not be given again"
