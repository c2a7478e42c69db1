"""What the chart installs, started as it is: a login, what Prometheus sees of it, alerts, a wrong change, the end."""

import json

import pytest
import yaml

from image_builder import built  # first: it says where the next ones are
from image_container import USER
from network_namespace import enter_own_network
from manifests import refusal, render, validate
from pod import Pod
from pod_load import Load
from prometheus_server import Prometheus
from tools import CHART, folder_of_tools

from browser import log_in, profile
from caller import Caller
from configuration import KEYRING, grant, provider
from evil_provider import EvilProvider, http_answer
from health import SERVING, health_of
from provider_process import Sandbox
from redis_server import RedisServer
from waiting import eventually

RULES = CHART / "files/oauth1d.rules.yaml"
ADDRESS, METRICS = "127.0.0.1:50051", "127.0.0.1:9464"
CONSUMER = {"name": "main", "key": "demo-key", "secret": {"file": "/etc/oauth1d/secrets/consumers/sandbox"}}
SECRETS = {"oauth1d-keyring": {"keyring.yaml": KEYRING}, "consumers": {"sandbox": "demo-secret"}}


@pytest.fixture(scope="module", autouse=True)
def image():
    """Built outside; everything after it is in a network where the manifest's ports are free."""
    folder_of_tools()
    name = built("--tag", "localhost/oauth1d:test")
    enter_own_network()
    return name


@pytest.fixture(scope="module")
def redis(image):
    with RedisServer() as running:
        yield running


@pytest.fixture(scope="module")
def slow(image):
    """A provider whose every answer takes a second."""
    with EvilProvider() as running:
        running.answer("/1.1/slow", 1.0, http_answer(200, b"whole"))
        yield running


@pytest.fixture
def sandbox(image):
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def values(sandbox, slow, redis):
    """What an operator would write."""
    providers = [provider(sandbox.http_url, consumers=[CONSUMER]), provider(slow.url, "slow", consumers=[CONSUMER])]
    return {
        "image": {"repository": "localhost/oauth1d", "tag": "test"}, "secrets": ["consumers"],
        "config": {"owners": [{"name": "default", "providers": [grant("sandbox"), grant("slow")]}],
                   "providers": providers},
        "keyring": {"existingSecret": "oauth1d-keyring"},
        "store": {"redis": {"address": f"127.0.0.1:{redis.port}", "username": "oauth1d",
                            "passwordSecret": {"name": "redis", "key": "password"}}},
        "tls": {"dangerouslyDisabled": True}}


def rendered(values, folder):
    """The chart's manifests for these values; Kubernetes would take each."""
    path = folder / "values.yaml"
    path.write_text(yaml.safe_dump(values))
    documents = render(path)
    assert validate(documents) == []
    return documents


@pytest.fixture
def secrets(redis):
    return {**SECRETS, "redis": {"password": redis.password}}


@pytest.fixture
def pod(values, secrets, tmp_path):
    with Pod(rendered(values, tmp_path), secrets, tmp_path) as running:
        running.event("serving")
        yield running


def test_the_deployment_runs_logs_in_is_watched_and_ends_without_a_failed_call(pod, sandbox, slow, values, tmp_path):
    it_is_as_confined_as_its_manifest_says(pod)
    assert pod.is_ready()
    with Caller(ADDRESS) as caller, Prometheus(tmp_path, RULES, METRICS) as prometheus:
        token = log_in(caller, sandbox)
        assert profile(caller, token) == "alice"
        seen = 'oauth1d_flows_total{provider="sandbox",outcome="completed"}'
        eventually(lambda: prometheus.value(seen) == 1, "Prometheus knows of the login")
        assert prometheus.value("oauth1d_serving") == 1 and "Oauth1dProviderDown" not in prometheus.firing()

        a_wrong_change_leaves_the_old_configuration(pod, values, caller, token, prometheus, tmp_path)
        a_right_change_is_taken_over(pod, values, prometheus, tmp_path)
        no_accepted_call_fails_when_it_is_stopped(pod, token, slow)


