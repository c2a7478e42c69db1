"""The fake of oauth1d.testing refuses what the service refuses, and takes what it takes: else an application's own tests
pass, and production fails."""

import pytest
from oauth1d import Client, OAuth1dError, ProviderToken
from oauth1d.testing import FakeService

from configuration import CALLBACK, configuration, provider
from oauth1d_process import Oauth1d

MANY = [(f"x-{i}", "1") for i in range(101)]
CALLS = {
    "a relative url": ("GET", "echo", {}),
    "a query": ("GET", "echo?a=1&a=2&b", {"params": [("c", "d e")]}),
    "no url": ("GET", "", {}),
    "a fragment": ("GET", "echo#top", {}),
    "a blank": ("GET", "a b", {}),
    "not ASCII": ("GET", "caf\u00e9", {}),
    "a long url": ("GET", "a" * 8193, {}),
    "a percent sign alone": ("GET", "100%", {}),
    "above the API": ("GET", "../x", {}),
    "another host": ("GET", "https://elsewhere.example/x", {}),
    "oauth_ in the url": ("GET", "echo?oauth_token=x", {}),
    "oauth_ in the query": ("GET", "echo", {"params": {"oauth_nonce": "x"}}),
    "oauth_ in the form": ("POST", "echo", {"data": {"oauth_verifier": "x"}}),
    "a form": ("POST", "echo", {"data": {"status": "hello"}}),
    "a method in lower case": ("get", "echo", {}),
    "no method that is known": ("BREW", "echo", {}),
    "a header": ("GET", "echo", {"headers": {"x-request": "1"}}),
    "Authorization": ("GET", "echo", {"headers": {"Authorization": "x"}}),
    "Host": ("GET", "echo", {"headers": {"Host": "x"}}),
    "Cookie": ("GET", "echo", {"headers": {"Cookie": "x"}}),
    "Content_Length": ("GET", "echo", {"headers": {"Content_Length": "1"}}),
    "Proxy-Anything": ("GET", "echo", {"headers": {"Proxy-Anything": "x"}}),
    "a header of two lines": ("GET", "echo", {"headers": {"x": "a\r\nb: c"}}),
    "a hundred and one headers": ("GET", "echo", {"headers": MANY}),
    "a large body": ("POST", "echo", {"content": b"x" * 3_670_017}),
}
CALLBACKS = {
    "as it came": lambda query: query,
    "the state twice": lambda query: f"{query}&state=x",
    "the token twice": lambda query: f"{query}&oauth_token=x",
    "the verifier twice": lambda query: f"{query}&oauth_verifier=x",
    "something else": lambda query: f"{query}&lang=de",
    "nothing": lambda query: "",
}


@pytest.fixture(scope="module")
def real(sandbox):
    with Oauth1d(configuration(provider(sandbox.http_url, "twitter"))) as server, Client(server.address) as client:
        yield client


@pytest.fixture(scope="module")
def fake():
    with FakeService(providers=["twitter"]) as service, Client(settings=service.settings) as client:
        client.service = service
        yield client


def told(attempt):
    """What the caller is told: "taken", or the reason with the first field that it names."""
    try:
        attempt()
    except OAuth1dError as error:
        return error.reason, [violation.field.split("[")[0] for violation in error.field_violations[:1]]
    except ValueError as error:
        return "by the package itself", type(error).__name__
    return "taken"


@pytest.mark.parametrize("name", CALLS)
def test_a_call(real, fake, name):
    method, url, options = CALLS[name]
    answers = []
    for client in (real, fake):
        token = client.import_access_token("twitter", token=ProviderToken("1001-x", "y"))
        answers.append(told(lambda: client.signed_request("twitter", method, url, token=token, **options)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback(real, fake, sandbox, name):
    answers = []
    for client in (real, fake):
        started = client.start_authorization("twitter", CALLBACK)
        came_back = (client.service.approve(started.redirect_url) if client is fake
                     else sandbox.approve(started.redirect_url, "alice"))
        query = CALLBACKS[name](came_back.partition("?")[2])
        answers.append(told(lambda: client.complete_authorization("twitter", query, [started.binding_cookie])))
        answers.append(told(lambda: client.complete_authorization("twitter", query, [])))
    assert answers[:2] == answers[2:]
