"""What the tests of this folder share: the package, the sandbox, Redis, and servers over both stores."""

import os
import sys
from pathlib import Path

import pytest

E2E = Path(__file__).resolve().parent
ROOT = E2E.parents[1]
for folder in (E2E, ROOT / "client/python/src", ROOT / "tests/sandbox"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# An idle channel looks every 5 s whether its server said goodbye; a server that stops waits for that.
os.environ["GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS"] = "100"
pytest.register_assert_rewrite("refusals", "oauth1d_process", "browser", "redis_server")
try:
    import google.protobuf  # noqa: F401
    import grpc  # noqa: F401
except ImportError as missing:
    raise RuntimeError("apt-get install python3-grpcio python3-protobuf, and run /usr/bin/python3") from missing

from browser import come_back, profile  # noqa: E402
from caller import Caller  # noqa: E402
from configuration import configuration, provider  # noqa: E402
from evil_provider import EvilProvider  # noqa: E402
from oauth1d_process import Oauth1d  # noqa: E402
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


@pytest.fixture(scope="module")
def evil():
    with EvilProvider() as running:
        yield running


@pytest.fixture(scope="module")
def oauth1d(sandbox):
    """One server over memory, before the sandbox."""
    with Oauth1d(configuration(provider(sandbox.http_url))) as running:
        yield running


@pytest.fixture(scope="module")
def caller(oauth1d):
    with Caller(oauth1d.address) as open_caller:
        yield open_caller


@pytest.fixture(scope="module")
def replicas(sandbox, redis):
    """Callers of two servers over one Redis."""
    config = configuration(provider(sandbox.http_url), store=redis.store)
    with Oauth1d(config, environment=redis.environment) as one, Oauth1d(config, environment=redis.environment) as two:
        with Caller(one.address) as first, Caller(two.address) as second:
            yield first, second


@pytest.fixture
def untouched(sandbox, redis):
    """The test must not make the provider see a request, nor change what is stored."""
    seen, stored = len(sandbox.log()), redis.dump()
    yield
    assert len(sandbox.log()) == seen, sandbox.log()[seen:]
    assert redis.dump() == stored


@pytest.fixture(scope="module")
def unburnt(replicas, sandbox):
    """A login under way, which must still end well after everything in the module has been tried."""
    browser = come_back(replicas[0], sandbox)
    yield browser
    assert profile(replicas[1], browser.finish(replicas[1]).access_token) == "alice"
