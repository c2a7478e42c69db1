"""A provider's API, as a test arranges it."""
from __future__ import annotations

import json as json_format
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from .._stubs import oauth1d_pb2 as pb
from ..headers import Headers
from ..parameters import pairs_from_messages
from .failure import ServiceFailure
from .users import User

Pair = tuple[str, "str | bytes"]


@dataclass(frozen=True)
class ApiRequest:
    """One signed request, as the provider would have received it.

    path: relative to the API, without the query. query, form: pairs in order. content: the body, if it is no form.
    parts: of a multipart body: name, filename, content type, content. user: None if it was two-legged.
    access_token: what the application signed with; empty if it was none of the service's.
    """

    provider: str
    method: str
    path: str
    query: tuple[Pair, ...] = ()
    headers: Headers = field(default_factory=lambda: Headers(()))
    form: tuple[Pair, ...] = ()
    content: bytes = b""
    content_type: str = ""
    parts: tuple[tuple[str, str, str, bytes], ...] = ()
    user: User | None = None
    access_token: str = field(default="", repr=False)
    streamed: bool = False

    @property
    def params(self) -> dict[str, str | bytes]:
        """`query` as a dict."""
        return dict(self.query)

    @property
    def data(self) -> dict[str, str | bytes]:
        """`form` as a dict."""
        return dict(self.form)

    def json(self) -> Any:
        """The body, parsed. Raises ValueError if it is no JSON."""
        return json_format.loads(self.content)


@dataclass(frozen=True)
class ApiAnswer:
    """What the provider answers: `json`, or else `content`."""

    status: int = 200
    json: Any = None
    content: bytes | str = b""
    headers: Mapping[str, str | bytes] = field(default_factory=dict)
    token_rejected: bool = False

    def message(self) -> pb.HttpAnswer:
        """In the contract's terms."""
        body = self.content.encode() if isinstance(self.content, str) else self.content
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.json is not None:
            body = json_format.dumps(self.json).encode()
            headers.setdefault("content-type", "application/json")
        answer = pb.HttpAnswer(status_code=self.status, body=body)
        for name, value in headers.items():
            answer.headers.add(name=name, value=value.encode("utf-8") if isinstance(value, str) else value)
        return answer


REJECTED = ApiAnswer(401, json={"errors": [{"message": "Invalid or expired token."}]}, token_rejected=True)
Responder = Callable[[ApiRequest, "User | None"], Any]


class FakeApi:
    """account/verify_credentials.json is there from the beginning; what a test has not arranged is a 404.

    base_url may be set to the real provider's, for applications that call its API by absolute URLs.
    """

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.base_url = f"https://api.{provider}.example/1.1/"
        self._answers: dict[tuple[str, str], ApiAnswer | Responder] = {}
        self.respond("GET", "account/verify_credentials.json", lambda _, user: user.profile() if user else REJECTED)

    def respond(
        self,
        method: str,
        path: str,
        answer: Responder | None = None,
        *,
        json: Any = None,
        status: int = 200,
        content: bytes | str = b"",
        headers: Mapping[str, str | bytes] | None = None,
    ) -> None:
        """From now on `method` `path` is answered so.

        path: as in `client.get(...)`, without a query. answer: called with the ApiRequest and the User (None if
        two-legged), in a thread of its own; returns an ApiAnswer, or what stands for a 200: a dict or list (sent as
        JSON), text or bytes. Else `json`, or `content`, with `status` and `headers`.
        """
        found: ApiAnswer | Responder = answer or ApiAnswer(status, json, content, dict(headers or {}))
        self._answers[method.upper(), path.partition("?")[0].lstrip("/")] = found

    def answer_to(self, request: ApiRequest) -> ApiAnswer:
        """What the provider says to `request`."""
        found = self._answers.get((request.method, request.path))
        if found is None:
            return ApiAnswer(404, json={"errors": [{"message": f"nothing at {request.method} {request.path}"}]})
        if isinstance(found, ApiAnswer):
            return found
        said = found(request, request.user)
        if isinstance(said, ApiAnswer):
            return said
        return ApiAnswer(content=said) if isinstance(said, (bytes, str)) else ApiAnswer(json=said)

    def request_of(
        self, call: pb.HttpCall, user: User | None, access_token: str, *, streamed: bool = False
    ) -> ApiRequest:
        """`call` as the provider receives it. Raises DESTINATION_DENIED for one that leads elsewhere."""
        url = urljoin(self.base_url, call.url)
        if not url.startswith(self.base_url):
            raise ServiceFailure("DESTINATION_DENIED", f"the url lies outside {self.base_url}")
        parts = urlsplit(url)
        form = pairs_from_messages(call.form.fields)
        if call.content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            form = tuple(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        return ApiRequest(
            provider=self.provider,
            method=call.method,
            path=url.removeprefix(self.base_url).partition("?")[0].partition("#")[0],
            query=(*parse_qsl(parts.query, keep_blank_values=True), *pairs_from_messages(call.query)),
            headers=Headers((header.name, header.value) for header in call.headers),
            form=form,
            content=call.body,
            content_type=call.content_type,
            parts=tuple((part.name, part.filename, part.content_type, part.data) for part in call.multipart.parts),
            user=user,
            access_token=access_token,
            streamed=streamed,
        )
