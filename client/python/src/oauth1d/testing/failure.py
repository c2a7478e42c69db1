"""A failure as the service tells it: a gRPC code, and google.rpc details."""
from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message

from .._error_details import _BY_CODE, _BY_REASON
from .._stubs import oauth1d_pb2 as pb
from .._stubs import status_pb2

_GOOGLE = "type.googleapis.com/google.rpc."


class ServiceFailure(Exception):
    """reason: such as "USER_DENIED"; empty: a failure of the transport, which tells nothing.

    code: default: the one that goes with the reason. sent: "no", "maybe" or "yes": whether the provider can have seen
    the request. violations: field to description. retry_after: seconds. Raises ValueError for a reason that the
    contract does not have, unless `code` is given.
    """

    def __init__(
        self,
        reason: str = "",
        message: str = "",
        *,
        code: grpc.StatusCode | None = None,
        sent: str = "no",
        violations: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        app_state: bytes | None = None,
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message or (f"a test wants {reason}" if reason else "the transport failed")
        self.code = code or code_of(reason)
        self.sent = sent
        self.violations = dict(violations or {})
        self.metadata = dict(metadata or {})
        self.retry_after = retry_after
        self.app_state = app_state

    def details(self, provider: str = "") -> bytes:
        """The content of grpc-status-details-bin."""
        status = status_pb2.Status(code=self.code.value[0], message=self.message)

        def add(type_url: str, message: Message) -> None:
            status.details.append(AnyMessage(type_url=type_url, value=message.SerializeToString()))

        metadata = {"sent": self.sent, **({"provider": provider} if provider else {}), **self.metadata}
        add(_GOOGLE + "ErrorInfo", status_pb2.ErrorInfo(reason=self.reason, domain="oauth1d", metadata=metadata))
        if self.violations:
            bad = status_pb2.BadRequest()
            for name, description in self.violations.items():
                bad.field_violations.add(field=name, description=description)
            add(_GOOGLE + "BadRequest", bad)
        if self.retry_after is not None:
            retry = status_pb2.RetryInfo()
            retry.retry_delay.FromMilliseconds(round(self.retry_after * 1000))
            add(_GOOGLE + "RetryInfo", retry)
        if self.app_state is not None:
            add("type.googleapis.com/oauth1d.v1.FlowFailure", pb.FlowFailure(app_state=self.app_state))
        return status.SerializeToString()

    def abort(self, context: grpc.ServicerContext, provider: str = "") -> NoReturn:
        """Ends the call so."""
        if self.reason:
            context.set_trailing_metadata((("grpc-status-details-bin", self.details(provider)),))
        context.abort(self.code, self.message)
        raise AssertionError("abort returned")


def invalid(field: str, description: str, *, app_state: bytes | None = None) -> ServiceFailure:
    """INVALID_REQUEST, naming one field."""
    message = "the request has a field that cannot be taken"
    return ServiceFailure("INVALID_REQUEST", message, violations={field: description}, app_state=app_state)


def code_of(reason: str) -> grpc.StatusCode:
    """The gRPC code that goes with `reason`; UNAVAILABLE, the transport's, without one."""
    if not reason:
        return grpc.StatusCode.UNAVAILABLE
    if reason not in _BY_REASON:
        raise ValueError(f"no reason of the contract: {reason!r}; there are {', '.join(sorted(_BY_REASON))}")
    return next(code for code, group in _BY_CODE.items() if issubclass(_BY_REASON[reason], group))
