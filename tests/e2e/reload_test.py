"""A new configuration is taken over whole or not at all, and what runs keeps what it began with."""

import base64
import json
import os
import secrets
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from browser import come_back, log_in, profile
from caller import Caller
from configuration import KEYRING, configuration, grant, provider
from oauth1d_process import Oauth1d
from refusals import refused
from waiting import eventually

ROUNDS = 1000 if os.environ.get("OAUTH1D_LONG") else 40


def replace(folder, name, text):
    """As an editor or a deployment tool does it: whole, by renaming."""
    new = Path(folder) / f".{name}.new"
    new.write_text(text)
    new.chmod(0o600)
    new.rename(Path(folder) / name)


class Reloads:
    """What a running service said about its reloads, counted from when this was made."""

    def __init__(self, server):
        self._server = server
        self._before = {event: len(server.log(event)) for event in ("reloaded", "reload_refused")}

    def told(self, event, patience=60):
        return eventually(lambda: self._server.log(event)[self._before[event]:], f"a line {event}", patience)


@pytest.fixture
def server(sandbox):
    with Oauth1d(configuration(provider(sandbox.http_url))) as running:
        yield running


@pytest.fixture
def web(server):
    with Caller(server.address) as caller:
        yield caller


def test_a_changed_file_is_taken_over_by_itself(server, web, sandbox):
    refused("PROVIDER_NOT_FOUND", "NOT_FOUND", web.send, "GET", "echo", provider="second")
    reloads = Reloads(server)
    two = configuration(provider(sandbox.http_url), provider(sandbox.http_url, "second"))
    replace(server.folder, "oauth1d.yaml", two)
    assert "2 providers" in reloads.told("reloaded")[0]["message"]
    assert web.send("GET", "echo", provider="second").answer.status_code == 200


def test_sighup_asks_for_it(server):
    reloads = Reloads(server)
    server.signal(signal.SIGHUP)
    assert "the active key is k1" in reloads.told("reloaded")[0]["message"]


def test_kubernetes_swaps_a_folder_under_its_symbolic_links(sandbox, tmp_path):
    """keyring.yaml → ..data/keyring.yaml, and ..data → a folder of one moment."""
    publish(tmp_path, "2026-01", KEYRING)
    (tmp_path / "keyring.yaml").symlink_to("..data/keyring.yaml")
    config = json.loads(configuration(provider(sandbox.http_url)))
    config["keyring"] = {"file": str(tmp_path / "keyring.yaml")}
    with Oauth1d(json.dumps(config)) as server, Caller(server.address) as web:
        token, reloads = log_in(web, sandbox), Reloads(server)
        next_key = base64.b64encode(secrets.token_bytes(32)).decode()
        server.secrets.append(next_key)
        publish(tmp_path, "2026-02", KEYRING.replace("active", "decrypt").replace(
            "}]", f"}}, {{id: k2, state: active, key: {next_key}}}]"))
        assert "the active key is k2" in reloads.told("reloaded")[0]["message"]
        assert web.send("GET", "echo", token).replacement_access_token.startswith("oa1_")


def publish(volume, moment, keyring):
    """As kubelet's atomic writer does: a new folder, then ..data is renamed to lead there."""
    (volume / f"..{moment}").mkdir()
    file = volume / f"..{moment}" / "keyring.yaml"
    file.write_text(keyring)
    file.chmod(0o400)
    (volume / "..data_tmp").symlink_to(f"..{moment}")
    (volume / "..data_tmp").rename(volume / "..data")


@pytest.mark.parametrize("change, path", [
    (lambda config: "providers: [", ""),
    (lambda config: json.dumps({**json.loads(config), "porviders": []}), "porviders"),
    (lambda config: json.dumps({**json.loads(config), "keyring": {"file": "nowhere.yaml"}}), "keyring.file"),
    (lambda config: json.dumps({**json.loads(config), "owners": []}), "owners"),
    (lambda config: json.dumps({**json.loads(config), "listen": {"address": "127.0.0.1:1"}}), "listen.address"),
    (lambda config: json.dumps({**json.loads(config), "audit": {"when_full": "refuse"}}), "audit"),
    (lambda config: "", ""),
], ids=["no yaml", "unknown key", "no keyring", "no owners", "another port", "another audit", "empty"])
def test_what_cannot_be_taken_over_changes_nothing(server, web, sandbox, change, path):
    good = (server.folder / "oauth1d.yaml").read_text()
    token = log_in(web, sandbox)
    reloads = Reloads(server)
    replace(server.folder, "oauth1d.yaml", change(good))
    assert any(path in line["message"] for line in reloads.told("reload_refused")), server.log("reload_refused")
    assert profile(web, token) == "alice"
    replace(server.folder, "oauth1d.yaml", good)
    reloads.told("reloaded")
    assert profile(web, token) == "alice"


