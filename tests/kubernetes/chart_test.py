"""The chart: what it renders is what Kubernetes, and oauth1d, take; what is wrong in the values is told by name."""

import os
import pathlib
import shutil
import subprocess

import pytest
import yaml

import manifests
import tools

EXAMPLES = tools.CHART / "examples"
MINIMAL = EXAMPLES / "minimal.yaml"
EVERYTHING = EXAMPLES / "everything.yaml"
TLS = ["tls.dangerouslyDisabled=false", "tls.secretName=oauth1d-tls"]

VARIANTS = {
    "minimal": (MINIMAL, []),
    "everything": (EVERYTHING, []),
    "tls": (MINIMAL, TLS),
    "callers by certificate": (MINIMAL, [*TLS, "tls.clientCaSecret.name=callers", "tls.clientCaSecret.key=ca.crt"]),
    "one replica with memory": (MINIMAL, ["store.redis.address=", "store.memory=true", "replicas=1"]),
    "watched": (MINIMAL, ["serviceMonitor.enabled=true", "prometheusRule.enabled=true", "dashboard.enabled=true"]),
    "scaled": (MINIMAL, ["autoscaling.enabled=true", "autoscaling.targetInFlight=300"]),
    "calls for PHP": (MINIMAL, ["gateway.enabled=true", "gateway.config.calls.api_keys[0].name=php",
                                f"gateway.config.calls.api_keys[0].sha256={'ab' * 32}"]),
    "named otherwise": (MINIMAL, ["fullnameOverride=login", "serviceAccount.create=false"]),
}


@pytest.fixture(name="variant", params=VARIANTS)
def variant_rendered(request):
    file, settings = VARIANTS[request.param]
    return manifests.render(file, settings=settings)


def test_the_chart_passes_lint():
    for file in (MINIMAL, EVERYTHING):
        done = tools.helm("lint", "--strict", tools.CHART, f"--values={file}")
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_manifest_is_one_that_kubernetes_takes(variant):
    assert manifests.validate(variant) == []


@pytest.mark.parametrize("kind, path, typo", [
    ("Deployment", ["spec", "template", "spec", "containers", 0], {"readinesProbe": {}}),
    ("Deployment", ["spec", "strategy"], {"rollingUpdates": {}}),
    ("Service", ["spec"], {"selektor": {}}),
    ("NetworkPolicy", ["spec"], {"egres": []}),
    ("HorizontalPodAutoscaler", ["spec", "behavior"], {"scaleDwn": {}}),
    ("Deployment", ["spec"], {"replicas": "three"}),
    ("ServiceMonitor", ["spec", "endpoints", 0], {"intervall": "5s"}),
    ("PrometheusRule", ["spec", "groups", 0, "rules", 0], {"expr": None}),
])
def test_a_mistake_in_a_manifest_would_be_found(kind, path, typo):
    objects = manifests.render(EVERYTHING)
    place = next(item for item in objects if item["kind"] == kind)
    name = place["metadata"]["name"]
    for step in path:
        place = place[step]
    place.update(typo)
    problems = manifests.validate(objects)
    assert any(problem.startswith(f"{kind}/{name}: ") for problem in problems), problems


def test_every_pod_has_no_more_rights_than_it_needs(variant):
    pods = [item["spec"]["template"]["spec"] for item in variant if item["kind"] == "Deployment"]
    pods += [item["spec"] for item in variant if item["kind"] == "Pod"]
    for pod in pods:
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["fsGroup"] == 10001
        for container in pod["containers"] + pod.get("initContainers", []):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True,
                "runAsUser": 10001, "runAsGroup": 10001, "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {"type": "RuntimeDefault"}}
            assert "memory" in container["resources"]["limits"]
        for volume in pod.get("volumes", []):
            if "secret" in volume:
                assert volume["secret"]["defaultMode"] == 0o440, volume


def test_no_secret_stands_in_what_is_rendered(variant):
    assert not [item for item in variant if item["kind"] == "Secret"]


def as_in_the_pod(objects, folder, secrets):
    """The ConfigMap's oauth1d.yaml with its mounted files in `folder`. Returns its path."""
    text = manifests.one(objects, "ConfigMap")["data"]["oauth1d.yaml"]
    for path, content in secrets.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pathlib.Path):
            shutil.copy(content, file)
        else:
            file.write_text(content)
        file.chmod(0o440)
    configuration = folder / "oauth1d.yaml"
    configuration.write_text(text.replace("/etc/oauth1d", str(folder)))
    return configuration


