"""Who can log in."""
from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class User:
    """A user of the providers. `parameters`: what else the provider says with the token."""

    screen_name: str
    name: str = ""
    parameters: Mapping[str, str | bytes] = field(default_factory=dict, hash=False)

    @property
    def user_id(self) -> str:
        """The same for the same screen_name."""
        return str(zlib.crc32(self.screen_name.encode()))

    def profile(self) -> dict[str, str]:
        """What account/verify_credentials.json says unless a test says otherwise."""
        return {"id_str": self.user_id, "screen_name": self.screen_name, "name": self.name or self.screen_name.title()}


def user_of(user: User | str) -> User:
    """A User as it is, or one of this screen_name."""
    return user if isinstance(user, User) else User(user)
