"""What is shipped: the release, the sandbox to log in at, and a Redis."""

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
for folder in (HERE, ROOT / "tests/e2e", ROOT / "client/python/src", ROOT / "tests/sandbox"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# An idle channel looks every 5 s whether its server said goodbye; a server that stops waits for that.
os.environ["GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS"] = "100"

from provider_process import Sandbox  # noqa: E402
from redis_server import RedisServer  # noqa: E402


@pytest.fixture(autouse=True, scope="session")
def bare_environment():
    """The names that others drive the product by; tests start without them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SERVER", "CA_FILE", "CERT_FILE", "KEY_FILE", "API_KEY", "CONFIG", "KEYRING"):
            patch.delenv(f"OAUTH1D_{name}", raising=False)
        yield


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox.start() as running:
        yield running


@pytest.fixture(scope="module")
def redis():
    with RedisServer() as running:
        yield running
