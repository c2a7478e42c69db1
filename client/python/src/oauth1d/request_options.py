"""What may be said about one signed request."""
from __future__ import annotations

from typing import Any, TypedDict

from .body_source import AsyncBodySource, BodySource
from .content import Files
from .headers import HeaderFields
from .parameters import Parameters


class _Options(TypedDict, total=False):
    params: Parameters | str | None
    headers: HeaderFields | None
    data: Parameters | bytes | str | None
    json: Any
    files: Files | None
    consumer: str
    provider_parameters: Parameters | None


class RequestOptions(_Options, total=False):
    """Keywords of a signed request.

    params: the query; text is sent byte for byte. headers: a dict or pairs.
    data: a form, or a body as bytes or text. json: sent as JSON. content: a body as bytes or text.
    files: a multipart/form-data body, with the form's fields from `data`.
    consumer, provider_parameters: only without an access token, which knows its own.
    """

    content: bytes | str | None


class StreamOptions(_Options, total=False):
    """As RequestOptions, for bodies of any size.

    content: also a file opened in binary mode, or an iterable of bytes.
    files: of the last one, if it is an open file, the content is not read in advance.
    content_length: how long a body that comes in pieces will be, in bytes. A file's is known; what is not known goes
        out in HTTP chunks, which some providers refuse.
    """

    content: BodySource | bytes | str | None
    content_length: int | None


class AsyncStreamOptions(_Options, total=False):
    """As StreamOptions; `content` may be an asynchronous iterable or file too."""

    content: AsyncBodySource | bytes | str | None
    content_length: int | None
