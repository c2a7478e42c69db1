"""The options of every channel to the service: balancing, and what gRPC itself may repeat."""
from __future__ import annotations

import json

from ._version import __version__

# Repeated by gRPC: what the contract calls safe to repeat. SignedRequest is not here, on purpose: a repeat
# could be a duplicate at the provider, so the clients decide about it by the error's details.
RETRIED_METHODS = ("StartAuthorization", "CompleteAuthorization", "ListProviders", "RewrapAccessToken")

_SERVICE_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [{
        "name": [{"service": "oauth1d.v1.OAuth1Service", "method": method} for method in RETRIED_METHODS],
        "retryPolicy": {
            "maxAttempts": 3,
            "initialBackoff": "0.1s",
            "maxBackoff": "1s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"],
        },
    }],
}

CHANNEL_OPTIONS: tuple[tuple[str, str | int], ...] = (
    ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
    ("grpc.service_config_disable_resolution", 1),  # ours only, none from DNS
    ("grpc.enable_http_proxy", 0),  # tokens go to the service itself, whatever http_proxy says
    # gRPC otherwise shares connections, and the wait after a refused one, among all channels of the process: where a
    # stopped server's port is another's now, that one would be "refused" too.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.primary_user_agent", f"oauth1d-python/{__version__}"),
)
