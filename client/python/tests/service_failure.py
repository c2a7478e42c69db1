"""A failure as the service sends it: a gRPC code with google.rpc details."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message

from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d._stubs import status_pb2

GOOGLE = "type.googleapis.com/google.rpc."


@dataclass
class Failure(Exception):
    """`reason` empty: no ErrorInfo, as when the transport fails."""

    code: grpc.StatusCode
    reason: str = ""
    sent: str = "no"
    message: str = "so it is"
    domain: str = "oauth1d"
    metadata: dict[str, str] = field(default_factory=dict)
    violations: dict[str, str] = field(default_factory=dict)
    retry_after: float | None = None
    app_state: bytes | None = None
    renewed_token: str | None = None

    def details(self) -> bytes:
        """The content of grpc-status-details-bin."""
        status = status_pb2.Status(code=self.code.value[0], message=self.message)
        if self.reason:
            metadata = {"provider": "twitter", "sent": self.sent, **self.metadata}
            info = status_pb2.ErrorInfo(reason=self.reason, domain=self.domain, metadata=metadata)
            status.details.append(_packed(GOOGLE + "ErrorInfo", info))
        if self.violations:
            bad = status_pb2.BadRequest()
            for name, description in self.violations.items():
                bad.field_violations.add(field=name, description=description)
            status.details.append(_packed(GOOGLE + "BadRequest", bad))
        if self.retry_after is not None:
            retry = status_pb2.RetryInfo()
            retry.retry_delay.FromMilliseconds(round(self.retry_after * 1000))
            status.details.append(_packed(GOOGLE + "RetryInfo", retry))
        if self.app_state is not None:
            failure = pb.FlowFailure(app_state=self.app_state)
            status.details.append(_packed("type.googleapis.com/oauth1d.v1.FlowFailure", failure))
        if self.renewed_token is not None:
            renewed = pb.RenewedToken(access_token=self.renewed_token)
            status.details.append(_packed("type.googleapis.com/oauth1d.v1.RenewedToken", renewed))
        return status.SerializeToString()

    def abort(self, context: grpc.ServicerContext) -> NoReturn:
        """Ends the call with this failure."""
        if self.reason or self.app_state is not None:
            context.set_trailing_metadata((("grpc-status-details-bin", self.details()),))
        context.abort(self.code, self.message)
        raise AssertionError("abort returned")


def _packed(type_url: str, message: Message) -> Any:
    return Any(type_url=type_url, value=message.SerializeToString())
