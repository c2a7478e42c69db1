"""OAuth 1.0 login for Starlette and FastAPI, in the shape of Authlib's integration.

    oauth = OAuth()

    async def login(request):
        return await oauth.twitter.authorize_redirect(request, request.url_for("authorize"))

    async def authorize(request):
        token = await oauth.twitter.authorize_access_token(request)
        profile = (await oauth.twitter.get("account/verify_credentials.json")).json()

No SessionMiddleware is needed: the service keeps the login, tied to the browser by a cookie that
`authorize_redirect` sets and `authorize_access_token` reads.
"""
from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse

from .async_requests import AsyncRequests
from .base_response import HTTPStatusError
from .binding_cookie import binding_cookies
from .errors import MissingTokenError, OAuth1dError
from .loop_clients import LoopClients
from .parameters import Parameters
from .registry import IgnoredSettingWarning, Registration, Registry
from .request_tokens import RequestTokens, tokens_for
from .response import Response
from .token import Token
from .traceparent import traceparent_of

OAuthError = OAuth1dError
"""The name under which code written for Authlib catches a failed login."""

__all__ = [
    "HTTPStatusError", "IgnoredSettingWarning", "MissingTokenError", "OAuth", "OAuth1dError", "OAuthError",
    "Response", "StarletteClient", "Token",
]


class StarletteClient(AsyncRequests):
    """One provider. Every failure is an `oauth1d.errors.OAuth1dError`; every `timeout` is in seconds."""

    async def authorize_redirect(
        self,
        request: Request,
        redirect_uri: str | URL,
        *,
        app_state: bytes | str = b"",
        authorize_parameters: Parameters | None = None,
        request_token_parameters: Parameters | None = None,
        provider_parameters: Parameters | None = None,
        consumer: str | None = None,
        timeout: float | None = None,
        **parameters: Any,
    ) -> RedirectResponse:
        """Begins a login: a redirect (302) to the provider, which sets the binding cookie.

        redirect_uri: where the provider sends the browser afterwards; exactly one that the service's
            configuration allows.
        app_state: up to 2 KiB of your own, such as the page to return to; comes back as `token.app_state`.
        authorize_parameters, and all further keywords: added to the provider's page, e.g. force_login="true".
        request_token_parameters: added to the temporary credential request. Both must be allowed there.
        provider_parameters, consumer: as in `register`, for this login.
        """
        started = await self._clients.current().start_authorization(
            self.name,
            str(redirect_uri),
            **self.registration.login_options(
                consumer=consumer,
                authorize_parameters=authorize_parameters,
                request_token_parameters=request_token_parameters,
                provider_parameters=provider_parameters,
                further=parameters,
            ),
            app_state=app_state,
            timeout=timeout,
            traceparent=traceparent_of(request),
        )
        response = RedirectResponse(started.redirect_url, status_code=302, headers={"cache-control": "no-store"})
        cookie = started.binding_cookie
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=cookie.max_age,
            path="/",
            secure=cookie.secure,
            httponly=True,
            samesite="lax",
        )
        return response

    def authorize_access_token(self, request: Request, *, timeout: float | None = None) -> Coroutine[Any, Any, Token]:
        """Ends the login that came back with `request`. To be awaited.

        For the rest of this web request, calls without `token=` are for this user. `token.delete_cookie(response)`
        removes the spent cookie. Raises `UserDenied`, `FlowNotFound`, `BindingMismatch`, `AlreadyCompleted` and
        the others of `oauth1d.errors`.
        """
        # Not an async def: the place for the token is made in the caller's own task, so that it is found there
        # even if the coroutine runs in another one (asyncio.wait_for).
        tokens = tokens_for(request)
        tokens.drop(self._token_key)
        return self._complete(request, tokens, timeout)

    async def _complete(self, request: Request, tokens: RequestTokens, timeout: float | None) -> Token:
        token = await self._clients.current().complete_authorization(
            self.registration.name,
            _raw_query(request),
            binding_cookies(request.headers.getlist("cookie")),
            timeout=timeout,
            traceparent=traceparent_of(request),
        )
        tokens.keep(self._token_key, token)
        return token


class OAuth(Registry[StarletteClient]):
    """The providers of an application. Make one, at import time; `await oauth.aclose()` at shutdown if you like."""

    def __init__(self, server: str | None = None, **settings: Any) -> None:
        super().__init__(server, **settings)
        self._loop_clients = LoopClients(self.settings)

    async def aclose(self) -> None:
        """Closes the connection of the running event loop."""
        await self._loop_clients.aclose()

    def _new_client(self, registration: Registration) -> StarletteClient:
        return StarletteClient(registration, self._loop_clients)


def _raw_query(request: Request) -> str:
    """The query as the browser sent it; a byte that is not ASCII, which a URL may not hold, percent-encoded."""
    query: bytes = request.scope["query_string"]
    return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in query)
