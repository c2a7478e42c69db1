"""Row 31, S4 and C3 of the threat model: floods of connections, and callers who take nothing."""

import os
import subprocess
import time

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from binaries import tool
from caller import Caller
from configuration import configuration, provider
from first_call import call_once
from h2_abuse import UNARY
from h2raw import INITIAL_WINDOW_SIZE, RST_STREAM, H2Connection, grpc_headers, grpc_message
from neighbour import Neighbour
from oauth1d_process import SERVING, Oauth1d
from waiting import eventually

URL = "http://127.0.0.1:9000"


def limited(text="", **limits):
    """A configuration with these limits."""
    return configuration(provider(URL)).replace("{", '{"limits": ' + str(limits).replace("'", '"') + ",", 1) + text


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


def test_a_process_without_any_descriptor_left_serves_again_within_a_second(tmp_path):
    # To look at an object's type, UBSan writes through a pipe that it opens for it: without a descriptor it calls every
    # type that it has not seen before wrong. (Its other checks go on.)
    suppressions = tmp_path / "ubsan"
    suppressions.write_text("vptr:*\n")
    sanitizer = {"UBSAN_OPTIONS": f"suppressions={suppressions}"}
    with Oauth1d(configuration(provider(URL)), environment=sanitizer) as server, Neighbour(server):
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
    """At ten times that: the machine may be busy."""
    eventually(lambda: server.health() == SERVING, "it serves again", 10, 0.05)
    with Caller(server.address) as web:
        assert web.list_providers()


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
