"""Services for the programs of the stubs page: one that knows the provider which they name, and one that does not."""

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

from configuration import configuration, grant, provider  # noqa: E402
from oauth1d_process import Oauth1d  # noqa: E402
from provider_process import Sandbox  # noqa: E402

CALLBACK = "http://127.0.0.1:8000/auth/twitter"


@pytest.fixture(scope="session")
def sandbox():
    with Sandbox.start() as running:
        yield running


@pytest.fixture(scope="session")
def with_twitter(sandbox):
    grants = [grant("twitter", callback_urls=[CALLBACK])]
    with Oauth1d(configuration(provider(sandbox.http_url, "twitter"), grants=grants)) as running:
        yield running


@pytest.fixture(scope="session")
def without_twitter(sandbox):
    with Oauth1d(configuration(provider(sandbox.http_url, "flickr"))) as running:
        yield running
