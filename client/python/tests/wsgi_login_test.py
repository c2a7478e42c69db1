"""Logging in through Flask and through Django: the same story, told to both."""
from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from django.core.handlers.asgi import ASGIHandler

from django_app import django_app
from flask_app import flask_app
from oauth1d import errors
from oauth1d.testing import FakeService
from threaded_server import serving

LOOPBACK = "http://127.0.0.1:8000"
MakeApp = Callable[..., tuple[Any, Any]]


@pytest.fixture
def service() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


@pytest.fixture(params=[flask_app, django_app], ids=["flask", "django"])
def make_app(request: pytest.FixtureRequest) -> MakeApp:
    return request.param


def browser_of(app: Any, base_url: str = LOOPBACK, **options: Any) -> httpx.Client:
    return httpx.Client(transport=httpx.WSGITransport(app=app), base_url=base_url, **options)


def begin(browser: httpx.Client) -> str:
    answer = browser.get("/login/twitter")
    assert answer.status_code == 302 and answer.headers["cache-control"] == "no-store"
    return answer.headers["location"]


def cookie_of(answer: httpx.Response) -> Any:
    (morsel,) = SimpleCookie(answer.headers["set-cookie"]).values()
    return morsel


def test_a_user_logs_in(service: FakeService, make_app: MakeApp) -> None:
    app, _ = make_app(settings=service.settings)
    with browser_of(app) as browser:
        answer = browser.get(service.approve(begin(browser), "alice"))
        assert answer.json() == {"token": "alice", "profile": "alice", "app_state": "/ü"}
        assert len(browser.cookies) == 0
    assert service.calls[0][1].callback_url == f"{LOOPBACK}/auth/twitter"
    assert [(sent.method, sent.path, sent.user.screen_name) for sent in service.requests] == [
        ("GET", "account/verify_credentials.json", "alice")
    ]


@pytest.mark.parametrize(("base_url", "secure"), [(LOOPBACK, False), ("https://app.example", True)])
def test_the_cookie_binds_and_is_deleted_in_the_end(
    service: FakeService, make_app: MakeApp, base_url: str, secure: bool
) -> None:
    app, _ = make_app(settings=service.settings)
    with browser_of(app, base_url) as browser:
        answer = browser.get("/login/twitter")
        cookie = cookie_of(answer)
        assert cookie.key.startswith("__Host-oauth1-" if secure else "oauth1-")
        assert (bool(cookie["secure"]), cookie["httponly"], cookie["samesite"]) == (secure, True, "Lax")
        assert (cookie["path"], cookie["max-age"], cookie["domain"]) == ("/", "600", "")
        answer = browser.get(service.approve(answer.headers["location"]))
        deleted = cookie_of(answer)
        assert (deleted.key, deleted.value, deleted["max-age"]) == (cookie.key, "", "0")
        assert (bool(deleted["secure"]), deleted["path"]) == (secure, "/")


def test_behind_a_proxy_the_address_is_the_browsers(service: FakeService, make_app: MakeApp) -> None:
    app, _ = make_app(settings=service.settings)
    if make_app is flask_app:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app)
    with browser_of(app, "http://app.example", headers={"X-Forwarded-Proto": "https"}) as browser:
        assert cookie_of(browser.get("/login/twitter")).key.startswith("__Host-")
    assert service.calls[-1][1].callback_url == "https://app.example/auth/twitter"
    with browser_of(app, "http://app.example") as browser:
        assert browser.get("/login/twitter").json() == {"class": "InvalidRequest"}


def test_a_second_browser_is_refused_and_the_first_finishes(service: FakeService, make_app: MakeApp) -> None:
    app, _ = make_app(settings=service.settings)
    with browser_of(app) as browser, browser_of(app) as thief:
        callback = service.approve(begin(browser))
        begin(thief)
        assert thief.get(callback).json() == {"class": "BindingMismatch"}
        assert browser.get(callback).json()["profile"] == "alice"


def test_a_denial_an_expired_login_and_a_service_that_is_away(service: FakeService, make_app: MakeApp) -> None:
    app, _ = make_app(settings=service.settings)
    with browser_of(app) as browser:
        assert browser.get(service.deny(begin(browser))).json() == {"class": "UserDenied"}
        to_provider = begin(browser)
        callback = service.approve(to_provider)
        service.expire(to_provider)
        assert browser.get(callback).json() == {"class": "FlowNotFound"}
        with service.down():
            assert browser.get("/login/twitter").json() == {"class": "Unavailable"}
        assert browser.get("/profile").json() == {"class": "MissingTokenError"}
    assert service.requests == []