def certificate(folder):
    """A certificate of its own authority: (certificate, key)."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "60", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                   check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.parametrize("name", ["minimal", "everything", "tls", "callers by certificate", "one replica with memory"])
def test_the_service_takes_the_configuration_that_is_rendered(name, tmp_path):
    file, settings = VARIANTS[name]
    objects = manifests.render(file, settings=settings)
    binaries = pathlib.Path(os.environ["OAUTH1D_BIN_DIR"])
    keyring = subprocess.run([binaries / "oauth1ctl", "keyring", "new"], check=True, capture_output=True, text=True)
    (tmp_path / "made").mkdir()
    crt, key = certificate(tmp_path / "made")
    configuration = as_in_the_pod(objects, tmp_path, {
        "keyring/keyring.yaml": keyring.stdout, "secrets/twitter/consumer-secret": "s3cret",
        "store/password/password": "pw", "store/sentinel/password": "pw", "store/ca/ca.crt": crt,
        "store/cert/tls.crt": crt, "store/cert/tls.key": key, "tls/tls.crt": crt, "tls/tls.key": key,
        "tls/ca.crt": crt, "client-ca/ca.crt": crt})
    done = subprocess.run([binaries / "oauth1d", "--check-config", configuration], capture_output=True, text=True,
                          check=False)
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr


def test_every_file_that_the_configuration_names_is_mounted(variant):
    deployments = [item for item in variant if item["kind"] == "Deployment"]
    for deployment in deployments:
        pod = deployment["spec"]["template"]["spec"]
        mounts = {mount["mountPath"]: mount["name"] for mount in manifests.container_of(deployment)["volumeMounts"]}
        assert sorted(mounts.values()) == sorted(volume["name"] for volume in pod["volumes"])
        name = next(v["configMap"]["name"] for v in pod["volumes"] if "configMap" in v)
        (text,) = manifests.one(variant, "ConfigMap", name)["data"].values()
        for line in text.splitlines():
            for word in line.replace('"', " ").replace("}", " ").split():
                if word.startswith("/etc/oauth1d"):
                    assert str(pathlib.PurePosixPath(word).parent) in mounts, line


def test_a_change_of_the_configuration_restarts_nothing():
    before = manifests.one(manifests.render(MINIMAL), "Deployment")
    after = manifests.one(manifests.render(MINIMAL, settings=["config.limits.in_flight=77"]), "Deployment")
    assert before == after


def test_with_tls_the_probe_runs_inside_and_trusts_the_certificates_authority():
    objects = manifests.render(EVERYTHING)
    container = manifests.container_of(manifests.one(objects, "Deployment"))
    assert container["readinessProbe"]["exec"]["command"] == ["/usr/bin/oauth1ctl", "health"]
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    assert environment["OAUTH1D_SERVER"] == "localhost:50051"
    assert environment["OAUTH1D_CA_FILE"] == "/etc/oauth1d/tls/ca.crt"
    assert "localhost" in manifests.one(objects, "Certificate")["spec"]["dnsNames"]
    assert "--dangerously-listen-without-tls" not in container["args"]


def test_a_drain_has_the_time_that_it_takes():
    spec = manifests.one(manifests.render(MINIMAL), "Deployment")["spec"]
    assert spec["template"]["spec"]["terminationGracePeriodSeconds"] == 45
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_the_network_lets_in_callers_and_prometheus_and_out_what_it_needs():
    policy = manifests.one(manifests.render(EVERYTHING), "NetworkPolicy")["spec"]
    assert [rule["ports"][0]["port"] for rule in policy["ingress"]] == [50051, 9464]
    assert policy["ingress"][0]["from"] == [{"podSelector": {"matchLabels": {"app": "web"}}}]
    out = {port["port"]: rule.get("to") for rule in policy["egress"] for port in rule["ports"]}
    assert set(out) == {53, 6379, 26379, 443}
    blocks = {peer["ipBlock"]["cidr"]: peer["ipBlock"]["except"] for peer in out[443]}
    assert "169.254.0.0/16" in blocks["0.0.0.0/0"] and "fc00::/7" in blocks["::/0"]


def test_the_rules_of_the_chart_are_those_of_the_file_and_lead_to_the_runbook():
    rules = manifests.one(manifests.render(EVERYTHING), "PrometheusRule")["spec"]
    file = yaml.safe_load((tools.CHART / "files/oauth1d.rules.yaml").read_text())
    pairs = [(there, here) for a, b in zip(file["groups"], rules["groups"], strict=True)
             for there, here in zip(a["rules"], b["rules"], strict=True)]
    for there, here in pairs:
        assert there["expr"] == here["expr"]
        if "annotations" in there:
            assert here["annotations"]["runbook_url"] == "https://git.example.com/oauth1d/" + there["annotations"]["runbook_url"]
            assert here["annotations"]["description"] == there["annotations"]["description"]
