"""The cookie that ties a login to the browser that began it."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

PREFIXES = ("__Host-oauth1-", "oauth1-")
LIMIT = 32
_LONGEST = 512


@dataclass(frozen=True)
class BindingCookie:
    """One binding cookie. Set it with Path=/; HttpOnly; SameSite=Lax, and Secure where `secure` says so.

    max_age: how long the browser should keep it, in seconds; None in requests.
    """

    name: str
    value: str = field(repr=False)
    max_age: int | None = None

    @property
    def secure(self) -> bool:
        """Whether the cookie is for https only."""
        return self.name.startswith("__Host-")


def binding_cookies(cookie_headers: Iterable[str]) -> list[BindingCookie]:
    """The binding cookies among the Cookie headers of a request (RFC 6265 section 4.2).

    Repeats of one name are kept: the service tries them all. At most 32 are returned, the last ones, since
    browsers send the newest last. What cannot be a binding cookie (not ASCII, over 512 characters) is dropped.
    """
    found: dict[tuple[str, str], BindingCookie] = {}
    for header in cookie_headers:
        for pair in header.split(";"):
            name, _, value = (part.strip(" \t") for part in pair.partition("="))
            if name.startswith(PREFIXES) and (name + value).isascii() and len(name + value) <= _LONGEST:
                found.setdefault((name, value), BindingCookie(name, value))
    return list(found.values())[-LIMIT:]
