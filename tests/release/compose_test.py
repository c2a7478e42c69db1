"""deploy/compose.yaml, without a container engine: what it names exists, what it mounts fits together, and the same
files, moved to free ports, make a Redis and an oauth1d at which users log in."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from binaries import bound_to_us, tool
from browser import log_in, profile
from caller import Caller
from configuration import CONSUMER_SECRET, provider
from free_port import free_port
from oauth1d_process import Oauth1d
from release_build import ROOT, release_bin, run
from waiting import eventually

DEPLOY = ROOT / "deploy"
TEXT = (DEPLOY / "compose.yaml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
# What the specification of Compose has for a service, as far as it is used here.
KEYS = {"image", "build", "entrypoint", "command", "user", "network_mode", "read_only", "cap_drop", "cap_add",
        "security_opt", "networks", "ports", "volumes", "tmpfs", "depends_on", "healthcheck", "stop_grace_period", "restart",
        "profiles"}


def mounts(service):
    """(source, target, options) of each volume."""
    for text in SERVICES[service]["volumes"]:
        source, target, *options = text.split(":")
        yield source, target, options


def mounted(service, target):
    """The file of the repository that stands at this path inside."""
    for source, folder, _ in mounts(service):
        if source.startswith(".") and Path(target).is_relative_to(folder):
            return DEPLOY / source / Path(target).relative_to(folder)
    raise AssertionError(f"{service} has nothing at {target}")


def test_its_keys_and_names_exist():
    assert set(COMPOSE) == {"name", "services", "networks", "volumes"}
    for name, service in SERVICES.items():
        assert set(service) <= KEYS, name
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"])
        for source, _, _ in mounts(name):
            assert source in COMPOSE["volumes"] if not source.startswith(".") else (DEPLOY / source).exists(), source
        for other, how in service.get("depends_on", {}).items():
            assert how["condition"] in ("service_healthy", "service_completed_successfully")
            assert how["condition"] != "service_healthy" or other == "oauth1d" or "healthcheck" in SERVICES[other]
        if "build" in service:
            folder = DEPLOY / service["build"]["context"]
            dockerfile = folder / service["build"]["dockerfile"]
            assert folder.resolve() == ROOT and dockerfile.is_file()
            assert f"USER {service['user']}\n" in dockerfile.read_text()
    # Each variable has a default.
    assert not [one for one in re.findall(r"\$\{([^}]*)\}|\$(\w)", TEXT) if one[1] or ":-" not in one[0]]


def test_nothing_of_it_has_more_power_than_it_needs():
    for name, service in SERVICES.items():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service and "docker.sock" not in str(service)
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
    assert "cap_add" not in SERVICES["oauth1d"] and SERVICES["redis"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("oauth1d", "redis"):
        assert ("secrets", "/secrets", ["ro"]) in list(mounts(name))
    # A grace that is shorter than the longest call would end it in the middle.
    assert SERVICES["oauth1d"]["stop_grace_period"] == "45s"
    assert "*" in (DEPLOY / "compose/consumer-secrets/.gitignore").read_text().splitlines()
    assert "deploy/compose" in (ROOT / ".dockerignore").read_text().splitlines()


def make_secrets(given, folder):
    return subprocess.run([tool("sh", "dash"), DEPLOY / "compose/make-secrets", given, folder], capture_output=True,
                          text=True, check=False, env={**os.environ, "OAUTH1D_GROUP": str(os.getgid())})


@pytest.fixture
def secrets(tmp_path):
    """What the init step leaves in the volume."""
    assert mounted("secrets", SERVICES["secrets"]["entrypoint"][1]).name == "make-secrets"
    assert SERVICES["secrets"]["command"] == ["/given", "/secrets"]
    given = tmp_path / "given"
    given.mkdir()
    (given / "twitter").write_text(CONSUMER_SECRET)
    (tmp_path / "secrets").mkdir()
    done = make_secrets(given, tmp_path / "secrets")
    assert done.returncode == 0, done.stderr
    return tmp_path / "secrets"


def test_the_init_step_makes_secrets_once_and_keeps_them(secrets):
    kept = {name: (secrets / name).read_bytes() for name in ("keyring.yaml", "redis-password", "users.acl")}
    assert all(path.stat().st_mode & 0o777 == 0o440 for path in secrets.rglob("*") if path.is_file())
    assert len(kept["redis-password"]) == 64
    (secrets.parent / "given/twitter").write_text("another-secret")
    (secrets.parent / "given/flickr").write_text("of-flickr")
    assert make_secrets(secrets.parent / "given", secrets).returncode == 0
    assert {name: (secrets / name).read_bytes() for name in kept} == kept
    assert (secrets / "consumer/twitter").read_text() == "another-secret"
    (secrets.parent / "given/flickr").unlink()
    assert make_secrets(secrets.parent / "given", secrets).returncode == 0
    assert [path.name for path in (secrets / "consumer").iterdir()] == ["twitter"]
    (secrets.parent / "given/twitter").unlink()
    refused = make_secrets(secrets.parent / "given", secrets)
    assert refused.returncode == 1 and "deploy/compose/consumer-secrets/twitter" in refused.stderr
    assert CONSUMER_SECRET not in refused.stdout + refused.stderr


def test_its_configuration_is_right(secrets, tmp_path):
    argument = SERVICES["oauth1d"]["command"]
    text = mounted("oauth1d", argument[argument.index("--config") + 1]).read_text()
    file = tmp_path / "oauth1d.yaml"
    file.write_text(text.replace("/secrets/", f"{secrets}/"))
    assert run(release_bin() / "oauth1d", "--check-config", file) == "ok\n"
    assert yaml.safe_load(text)["listen"]["address"].endswith(":50051")
    assert SERVICES["oauth1d"]["ports"][0].endswith(":50051")
    # As long as its consumer secret is missing, it says so.
    (secrets / "consumer/twitter").unlink()
    refused = subprocess.run([release_bin() / "oauth1d", "--check-config", file], capture_output=True, text=True,
                             check=False)
    assert refused.returncode == 78 and refused.stderr.startswith("providers[0].consumers[0].secret")


def test_the_gateways_configuration_is_right(tmp_path):
    run(DEPLOY / "build-node")
    [target] = re.findall(r'"--config", "([^"]+)"', (DEPLOY / "gateway.Dockerfile").read_text())
    text = mounted("gateway", target).read_text()
    (tmp_path / "gateway.yaml").write_text(
        text.replace("/usr/share/oauth1d-gateway/page", str(ROOT / "client/web/dist")))
    told = run(DEPLOY / "with-node", "node", ROOT / "client/node/dist/gateway/main.js", "--config",
               tmp_path / "gateway.yaml", "--check-config")
    assert "ok" in told
    config, oauth1d = yaml.safe_load(text), yaml.safe_load((DEPLOY / "compose/etc/oauth1d.yaml").read_text())
    assert config["service"]["address"] == "oauth1d:50051"
    assert SERVICES["gateway"]["ports"] == ["127.0.0.1:8000:8000"]
    granted = oauth1d["owners"][0]["providers"][0]
    for asked in config["browser"]["providers"]:
        assert granted["name"] == asked["name"]
        assert f"{config['browser']['origin']}/auth/{asked['name']}" in granted["callback_urls"]


@pytest.fixture
def composed_redis(secrets, tmp_path):
    """Redis with the file of the repository, on a port of its own; gives the address."""
    port = free_port()
    text = mounted("redis", SERVICES["redis"]["entrypoint"][1]).read_text()
    text = text.replace("/secrets/", f"{secrets}/").replace("dir /data", f"dir {tmp_path}")
    text = text.replace("bind * -::*", "bind 127.0.0.1")
    (tmp_path / "redis.conf").write_text(f"{text}port {port}\nlogfile {tmp_path}/redis.log\n")
    process = subprocess.Popen(bound_to_us([tool("redis-server", "redis-server"), tmp_path / "redis.conf"]),
                               stdin=subprocess.DEVNULL)
    shown = SERVICES["redis"]["healthcheck"]["test"]
    check = shown[1].replace("redis-cli", f"{tool('redis-cli', 'redis-tools')} -p {port}")
    assert shown[0] == "CMD-SHELL"
    try:
        eventually(lambda: subprocess.run(["sh", "-c", check], check=False).returncode == 0,
                   "the health check of Redis passes")
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def test_users_log_in_with_its_redis_its_secrets_and_its_configuration(sandbox, secrets, composed_redis, monkeypatch):
    monkeypatch.setenv("OAUTH1D_BIN_DIR", str(release_bin()))
    config = yaml.safe_load((DEPLOY / "compose/etc/oauth1d.yaml").read_text().replace("/secrets/", f"{secrets}/"))
    config["listen"]["address"] = "127.0.0.1:0"
    config["store"]["redis"]["address"] = composed_redis
    # Its provider is X, which is not ours to try: the sandbox in its place, with the same secret and owner.
    [consumer] = config["providers"][0].pop("consumers")
    url = config["owners"][0]["providers"][0]["callback_urls"][0]
    config["providers"] = [provider(sandbox.http_url, name="twitter", consumers=[{**consumer, "key": "demo-key"}])]
    with Oauth1d(yaml.safe_dump(config)) as server, Caller(server.address) as caller:
        token = log_in(caller, sandbox, provider="twitter", callback_url=url)
        assert profile(caller, token, "twitter") == "alice"
        test, *command = SERVICES["oauth1d"]["healthcheck"]["test"]
        assert test == "CMD" and command[0].startswith("/usr/bin/")
        run(release_bin() / Path(command[0]).name, *command[1:], env={**os.environ, "OAUTH1D_SERVER": server.address})
