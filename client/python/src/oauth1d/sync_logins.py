"""Logins for the web frameworks that wait; what Flask and Django share."""
from __future__ import annotations

import re
from typing import Any

from .binding_cookie import binding_cookies
from .parameters import Parameters
from .request_tokens import tokens_for
from .started_authorization import StartedAuthorization
from .sync_requests import SyncRequests
from .token import Token
from .traceparent import traceparent_of

_NOT_ASCII = re.compile(rb"[\x80-\xff]")


class SyncLogins(SyncRequests):
    """One provider. Every failure is an `oauth1d.errors.OAuth1dError`; every `timeout` is in seconds."""

    def _start(
        self,
        request: Any,
        redirect_uri: str,
        *,
        app_state: bytes | str,
        timeout: float | None,
        further: dict[str, Any],
        **parameters: Parameters | str | None,
    ) -> StartedAuthorization:
        """`further`: keywords that `authorize_redirect` does not know; `parameters`: those of `login_options`."""
        return self._clients.current().start_authorization(
            self.name,
            str(redirect_uri),
            **self.registration.login_options(**parameters, further=further),  # type: ignore[arg-type]
            app_state=app_state,
            timeout=timeout,
            traceparent=traceparent_of(request),
        )

    def _complete(self, request: Any, query: bytes, cookie_header: str, timeout: float | None) -> Token:
        """`query` and `cookie_header` as they came with `request`."""
        tokens = tokens_for(request)
        tokens.drop(self._token_key)
        token = self._clients.current().complete_authorization(
            self.name,
            # A byte that is not ASCII may not stand in a URL: percent-encoded.
            _NOT_ASCII.sub(lambda byte: b"%%%02X" % ord(byte[0]), query).decode("ascii"),
            # Servers join repeated headers with a comma, which a binding cookie never holds.
            binding_cookies(cookie_header.split(",")),
            timeout=timeout,
            traceparent=traceparent_of(request),
        )
        tokens.keep(self._token_key, token)
        return token


def set_binding_cookie(response: Any, started: StartedAuthorization) -> None:
    """Sets the cookie that ties the login to this browser, and keeps caches from storing the answer."""
    cookie = started.binding_cookie
    response.set_cookie(
        cookie.name,
        cookie.value,
        max_age=cookie.max_age,
        path="/",
        secure=cookie.secure,
        httponly=True,
        samesite="Lax",
    )
    response.headers["Cache-Control"] = "no-store"
