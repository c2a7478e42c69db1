"""An example application, walked as people walk it, in whatever language it is written.

    def test_the_walk():
        walk(["/usr/bin/python3", ROOT / "client/python/examples/flask_login.py", "--port", "{port}"])

The contract of an example, on 127.0.0.1, with the service's address in OAUTH1D_SERVER:
`GET /` 200, HTML with a link to /login/twitter; `GET /login/twitter` 302 to the provider, with the binding cookie;
`GET /auth/twitter`, the callback, 200, HTML with the screen_name that account/verify_credentials.json told.
A denial is a 403, an unknown or expired flow 410, another browser's cookie 403, a provider or a service that is away
503: each a readable page with role="alert". What the provider says is escaped, and no secret reaches the browser.
"""

import contextlib
import secrets
from urllib.parse import quote, urlsplit

from configuration import CONSUMER_SECRET, configuration, grant, provider
from evil_provider import RESET, EvilProvider, form_answer, http_answer, temporary
from example_browser import ExampleBrowser
from example_process import ROOT, ExampleProcess
from free_port import free_port
from oauth1d_process import Oauth1d
from protocol_parameters import protocol_parameters
from provider_process import Sandbox
from secret_search import holds_none_of
from waiting import eventually

__all__ = ["ROOT", "walk"]

MARKUP = "<img src=x onerror=alert(1)>\"'&"
TEMPORARY_SECRET, TOKEN_SECRET = secrets.token_urlsafe(24), secrets.token_urlsafe(24)


def walk(command, *, environment=None, folder=ROOT, beside=None):
    """Starts the sandbox, oauth1d and the example, and walks it. Raises AssertionError where it breaks the contract.

    command: a list; environment: added to ours, where OAUTH1D_SERVER and PORT are set; folder: where it runs.
    beside: what the example needs next to it, e.g. {"gateway": (["oauth1d-gateway", …], {…})}: name to command and
    environment; each must listen on a port of its own, and is started before the example.
    In all of them {port} is the example's port, {server} the service's address and {NAME} the port of what is beside.
    The example is up when its port takes connections; it is ended by SIGTERM, with all that it started.
    """
    port, server_port = free_port(), free_port()
    ports = {name: free_port() for name in beside or {}}
    places = {"port": port, "server": f"127.0.0.1:{server_port}", **ports}

    def fill(text):
        text = str(text)
        for name, place in places.items():
            text = text.replace("{%s}" % name, str(place))
        return text

    def filled(words, variables):
        given = {name: fill(value) for name, value in (variables or {}).items()}
        own = {"OAUTH1D_SERVER": places["server"], "PORT": str(port)}
        return [fill(word) for word in words], {**own, **given}

    with contextlib.ExitStack() as running:
        world = _World(running.enter_context(Sandbox.start(https=False)), port, server_port)
        running.callback(world.stop_service)
        world.start_service(world.sandbox.http_url)
        for name, (words, variables) in (beside or {}).items():
            words, variables = filled(words, variables)
            running.enter_context(ExampleProcess(words, ports[name], variables, folder))
        words, variables = filled(command, environment)
        example = running.enter_context(ExampleProcess(words, port, variables, folder))
        _walk_all(world)
        holds_none_of(world.secrets(), "example's log", example.told().encode())


class _World:
    """The sandbox and the service around one example."""

    def __init__(self, sandbox, port, server_port):
        self.sandbox, self.url = sandbox, f"http://127.0.0.1:{port}"
        self._server_port, self._service = server_port, None

    def start_service(self, provider_url):
        """With the one provider there; on the same port each time."""
        config = configuration(
            provider(provider_url, "twitter"), listen={"address": f"127.0.0.1:{self._server_port}"},
            grants=[grant("twitter", callback_urls=[f"{self.url}/auth/twitter"])])
        self._service = Oauth1d(config)

    def kill_service(self):
        self._service.kill()

    def stop_service(self):
        if self._service is not None:
            self._service.kill()

    def secrets(self):
        return [CONSUMER_SECRET, TEMPORARY_SECRET, TOKEN_SECRET]

    def browser(self):
        return ExampleBrowser(self.url, self.secrets())


