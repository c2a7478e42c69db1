"""gRPC's health service, asked without a stub of its own (Debian has none for Python)."""

import grpc

from grpc_channel import open_channel

SERVING, NOT_SERVING = "SERVING", "NOT_SERVING"


def health_of(address, service="", ca_file=None):
    """SERVING, NOT_SERVING, or None: no such service, or nobody there."""
    request = (b"\x0a" + bytes([len(service)]) + service.encode()) if service else b""
    with open_channel(address, ca_file) as channel:
        try:
            answer = channel.unary_unary("/grpc.health.v1.Health/Check")(request, timeout=10)
        except grpc.RpcError as error:
            if error.code() in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAVAILABLE,
                                grpc.StatusCode.DEADLINE_EXCEEDED):
                return None
            raise
    return {b"\x08\x01": SERVING, b"\x08\x02": NOT_SERVING}[answer]