def it_is_as_confined_as_its_manifest_says(pod):
    process = pod.process()
    assert process["Uid"].split() == process["Gid"].split() == [str(USER)] * 4
    assert {int(process[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb")} == {0}
    assert (process["NoNewPrivs"], process["Seccomp"]) == ("1", "2")
    pid = pod.inspect("{{.State.Pid}}")
    with open(f"/proc/{pid}/mounts", encoding="ascii") as mounts:
        options = {line.split()[1]: line.split()[3].split(",") for line in mounts}
    assert "ro" in options["/"] and "rw" in options["/tmp"]
    assert all("ro" in option for place, option in options.items() if place.startswith("/etc/oauth1d"))
    assert "/var/run/secrets/kubernetes.io/serviceaccount" not in options


def a_wrong_change_leaves_the_old_configuration(pod, values, caller, token, prometheus, folder):
    push(pod, values, folder, lambda config: config["providers"][0].update(signature_method="ROT13"))
    line = pod.event("reload_refused")
    assert "providers[0].signature_method" in line["message"]
    eventually(lambda: prometheus.value("oauth1d_configuration_last_reload_successful") == 0, "it is told")
    assert prometheus.value("oauth1d_serving") == 1 and profile(caller, token) == "alice"
    eventually(lambda: "Oauth1dConfigurationRefused" in prometheus.firing(), "the alert fires")


def a_right_change_is_taken_over(pod, values, prometheus, folder):
    push(pod, values, folder, lambda config: config["providers"][0].update(title="Another title"))
    pod.event("reloaded")
    eventually(lambda: prometheus.value("oauth1d_configuration_last_reload_successful") == 1, "it is told")
    eventually(lambda: "Oauth1dConfigurationRefused" not in prometheus.firing(), "the alert ends")


def push(pod, values, folder, change):
    """`kubectl apply` of the ConfigMap that the chart makes of changed values, and what the kubelet does then."""
    changed = json.loads(json.dumps(values))
    change(changed["config"])
    pod.push_configuration(rendered(changed, folder))


def no_accepted_call_fails_when_it_is_stopped(pod, token, slow):
    def work(caller):
        assert caller.send("GET", "echo", token).answer.status_code == 200
        assert caller.send("GET", "slow", provider="slow").answer.body == b"whole"

    with Load(ADDRESS, work, callers=8) as load:
        eventually(lambda: load.ended >= 8, "calls run")
        before = load.ended
        pod.ask_to_stop()
        load.until_not_ready()
    assert pod.exit_status() == 0, pod.log()
    assert load.failed == [] and load.ended >= before + 8
    assert pod.lines(event="draining") and pod.lines(event="stopped")
    assert not [line for line in pod.lines(event="rpc") if line["code"] != "OK"]


def test_an_alert_fires_when_the_provider_goes_away(pod, sandbox, tmp_path):
    with Caller(ADDRESS) as caller, Prometheus(tmp_path, RULES, METRICS) as prometheus:
        token = log_in(caller, sandbox)
        assert "Oauth1dProviderDown" not in prometheus.firing()
        sandbox.process.kill()

        def fires():
            with pytest.raises(Exception):
                caller.send("GET", "echo", token)
            return prometheus.firing().get("Oauth1dProviderDown")

        labels = eventually(fires, "the alert fires")
        assert (labels["provider"], labels["severity"]) == ("sandbox", "critical")
        assert prometheus.value('oauth1d_upstream_answers_total{provider="sandbox",call="api",class="none"}') >= 1
        assert health_of(ADDRESS) == SERVING, "one provider that is away is no reason to leave"


@pytest.mark.parametrize("missing, field", [("oauth1d-keyring", "keyring.file"),
                                            ("consumers", "providers[0].consumers[0].secret.file"),
                                            ("redis", "store.redis.password.file")])
def test_a_missing_secret_is_told_in_one_line(values, secrets, tmp_path, missing, field):
    del secrets[missing]
    with Pod(rendered(values, tmp_path), secrets, tmp_path) as pod:
        assert pod.exit_status() == 78
        (line,) = [line for line in pod.log().splitlines() if line.startswith(f"{field}: ")]
        assert "No such file" in line


def test_a_keyring_that_it_must_not_read_is_told_in_one_line(values, secrets, tmp_path):
    pod = Pod(rendered(values, tmp_path), secrets, tmp_path)
    (tmp_path / "keyring/keyring.yaml").resolve().chmod(0o400)
    with pod:
        assert pod.exit_status() == 78
        (line,) = pod.log().splitlines()
        assert line.startswith("keyring.file: ") and "Permission denied" in line


def test_a_wrong_password_of_redis_is_told_and_it_does_not_become_ready(values, secrets, tmp_path):
    secrets["redis"] = {"password": "not-the-password"}
    with Pod(rendered(values, tmp_path), secrets, tmp_path) as pod:
        line = pod.event("store_down")
        assert "store.redis" in line["message"] and "not-the-password" not in pod.log()
        assert not pod.is_ready()
        pod.ask_to_stop()
        assert pod.exit_status() == 0


def test_a_misspelt_value_makes_no_manifest(values, tmp_path):
    path = tmp_path / "values.yaml"
    path.write_text(yaml.safe_dump({**values, "replicaz": 3}))
    assert "replicaz" in refusal(path)
