"""The metrics port: what it says of the service itself, and what it does not let anybody do."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import pytest
from oauth1d.errors import OAuth1dError

from browser import come_back
from caller import Caller
from configuration import CALLBACK, configuration, provider
from free_port import free_port
from oauth1d_process import Oauth1d
from waiting import eventually


def served(config, **options):
    """oauth1d with this `metrics` section, at a provider that is away."""
    whole = json.loads(configuration(provider("http://127.0.0.1:9")))
    if config is not None:
        whole["metrics"] = config
    return Oauth1d(json.dumps(whole), **options)


def page(port, path="/metrics"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return answer.read().decode()


def value(port, sample):
    """The sample's number. Raises AssertionError if it is not there once."""
    (line,) = [line for line in page(port).splitlines() if line.startswith(sample + " ")]
    return float(line.split(" ")[-1])


@pytest.fixture(name="port")
def port_of_metrics():
    return free_port()


def test_the_page_is_one_that_prometheus_takes_and_holds_no_secret(sandbox, port):
    config = json.loads(configuration(provider(sandbox.http_url)))
    config["metrics"] = {"address": f"127.0.0.1:{port}"}
    with Oauth1d(json.dumps(config)) as server, Caller(server.address) as web:
        come_back(web, sandbox).finish(web)
        text = page(port)
        assert 'oauth1d_flows_total{provider="sandbox",outcome="completed"} 1\n' in text
        judged = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        assert (judged.returncode, judged.stdout + judged.stderr) == (0, ""), judged.stderr
        for secret in server.secrets:
            assert secret not in text


def test_no_caller_makes_a_series(port):
    with served({"address": f"127.0.0.1:{port}"}) as server, Caller(server.address) as web:
        with pytest.raises(OAuth1dError):
            web.start("unknown", CALLBACK)
        before = {line.rpartition(" ")[0] for line in page(port).splitlines()}
        for i in range(200):
            with pytest.raises(OAuth1dError):
                web.start(f"unknown{i}", CALLBACK)
        assert {line.rpartition(" ")[0] for line in page(port).splitlines()} == before


def test_a_default_port_that_is_taken_is_told_and_the_service_goes_on():
    with contextlib.closing(socket.socket()) as other:
        with contextlib.suppress(OSError):  # somebody else has it: as good
            other.bind(("127.0.0.1", 9464))
            other.listen()
        with served(None) as server:
            assert "metrics.address" in server.event("metrics_not_served")["message"]


def test_a_configured_port_that_is_taken_ends_the_start():
    with contextlib.closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = "127.0.0.1:%d" % other.getsockname()[1]
        with pytest.raises(AssertionError, match="metrics.address"):
            with served({"address": address}):
                pass


def test_none_is_no_port():
    with served({"address": "none"}) as server:
        assert not [line for line in server.log() if line["event"].startswith("metrics")]


@pytest.mark.parametrize("path", ["/", "/metrics/../etc/passwd", "/metricsx", "//metrics"])
def test_nothing_else_is_served(port, path):
    with served({"address": f"127.0.0.1:{port}"}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            page(port, path)
        assert refused.value.code == 404


def test_slow_and_garbled_scrapers_hold_up_nobody(port):
    with served({"address": f"127.0.0.1:{port}"}) as server, Caller(server.address) as web, contextlib.ExitStack() as all_of:
        for i in range(300):
            one = all_of.enter_context(contextlib.closing(socket.create_connection(("127.0.0.1", port))))
            with contextlib.suppress(OSError):
                one.sendall([b"", b"GET /metr", b"\0" * 500, b"POST /metrics HTTP/1.1\r\n\r\n"][i % 4])
        assert web.list_providers()
        assert "oauth1d_build_info" in page(port)


def test_a_refused_configuration_is_told_until_one_is_taken(port):
    with served({"address": f"127.0.0.1:{port}"}) as server:
        file = server.folder / "oauth1d.yaml"
        good = file.read_text()
        assert value(port, "oauth1d_configuration_last_reload_successful") == 1
        file.write_text(good.replace('"owners"', '"ownrs"'))
        eventually(lambda: value(port, "oauth1d_configuration_last_reload_successful") == 0, "the refusal shows")
        assert value(port, 'oauth1d_configuration_reloads_total{result="refused"}') >= 1
        assert value(port, "oauth1d_serving") == 1
        file.write_text(good)
        eventually(lambda: value(port, "oauth1d_configuration_last_reload_successful") == 1, "the cure shows")


def test_a_drain_can_be_watched(port):
    with served({"address": f"127.0.0.1:{port}"}) as server:
        eventually(lambda: value(port, "oauth1d_serving") == 1, "it serves")
        os.kill(server.process.pid, signal.SIGTERM)
        eventually(lambda: value(port, "oauth1d_serving") == 0, "it drains")
        server.process.wait(60)
