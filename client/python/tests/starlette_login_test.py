"""Logging in through Starlette, as a browser does."""
from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fake_service import FakeService
from login_app import browser_of, login_app, start
from oauth1d import errors


def test_the_example_logs_a_user_in(service: FakeService) -> None:
    browser = browser_of(login_app(server=service.address))
    callback = service.approve(start(browser), "alice")
    assert callback.startswith("http://127.0.0.1:8000/auth/twitter?")
    answer = browser.get(callback)
    assert answer.json() == {"token": "alice", "profile": "alice"}
    assert service.calls_of("StartAuthorization")[0].callback_url == "http://127.0.0.1:8000/auth/twitter"
    assert service.calls_of("SignedRequest")[0].access_token == "oa1_twitter.alice"


def test_the_server_is_found_by_the_environment(service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTH1D_SERVER", service.address)
    browser = browser_of(login_app())
    assert browser.get(service.approve(start(browser), "alice")).json()["profile"] == "alice"


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000", "https://app.example"])
def test_the_cookie_has_the_attributes_that_bind(service: FakeService, base_url: str) -> None:
    browser = browser_of(login_app(server=service.address), base_url)
    answer = browser.get("/login/twitter", follow_redirects=False)
    name, _, rest = answer.headers["set-cookie"].partition("=")
    value, *attributes = [part.strip() for part in rest.split(";")]
    assert (name, value) == next(iter(service.flows.values())).cookie
    secure = base_url.startswith("https:")
    assert name.startswith("__Host-oauth1-") is secure
    expected = {"path=/", "httponly", "samesite=lax", "max-age=600"} | ({"secure"} if secure else set())
    assert {attribute.lower() for attribute in attributes} == expected


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000", "https://app.example"])
def test_the_spent_cookie_is_deleted(service: FakeService, base_url: str) -> None:
    browser = browser_of(login_app(server=service.address), base_url)
    redirect_url = start(browser)
    assert len(browser.cookies) == 1
    answer = browser.get(service.approve(redirect_url, "alice"))
    assert answer.status_code == 200
    assert len(browser.cookies) == 0
    assert ("secure" in answer.headers["set-cookie"].lower()) is base_url.startswith("https:")


def test_two_tabs_finish_each_its_own_login(service: FakeService) -> None:
    browser = browser_of(login_app(server=service.address))
    first, second = start(browser), start(browser)
    assert len(browser.cookies) == 2
    assert browser.get(service.approve(second, "bob")).json()["profile"] == "bob"
    assert browser.get(service.approve(first, "alice")).json()["profile"] == "alice"


def test_a_second_browser_cannot_finish_the_flow(service: FakeService) -> None:
    app = login_app(server=service.address)
    browser, thief = browser_of(app), browser_of(app)
    callback = service.approve(start(browser), "alice")
    start(thief)
    assert thief.get(callback).json() == {"error": "binding_mismatch", "class": "BindingMismatch"}
    assert browser.get(callback).json()["profile"] == "alice"


def test_a_denial_is_an_exception_of_its_own(service: FakeService) -> None:
    browser = browser_of(login_app(server=service.address))
    answer = browser.get(service.deny(start(browser)))
    assert answer.json() == {"error": "user_denied", "class": "UserDenied"}
    assert service.calls_of("SignedRequest") == []


def test_an_expired_flow_and_a_repeated_callback(service: FakeService) -> None:
    app = login_app(server=service.address)
    browser = browser_of(app)
    callback = service.approve(start(browser), "alice")
    cookies = dict(browser.cookies)
    assert browser.get(callback).status_code == 200
    browser.cookies.update(cookies)
    assert browser.get(callback).json()["class"] == "AlreadyCompleted"
    service.expire_flows()
    assert browser.get(callback).json()["class"] == "FlowNotFound"


def test_the_callback_goes_to_the_service_byte_for_byte(service: FakeService) -> None:
    app = login_app(server=service.address)
    cookies = "; ".join([
        "session=1", f"oauth1-aaaaaaaaaaaaaaaa={'1' * 43}", 'theme="a;b"',
        f"__Host-oauth1-bbbbbbbbbbbbbbbb={'2' * 43}", f"oauth1-aaaaaaaaaaaaaaaa={'3' * 43}", "noauth1-=no", "broken",
        "oauth1-x=", "oauth1-aaaaaaaaaaaaaaaa=planted", f"oauth1-dddddddddddddddd={'4' * 42}=",
    ])
    # No test client: they all tidy the query.
    scope = {
        "type": "http", "method": "GET", "path": "/auth/twitter", "query_string": b"a=%2f%2F&b=+&&=&a=%ff;x|\xff",
        "headers": [(b"cookie", cookies.encode()), (b"cookie", b"oauth1-cccccccccccccccc=" + b"5" * 43 + b"; oauth1-d=\xe4")],
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 403
    request = service.calls_of("CompleteAuthorization")[0]
    assert request.callback_query == "a=%2f%2F&b=+&&=&a=%ff;x|%FF"
    assert [(cookie.name, cookie.value) for cookie in request.binding_cookies] == [
        ("oauth1-aaaaaaaaaaaaaaaa", "1" * 43), ("oauth1-aaaaaaaaaaaaaaaa", "3" * 43),
        ("oauth1-cccccccccccccccc", "5" * 43), ("__Host-oauth1-bbbbbbbbbbbbbbbb", "2" * 43),
    ]


def test_at_most_32_cookies_are_sent_and_the_newest_win(service: FakeService) -> None:
    browser = browser_of(login_app(server=service.address))
    value = "v" * 43
    planted = [f"oauth1-{number:016}={value}" for number in range(40)]
    cookies = "; ".join([f"__Host-oauth1-{0:016}={value}", *planted])
    browser.get("/auth/twitter?state=x", headers={"cookie": cookies})
    names = [cookie.name for cookie in service.calls_of("CompleteAuthorization")[0].binding_cookies]
    assert names == [*(f"oauth1-{number:016}" for number in range(9, 40)), f"__Host-oauth1-{0:016}"]


def test_app_state_and_parameters_go_along(service: FakeService) -> None:
    app = login_app(server=service.address)
    oauth = app.state.oauth
    oauth.register("twitter", authorize_params={"lang": "de"}, consumer="second")

    async def with_state(request):
        return await oauth.twitter.authorize_redirect(
            request, str(request.url_for("keep")), app_state="/wohin?ü", force_login="true",
            authorize_parameters=[("screen_name", "alice")], request_token_parameters={"x_auth_access_type": "read"},
        )

    async def keep(request):
        # In a task of its own, as a time limit makes it.
        token = await asyncio.wait_for(oauth.twitter.authorize_access_token(request), 5)
        both = await asyncio.gather(oauth.twitter.get("echo"), oauth.twitter.get("account/verify_credentials.json"))
        kept.append((token, [resp.status_code for resp in both]))
        return await oauth.twitter.authorize_redirect(request, request.url_for("keep"))

    kept: list[Any] = []
    app.add_route("/with-state", with_state)
    app.add_route("/keep", keep)
    browser = browser_of(app)
    answer = browser.get("/with-state", follow_redirects=False)
    assert "lang=de&screen_name=alice&force_login=true" in answer.headers["location"]
    request = service.calls_of("StartAuthorization")[0]
    assert request.consumer == "second"
    assert request.request_token_parameters[0].name == "x_auth_access_type"
    browser.get(service.approve(answer.headers["location"], "alice"), follow_redirects=False)
    token, statuses = kept[0]
    assert statuses == [200, 200]
    assert token.app_state == "/wohin?ü".encode()
    assert token["access_token"] == "oa1_twitter.alice"
    assert token["user_id"] == "510" and token["screen_name"] == "alice" and token["expires_at"] == 2_000_000_000
    assert "oa1_" not in repr(token) and "alice" in repr(token)


def test_a_provider_that_the_service_does_not_know(service: FakeService) -> None:
    app = login_app(server=service.address)

    async def story() -> None:
        with pytest.raises(errors.ProviderNotFound):
            await app.state.oauth.nowhere.authorize_redirect(None, "https://app.example/auth")
        await app.state.oauth.aclose()

    asyncio.run(story())
