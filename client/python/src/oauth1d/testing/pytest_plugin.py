"""A fixture for pytest. In your conftest.py: `pytest_plugins = ["oauth1d.testing.pytest_plugin"]`.

`oauth1d_service` is a FakeService, and OAUTH1D_SERVER names it while a test runs. Override `oauth1d_providers` to say
which providers it has.
"""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from .service import FakeService


@pytest.fixture
def oauth1d_providers() -> list[str]:
    """The names of the providers that the fake service has."""
    return ["twitter"]


@pytest.fixture
def oauth1d_service(oauth1d_providers: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeService]:
    """A FakeService; an `OAuth()` that is made while the test runs finds it."""
    for name in ("CA_FILE", "CERT_FILE", "KEY_FILE", "API_KEY"):
        monkeypatch.delenv(f"OAUTH1D_{name}", raising=False)
    with FakeService(oauth1d_providers) as service:
        monkeypatch.setenv("OAUTH1D_SERVER", service.address)
        yield service
