"""A replica is killed between the provider's receipt of a request and its answer: no client sends a POST twice.

Each client stands behind a relay that leads to the first of two replicas that is alive, and makes one call.
"""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from binaries import program
from configuration import configuration, provider
from first_live_relay import FirstLiveRelay
from free_port import free_port
from node_package import with_package
from oauth1d_process import Oauth1d
from waiting import PATIENCE, eventually

E2E = Path(__file__).resolve().parent
ROOT = E2E.parents[1]
DRIVERS = E2E / "drivers"

# Each is called with PROVIDER METHOD URL and prints {"status"}, or {"code", "reason", "sent"}; a POST has a form.
CLIENTS = {
    "python_sync": lambda: [sys.executable, DRIVERS / "post_python_sync.py"],
    "python_asyncio": lambda: [sys.executable, DRIVERS / "post_python_asyncio.py"],
    "node": lambda: with_package("node", DRIVERS / "post.mjs"),
    "cpp": lambda: [program("post_cpp")],
    "oauth1ctl": lambda: [sys.executable, DRIVERS / "post_oauth1ctl.py"],
}


class KillingProvider(ThreadingHTTPServer):
    """Kills `victim` on receipt of the first request, and never answers that one; answers all further ones."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received, self.victim, self.held = [], None, threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.held.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.received.append((self.command, self.path, body))
        if self.server.victim is not None and len(self.server.received) == 1:
            self.server.victim.process.kill()
            self.server.held.wait(PATIENCE)
            return
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        self.do_POST()

    def log_message(self, *_):
        pass


@pytest.fixture
def killer():
    with KillingProvider() as running:
        yield running


@pytest.fixture
def replicas(killer):
    config = configuration(provider(killer.url))
    with Oauth1d(config) as one, Oauth1d(config) as two:
        yield one, two


@pytest.fixture(scope="module", params=CLIENTS)
def client(request):
    """The command of a client."""
    return CLIENTS[request.param]()


@pytest.fixture
def outcome_of(client):
    """Makes one call by the client, behind a relay that leads to these addresses; gives what it was told."""
    def call(addresses, method):
        with FirstLiveRelay(addresses) as relay:
            done = subprocess.run(
                [*client, "sandbox", method, "post"], stdout=subprocess.PIPE, timeout=PATIENCE,
                check=True, env={**os.environ, "OAUTH1D_SERVER": relay.address,
                                 "PYTHONPATH": str(ROOT / "client/python/src"), "PYTHONDONTWRITEBYTECODE": "1"})
        return json.loads(done.stdout)
    return call


def addresses(replicas):
    return [replica.address for replica in replicas]


def test_a_post_that_the_provider_has_received_is_not_sent_again(killer, replicas, outcome_of):
    killer.victim = replicas[0]
    told = outcome_of(addresses(replicas), "POST")
    assert replicas[0].process.wait(PATIENCE) == -9 and replicas[1].process.poll() is None
    assert killer.received == [("POST", "/1.1/post", b"status=hello")]
    assert (told["code"], told["reason"], told["sent"]) == ("UNAVAILABLE", "", "maybe")


def test_a_get_is_sent_again_by_the_other_replica(killer, replicas, outcome_of):
    killer.victim = replicas[0]
    assert outcome_of(addresses(replicas), "GET") == {"status": 200}
    assert [method for method, _, _ in killer.received] == ["GET", "GET"]


def test_a_replica_that_is_dead_before_the_call_costs_nothing(killer, replicas, outcome_of):
    replicas[0].kill()
    assert outcome_of(addresses(replicas), "POST") == {"status": 200}
    assert len(killer.received) == 1


def test_a_post_that_never_left_is_told_so(outcome_of):
    nobody = f"http://127.0.0.1:{free_port()}"
    with Oauth1d(configuration(provider(nobody))) as server:
        told = outcome_of([server.address], "POST")
        eventually(lambda: len(server.log("rpc")) == 2, "the one repeat that is safe has been made")
    assert (told["code"], told["reason"], told["sent"]) == ("UNAVAILABLE", "PROVIDER_UNREACHABLE", "no")
