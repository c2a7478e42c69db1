"""oauth1d as a process: its flags, exit statuses, log lines, signals and ports."""

import json
import re
import signal
import socket
import time
from pathlib import Path

import grpc
import pytest
from oauth1d.errors import OAuth1dError

from browser import come_back_from_evil, log_in
from caller import Caller, signed_request
from certificates import Certificates
from configuration import CALLBACK, CONSUMER_SECRET, KEY, configuration, provider
from evil_provider import HANG, form_answer, http_answer, temporary
from grpc_channel import open_channel
from oauth1d_process import NOT_SERVING, Oauth1d, write_configuration
from programs import run
from waiting import eventually

URL = "http://127.0.0.1:9000"
RPC_FIELDS = ["time", "level", "event", "method", "code", "reason", "sent", "owner", "provider", "attempts",
              "duration_ms",
              "upstream_ms", "http_status", "state_id", "trace_id", "span_id", "parent_span_id"]


def check(folder, config, **options):
    return run("oauth1d", "--check-config", write_configuration(folder, config), **options)


def test_version():
    shown = run("oauth1d", "--version")
    assert shown.status == 0 and re.fullmatch(r"oauth1d \d+\.\d+\.\d+\n", shown.out)


def test_an_unknown_flag_is_a_usage_error():
    assert run("oauth1d", "--no-such-flag").status == 64


def test_a_good_configuration_is_ok(tmp_path):
    assert check(tmp_path, configuration(provider(URL))).__dict__ == {"status": 0, "out": "ok\n", "err": ""}


def test_the_example_configuration_loads():
    keyring = run("oauth1ctl", "keyring", "new").out
    environment = {"X_CONSUMER_SECRET": "x", "SANDBOX_CONSUMER_SECRET": "y", "OAUTH1D_KEYRING": keyring}
    shown = run("oauth1d", "--check-config", Path(__file__).parents[2] / "deploy/oauth1d.example.yaml",
                environment=environment)
    assert (shown.status, shown.out) == (0, "ok\n"), shown.err


def test_all_mistakes_are_told_at_once_each_with_its_place(tmp_path):
    shown = check(tmp_path, """\
listen: {address: nowhere, drain_delay: 2h}
store: {memory: {}, redis: {address: 127.0.0.1:6379}}
keyring: {file: none.yaml}
owners:
- name: default
  providers: [{name: photos, callback_urls: ["ftp://x"]}, {name: nobody}]
providers:
- name: photos
  secret: hunter2-canary
  consumers: [{name: main, key: k, secret: {env: NOT_SET_ANYWHERE}}]
  request_token_url: http://photos.example/start
  api_base_urls: ["https://photos.example/api"]
  signature_method: ROT13
""")
    assert (shown.status, shown.out) == (78, "")
    lines = shown.err.splitlines()
    assert all(re.fullmatch(r"[a-z_\[\]0-9.]+: .+ \(\d+:\d+\)", line) for line in lines), shown.err
    places = [line.partition(":")[0] for line in lines]
    for place in ("listen.address", "listen.drain_delay", "keyring.file", "providers[0].secret",
                  "providers[0].signature_method",
                  "owners[0].providers[0].callback_urls[0]", "owners[0].providers[1].name"):
        assert place in places, f"{place} is not among {places}"
    assert "hunter2-canary" not in shown.err


@pytest.mark.parametrize("text",
                         ["", "{", "a: [1, 2", "\t", "- x", "listen: *none", "\0", "listen: {}\nlisten: {}", "&a [*a]"])
def test_what_is_no_configuration_is_refused(tmp_path, text):
    shown = check(tmp_path, text)
    assert shown.status == 78 and shown.err and "ok" not in shown.out
    assert run("oauth1d", "--config", tmp_path / "oauth1d.yaml").status == 78


def test_a_file_that_is_not_there_is_a_mistake(tmp_path):
    for flag in ("--check-config", "--config"):
        shown = run("oauth1d", flag, tmp_path / "none.yaml")
        assert shown.status == 78 and "none.yaml" in shown.err


