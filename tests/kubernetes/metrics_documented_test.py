"""deploy/METRICS.md lists what a running oauth1d exposes, and nothing else."""

import json
import re
import subprocess
import urllib.request
from dataclasses import dataclass, field

import pytest

from rules import documented, label_values

from binaries import program, tool
from browser import Browser, come_back, log_in, profile
from certificates import Authority, Certificates
from configuration import configuration, grant, provider
from free_port import free_port
from known_caller import KnownCaller
from oauth1d_process import Oauth1d
from provider_process import Sandbox
from redis_server import RedisServer
from refusals import refused
from waiting import eventually


@dataclass
class Exposed:
    """One family of a scrape: its type, and the labels of its series."""

    kind: str
    series: list = field(default_factory=list)


def read(text):
    """Name to Exposed, from the text format."""
    found = {name: Exposed(kind) for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE)}
    for name, labels in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
        family = name if name in found else re.sub(r"_(bucket|sum|count)$", "", name)
        found[family].series.append(dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)))
    return found


@pytest.fixture(scope="module")
def scrape(tmp_path_factory):
    """What stands at /metrics after logins of each kind, at a provider whose clock is ten minutes ahead, with every
    certificate that there can be."""
    folder, port = tmp_path_factory.mktemp("metrics"), free_port()
    server_side, callers = Certificates(folder), Authority(folder, "callers")
    web = callers.issue("web", names="DNS:web.example")
    theirs, ours = Authority(folder, "theirs"), Authority(folder, "ours")
    papers = (theirs.issue("redis", names="IP:127.0.0.1"), ours, theirs, ours.issue("oauth1d", names="DNS:oauth1d"))
    keyring = subprocess.run([program("oauth1ctl"), "keyring", "new"], capture_output=True, text=True, check=True).stdout
    with Sandbox.start(flags=["--clock-skew=600"]) as sandbox, RedisServer(tls=papers) as redis:
        config = json.loads(configuration(provider(sandbox.http_url), store=redis.store, listen={"tls": {
            "cert_file": str(server_side.cert), "key_file": str(server_side.key), "client_ca_file": str(callers.pem)}}))
        config["metrics"] = {"address": f"127.0.0.1:{port}"}
        config["owners"] = [
            {"name": "web", "identities": [{"dns_name": "web.example"}], "providers": [grant()]}]
        with Oauth1d(json.dumps(config), files={"keyring.yaml": keyring}, environment=redis.environment,
                     serving=False) as server:
            server.event("serving")
            server.secrets.append(redis.password)
            with KnownCaller(server.address, server_side.ca, web) as caller:
                use(caller, sandbox)
            scraped = []

            def settled():
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
                    scraped.append(answer.read().decode())
                return 'reason="FLOW_NOT_FOUND"' in scraped[-1]

            eventually(settled, "the last call is counted")
            server.secrets += re.findall(r"key: ([A-Za-z0-9+/=]{44})", keyring)
            yield scraped[-1]


def use(caller, sandbox):
    """A login that ends well, one that is denied, one in another browser, and a callback of none."""
    assert profile(caller, log_in(caller, sandbox)) == "alice"
    denied = Browser("alice").begin(caller).deny(sandbox)
    refused("USER_DENIED", "FAILED_PRECONDITION", denied.finish, caller)
    elsewhere, other = come_back(caller, sandbox), come_back(caller, sandbox)
    elsewhere.cookies = other.cookies
    refused("BINDING_MISMATCH", "PERMISSION_DENIED", elsewhere.finish, caller)
    invented = come_back(caller, sandbox)
    state = re.search(r"[?&]state=([^&]+)", invented.callback)[1]
    invented.callback = invented.callback.replace(state, "A" * len(state))
    refused("FLOW_NOT_FOUND", "NOT_FOUND", invented.finish, caller)


def test_promtool_takes_them(scrape):
    done = subprocess.run([tool("promtool", "prometheus"), "check", "metrics"], input=scrape.encode(),
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_exposed_that_is_not_documented(scrape):
    assert set(read(scrape)) - set(documented()) == set()


def test_everything_documented_is_exposed(scrape):
    assert set(documented()) - set(read(scrape)) == set()


@pytest.mark.parametrize("metric", documented().values(), ids=lambda metric: metric.name)
def test_type_and_labels_are_the_documented_ones(scrape, metric):
    exposed = read(scrape)[metric.name]
    assert exposed.kind == metric.kind and exposed.series
    values = label_values()
    for labels in exposed.series:
        labels.pop("le", None)
        assert set(labels) == set(metric.labels)
        for label, value in labels.items():
            assert values[label] is None or value in values[label], (label, value)


def test_what_was_done_is_counted(scrape):
    def value(series):
        return float(re.search(rf"^{re.escape(series)} (\S+)$", scrape, re.MULTILINE)[1])

    def flows(outcome):
        return read_labelled(scrape, "oauth1d_flows_total", provider="sandbox", outcome=outcome)

    assert (flows("started"), flows("completed"), flows("denied"), flows("binding_mismatch")) == (5, 1, 1, 1)
    assert read_labelled(scrape, "oauth1d_unknown_callbacks_total", provider="sandbox") == 1
    assert read_labelled(scrape, "oauth1d_upstream_repeats_total", provider="sandbox", why="clock") == 1
    assert 590 < read_labelled(scrape, "oauth1d_clock_offset_seconds", provider="sandbox") < 610
    assert value("oauth1d_serving") == value("oauth1d_store_up") == 1


def read_labelled(text, name, **wanted):
    """The value of the one series of `name` with these labels."""
    (found,) = [float(value) for labels, value in re.findall(rf"^{name}\{{(.*)\}} (\S+)$", text, re.MULTILINE)
                if wanted.items() <= dict(re.findall(r'(\w+)="([^"]*)"', labels)).items()]
    return found


@pytest.mark.parametrize("wrong", ["oauth1d_rpcs_total", "oauth1d_store_up"])
def test_a_metric_that_lost_its_line_would_be_noticed(scrape, wrong):
    left = {name: metric for name, metric in documented().items() if name != wrong}
    assert set(read(scrape)) - set(left) == {wrong}
