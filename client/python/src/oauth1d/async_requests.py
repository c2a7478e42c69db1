"""`client.get(...)` and its like, for the asyncio web frameworks."""
from __future__ import annotations

import inspect
from collections.abc import Coroutine
from typing import Any

from .credentials import TWO_LEGGED, Credentials
from .errors import MissingTokenError
from .fetch_token import call_fetch_token
from .loop_clients import LoopClients
from .registry import Registration
from .request_tokens import remembered_token
from .response import Response


class AsyncRequests:
    """Signed requests to one provider.

    Every method takes `url`, relative to the provider's API or absolute inside it, and the keywords of
    `request`; every method is to be awaited and gives a `Response`, whatever its status.
    """

    def __init__(self, registration: Registration, clients: LoopClients) -> None:
        self.registration = registration
        self._clients = clients
        self._token_key = object()  # one OAuth object's client never sees a token of another's

    @property
    def name(self) -> str:
        """The provider's name in the service's configuration."""
        return self.registration.name

    def request(
        self,
        method: str,
        url: str,
        *,
        token: Credentials | None = None,
        request: Any = None,
        withhold_token: bool = False,
        **options: Any,
    ) -> Coroutine[Any, Any, Response]:
        """Sends one signed request.

        token: what to sign it with: a token, or its access_token. Without it: the token that
            `authorize_access_token` returned in this web request and task, else what the registered
            `fetch_token` finds (it is given `request`), else MissingTokenError. In tasks of your own, and in
            a streamed response, pass it.
        withhold_token: True: sign with the consumer's credentials alone (two-legged).
        options: params, headers, data, json, content, files, timeout (seconds) as in
            `oauth1d.aio.Client.signed_request`.
        """
        # Not an async def: the login's token is looked up in the caller's own task, so that
        # asyncio.gather(client.get(...), client.get(...)) works.
        if withhold_token:
            token = TWO_LEGGED
        elif token is None:
            token = remembered_token(self._token_key)
        return self._send(method, url, token, request, options)

    def get(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """GET."""
        return self.request("GET", url, **options)

    def head(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """HEAD."""
        return self.request("HEAD", url, **options)

    def options(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """OPTIONS."""
        return self.request("OPTIONS", url, **options)

    def post(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """POST."""
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """PUT."""
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """PATCH."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Any) -> Coroutine[Any, Any, Response]:
        """DELETE."""
        return self.request("DELETE", url, **options)

    async def _send(
        self, method: str, url: str, token: Credentials | None, request: Any, options: dict[str, Any]
    ) -> Response:
        if token is None:
            token = await self._fetched_token(request)
        return await self._clients.current().signed_request(self.name, method, url, token=token, **options)

    async def _fetched_token(self, request: Any) -> Credentials:
        found = None
        if self.registration.fetch_token is not None:
            found = call_fetch_token(self.registration.fetch_token, request)
            if inspect.isawaitable(found):
                found = await found
        if found is None:
            raise MissingTokenError(
                f"no token for {self.name}: pass token=, register fetch_token, or call this after "
                "authorize_access_token in the same request and task"
            )
        return found
