"""Two versions of oauth1d over one Redis: OAUTH1D_BIN_DIR has the old one, OAUTH1D_NEXT_BIN_DIR the next."""

import importlib.util
import sys
from pathlib import Path

import pytest

E2E = Path(__file__).resolve().parents[1] / "e2e"
_spec = importlib.util.spec_from_file_location("e2e_conftest", E2E / "conftest.py")
e2e = importlib.util.module_from_spec(_spec)
sys.modules["e2e_conftest"] = e2e
_spec.loader.exec_module(e2e)

bare_environment, redis = e2e.bare_environment, e2e.redis

from versions import NEXT, OLD, start  # noqa: E402

from dialect_caller import DialectCaller, renewed_by  # noqa: E402
from configuration import configuration  # noqa: E402
from provider_process import Sandbox  # noqa: E402


@pytest.fixture(scope="module")
def sandbox():
    """Its tokens end after an hour, and come with a session handle."""
    with Sandbox.start(https=False, flags=["--token-lifetime", 3600]) as running:
        yield running


@pytest.fixture(scope="module")
def config(sandbox, redis):
    return configuration(renewed_by(sandbox.http_url, "session_handle"), store=redis.store)


@pytest.fixture(scope="module")
def servers(config, redis):
    """{version: a server of it}, side by side."""
    with start(OLD, config, redis) as old, start(NEXT, config, redis) as following:
        yield {OLD: old, NEXT: following}


@pytest.fixture(scope="module")
def callers(servers):
    """{version: a caller of its server}."""
    with DialectCaller(servers[OLD].address) as old, DialectCaller(servers[NEXT].address) as following:
        yield {OLD: old, NEXT: following}
