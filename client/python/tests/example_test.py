"""The example, run as a person would run it and walked as a browser would."""
from __future__ import annotations

import os
import pathlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from fake_service import FakeService

EXAMPLE = pathlib.Path(__file__).resolve().parent.parent / "examples" / "starlette_login.py"


@pytest.fixture
def browser(service: FakeService) -> Iterator[httpx.Client]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "OAUTH1D_SERVER": service.address}
    process = subprocess.Popen([sys.executable, EXAMPLE, "--port", str(port)], env=environment)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            _wait_for(client)
            yield client
    finally:
        process.terminate()
        assert process.wait(10) == 0


def _wait_for(client: httpx.Client) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            client.get("/")
            return
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the example does not start"
            time.sleep(0.05)


def test_a_login_a_denial_and_an_expired_flow(browser: httpx.Client, service: FakeService) -> None:
    home = browser.get("/")
    assert 'href="/login/twitter"' in home.text and "prefers-color-scheme" in home.text and "viewport" in home.text

    def start() -> str:
        return browser.get("/login/twitter").headers["location"]

    profile = browser.get(service.approve(start(), "<alice>"))
    assert profile.status_code == 200
    assert "Hello, &lt;alice&gt;" in profile.text and "&lt;alice&gt;@example" in profile.text
    assert "<alice>" not in profile.text and "oa1_" not in profile.text
    assert len(browser.cookies) == 0

    denied = browser.get(service.deny(start()))
    assert denied.status_code == 403 and "You said no" in denied.text and "Log in again" in denied.text

    callback = service.approve(start(), "bob")
    service.expire_flows()
    expired = browser.get(callback)
    assert expired.status_code == 410 and "took too long" in expired.text

    stranger = service.approve(start(), "bob")
    browser.cookies.clear()
    assert "Another browser" in browser.get(stranger).text
    assert "no longer open" in browser.get("/auth/twitter").text