def test_the_effective_configuration_shows_defaults_and_no_secret(tmp_path):
    path = write_configuration(tmp_path, configuration(provider(URL), store={"redis": {
        "address": "127.0.0.1:1", "username": "oauth1d", "password": {"env": "REDIS_PASSWORD"}}}))
    shown = run("oauth1d", "--config", path, "--print-config", environment={"REDIS_PASSWORD": "canary-pw"})
    assert shown.status == 0 and "<set>" in shown.out
    for expected in ("HMAC-SHA1", "placement", "callback_confirmed", "drain_delay", "reflection"):
        assert expected in shown.out
    for secret in (CONSUMER_SECRET, KEY, "canary-pw"):
        assert secret not in shown.out + shown.err


def test_the_built_in_records_can_be_read():
    names = run("oauth1d", "--list-records").out.split()
    assert len(names) >= 30 and names == sorted(names) and {"x", "flickr", "netsuite"} <= set(names)
    shown = run("oauth1d", "--print-record", "netsuite")
    assert shown.status == 0 and "Sources:" in shown.out and "{account:realm}" in shown.out
    unknown = run("oauth1d", "--print-record", "myspace")
    assert unknown.status == 64 and "--list-records" in unknown.err


def test_the_configuration_may_be_named_by_the_environment(tmp_path):
    path = write_configuration(tmp_path, configuration(provider(URL)))
    shown = run("oauth1d", "--print-config", environment={"OAUTH1D_CONFIG": str(path)})
    assert shown.status == 0 and "sandbox" in shown.out


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"])
def test_beyond_loopback_it_wants_tls(tmp_path, address):
    path = write_configuration(tmp_path, configuration(provider(URL)))
    shown = run("oauth1d", "--config", path, "--listen", address)
    assert shown.status == 78 and "--dangerously-listen-without-tls" in shown.err
    path = write_configuration(tmp_path, configuration(provider(URL), listen={"address": address}))
    assert run("oauth1d", "--config", path).status == 78


def test_beyond_loopback_with_leave_or_with_tls(tmp_path):
    with Oauth1d(configuration(provider(URL)), serving=False,
                 flags=["--listen", "0.0.0.0:0", "--dangerously-listen-without-tls"]) as server:
        assert server.address.startswith("0.0.0.0:")
    certificates = Certificates(tmp_path)
    listen = {"address": "0.0.0.0:0", "tls": {"cert_file": str(certificates.cert), "key_file": str(certificates.key)}}
    with Oauth1d(configuration(provider(URL), listen=listen), serving=False) as server:
        with Caller(server.address.replace("0.0.0.0", "127.0.0.1"), certificates.ca) as web:
            assert web.list_providers()


@pytest.mark.parametrize("address", ["[::1]:0", "unix:{}/socket"])
def test_it_listens_where_it_is_told(tmp_path, address):
    with Oauth1d(configuration(provider(URL)), flags=["--listen", address.format(tmp_path)]) as server:
        assert server.address.startswith(address.format(tmp_path).removesuffix("0"))
        with Caller(server.address) as web:
            assert [one.name for one in web.list_providers()] == ["sandbox"]


