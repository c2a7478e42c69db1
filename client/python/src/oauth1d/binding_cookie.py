"""The cookie that ties a login to the browser that began it."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

PREFIXES = ("__Host-oauth1-", "oauth1-")
LIMIT = 32
# As StartAuthorization makes them: whatever else begins alike was not made by the service.
_MADE_BY_THE_SERVICE = re.compile(r"(__Host-)?oauth1-[\w-]{16}=[\w-]{43}", re.ASCII)


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

    Repeats of one name are kept: the service tries them all. What the service cannot have made is dropped, so that
    a cookie that a neighbouring site planted locks nobody out. At most 32 are returned: those with the prefix
    __Host- before all others, since nobody can plant them, and the last ones, since browsers send the newest last.
    """
    found: dict[tuple[str, str], BindingCookie] = {}
    for header in cookie_headers:
        for pair in header.split(";"):
            name, _, value = (part.strip(" \t") for part in pair.partition("="))
            if _MADE_BY_THE_SERVICE.fullmatch(f"{name}={value}"):
                found.setdefault((name, value), BindingCookie(name, value))
    return sorted(found.values(), key=lambda cookie: cookie.secure)[-LIMIT:]
