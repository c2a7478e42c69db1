"""Logging in through FastAPI, with the client that is also Starlette's."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from oauth1d.errors import OAuth1dError
from oauth1d.starlette_client import OAuth, Token
from oauth1d.testing import FakeService


@pytest.fixture
def service() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running


def fastapi_app(service: FakeService) -> FastAPI:
    app = FastAPI()
    oauth = OAuth(settings=service.settings)

    async def logged_in(request: Request) -> Token:
        return await oauth.twitter.authorize_access_token(request)

    @app.get("/login/twitter")
    async def login(request: Request) -> Any:
        return await oauth.twitter.authorize_redirect(request, request.url_for("authorize"))

    @app.get("/auth/twitter")
    async def authorize(token: Token = Depends(logged_in)) -> dict[str, str]:
        profile = await oauth.twitter.get("account/verify_credentials.json")
        return {"token": token["screen_name"], "profile": profile.json()["screen_name"]}

    @app.get("/profile")
    async def profile() -> Any:
        return (await oauth.twitter.get("account/verify_credentials.json")).json()

    @app.exception_handler(OAuth1dError)
    async def show_failure(request: Request, error: OAuth1dError) -> JSONResponse:
        return JSONResponse({"class": type(error).__name__}, status_code=403)

    return app


def test_a_login_in_a_dependency_a_denial_and_an_expired_flow(service: FakeService) -> None:
    with TestClient(fastapi_app(service), base_url="https://app.example") as browser:
        def begin() -> str:
            return browser.get("/login/twitter", follow_redirects=False).headers["location"]

        assert browser.get(service.approve(begin(), "alice")).json() == {"token": "alice", "profile": "alice"}
        assert service.calls[0][1].callback_url == "https://app.example/auth/twitter"
        assert browser.get("/profile").json() == {"class": "MissingTokenError"}
        assert browser.get(service.deny(begin())).json() == {"class": "UserDenied"}
        callback = service.approve(begin(), "alice")
        service.expire()
        assert browser.get(callback).json() == {"class": "FlowNotFound"}
