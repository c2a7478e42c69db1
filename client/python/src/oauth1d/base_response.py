"""What every answer of a provider has, whether its body is here or still to come."""
from __future__ import annotations

import http
import json
from dataclasses import dataclass
from email.message import Message
from typing import Any, Self

from ._stubs import oauth1d_pb2 as pb
from .headers import Headers


@dataclass(frozen=True)
class ProviderProblem:
    """What the provider said was wrong with the OAuth part of a request.

    problem: such as "nonce_used". advice: for people; escape it before you show it.
    """

    problem: str
    advice: str


class HTTPStatusError(Exception):
    """An answer whose status is not 2xx, from `raise_for_status`. The answer is in `response`."""

    def __init__(self, response: BaseResponse) -> None:
        super().__init__(f"the provider answered {response.status_code} {response.reason_phrase}".rstrip())
        self.response = response


class BaseResponse:
    """What the provider answered. Redirects are not followed: a 302 is an answer."""

    def __init__(self, answer: pb.HttpAnswer) -> None:
        self.status_code: int = answer.status_code
        self.headers = Headers((header.name, header.value) for header in answer.headers)
        self.provider_problem: ProviderProblem | None = None
        """What the provider said was wrong with the OAuth part, if it did."""
        self.token_rejected: bool = False
        """True: the provider no longer takes this token. Log the user in again."""
        self.replacement_access_token: str | None = None
        """If set, keep this access token in place of the one that was used."""

    @property
    def content(self) -> bytes:
        """The body as it came; not decompressed."""
        raise NotImplementedError

    @property
    def reason_phrase(self) -> str:
        """Such as "Not Found"; empty for a status that has no name."""
        try:
            return http.HTTPStatus(self.status_code).phrase
        except ValueError:
            return ""

    @property
    def ok(self) -> bool:
        """Whether the status is below 400, as in requests."""
        return self.status_code < 400

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status_code <= 299

    @property
    def is_error(self) -> bool:
        """Whether the status is 4xx or 5xx."""
        return 400 <= self.status_code <= 599

    @property
    def encoding(self) -> str | None:
        """The charset of Content-Type, or None."""
        content_type = Message()
        content_type["content-type"] = self.headers.get("content-type", "").replace("\r", " ").replace("\n", " ")
        charset = content_type.get_param("charset")
        return charset if isinstance(charset, str) else None

    @property
    def text(self) -> str:
        """The body as text, by its charset, else as UTF-8; U+FFFD stands for bytes that do not fit."""
        return _decoded(self.content, self.encoding or "utf-8")

    def json(self, **options: Any) -> Any:
        """The body parsed as JSON; `options` go to json.loads. Raises ValueError if it is no JSON."""
        encoding = self.encoding or json.detect_encoding(self.content)  # type: ignore[attr-defined]
        return json.loads(_decoded(self.content, encoding).removeprefix("\ufeff"), **options)

    def raise_for_status(self) -> Self:
        """Raises HTTPStatusError unless the status is 2xx; returns the response itself otherwise."""
        if not self.is_success:
            raise HTTPStatusError(self)
        return self

    def _understand(self, said: pb.SignedRequestResponse | pb.StreamEnd) -> None:
        """Takes over what the service understood of the answer."""
        if said.HasField("provider_problem"):
            self.provider_problem = ProviderProblem(said.provider_problem.problem, said.provider_problem.advice)
        self.token_rejected = said.token_rejected
        self.replacement_access_token = said.replacement_access_token or None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.status_code} {self.reason_phrase}]>"


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding, "replace")
    except (LookupError, ValueError):  # an unknown charset, or one that cannot replace
        return content.decode("utf-8", "replace")
