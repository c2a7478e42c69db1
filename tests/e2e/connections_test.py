"""Rows 30 and 31, S4 and C3 of the threat model: floods of frames, of connections, and callers who take nothing."""

import json
import os
import statistics
import subprocess
import threading
import time
from pathlib import Path

import grpc
import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from binaries import tool
from caller import Caller, signed_request
from certificates import Certificates
from configuration import configuration, provider
from first_call import call_once
from h2_abuse import FLOODS, UNARY, Flood
from h2raw import INITIAL_WINDOW_SIZE, RST_STREAM, H2Connection, grpc_headers, grpc_message
from oauth1d_process import SERVING, Oauth1d
from waiting import eventually

URL = "http://127.0.0.1:9000"
LONG = os.environ.get("OAUTH1D_LONG") == "1"
FLOODED = 60 if LONG else 1.5
"""Seconds, for which a flood that was ended begins anew."""
ROOM = 256 << 20
"""A flood is told from an honest caller by 24 MiB that no call reads; of pings and endless headers gRPC 1.51 makes up to
150 MiB (measured on what is shipped: SECURITY.md says so)."""
ENVIRONMENT = {"ASAN_OPTIONS": "quarantine_size_mb=4"}


def limited(text="", **limits):
    """A configuration with these limits."""
    return configuration(provider(URL)).replace("{", '{"limits": ' + str(limits).replace("'", '"') + ",", 1) + text


def resident(server):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmRSS:"))


class Neighbour:
    """Another caller, who calls all the time; `times` says how long each call took, in seconds. Calls that fail raise
    at the end."""

    def __init__(self, server, ca_file=None):
        self.times, self._failed = [], []
        self._caller, self._stopped = Caller(server.address, ca_file), threading.Event()
        self._caller.list_providers()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._stopped.set()
        self._thread.join()
        self._caller.__exit__()
        assert not self._failed, self._failed[0]
        if kind is not None:
            return
        assert self.times

    def _work(self):
        while not self._stopped.wait(0.01):
            began = time.monotonic()
            try:
                self._caller.list_providers()
            except Exception as failure:  # pylint: disable=broad-except
                self._failed.append(failure)
            self.times.append(time.monotonic() - began)


@pytest.mark.parametrize("name", FLOODS)
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_flood_is_ended_and_nobody_else_is_harmed(tmp_path, tls, name):
    listen, options, ca_file = {}, {}, None
    if tls:
        certificates = Certificates(tmp_path)
        listen = {"tls": {"cert_file": str(certificates.cert), "key_file": str(certificates.key)}}
        ca_file = certificates.ca
        options = {"ca_file": str(ca_file)}
    # Flood and neighbour are one owner here: its share of calls is not what this is about.
    config = json.loads(configuration(provider(URL), listen=listen))
    config["limits"] = {"in_flight": 100_000, "in_flight_per_owner": 100_000}
    with Oauth1d(json.dumps(config), environment=ENVIRONMENT, ca_file=ca_file) as server:
        with Neighbour(server, ca_file) as neighbour:
            before, peak, ended = resident(server), 0, []
            end = time.monotonic() + FLOODED
            while time.monotonic() < end or not ended:
                flood = Flood(server.address.replace("127.0.0.1", "localhost") if tls else server.address, name,
                              **options)
                try:
                    eventually(lambda: flood.closed_after is not None, f"the flood of {name} is ended", 60)
                    peak = max(peak, resident(server))
                finally:
                    flood.stop()
                ended.append(flood.closed_after)
                time.sleep(0.3)
        print(f"{name}: ended after {statistics.median(ended):.1f} s ({len(ended)} floods), {(peak - before) >> 20} MiB "
              f"more, a neighbour's calls took {statistics.median(neighbour.times) * 1e3:.1f} ms, at most "
              f"{max(neighbour.times) * 1e3:.0f}")
        assert peak - before <= ROOM
        assert server.health() == SERVING


def test_a_caller_who_says_nothing_is_closed_after_ten_seconds():
    with Oauth1d(configuration(provider(URL))) as server:
        began = time.monotonic()
        with H2Connection.connect(server.address) as silent:
            while silent.read_frame() is not None:
                pass
        assert 9 < time.monotonic() - began < 20


def test_answers_that_nobody_takes_are_reset_after_ten_seconds():
    with Oauth1d(configuration(provider(URL))) as server, H2Connection.connect(server.address) as idle:
        idle.preface([(INITIAL_WINDOW_SIZE, 0)])
        began = time.monotonic()
        for stream in range(1, 201, 2):
            idle.headers(stream, grpc_headers(UNARY))
            idle.data(stream, grpc_message(b""), end_stream=True)
        reset = set()
        idle.read_frames(lambda one: one.type == RST_STREAM and (reset.add(one.stream) or len(reset) == 100), 30)
        assert reset == set(range(1, 201, 2)) and 9 < time.monotonic() - began < 20


