"""The tests' application in Flask."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask

from oauth1d.errors import OAuth1dError
from oauth1d.flask_client import OAuth


def flask_app(between: Callable[[], None] = lambda: None, **settings: Any) -> tuple[flask.Flask, OAuth]:
    """`between` is called between the login and the signed call; `settings` go to OAuth."""
    app = flask.Flask(__name__)
    oauth = OAuth(app, **settings)

    @app.get("/login/twitter")
    def login() -> Any:
        return oauth.twitter.authorize_redirect(flask.url_for("authorize", _external=True), app_state="/ü")

    @app.get("/auth/twitter")
    def authorize() -> Any:
        token = oauth.twitter.authorize_access_token()
        between()
        profile = oauth.twitter.get("account/verify_credentials.json").json()
        response = flask.jsonify(
            token=token["screen_name"], profile=profile["screen_name"], app_state=token.app_state.decode()
        )
        token.delete_cookie(response)
        return response

    @app.get("/profile")
    def profile() -> Any:
        return flask.jsonify(oauth.twitter.get("account/verify_credentials.json").json())

    @app.errorhandler(OAuth1dError)
    def show_failure(error: OAuth1dError) -> Any:
        return {"class": type(error).__name__}, 403

    return app, oauth
