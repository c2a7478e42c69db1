"""Names and values of a query, a form or a token response, to and from the contract's messages."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Union

from ._stubs import oauth1d_pb2 as pb

Scalar = Union[str, bytes, int, float, bool, None]
Parameters = Union[Mapping[str, Union[Scalar, Iterable[Scalar]]], Iterable[tuple[str, Scalar]]]
"""A dict, whose values may be lists (the name then repeats), or pairs in order."""


def parameter_messages(parameters: Parameters | None) -> list[pb.Parameter]:
    """The messages for `parameters`, in order. True and False become true and false, None an empty value."""
    if parameters is None:
        return []
    if isinstance(parameters, (str, bytes)):
        raise TypeError("give parameters as a dict or as pairs, not as text")
    return [_message(name, value) for name, values in pairs_of(parameters) for value in _each(values)]


def pairs_of(fields: Any) -> Iterable[tuple[str, Any]]:
    """The pairs of a multi-dict (such as Starlette's FormData), of a dict, or of pairs."""
    if hasattr(fields, "multi_items"):
        return fields.multi_items()
    return fields.items() if isinstance(fields, Mapping) else fields


def pairs_from_messages(messages: Iterable[pb.Parameter]) -> tuple[tuple[str, str | bytes], ...]:
    """Pairs in order; a value that is not UTF-8 stays bytes."""
    return tuple(
        (message.name, message.raw_value if message.WhichOneof("content") == "raw_value" else message.value)
        for message in messages
    )


def parameter_pairs(*each: Parameters | None) -> list[tuple[str, str | bytes]]:
    """All of them as pairs, one after the other."""
    return [pair for parameters in each for pair in pairs_from_messages(parameter_messages(parameters))]


def text_of(value: str | bytes) -> str:
    """`value` as text, whatever its bytes: U+FFFD stands for what is not UTF-8."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _each(values: Any) -> Iterable[Scalar]:
    return values if isinstance(values, (list, tuple)) else (values,)


def _message(name: str, value: Scalar) -> pb.Parameter:
    if isinstance(value, bytes):
        return pb.Parameter(name=name, raw_value=value)
    if value is None:
        return pb.Parameter(name=name, value="")
    if isinstance(value, bool):
        return pb.Parameter(name=name, value="true" if value else "false")
    return pb.Parameter(name=name, value=str(value))