def test_a_caller_who_ignores_the_number_of_streams_is_ended():
    with Oauth1d(configuration(provider(URL)), environment=ENVIRONMENT) as server:
        before = resident(server)
        with H2Connection.connect(server.address) as greedy:
            greedy.preface([(INITIAL_WINDOW_SIZE, 0)])
            with pytest.raises(OSError):
                for stream in range(1, 400_001, 2):
                    greedy.headers(stream, grpc_headers(UNARY))
                    greedy.data(stream, grpc_message(b""), end_stream=True)
        assert resident(server) - before <= ROOM
        assert "too many calls" in server.event("connection_ended")["message"]


def test_long_requests_side_by_side_and_a_stream_of_them_are_no_flood():
    request = signed_request("POST", "x", provider="nobody", body=b"x" * 3_000_000).SerializeToString()
    with Oauth1d(configuration(provider(URL))) as server, Caller(server.address) as web:
        calls = [web.method("SignedRequest").future(request, timeout=120) for _ in range(100)]
        assert {call.exception().code() for call in calls} == {grpc.StatusCode.NOT_FOUND}
        assert not server.log("connection_ended")


def test_ten_times_the_connections_are_turned_away_and_the_rest_is_served():
    with Oauth1d(limited(connections=20)) as server, Neighbour(server):
        crowd = [knock(server) for _ in range(200)]
        assert sum(is_let_in(one) for one in crowd) <= 19
        refused = server.event("connections_refused")["message"]
        assert "turned away" in refused and len(server.log("connections_refused")) < 10
        for one in filter(None, crowd):
            one.close()
        served_again_within_a_second(server)


@pytest.mark.parametrize("descriptors", [64, 128, 256])
def test_a_process_with_few_descriptors_does_not_go_deaf(descriptors):
    with Oauth1d(configuration(provider(URL))) as server:
        subprocess.run([tool("prlimit", "util-linux"), f"--nofile={descriptors}", "--pid", str(server.process.pid)],
                       check=True)
        with Neighbour(server):
            crowd = [knock(server) for _ in range(2 * descriptors)]
            eventually(lambda: server.log("connections_refused"), "some are turned away")
            used = len(os.listdir(f"/proc/{server.process.pid}/fd"))
            assert used < descriptors
            for one in filter(None, crowd):
                one.close()
            served_again_within_a_second(server)


def test_a_process_without_any_descriptor_left_serves_again_within_a_second():
    with Oauth1d(configuration(provider(URL))) as server, Neighbour(server):
        prlimit = [tool("prlimit", "util-linux"), "--pid", str(server.process.pid)]
        used = len(os.listdir(f"/proc/{server.process.pid}/fd"))
        limit = subprocess.run([*prlimit, "--nofile", "--output=SOFT", "--noheadings"], check=True,
                               capture_output=True, text=True).stdout.strip()
        # Every number below the limit is used, and some above: nothing is left, and whoever comes waits in the kernel.
        # (How the spare descriptor turns callers away is acceptor_test.cc's.)
        subprocess.run([*prlimit, f"--nofile={used - 4}:"], check=True)
        crowd = [knock(server) for _ in range(100)]
        time.sleep(1)
        for one in filter(None, crowd):
            one.close()
        subprocess.run([*prlimit, f"--nofile={limit}:"], check=True)
        served_again_within_a_second(server)


def test_calls_go_on_at_a_hundred_connections():
    with Oauth1d(configuration(provider(URL))) as server:
        callers = [Caller(server.address) for _ in range(100)]
        for one in callers:
            assert one.call("ListProviders", pb.ListProvidersRequest()).providers
        for one in callers:
            one.__exit__()
        eventually(lambda: len(os.listdir(f"/proc/{server.process.pid}/fd")) < 60, "their descriptors are closed")


def served_again_within_a_second(server):
    began = time.monotonic()
    eventually(lambda: server.health() == SERVING, "it serves again", 1, 0.05)
    with Caller(server.address) as web:
        assert web.list_providers()
    assert time.monotonic() - began < 1.5


def knock(server):
    """A connection that says hello and makes a call; None where it was reset on the way."""
    try:
        return call_once(H2Connection.connect(server.address))
    except OSError:
        return None


def is_let_in(connection):
    try:
        return connection is not None and connection.read_frame(5) is not None
    except OSError:
        return False
