"""From a failed gRPC call to the exception of its reason."""
from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError, Message

from . import errors
from ._stubs import oauth1d_pb2, status_pb2

_Message = typing.TypeVar("_Message", bound=Message)

_DETAILS_KEY = "grpc-status-details-bin"
_DOMAIN = "oauth1d"

_BY_CODE: dict[grpc.StatusCode, type[errors.OAuth1dError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: errors.InvalidCall,
    grpc.StatusCode.UNAUTHENTICATED: errors.CallerRejected,
    grpc.StatusCode.PERMISSION_DENIED: errors.NotAllowed,
    grpc.StatusCode.NOT_FOUND: errors.NotFound,
    grpc.StatusCode.FAILED_PRECONDITION: errors.NotPossible,
    grpc.StatusCode.UNKNOWN: errors.UnknownOutcome,
    grpc.StatusCode.UNAVAILABLE: errors.Unavailable,
    grpc.StatusCode.RESOURCE_EXHAUSTED: errors.ResourceExhausted,
    grpc.StatusCode.DEADLINE_EXCEEDED: errors.DeadlineExceeded,
    grpc.StatusCode.CANCELLED: errors.DeadlineExceeded,
    grpc.StatusCode.DATA_LOSS: errors.DataLoss,
    grpc.StatusCode.INTERNAL: errors.Internal,
}


def _reason_classes(root: type[errors.OAuth1dError]) -> Iterator[tuple[str, type[errors.OAuth1dError]]]:
    for kind in root.__subclasses__():
        if kind.handled_reason:
            yield kind.handled_reason, kind
        yield from _reason_classes(kind)


_BY_REASON = dict(_reason_classes(errors.OAuth1dError))


def duration_seconds(duration: Duration) -> float:
    """A protobuf Duration in seconds."""
    return float(duration.seconds) + duration.nanos / 1e9


def error_from_rpc(failure: grpc.RpcError) -> errors.OAuth1dError:
    """The exception for a failed call of a sync or asyncio channel.

    Details that cannot be parsed, or are another domain's, are ignored: the gRPC code then judges alone.
    """
    code: grpc.StatusCode = failure.code()
    info = status_pb2.ErrorInfo()
    violations: list[errors.FieldViolation] = []
    retry_after: float | None = None
    app_state: bytes | None = None
    renewed_token: str | None = None
    for detail in _details(failure):
        match detail.type_url.rpartition("/")[2]:
            case "google.rpc.ErrorInfo":
                found = _parsed(status_pb2.ErrorInfo(), detail.value)
                if found.domain == _DOMAIN:
                    info = found
            case "google.rpc.BadRequest":
                for violation in _parsed(status_pb2.BadRequest(), detail.value).field_violations:
                    violations.append(errors.FieldViolation(violation.field, violation.description))
            case "google.rpc.RetryInfo":
                retry_after = duration_seconds(_parsed(status_pb2.RetryInfo(), detail.value).retry_delay)
            case "oauth1d.v1.FlowFailure":
                app_state = _parsed(oauth1d_pb2.FlowFailure(), detail.value).app_state
            case "oauth1d.v1.RenewedToken":
                renewed_token = _parsed(oauth1d_pb2.RenewedToken(), detail.value).access_token or None
    kind = _BY_REASON.get(info.reason) or _BY_CODE.get(code, errors.OAuth1dError)
    return kind(
        failure.details() or "no description",
        code=code,
        reason=info.reason,
        metadata=dict(info.metadata),
        field_violations=violations,
        retry_after=retry_after,
        app_state=app_state,
        renewed_token=renewed_token,
    )


def _details(failure: grpc.RpcError) -> list[Any]:
    for key, value in _pairs(failure.trailing_metadata()):
        if key == _DETAILS_KEY and isinstance(value, bytes):
            return list(_parsed(status_pb2.Status(), value).details)
    return []


def _pairs(metadata: typing.Any) -> Iterable[tuple[str, str | bytes]]:
    return metadata or ()  # None where the call never left


def _parsed(message: _Message, data: bytes) -> _Message:
    """`message` filled from `data`, or left empty where that is damaged."""
    try:
        message.ParseFromString(data)
    except DecodeError:
        message.Clear()
    return message
