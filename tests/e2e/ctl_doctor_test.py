"""oauth1ctl doctor: each line as it should be, and each line failing."""

import json
import socket

import pytest

from caller_setup import CallerSetup
from certificates import Authority
from configuration import CALLBACK, configuration, provider
from evil_provider import form_answer, http_answer
from oauth1d_process import Oauth1d, write_configuration
from provider_process import Sandbox
from redis_server import RedisServer
from relay import Relay
from terminal_user import TerminalUser
from waiting import eventually

FINE, OURS, THEIRS, USAGE = 0, 1, 2, 64
SERVICE = ["service", "store", "provider"]
PATH = ["configuration", "name", "addresses", "connection", "tls"]
LOGIN = ["request token", "callback", "clock"]


class Told:
    """What the doctor said, by its steps."""

    def __init__(self, shown):
        self.status, self.shown = shown.status, json.loads(shown.out)
        self.steps = [finding["step"] for finding in self.shown["findings"]]
        self._by_step = {finding["step"]: finding for finding in self.shown["findings"]}

    def verdict(self, step):
        return self._by_step[step]["verdict"]

    def text(self, step):
        return self._by_step[step]["text"]

    def advice(self, step):
        return self._by_step[step].get("advice", "")

    def failed(self):
        return [step for step in self.steps if self.verdict(step) == "FAILED"]

    def all_after(self, step):
        """The verdicts of what builds on a step."""
        return {self.verdict(later) for later in self.steps[self.steps.index(step) + 1:]}


@pytest.fixture
def examine(oauth1d, tmp_path):
    """The doctor of a service that is well, with a configuration of one's own."""
    def run(text, *arguments, server=None, name="sandbox", files=None):
        config = write_configuration(tmp_path, text, files)
        user = TerminalUser(server or oauth1d.address, tmp_path, "")
        shown = user.ctl("doctor", name, "--json", "--config", config, *arguments)
        assert "demo-secret" not in shown.out + shown.err and shown.out, shown.err
        return Told(shown)
    return run


def over_tls(sandbox, **egress):
    """A configuration for the sandbox's https side."""
    trust = {"allow_cidrs": ["127.0.0.0/8"], "ca_file": sandbox.ca_file, **egress}
    return configuration(provider(sandbox.https_url, egress=trust))


def test_everything_is_well(examine, sandbox):
    told = examine(over_tls(sandbox))
    assert (told.status, told.failed(), told.shown["fault"]) == (FINE, [], "nobody"), told.shown
    assert told.steps == SERVICE + PATH + LOGIN
    assert {told.verdict(step) for step in told.steps if step != "tls"} == {"OK"}
    assert told.text("name").endswith("127.0.0.1") and told.text("tls").startswith("TLSv1.3; certificate for ")
    assert "days left" in told.text("tls") and f"callback {CALLBACK}" in told.text("request token")
    assert sandbox.log()[-1]["path"] == "/oauth/request_token" and sandbox.log()[-1]["verified"]


def test_for_people_the_lines_stand_below_each_other(oauth1d, sandbox, tmp_path):
    config = write_configuration(tmp_path, over_tls(sandbox))
    shown = TerminalUser(oauth1d.address, tmp_path, "").ctl("doctor", "sandbox", "--config", config)
    lines = shown.out.splitlines()
    assert lines[0].startswith("OK      service         ") and "\x1b" not in shown.out
    assert lines[-1] == "sandbox: nothing is wrong that could be seen from here"


def test_the_callback_may_be_chosen(examine, sandbox):
    assert "callback oob" in examine(over_tls(sandbox), "--callback", "oob").text("request token")
    told = examine(over_tls(sandbox), "--callback", "https://elsewhere.example/")
    assert (told.status, told.failed()) == (OURS, ["request token"]) and "callback_urls" in told.advice("request token")


def test_a_service_that_is_down(examine, sandbox):
    told = examine(over_tls(sandbox), server="127.0.0.1:1")
    assert (told.status, told.failed()) == (OURS, ["service"])
    assert {told.verdict(step) for step in ("store", "provider")} == {"skipped"}
    assert told.verdict("request token") == "OK", "what can be tried without it is tried all the same"


