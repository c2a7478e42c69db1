"""What /metrics tells of logins, providers and the store."""

import json
import re
import urllib.request

import pytest
from oauth1d.errors import OAuth1dError

from browser import come_back
from caller import Caller
from configuration import CALLBACK, configuration, provider
from free_port import free_port
from oauth1d_process import Oauth1d
from redis_server import RedisServer
from waiting import eventually

SAMPLE = re.compile(r'(\w+)(?:\{(.*)\})? (\S+)')


class Page:
    """The samples at one moment: by name, then by the values of their labels but for `le`, in alphabetical order."""

    def __init__(self, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            self.text = answer.read().decode()
        self._samples = {}
        for line in self.text.splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.fullmatch(line).groups()
                pairs = sorted(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or ""))
                self._samples[name, tuple(value for _, value in pairs)] = float(value)

    def get(self, name, *labels):
        return self._samples.get((f"oauth1d_{name}", labels), 0)


@pytest.fixture(scope="module")
def redis():
    with RedisServer() as running:
        yield running


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def server(sandbox, redis, port):
    away = provider(f"http://127.0.0.1:{free_port()}", "away")
    consumer = {"name": "main", "key": "demo-key", "secret": {"env": "OLD_SECRET"}}
    rotated = provider(sandbox.http_url, "rotated", consumers=[consumer])
    config = json.loads(configuration(provider(sandbox.http_url), away, rotated, store=redis.store))
    config["metrics"] = {"address": f"127.0.0.1:{port}"}
    with Oauth1d(json.dumps(config), environment={**redis.environment, "OLD_SECRET": "of-last-week"}) as running:
        running.secrets.append(redis.password)
        yield running


@pytest.fixture(scope="module")
def web(server):
    with Caller(server.address) as caller:
        yield caller


@pytest.fixture
def grown(server, port):
    """How much a sample has grown since the test began; waited for until it is `wanted`."""
    before = Page(port)

    def check(wanted, name, *labels):
        eventually(lambda: Page(port).get(name, *labels) - before.get(name, *labels) == wanted,
                   f"{name}{labels} grows by {wanted}")
    return check


def test_a_login_its_requests_and_its_store(web, sandbox, grown, server, port):
    browser = come_back(web, sandbox)
    browser.finish(web)
    browser.finish(web)
    grown(1, "flows_total", "started", "sandbox")
    grown(1, "flows_total", "completed", "sandbox")
    grown(1, "flows_total", "replayed", "sandbox")
    grown(1, "upstream_answers_total", "temporary_credentials", "2xx", "sandbox")
    grown(1, "upstream_answers_total", "token_credentials", "2xx", "sandbox")
    grown(1, "upstream_duration_seconds_count", "temporary_credentials", "sandbox")
    # Claimed, and stored: two swaps.
    grown(1, "store_duration_seconds_count", "put")
    grown(2, "store_duration_seconds_count", "get")
    grown(2, "store_duration_seconds_count", "swap")
    grown(0, "store_errors_total", "put")


def test_another_browser_and_a_callback_of_nobody(web, sandbox, grown):
    browser, other = come_back(web, sandbox), come_back(web, sandbox)
    browser.cookies[0].value = other.cookies[0].value
    with pytest.raises(OAuth1dError, match="BINDING_MISMATCH"):
        browser.finish(web)
    with pytest.raises(OAuth1dError, match="FLOW_NOT_FOUND"):
        web.complete(f"{CALLBACK}?state=of-nobody&oauth_token=a&oauth_verifier=b", other.cookies)
    grown(1, "flows_total", "binding_mismatch", "sandbox")
    grown(1, "unknown_callbacks_total", "sandbox")


def test_a_provider_that_is_away_and_its_breaker(web, grown):
    for _ in range(10):
        with pytest.raises(OAuth1dError, match="PROVIDER_UNREACHABLE"):
            web.send("GET", "echo", provider="away")
    grown(20, "upstream_answers_total", "api", "none", "away")
    grown(10, "upstream_repeats_total", "away", "unsent")
    grown(2, "breaker_state", "away")
    grown(0, "breaker_state", "sandbox")


def test_a_secret_that_the_provider_has_changed(web, grown):
    assert web.send("GET", "echo", provider="rotated").answer.status_code == 401
    with pytest.raises(OAuth1dError, match="CONSUMER_REJECTED"):
        web.start("rotated", CALLBACK)
    grown(2, "signature_refusals_total", "rotated")
    grown(1, "upstream_answers_total", "api", "4xx", "rotated")
    grown(1, "upstream_answers_total", "temporary_credentials", "4xx", "rotated")
    grown(1, "flows_total", "failed", "rotated")


def test_no_word_of_a_caller_becomes_a_label(web, server, port):
    with pytest.raises(OAuth1dError):
        web.start("callers-own-word", CALLBACK)
    with pytest.raises(OAuth1dError):
        web.send("GET", "echo", provider="callers-own-word")
    assert "callers-own-word" not in Page(port).text
