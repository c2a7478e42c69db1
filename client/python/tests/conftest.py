"""Makes the package importable from the source tree and starts the fake service."""
from __future__ import annotations

import pathlib
import sys
from collections.abc import Iterator

import pytest

TESTS = pathlib.Path(__file__).resolve().parent
for folder in (TESTS, TESTS.parent / "src"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from fake_service import FakeService  # noqa: E402

# The names that others drive clients by; tests start without them.
VARIABLES = ("OAUTH1D_SERVER", "OAUTH1D_CA_FILE", "OAUTH1D_CERT_FILE", "OAUTH1D_KEY_FILE", "OAUTH1D_API_KEY")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def service() -> Iterator[FakeService]:
    with FakeService() as running:
        yield running