def test_a_login_ends_with_the_consumer_key_that_it_began_with(server, web, sandbox):
    token, browser = log_in(web, sandbox), come_back(web, sandbox)
    reloads = Reloads(server)
    rotated = {"name": "main", "key": "new-key", "secret": {"env": "DEMO_SECRET"}}
    old = {"key": "demo-key", "secret": {"env": "DEMO_SECRET"}}
    replace(server.folder, "oauth1d.yaml",
            configuration(provider(sandbox.http_url, consumers=[{**rotated, "previous": [old]}])))
    reloads.told("reloaded")
    assert profile(web, browser.finish(web).access_token) == "alice"
    assert profile(web, token) == "alice"
    # The sandbox knows no new-key: what begins now is refused, so it was begun with it.
    refused_start = pytest.raises(Exception, match="CONSUMER_REJECTED|PROVIDER_REJECTED")
    with refused_start:
        come_back(web, sandbox)
    reloads = Reloads(server)
    replace(server.folder, "oauth1d.yaml", configuration(provider(sandbox.http_url, consumers=[rotated])))
    reloads.told("reloaded")
    refused("TOKEN_EXPIRED", "FAILED_PRECONDITION", web.send, "GET", "echo", token)


def test_limits_are_taken_over_too(server, web, sandbox):
    reloads = Reloads(server)
    config = json.loads(configuration(provider(sandbox.http_url)))
    config["owners"][0]["pending_flows"] = 1
    replace(server.folder, "oauth1d.yaml", json.dumps(config))
    reloads.told("reloaded")
    come_back(web, sandbox)
    error = refused("QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED", web.start, callback_url="oob")
    assert error.retry_after is not None


def test_refused_tokens_are_refused_from_the_next_call_on(server, web, sandbox):
    token, other = log_in(web, sandbox), log_in(web, sandbox, "bob")
    web.send("GET", "echo", token)
    web.catch_up(server)
    token_id = server.audit(method="SignedRequest")[-1]["token_id"]
    reloads = Reloads(server)
    config = json.loads(configuration(provider(sandbox.http_url)))
    config["access_tokens"] = {"refuse_ids": [token_id]}
    replace(server.folder, "oauth1d.yaml", json.dumps(config))
    reloads.told("reloaded")
    refused("TOKEN_EXPIRED", "FAILED_PRECONDITION", web.send, "GET", "echo", token)
    assert profile(web, other) == "bob"


def test_reloads_under_load_fail_no_call(server, sandbox):
    """Half of the texts are bad; `second` comes and goes, `sandbox` stays."""
    good = configuration(provider(sandbox.http_url))
    texts = [good, good[:len(good) // 2], configuration(provider(sandbox.http_url), provider(sandbox.http_url, "second")),
             "providers: 7"]
    over = []

    def work(_):
        calls = 0
        with Caller(server.address) as web:
            token = log_in(web, sandbox)
            while not over or not calls:
                assert profile(web, token) == "alice"
                calls += 1
        return calls

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(work, number) for number in range(4)]
        for number in range(ROUNDS):
            reloads = Reloads(server)
            replace(server.folder, "oauth1d.yaml", texts[number % len(texts)] + "\n" * (number // 4))
            reloads.told("reload_refused" if number % 2 else "reloaded")
        over.append(True)
        assert sum(future.result() for future in running) >= 4


def test_the_grants_of_an_owner_can_be_taken_away(server, web, sandbox):
    token = log_in(web, sandbox)
    reloads = Reloads(server)
    replace(server.folder, "oauth1d.yaml", configuration(
        provider(sandbox.http_url), grants=[grant(methods=["POST"], rpcs=["SignedRequest"])]))
    reloads.told("reloaded")
    refused("CALLER_NOT_ALLOWED", "PERMISSION_DENIED", web.send, "GET", "echo", token)
    refused("CALLER_NOT_ALLOWED", "PERMISSION_DENIED", web.start, callback_url="oob")
    assert web.send("POST", "echo", token).answer.status_code == 200