def _walk_all(world):
    with world.browser() as alice, world.browser() as thief:
        _a_login_shows_the_profile(world, alice)
        _a_denial(world, alice)
        _an_unknown_flow(alice)
        _a_callback_in_a_second_browser(world, alice, thief)
        _two_tabs(world, alice)
        left_open = world.sandbox.approve(alice.begin(), "alice")
        world.kill_service()
        _the_service_is_away(alice)
        with EvilProvider() as evil:
            world.start_service(evil.url)  # its memory is empty: every flow of before is gone
            eventually(lambda: alice.get(left_open).status_code != 503, "the example finds the service again")
            alice.is_told(left_open, 410)
            _the_provider_is_away(evil, alice)
            _what_the_provider_says_is_escaped(evil, alice)


def _a_login_shows_the_profile(world, alice):
    assert "/login/twitter" in [urlsplit(link).path for link in alice.shows("/", 200).links]
    to_provider = alice.begin()
    assert to_provider.startswith(f"{world.sandbox.http_url}/oauth/authorize?"), to_provider
    alice.shows(world.sandbox.approve(to_provider, "alice"), 200, "alice")
    signed = world.sandbox.log()[-1]
    assert signed["path"] == "/1.1/account/verify_credentials.json" and signed["verified"], signed


def _a_denial(world, alice):
    alice.is_told(world.sandbox.deny(alice.begin()), 403)


def _an_unknown_flow(alice):
    alice.begin()  # so that there is a cookie, but of another flow
    alice.is_told(f"/auth/twitter?state={secrets.token_urlsafe(32)}&oauth_token=none&oauth_verifier=none", 410)


def _a_callback_in_a_second_browser(world, alice, thief):
    callback = world.sandbox.approve(alice.begin(), "alice")
    thief.is_told(callback, 400, 403)  # without any cookie the service says that one is missing
    thief.begin()
    thief.is_told(callback, 403)
    alice.shows(callback, 200, "alice")


def _two_tabs(world, browser):
    first, second = browser.begin(), browser.begin()
    browser.shows(world.sandbox.approve(second, "bob"), 200, "bob")
    browser.shows(world.sandbox.approve(first, "alice"), 200, "alice")


def _the_service_is_away(browser):
    browser.shows("/", 200)
    browser.is_told("/login/twitter", 503)


def _the_provider_is_away(evil, browser):
    evil.answer("/oauth/request_token", RESET)
    browser.is_told("/login/twitter", 503)


def _what_the_provider_says_is_escaped(evil, browser):
    evil.answer("/oauth/request_token", temporary("temporary-token", TEMPORARY_SECRET))
    evil.answer("/oauth/access_token", form_answer(
        oauth_token="a-token", oauth_token_secret=TOKEN_SECRET, user_id=MARKUP, screen_name=MARKUP))
    evil.answer("/1.1/account/verify_credentials.json", http_answer(
        200, b'{"screen_name": "<img src=x onerror=alert(1)>\\"\'&", "name": "<script>alert(2)</script>"}',
        [(b"Content-Type", b"application/json")]))

    def come_back():
        evil.received.clear()
        browser.begin()
        callback = protocol_parameters(evil.seen("/oauth/request_token")[-1])["oauth_callback"]
        return f"{callback}&oauth_token=temporary-token&oauth_verifier=v"

    _shows_no_markup(browser.shows(come_back(), 200, "<img src=x onerror=alert(1)>"))
    evil.answer("/1.1/account/verify_credentials.json", http_answer(500, b"<script>alert(2)</script>"))
    _shows_no_markup(browser.is_told(come_back(), 502, 503))
    evil.answer("/oauth/access_token", http_answer(401, f"oauth_problem={quote(MARKUP)}".encode()))
    _shows_no_markup(browser.is_told(come_back(), 401, 403, 410, 502))


def _shows_no_markup(page):
    assert "alert(" not in page.script and not any("onerror" in attributes for _, attributes in page.tags), (
        f"markup of the provider's is on the page: {page.tags} {page.script}")
