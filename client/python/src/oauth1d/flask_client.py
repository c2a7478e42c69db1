"""OAuth 1.0 login for Flask, in the shape of Authlib's integration.

    oauth = OAuth(app)

    @app.get("/login")
    def login():
        return oauth.twitter.authorize_redirect(url_for("authorize", _external=True))

    @app.get("/authorize")
    def authorize():
        token = oauth.twitter.authorize_access_token()
        profile = oauth.twitter.get("account/verify_credentials.json").json()

No session and no secret key are needed: the service keeps the login, tied to the browser by a cookie that
`authorize_redirect` sets and `authorize_access_token` reads. Behind a proxy that ends TLS, werkzeug's ProxyFix
lets url_for make the https address that the browser sees.
"""
from __future__ import annotations

from typing import Any

import flask
from werkzeug.wrappers import Response as FlaskResponse

from .base_response import HTTPStatusError
from .errors import MissingTokenError, OAuth1dError
from .parameters import Parameters
from .process_client import ProcessClient
from .registry import IgnoredSettingWarning, Registration, Registry
from .response import Response
from .sync_logins import SyncLogins, set_binding_cookie
from .token import Token

OAuthError = OAuth1dError
"""The name under which code written for Authlib catches a failed login."""

__all__ = [
    "FlaskClient", "HTTPStatusError", "IgnoredSettingWarning", "MissingTokenError", "OAuth", "OAuth1dError",
    "OAuthError", "Response", "Token",
]


class FlaskClient(SyncLogins):
    """One provider. Every failure is an `oauth1d.errors.OAuth1dError`; every `timeout` is in seconds."""

    def authorize_redirect(
        self,
        redirect_uri: str,
        *,
        app_state: bytes | str = b"",
        authorize_parameters: Parameters | None = None,
        request_token_parameters: Parameters | None = None,
        provider_parameters: Parameters | None = None,
        consumer: str | None = None,
        timeout: float | None = None,
        **parameters: Any,
    ) -> FlaskResponse:
        """Begins a login: a redirect (302) to the provider, which sets the binding cookie.

        redirect_uri: where the provider sends the browser afterwards, with scheme and host; exactly one that the
            service's configuration allows.
        app_state: up to 2 KiB of your own, such as the page to return to; comes back as `token.app_state`.
        authorize_parameters, and all further keywords: added to the provider's page, e.g. force_login="true".
        request_token_parameters: added to the temporary credential request. Both must be allowed there.
        provider_parameters, consumer: as in `register`, for this login.
        """
        started = self._start(
            self._current_request(),
            redirect_uri,
            app_state=app_state,
            authorize_parameters=authorize_parameters,
            request_token_parameters=request_token_parameters,
            provider_parameters=provider_parameters,
            consumer=consumer,
            timeout=timeout,
            further=parameters,
        )
        response = flask.redirect(started.redirect_url, 302)
        set_binding_cookie(response, started)
        return response

    def authorize_access_token(self, *, timeout: float | None = None) -> Token:
        """Ends the login that came back with the current request.

        For the rest of this web request, calls without `token=` are for this user. `token.delete_cookie(response)`
        removes the spent cookie. Raises `UserDenied`, `FlowNotFound`, `BindingMismatch`, `AlreadyCompleted` and
        the others of `oauth1d.errors`; RuntimeError outside of a request.
        """
        request = flask.request._get_current_object()  # type: ignore[attr-defined]
        query: str = request.environ.get("QUERY_STRING", "")  # bytes as ISO-8859-1, says PEP 3333
        cookies: str = request.environ.get("HTTP_COOKIE", "")
        return self._complete(request, query.encode("iso-8859-1"), cookies, timeout)

    def _current_request(self) -> Any:
        if not flask.has_request_context():
            return None
        return flask.request._get_current_object()  # type: ignore[attr-defined]


class OAuth(Registry[FlaskClient]):
    """The providers of an application. Make one, at import time: `OAuth()` or `OAuth(app)`.

    app: optional, as is `init_app`. The rest as in `Registry`: server, settings, fetch_token, save_token.
    """

    def __init__(self, app: flask.Flask | str | None = None, server: str | None = None, **settings: Any) -> None:
        if isinstance(app, str):
            app, server = None, app
        super().__init__(server, **settings)
        self._process_client = ProcessClient(self.settings)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: flask.Flask, **settings: Any) -> None:
        """Makes it known to `app` as app.extensions["oauth1d"]. Not needed for anything else."""
        self._warn_about("init_app", settings, stacklevel=2)
        app.extensions["oauth1d"] = self

    def close(self) -> None:
        """Closes this process's connection; the next call opens a new one."""
        self._process_client.close()

    def _new_client(self, registration: Registration) -> FlaskClient:
        return FlaskClient(registration, self._process_client)
