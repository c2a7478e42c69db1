"""A provider, as a login page needs it."""
from __future__ import annotations

from dataclasses import dataclass

from ._stubs import oauth1d_pb2 as pb


@dataclass(frozen=True)
class ProviderInfo:
    """name: for the other calls. title: for people. icon_hint: which logo to show, e.g. "x".

    capabilities: such as "THREE_LEGGED", "TWO_LEGGED", "OUT_OF_BAND"; others may be added.
    sunset_date: YYYY-MM-DD, or empty. consumers: the names for `consumer=`.
    """

    name: str
    title: str
    icon_hint: str
    capabilities: frozenset[str]
    sunset_date: str
    consumers: tuple[str, ...]

    @classmethod
    def from_message(cls, message: pb.Provider) -> ProviderInfo:
        """From the service's answer; capabilities that this version does not know are left out."""
        names = {number: name.removeprefix("CAPABILITY_") for name, number in pb.Capability.items()}
        return cls(
            name=message.name,
            title=message.title,
            icon_hint=message.icon_hint,
            capabilities=frozenset(names[number] for number in message.capabilities if number in names),
            sunset_date=message.sunset_date,
            consumers=tuple(message.consumers),
        )
