"""`client.get(...)` and its like, for the web frameworks that wait: Flask, Django."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from .credentials import Credentials
from .errors import OAuth1dError
from .hooks import not_awaitable
from .process_client import ProcessClient
from .registry import Registration
from .request_tokens import current_tokens
from .response import Response
from .stream_response import StreamResponse
from .token_use import TokenUse
from .traceparent import traceparent_of


class SyncRequests:
    """Signed requests to one provider.

    Every method takes `url`, relative to the provider's API or absolute inside it, and the keywords of
    `request`; every method gives a `Response`, whatever its status.
    """

    def __init__(self, registration: Registration, clients: ProcessClient) -> None:
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
        traceparent: str | None = None,
        **options: Any,
    ) -> Response:
        """Sends one signed request.

        token: what to sign it with: a token, or its access_token. Without it: the token that
            `authorize_access_token` returned in this web request, else what the registered `fetch_token` finds (it
            is given `request`), else MissingTokenError. In threads of your own, pass it.
        withhold_token: True: sign with the consumer's credentials alone (two-legged).
        traceparent: the trace that this belongs to; default: the web request's.
        options: params, headers, data, json, content, files, timeout (seconds) as in
            `oauth1d.Client.signed_request`.
        """
        use, options["traceparent"] = self._token_use(token, withhold_token, request, traceparent)
        found = self._found(use)
        try:
            response = self._clients.current().signed_request(self.name, method, url, token=found, **options)
        except OAuth1dError as error:
            self._keep(use, error.renewed_token)
            raise
        self._keep(use, response.replacement_access_token)
        return response

    def stream(
        self,
        method: str,
        url: str,
        *,
        token: Credentials | None = None,
        request: Any = None,
        withhold_token: bool = False,
        traceparent: str | None = None,
        **options: Any,
    ) -> AbstractContextManager[StreamResponse]:
        """As `request`, for bodies of any size: `with client.stream("GET", url) as response`, then
        `response.iter_bytes()`. See `oauth1d.Client.stream`."""
        use, options["traceparent"] = self._token_use(token, withhold_token, request, traceparent)
        return self._streamed(method, url, use, options)

    def get(self, url: str, **options: Any) -> Response:
        """GET."""
        return self.request("GET", url, **options)

    def head(self, url: str, **options: Any) -> Response:
        """HEAD."""
        return self.request("HEAD", url, **options)

    def options(self, url: str, **options: Any) -> Response:
        """OPTIONS."""
        return self.request("OPTIONS", url, **options)

    def post(self, url: str, **options: Any) -> Response:
        """POST."""
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Any) -> Response:
        """PUT."""
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Any) -> Response:
        """PATCH."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Any) -> Response:
        """DELETE."""
        return self.request("DELETE", url, **options)

    def _current_request(self) -> Any:
        """The web request that this thread handles now, or None. A login's token counts for that one alone.

        Override it where the framework knows. Where it does not: this is the request of this thread's last login, so
        `request_tokens.forget_tokens` must be called whenever a request begins.
        """
        tokens = current_tokens()
        return tokens.request if tokens is not None else None

    def _token_use(
        self, token: Credentials | None, withhold_token: bool, request: Any, traceparent: str | None
    ) -> tuple[TokenUse, str | None]:
        """And the traceparent."""
        request = self._current_request() if request is None else request
        kept = current_tokens()
        use = TokenUse(
            self.registration,
            token=token,
            withhold_token=withhold_token,
            request=request,
            kept=kept if kept is not None and request is not None and kept.is_for(request) else None,
            key=self._token_key,
        )
        return use, traceparent or traceparent_of(request)

    def _found(self, use: TokenUse) -> Credentials:
        return use.take(not_awaitable(use.fetched(), "fetch_token") if use.token is None else None)

    def _keep(self, use: TokenUse, access_token: str | None) -> None:
        not_awaitable(use.renewed(access_token), "save_token")

    @contextmanager
    def _streamed(self, method: str, url: str, use: TokenUse, options: dict[str, Any]) -> Iterator[StreamResponse]:
        found = self._found(use)
        with ExitStack() as stack:
            try:
                call = self._clients.current().stream(self.name, method, url, token=found, **options)
                response = stack.enter_context(call)
            except OAuth1dError as error:
                self._keep(use, error.renewed_token)
                raise
            try:
                yield response
            finally:
                self._keep(use, response.replacement_access_token)
