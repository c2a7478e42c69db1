"""A call without `token=` is for the user who logged in during this web request, and for nobody else."""
from __future__ import annotations

import asyncio
from typing import Any

import httpx
from starlette.endpoints import HTTPEndpoint
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse

from fake_service import FakeService
from login_app import CALLBACK, browser_of, login_app, start
from oauth1d import errors
from oauth1d.starlette_client import OAuth


def test_without_a_login_in_this_request_there_is_no_token(service: FakeService) -> None:
    browser = browser_of(login_app(server=service.address))
    assert browser.get(service.approve(start(browser), "alice")).status_code == 200
    assert browser.get("/profile").json() == {"error": "error", "class": "MissingTokenError"}


def test_a_token_is_for_its_own_provider_and_oauth_object(service: FakeService) -> None:
    app = login_app(server=service.address)
    oauth, other = app.state.oauth, OAuth(service.address)
    refused: list[str] = []

    async def authorize(request: Request) -> JSONResponse:
        await oauth.twitter.authorize_access_token(request)
        for client in (oauth.photos, other.twitter):
            try:
                await client.get("echo")
            except errors.MissingTokenError:
                refused.append(client.name)
        own = await asyncio.create_task(_get_in_a_task_of_its_own(oauth))
        return JSONResponse({"own": (await oauth.twitter.get("echo")).status_code, "task": own})

    app.add_route("/authorize", authorize)
    browser = browser_of(app)
    callback = service.approve(start(browser), "alice").replace("/auth/twitter", "/authorize")
    assert browser.get(callback).json() == {"own": 200, "task": "MissingTokenError"}
    assert refused == ["photos", "twitter"]


async def _get_in_a_task_of_its_own(oauth: OAuth) -> str:
    try:
        return str((await oauth.twitter.get("echo")).status_code)
    except errors.MissingTokenError as error:
        return type(error).__name__


def test_one_task_for_many_requests_keeps_no_token(service: FakeService) -> None:
    """httpx's ASGI transport runs every request in the caller's task and context."""
    app = login_app(server=service.address)

    async def story() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=CALLBACK) as browser:
            started = await browser.get("/login/twitter")
            finished = await browser.get(service.approve(started.headers["location"], "alice"))
            assert finished.json()["profile"] == "alice"
            return await browser.get("/profile")

    assert asyncio.run(story()).json()["class"] == "MissingTokenError"


def test_behind_a_middleware_that_runs_the_endpoint_in_a_task_of_its_own(service: FakeService) -> None:
    app = login_app(server=service.address)

    class LoginEndpoint(HTTPEndpoint):
        async def get(self, request: Request) -> JSONResponse:
            await app.state.oauth.twitter.authorize_access_token(request)
            answer = await app.state.oauth.twitter.get("account/verify_credentials.json")
            return JSONResponse(answer.json())

    async def pass_on(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    app.add_middleware(BaseHTTPMiddleware, dispatch=pass_on)
    app.add_route("/class", LoginEndpoint)
    browser = browser_of(app)
    assert browser.get(service.approve(start(browser), "alice")).json()["profile"] == "alice"
    callback = service.approve(start(browser), "bob").replace("/auth/twitter", "/class")
    assert browser.get(callback).json()["screen_name"] == "bob"
    assert browser.get("/profile").json()["class"] == "MissingTokenError"
