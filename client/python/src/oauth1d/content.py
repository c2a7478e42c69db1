"""The body of a request: `data=`, `json=`, `content=` and `files=`, in the manner of httpx."""
from __future__ import annotations

import json as json_format
import mimetypes
import os
from collections.abc import Iterable, Mapping
from typing import IO, Any, Union

from ._stubs import oauth1d_pb2 as pb
from .parameters import Parameters, pairs_of, parameter_messages

FileContent = Union[IO[bytes], IO[str], bytes, str]
File = Union[FileContent, tuple[str | None, FileContent], tuple[str | None, FileContent, str | None]]
Files = Union[Mapping[str, File], Iterable[tuple[str, File]]]
"""name → a file, or (filename, content), or (filename, content, content type)."""

_FORM = "application/x-www-form-urlencoded"


def set_content(
    call: pb.HttpCall,
    *,
    data: Parameters | bytes | str | None = None,
    json: Any = None,
    content: bytes | str | None = None,
    files: Files | None = None,
) -> None:
    """Fills the body of `call`, whose headers are already there.

    A Content-Type among the headers moves to where the contract has it. Raises ValueError if more than one
    kind of body is given, or a Content-Type that does not go with it.
    """
    if isinstance(data, (bytes, str)):
        if content is not None:
            raise ValueError("give the body as data= or as content=, not both")
        data, content = None, data
    if [content is not None, json is not None, bool(data) or bool(files)].count(True) > 1:
        raise ValueError("give one of content=, json= and data= (with files=)")
    content_type = _take_content_type(call)
    if content is not None:
        call.body = content.encode() if isinstance(content, str) else content
        call.content_type = content_type
    elif json is not None:
        call.body = json_format.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        call.content_type = content_type or "application/json"
    elif files:
        _require(content_type, "multipart/form-data")
        _set_multipart(call.multipart, data, files)
    elif data:
        _require(content_type, _FORM)
        call.form.fields.extend(parameter_messages(data))
    else:
        call.content_type = content_type


def _take_content_type(call: pb.HttpCall) -> str:
    others = [header for header in call.headers if header.name.lower() != "content-type"]
    values = [header.value for header in call.headers if header.name.lower() == "content-type"]
    del call.headers[:]
    call.headers.extend(others)
    return values[-1].decode("iso-8859-1") if values else ""


def _require(content_type: str, expected: str) -> None:
    if content_type and content_type.partition(";")[0].strip().lower() != expected:
        raise ValueError(f"this body is sent as {expected}, not {content_type}: leave the header out, or give bytes")


def _set_multipart(multipart: pb.Multipart, data: Parameters | None, files: Files) -> None:
    for field in parameter_messages(data):
        multipart.parts.add(name=field.name, data=field.raw_value or field.value.encode())
    for name, file in pairs_of(files):
        multipart.parts.append(_file_part(name, file))


def _file_part(name: str, file: File) -> pb.Part:
    if isinstance(file, tuple):
        filename, source = file[0], file[1]
        content_type = file[2] if len(file) == 3 else None
    else:
        filename, source, content_type = filename_of(file), file, None
    data = source if isinstance(source, (bytes, str)) else source.read()
    if content_type is None and filename:
        content_type = mimetypes.guess_type(filename)[0]
    return pb.Part(
        name=name,
        filename=filename or "",
        content_type=content_type or "",
        data=data.encode() if isinstance(data, str) else data,
    )


def filename_of(source: FileContent) -> str:
    """The name of an open file without its folder, or `upload`."""
    name = getattr(source, "name", None)
    return os.path.basename(name) if isinstance(name, str) and name else "upload"
