"""A provider with two consumers: the caller says which, and a token knows its own."""

import pytest

from browser import come_back_from_evil
from caller import Caller
from configuration import CALLBACK, configuration, provider
from evil_provider import form_answer, http_answer, temporary
from oauth1d_process import Oauth1d
from protocol_parameters import protocol_parameters
from refusals import refused_field


@pytest.fixture(scope="module")
def web(evil):
    consumers = [{"name": name, "key": f"key-of-{name}", "secret": {"env": "DEMO_SECRET"}} for name in ("web", "app")]
    with Oauth1d(configuration(provider(evil.url, consumers=consumers))) as server, Caller(server.address) as caller:
        yield caller


def test_one_must_be_named(web, evil):
    refused_field("consumer", web.start, callback_url=CALLBACK)
    refused_field("consumer", web.send, "GET", "me")
    assert evil.received == []


def test_the_token_keeps_the_consumer_of_its_login(web, evil):
    evil.answer("/oauth/request_token", temporary())
    evil.answer("/oauth/access_token", form_answer(oauth_token="t", oauth_token_secret="s"))
    evil.answer("/1.1/me", http_answer(200))
    for name in ("app", "web"):
        evil.received.clear()
        browser = come_back_from_evil(web, evil, consumer=name)
        web.send("GET", "me", browser.finish(web).access_token)
        web.send("GET", "me", consumer=name)
        assert len(evil.received) == 4
        assert {protocol_parameters(one)["oauth_consumer_key"] for one in evil.received} == {f"key-of-{name}"}