def test_a_store_that_is_down(examine, sandbox):
    with RedisServer() as redis:
        with Oauth1d(configuration(provider(sandbox.http_url), store=redis.store),
                     environment=redis.environment) as server:
            redis.kill()
            told = eventually_failed(lambda: examine(over_tls(sandbox), server=server.address), "store")
    assert told.status == OURS and told.verdict("provider") == "skipped" and "Redis" in told.advice("store")


def eventually_failed(ask, step):
    """The first answer in which the step fails: the service learns of a dead store by its own looks at it."""
    answers = []

    def look():
        answers.append(ask())
        return step in answers[-1].failed()

    eventually(look, f"{step} fails")
    return answers[-1]


def test_a_provider_that_the_service_does_not_offer(examine, sandbox):
    told = examine(configuration(provider(sandbox.http_url, "new")), name="new")
    assert told.failed() == ["provider"] and "it has: sandbox" in told.advice("provider") and told.status == OURS


def test_a_service_that_does_not_know_us(examine, sandbox, tmp_path):
    setup = CallerSetup(tmp_path, sandbox)
    with Oauth1d(setup.config(api_keys_alone=True), ca_file=setup.ca) as server:
        user = TerminalUser(server.address, tmp_path, "")
        config = write_configuration(tmp_path, over_tls(sandbox))
        shown = user.ctl("doctor", "sandbox", "--json", "--config", config,
                         environment={"OAUTH1D_CA_FILE": str(setup.ca)})
        told = Told(shown)
        assert told.status == OURS and "OAUTH1D_API_KEY" in told.advice(told.failed()[0])


def test_a_configuration_with_a_mistake(examine, sandbox):
    text = json.dumps({**json.loads(over_tls(sandbox)), "nonsense": 1})
    told = examine(text)
    assert (told.status, told.failed()) == (OURS, ["configuration"])
    assert "nonsense" in told.text("configuration") and "--check-config" in told.advice("configuration")
    assert told.all_after("configuration") == {"skipped"}


def test_a_name_that_nobody_knows(examine):
    told = examine(configuration(provider("https://sandbox.invalid")))
    assert told.failed() == ["name"] and told.status == OURS and "sandbox.invalid" in told.text("name")
    assert told.all_after("name") == {"skipped"}


def test_an_address_that_the_policy_denies(examine, sandbox):
    told = examine(over_tls(sandbox, allow_cidrs=[]))
    assert (told.status, told.failed()) == (OURS, ["addresses"])
    assert "127.0.0.1 is loopback" in told.text("addresses")
    assert "allow_cidrs: [127.0.0.1/32]" in told.advice("addresses")
    assert told.all_after("addresses") == {"skipped"}


def test_a_port_that_is_closed(examine):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        told = examine(configuration(provider(f"http://127.0.0.1:{probe.getsockname()[1]}")))
    assert (told.status, told.failed()) == (THEIRS, ["connection"]) and told.shown["fault"] == "the provider"
    assert told.all_after("connection") == {"skipped"}


def test_an_authority_that_is_not_trusted(examine, sandbox, tmp_path):
    other = Authority(tmp_path, "other")
    told = examine(over_tls(sandbox, ca_file=str(other.pem)))
    assert (told.status, told.failed()) == (OURS, ["tls"])
    assert "issued by" in told.text("tls") and "egress.ca_file" in told.advice("tls")
    assert told.all_after("tls") == {"skipped"}


def test_a_certificate_for_somebody_else(examine, sandbox):
    """127.0.0.2 is this host as well, but the certificate does not name it."""
    with Relay(sandbox.https_url) as port:
        url = f"https://127.0.0.2:{port}"
        told = examine(configuration(provider(url, egress={"allow_cidrs": ["127.0.0.0/8"],
                                                           "ca_file": sandbox.ca_file})))
    assert (told.status, told.failed()) == (THEIRS, ["tls"]) and "certificate is for" in told.text("tls")


