"""W3C trace context: which trace a call belongs to."""
from __future__ import annotations

import re
from typing import Any

# Version 00: trace id, parent id, flags; neither id is all zeros.
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)

Metadata = tuple[tuple[str, str], ...]


def traced(metadata: Metadata, traceparent: str | None) -> Metadata:
    """`metadata` with this traceparent; without it, where it is none: a bad one must not break a call."""
    if traceparent is None or not _TRACEPARENT.fullmatch(traceparent):
        return metadata
    return (*metadata, ("traceparent", traceparent))


def traceparent_of(request: Any) -> str | None:
    """The header of a web request (Starlette, Flask, Django), where there is exactly one."""
    headers = getattr(request, "headers", None)
    if headers is None:
        return None
    if hasattr(headers, "getlist"):
        values = headers.getlist("traceparent")
        return values[0] if len(values) == 1 else None
    value = headers.get("traceparent")
    return value if isinstance(value, str) else None
