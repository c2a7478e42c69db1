"""A replica dies by SIGKILL after it received a request: no POST is sent twice, a GET is."""
from __future__ import annotations

import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

from oauth1d import Client, errors

TESTS = pathlib.Path(__file__).resolve().parent

# Serves until it receives the first SignedRequest of all replicas: that one kills it, before any answer.
REPLICA = """
import os, signal, sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/../src"]
from fake_service import FakeService

class MortalService(FakeService):
    def SignedRequest(self, request, context):
        with open(sys.argv[2], "a") as receipts:
            receipts.write(request.call.method + "\\n")
        if os.path.getsize(sys.argv[2]) == len(request.call.method) + 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().SignedRequest(request, context)

with MortalService() as service:
    print(service.address, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def receipts(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "receipts"


@pytest.fixture
def replicas(receipts: pathlib.Path) -> Iterator[str]:
    """Two replicas; gives the gRPC target that names both."""
    command = [sys.executable, "-c", REPLICA, str(TESTS), str(receipts)]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    try:
        yield "ipv4:" + ",".join(process.stdout.readline().strip() for process in running if process.stdout)
    finally:
        for process in running:
            process.communicate()


def test_a_post_that_may_have_been_sent_is_not_repeated(replicas: str, receipts: pathlib.Path) -> None:
    with Client(replicas) as client, pytest.raises(errors.Unavailable) as raised:
        client.signed_request("twitter", "POST", "echo", token="t", data={"status": "hello"})
    assert (raised.value.reason, raised.value.sent) == ("", "maybe")
    assert receipts.read_text() == "POST\n"


def test_a_get_is_repeated_on_the_other_replica(replicas: str, receipts: pathlib.Path) -> None:
    with Client(replicas) as client:
        assert client.signed_request("twitter", "GET", "echo", token="t").is_success
    assert receipts.read_text() == "GET\nGET\n"