@pytest.mark.parametrize("consumer, meaning", [
    ({"key": "demo-key", "secret": {"env": "OTHER_SECRET"}}, "secret"),
    ({"key": "other-key", "secret": {"env": "DEMO_SECRET"}}, "key"),
])
def test_wrong_credentials(examine, sandbox, monkeypatch, consumer, meaning):
    monkeypatch.setenv("OTHER_SECRET", "wrong")
    told = examine(configuration(provider(sandbox.http_url, consumers=[{"name": "main", **consumer}])))
    assert (told.status, told.failed()) == (OURS, ["request token"])
    assert "HTTP 401" in told.text("request token") and "oauth_problem=" in told.text("request token")
    assert f"`{meaning}`" in told.advice("request token")
    assert (told.verdict("callback"), told.verdict("clock")) == ("skipped", "OK"), "an answer tells the time"


@pytest.fixture
def evil_answer(evil, examine):
    """The doctor of a provider that answers a request token so."""
    def run(*answer, **overrides):
        evil.forget()
        for _ in range(3):
            evil.answer("/oauth/request_token", *answer)
        return examine(configuration(provider(evil.url, **overrides)))
    return run


@pytest.mark.parametrize("setting, verdict, status", [
    ("require", "FAILED", THEIRS), ("warn", "LOOK", FINE), ("ignore", "OK", FINE)])
def test_a_callback_that_is_not_confirmed(evil_answer, setting, verdict, status):
    told = evil_answer(form_answer(oauth_token="t", oauth_token_secret="s"), callback_confirmed=setting)
    assert (told.verdict("callback"), told.status) == (verdict, status), told.shown
    assert told.verdict("request token") == "OK"


def test_a_provider_that_is_broken(evil_answer):
    told = evil_answer(http_answer(503))
    assert (told.status, told.failed()) == (THEIRS, ["request token"]) and "HTTP 503" in told.text("request token")


def test_a_provider_that_answers_with_a_page(evil_answer):
    told = evil_answer(http_answer(200, body=b"<html>Maintenance \x1b[31m</html>"))
    assert (told.status, told.failed()) == (THEIRS, ["request token"]) and "Maintenance" not in str(told.shown)


@pytest.mark.parametrize("skew, ways, says", [
    (1200, "ahead of ours", "learns"), (-1200, "behind ours", "learns"), (7200, "ahead of ours", "not believed")])
def test_a_clock_that_differs(examine, skew, ways, says):
    with Sandbox.start(https=False, flags=[f"--clock-skew={skew}"]) as skewed:
        told = examine(configuration(provider(skewed.http_url)))
    assert told.status == OURS and "clock" in told.failed()
    assert ways in told.text("clock") and says in told.advice("clock")
    # The service learns twenty minutes from one refusal, and so does the doctor.
    assert (told.verdict("request token") == "OK") == (abs(skew) < 3600)


def test_two_minutes_are_worth_a_look(examine):
    with Sandbox.start(https=False, flags=["--clock-skew=120"]) as skewed:
        told = examine(configuration(provider(skewed.http_url)))
    assert (told.verdict("clock"), told.status) == ("LOOK", FINE)


def test_without_the_configuration_the_service_is_asked(oauth1d, sandbox, tmp_path):
    user = TerminalUser(oauth1d.address, tmp_path, "")
    missing = {"OAUTH1D_CONFIG": str(tmp_path / "missing.yaml")}
    told = Told(user.ctl("doctor", "sandbox", "--json", "--callback", CALLBACK, environment=missing))
    assert told.status == FINE and told.steps == SERVICE + ["login"] + PATH + LOGIN
    assert {told.verdict(step) for step in SERVICE + ["login"]} == {"OK"}
    assert "missing.yaml: No such file" in told.text("configuration")
    assert {told.verdict(step) for step in PATH + LOGIN} == {"skipped"}
    told = Told(user.ctl("doctor", "sandbox", "--json", environment=missing))
    assert told.verdict("login") == "skipped" and "--callback" in told.text("login")
    assert user.ctl("doctor", "sandbox", "--config", tmp_path / "missing.yaml").status == USAGE


def test_the_configuration_may_come_from_the_environment(oauth1d, sandbox, tmp_path):
    config = write_configuration(tmp_path, over_tls(sandbox))
    user = TerminalUser(oauth1d.address, tmp_path, "")
    assert Told(user.ctl("doctor", "sandbox", "--json", environment={"OAUTH1D_CONFIG": str(config)})).status == FINE
