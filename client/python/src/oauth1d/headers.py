"""Header fields of an answer, and of a request."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Union

from ._stubs import oauth1d_pb2 as pb
from .parameters import pairs_of

HeaderFields = Union[Mapping[str, Union[str, bytes]], Iterable[tuple[str, Union[str, bytes]]]]
"""A dict, or pairs in order, in which a name may repeat."""


class Headers(Mapping[str, str]):
    """Names without regard to case; a name that repeats reads as its values joined by a comma and a space.

    Values are decoded as ISO-8859-1, so every byte that a provider sends has its character.
    """

    def __init__(self, raw: Iterable[tuple[str, bytes]]) -> None:
        self.raw = tuple(raw)
        """Pairs as they came, in order."""

    def multi_items(self) -> list[tuple[str, str]]:
        """Pairs in order, with repeats, names in lower case."""
        return [(name.lower(), value.decode("iso-8859-1")) for name, value in self.raw]

    def get_list(self, name: str) -> list[str]:
        """All values of `name`, in order."""
        return [value for other, value in self.multi_items() if other == name.lower()]

    def __getitem__(self, name: str) -> str:
        values = self.get_list(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_list(name))

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.multi_items()))

    def __len__(self) -> int:
        return len(dict(self.multi_items()))

    def __repr__(self) -> str:
        return f"Headers({self.multi_items()!r})"


def header_messages(headers: HeaderFields | None) -> list[pb.Header]:
    """The messages for `headers`, in order. Text is sent as ISO-8859-1, and as UTF-8 where that cannot be."""
    if headers is None:
        return []
    return [pb.Header(name=name, value=_bytes_of(value)) for name, value in pairs_of(headers)]


def _bytes_of(value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return value.encode("iso-8859-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")
