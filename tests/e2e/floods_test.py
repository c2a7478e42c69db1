"""Row 30 of the threat model: floods of frames. Whoever floods is ended, and nobody else is harmed."""

import json
import os
import statistics
import time
from pathlib import Path

import grpc
import pytest

from caller import Caller, signed_request
from certificates import Certificates
from configuration import configuration, provider
from h2_abuse import FLOODS, UNARY, Flood
from h2raw import INITIAL_WINDOW_SIZE, H2Connection, grpc_headers, grpc_message
from neighbour import Neighbour
from oauth1d_process import SERVING, Oauth1d
from waiting import eventually

# With a sanitizer it is about what it finds; what memory a flood takes is told by what is shipped.
if os.environ.get("OAUTH1D_SHIPPED") == "1":
    os.environ["OAUTH1D_BIN_DIR"] = os.environ["OAUTH1D_RELEASE_BIN_DIR"]
SHIPPED = os.environ.get("OAUTH1D_SHIPPED") == "1"
URL = "http://127.0.0.1:9000"
FLOODED = 60 if os.environ.get("OAUTH1D_LONG") == "1" else 1.5
"""Seconds, for which a flood that was ended begins anew."""
ROOM = 256 << 20
"""A flood is told from an honest caller by 24 MiB that no call reads; of pings and endless headers gRPC 1.51 makes up to
190 MiB (measured on what is shipped: SECURITY.md says so)."""
ENVIRONMENT = {"ASAN_OPTIONS": "quarantine_size_mb=4"}


def resident(server):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmRSS:"))


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
        assert not SHIPPED or peak - before <= ROOM
        assert server.health() == SERVING


def test_a_caller_who_ignores_the_number_of_streams_is_ended():
    with Oauth1d(configuration(provider(URL)), environment=ENVIRONMENT) as server:
        before = resident(server)
        with H2Connection.connect(server.address) as greedy:
            greedy.preface([(INITIAL_WINDOW_SIZE, 0)])
            with pytest.raises(OSError):
                for stream in range(1, 400_001, 2):
                    greedy.headers(stream, grpc_headers(UNARY))
                    greedy.data(stream, grpc_message(b""), end_stream=True)
        assert not SHIPPED or resident(server) - before <= ROOM
        assert "too many calls" in server.event("connection_ended")["message"]


def test_long_requests_side_by_side_and_a_stream_of_them_are_no_flood():
    request = signed_request("POST", "x", provider="nobody", body=b"x" * 3_000_000).SerializeToString()
    with Oauth1d(configuration(provider(URL))) as server, Caller(server.address) as web:
        calls = [web.method("SignedRequest").future(request, timeout=120) for _ in range(100)]
        assert {call.exception().code() for call in calls} == {grpc.StatusCode.NOT_FOUND}
        web.catch_up(server)
        assert not server.log("connection_ended")
