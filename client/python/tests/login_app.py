"""The application of the tests: the login of Authlib's Starlette example, with nothing but the import changed."""
from __future__ import annotations

import warnings
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient

from oauth1d.errors import OAuth1dError
from oauth1d.starlette_client import OAuth

CALLBACK = "http://127.0.0.1:8000"


def login_app(**settings: Any) -> Starlette:
    """No SessionMiddleware; `settings` go to OAuth."""
    app = Starlette(exception_handlers={OAuth1dError: show_failure})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of @app.route, which the example uses
        _add_example(app, **settings)

    return app


async def show_failure(request: Request, error: OAuth1dError) -> Response:
    return JSONResponse({"error": error.error, "class": type(error).__name__}, status_code=403)


def _add_example(app: Starlette, **settings: Any) -> None:
    oauth = OAuth(**settings)
    app.state.oauth = oauth

    @app.route('/login/twitter')
    async def login_via_twitter(request):
        twitter = oauth.create_client('twitter')
        redirect_uri = request.url_for('authorize_twitter')
        return await twitter.authorize_redirect(request, redirect_uri)

    @app.route('/auth/twitter')
    async def authorize_twitter(request):
        twitter = oauth.create_client('twitter')
        token = await twitter.authorize_access_token(request)
        resp = await twitter.get('account/verify_credentials.json')
        profile = resp.json()
        # do something with the token and profile
        response = JSONResponse({"token": token["screen_name"], "profile": profile["screen_name"]})
        token.delete_cookie(response)
        return response

    @app.route('/profile')
    async def profile(request):
        resp = await oauth.twitter.get('account/verify_credentials.json')
        return JSONResponse(resp.json())


def browser_of(app: Any, base_url: str = CALLBACK) -> TestClient:
    return TestClient(app, base_url=base_url)


def start(browser: TestClient) -> str:
    """Clicks "log in"; where the browser is sent."""
    answer = browser.get("/login/twitter", follow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "no-store"
    return answer.headers["location"]