def test_a_taken_port_is_told(tmp_path):
    path = write_configuration(tmp_path, configuration(provider(URL)))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        shown = run("oauth1d", "--config", path, "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert shown.status == 69 and json.loads(shown.err.splitlines()[-1])["event"] == "cannot_listen"


def test_the_port_of_a_running_server_is_not_shared(tmp_path):
    path = write_configuration(tmp_path, configuration(provider(URL)))
    with Oauth1d(configuration(provider(URL))) as server:
        assert run("oauth1d", "--config", path, "--listen", server.address).status == 69


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_lets_calls_in_flight_end(evil, number):
    evil.answer("/1.1/slow", 1.0, http_answer(200, b"whole"))
    with Oauth1d(configuration(provider(evil.url), listen={"drain_delay": "1s"})) as server:
        with Caller(server.address) as web:
            request = signed_request("GET", "slow").SerializeToString()
            call = web.method("SignedRequest").future(request, timeout=40)
            eventually(lambda: evil.seen("/1.1/slow"), "the request arrives")
            server.signal(number)
            eventually(lambda: server.health() == NOT_SERVING, "health tells of the end")
            assert web.list_providers(), "calls go on during the drain delay"
            assert call.result().answer.body == b"whole"
            assert server.wait() == 0
        assert [line["event"] for line in server.log()][-1] == "stopped" and server.log("draining")
        server.check_log()
    evil.forget()


def test_asked_to_stop_it_finishes_an_exchange_whose_caller_has_gone(evil, redis):
    evil.answer("/oauth/request_token", temporary())
    evil.answer("/oauth/access_token", 1.5, form_answer(oauth_token="t", oauth_token_secret="s"))
    config = configuration(provider(evil.url), store=redis.store)
    with Oauth1d(config, environment=redis.environment) as other, Caller(other.address) as there:
        with Oauth1d(config, environment=redis.environment) as server, Caller(server.address) as web:
            browser = come_back_from_evil(web, evil)
            with pytest.raises(OAuth1dError):
                browser.finish(web, timeout=0.7)
            assert server.stop() == 0
        assert browser.finish(there).access_token
        assert len(evil.seen("/oauth/access_token")) == 1
    evil.forget()


def test_a_second_signal_ends_it_at_once(evil):
    evil.answer("/1.1/never", HANG)
    with Oauth1d(configuration(provider(evil.url))) as server, Caller(server.address) as web:
        call = web.method("SignedRequest").future(signed_request("GET", "never").SerializeToString(), timeout=40)
        eventually(lambda: evil.seen("/1.1/never"), "the request arrives")
        server.signal(signal.SIGTERM)
        server.event("draining")
        began = time.monotonic()
        server.signal(signal.SIGTERM)
        assert server.wait() == 1 and time.monotonic() - began < 10
        assert call.exception() is not None
        server.check_log()
    evil.forget()


def test_each_call_has_one_log_line_of_exactly_the_fields(sandbox):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    with Oauth1d(configuration(provider(sandbox.http_url))) as server, Caller(server.address) as web:
        token = log_in(web, sandbox)
        server.secrets.append(token)
        web.call("SignedRequest", signed_request("GET", "echo?q=canary-query", token),
                 metadata=[("traceparent", f"00-{trace}-00f067aa0ba902b7-01")])
        with pytest.raises(OAuth1dError):
            web.start("canary-provider", CALLBACK)
        web.list_providers()
        lines = eventually(lambda: len(found := server.log("rpc")) >= 5 and found, "five calls are told")
        assert len(lines) == 5 and all(list(line) == RPC_FIELDS for line in lines)
        lines = {(line["method"], line["code"]): line for line in lines}  # they come after the answers, in any order
        start, complete, signed = (lines[method, "OK"] for method in ("StartAuthorization", "CompleteAuthorization",
                                                                      "SignedRequest"))
        refused = lines["StartAuthorization", "NOT_FOUND"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", start["time"])
        assert (start["method"], start["code"], start["reason"], start["sent"]) == ("StartAuthorization", "OK", "",
                                                                                    "yes")
        assert start["state_id"] == complete["state_id"] != ""
        assert (complete["owner"], complete["provider"], complete["attempts"]) == ("default", "sandbox", 1)
        assert (signed["http_status"], signed["trace_id"]) == (200, trace)
        assert signed["duration_ms"] >= signed["upstream_ms"] > 0
        assert (refused["code"], refused["reason"], refused["sent"], refused["provider"]) == (
            "NOT_FOUND", "PROVIDER_NOT_FOUND", "no", "")
        assert "canary" not in server.log_text()


@pytest.mark.parametrize("listen, there", [({}, True), ({"reflection": False}, False), ({"tls": True}, False),
                                           ({"tls": True, "reflection": True}, True)])
def test_reflection_is_there_where_configured_and_by_default_without_tls(tmp_path, listen, there):
    ca_file = None
    if "tls" in listen:
        certificates = Certificates(tmp_path)
        listen = {**listen, "tls": {"cert_file": str(certificates.cert), "key_file": str(certificates.key)}}
        ca_file = certificates.ca
    with Oauth1d(configuration(provider(URL), listen=listen), ca_file=ca_file) as server:
        assert reflects(server.address, ca_file) == there


def reflects(address, ca_file):
    with open_channel(address, ca_file) as channel:
        method = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        try:  # list_services, field 7
            return b"oauth1d.v1.OAuth1Service" in next(method(iter([b"\x3a\x00"]), timeout=10))
        except grpc.RpcError as error:
            assert error.code() is grpc.StatusCode.UNIMPLEMENTED
            return False
