"""OAuth 1.0 login for Django, in the shape of Authlib's integration.

    oauth = OAuth()

    def login(request):
        return oauth.twitter.authorize_redirect(request, request.build_absolute_uri("/authorize"))

    def authorize(request):
        token = oauth.twitter.authorize_access_token(request)
        profile = oauth.twitter.get("account/verify_credentials.json").json()

Neither sessions nor middleware are needed: the service keeps the login, tied to the browser by a cookie that
`authorize_redirect` sets and `authorize_access_token` reads. Behind a proxy that ends TLS, SECURE_PROXY_SSL_HEADER
lets build_absolute_uri make the https address that the browser sees. For views that wait; from an async view use
asgiref's sync_to_async, and pass `token=` or `request=`.
"""
from __future__ import annotations

from typing import Any

from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponseRedirect

from .base_response import HTTPStatusError
from .errors import MissingTokenError, OAuth1dError
from .parameters import Parameters
from .process_client import ProcessClient
from .registry import IgnoredSettingWarning, Registration, Registry
from .request_tokens import forget_tokens
from .response import Response
from .sync_logins import SyncLogins, set_binding_cookie
from .token import Token

OAuthError = OAuth1dError
"""The name under which code written for Authlib catches a failed login."""

__all__ = [
    "DjangoClient", "HTTPStatusError", "IgnoredSettingWarning", "MissingTokenError", "OAuth", "OAuth1dError",
    "OAuthError", "Response", "Token",
]


class DjangoClient(SyncLogins):
    """One provider. Every failure is an `oauth1d.errors.OAuth1dError`; every `timeout` is in seconds."""

    def authorize_redirect(
        self,
        request: HttpRequest,
        redirect_uri: str,
        *,
        app_state: bytes | str = b"",
        authorize_parameters: Parameters | None = None,
        request_token_parameters: Parameters | None = None,
        provider_parameters: Parameters | None = None,
        consumer: str | None = None,
        timeout: float | None = None,
        **parameters: Any,
    ) -> HttpResponseRedirect:
        """Begins a login: a redirect (302) to the provider, which sets the binding cookie.

        redirect_uri: where the provider sends the browser afterwards, with scheme and host; exactly one that the
            service's configuration allows.
        app_state: up to 2 KiB of your own, such as the page to return to; comes back as `token.app_state`.
        authorize_parameters, and all further keywords: added to the provider's page, e.g. force_login="true".
        request_token_parameters: added to the temporary credential request. Both must be allowed there.
        provider_parameters, consumer: as in `register`, for this login.
        """
        started = self._start(
            request,
            redirect_uri,
            app_state=app_state,
            authorize_parameters=authorize_parameters,
            request_token_parameters=request_token_parameters,
            provider_parameters=provider_parameters,
            consumer=consumer,
            timeout=timeout,
            further=parameters,
        )
        response = HttpResponseRedirect(started.redirect_url)
        set_binding_cookie(response, started)
        return response

    def authorize_access_token(self, request: HttpRequest, *, timeout: float | None = None) -> Token:
        """Ends the login that came back with `request`.

        For the rest of this web request, calls without `token=` are for this user. `token.delete_cookie(response)`
        removes the spent cookie. Raises `UserDenied`, `FlowNotFound`, `BindingMismatch`, `AlreadyCompleted` and
        the others of `oauth1d.errors`.
        """
        return self._complete(request, _raw_query(request), request.META.get("HTTP_COOKIE", ""), timeout)


class OAuth(Registry[DjangoClient]):
    """The providers of a project. Make one, at import time, e.g. beside the views."""

    def __init__(self, server: str | None = None, **settings: Any) -> None:
        super().__init__(server, **settings)
        self._process_client = ProcessClient(self.settings)

    def close(self) -> None:
        """Closes this process's connection; the next call opens a new one."""
        self._process_client.close()

    def _new_client(self, registration: Registration) -> DjangoClient:
        return DjangoClient(registration, self._process_client)


def _raw_query(request: HttpRequest) -> bytes:
    """As the browser sent it. Under ASGI, META holds it decoded, and not for every byte."""
    scope = getattr(request, "scope", None)
    if scope is not None:
        return bytes(scope.get("query_string", b""))
    query: str = request.META.get("QUERY_STRING", "")
    return query.encode("iso-8859-1")  # PEP 3333


def _forget(**_: Any) -> None:
    forget_tokens()


# A thread handles one request after the other: a login is for its own request alone.
request_started.connect(_forget, dispatch_uid="oauth1d.request_started")
request_finished.connect(_forget, dispatch_uid="oauth1d.request_finished")