def test_the_callback_goes_to_the_service_byte_for_byte(service: FakeService, make_app: MakeApp) -> None:
    app, _ = make_app(settings=service.settings)
    first, second, third = (f"oauth1-{letter * 16}={letter * 43}" for letter in "abc")
    again = f"oauth1-{'a' * 16}={'d' * 43}"
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/auth/twitter", "SCRIPT_NAME": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": False,
        "wsgi.run_once": False, "QUERY_STRING": "a=%2f%2F&b=+&&=&state=x&oauth_verifier=v&a=%ff;x|\xff",
        # Two Cookie headers, which servers join with a comma.
        "HTTP_COOKIE": f'session="a;b"; {first}; theme=d\xe4rk; {again}; oauth1-x=,__Host-{second}; {third}',
    }
    statuses: list[str] = []
    list(app(environ, lambda status, headers, *_: statuses.append(status)))
    assert statuses[0].startswith("403")
    request = service.calls[0][1]
    assert request.callback_query == "a=%2f%2F&b=+&&=&state=x&oauth_verifier=v&a=%ff;x|%FF"
    assert [f"{cookie.name}={cookie.value}" for cookie in request.binding_cookies] == [
        first, again, third, f"__Host-{second}"
    ]


def test_a_renewed_token_is_saved_and_used(service: FakeService, make_app: MakeApp) -> None:
    saved: list[Any] = []
    stored = {"alice": service.log_in("alice")}

    def save(name: str, token: Any) -> None:
        saved.append((name, token.previous_access_token))
        stored["alice"] = token

    app, oauth = make_app(settings=service.settings, fetch_token=lambda name: stored["alice"], save_token=save)
    old = stored["alice"]["access_token"]
    service.renew_tokens()
    with browser_of(app) as browser:
        for _ in range(2):
            shown = browser.get("/profile").json()
            assert shown.get("screen_name") == "alice", shown
    assert saved == [("twitter", old)]
    assert [sent.access_token == old for sent in service.requests] == [True, False]
    oauth.close()


def test_twenty_logins_at_once_never_mix(service: FakeService, make_app: MakeApp) -> None:
    """All of them stand between their login and their signed call at the same time, twice, on the same 20 threads."""
    users = [f"user-{number}" for number in range(20)]
    all_logged_in = threading.Barrier(len(users), timeout=60)
    app, _ = make_app(all_logged_in.wait, settings=service.settings)

    def log_in(user: str) -> Any:
        with httpx.Client(base_url=url, timeout=120, trust_env=False) as browser:
            to_provider = browser.get("/login/twitter").headers["location"]
            return browser.get(service.approve(to_provider, user).replace(LOOPBACK, url)).json()

    def look(_: int) -> Any:
        return httpx.get(f"{url}/profile", timeout=120, trust_env=False).json()

    with serving(app, threads=len(users)) as url, ThreadPoolExecutor(len(users)) as people:
        for _ in range(2):
            assert list(people.map(log_in, users)) == [
                {"token": user, "profile": user, "app_state": "/ü"} for user in users
            ]
            # The same threads now serve people who did not log in.
            assert list(people.map(look, range(40))) == [{"class": "MissingTokenError"}] * 40


def test_one_connection_is_shared_and_closed(service: FakeService, make_app: MakeApp) -> None:
    _, oauth = make_app(settings=service.settings)
    token = service.log_in("bob")
    answer = oauth.twitter.post("statuses/update.json", token=token, data={"status": "hello"})
    assert answer.status_code == 404 and service.requests[-1].data == {"status": "hello"}
    oauth.close()
    assert oauth.twitter.get("account/verify_credentials.json", token=token).json()["screen_name"] == "bob"
    oauth.close()
    with service.down(), pytest.raises(errors.Unavailable):
        oauth.twitter.get("account/verify_credentials.json", token=token)
    oauth.close()


def test_django_under_asgi(service: FakeService) -> None:
    """Its sync views share one thread there; the context tells whose request it is."""
    django_app(settings=service.settings)
    asgi = ASGIHandler()

    async def story() -> list[Any]:
        transport = httpx.ASGITransport(app=asgi)

        async def one(user: str) -> list[Any]:
            async with httpx.AsyncClient(transport=transport, base_url=LOOPBACK) as browser:
                to_provider = (await browser.get("/login/twitter")).headers["location"]
                finished = await browser.get(service.approve(to_provider, user))
                return [finished.json()["profile"], (await browser.get("/profile")).json()["class"]]

        odd = "/auth/twitter?state=x&oauth_verifier=v&a=+%2F&&b=ü"
        cookies = {"oauth1-" + "a" * 16: "b" * 43}
        async with httpx.AsyncClient(transport=transport, base_url=LOOPBACK, cookies=cookies) as browser:
            await browser.get(odd)
        return await asyncio.gather(*(one(user) for user in ["alice", "bob"] * 5))

    assert asyncio.run(story()) == [[user, "MissingTokenError"] for user in ["alice", "bob"] * 5]
    first = next(request for name, request in service.calls if name == "CompleteAuthorization")
    assert first.callback_query == "state=x&oauth_verifier=v&a=+%2F&&b=%C3%BC"
