"""A gibibyte up and a gibibyte down, on what is shipped: the server's peak stays within 64 MiB of idle."""

import json
import os
from pathlib import Path

from configuration import configuration, provider
from stream_provider import PIECE, StreamProvider
from streaming import END, StreamCaller, chunk, head

os.environ["OAUTH1D_BIN_DIR"] = os.environ["OAUTH1D_RELEASE_BIN_DIR"]

from oauth1d_process import Oauth1d  # noqa: E402  pylint: disable=wrong-import-position

GIBIBYTE = 1 << 30
ROOM = 64 << 20


def resident(process, field):
    """Bytes, of VmRSS or VmHWM."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) << 10
    raise AssertionError(field)


def test_a_gibibyte_each_way_in_constant_memory():
    with StreamProvider() as files, Oauth1d(configuration(provider(files.url))) as server:
        with StreamCaller(server.address) as caller:
            caller.stream([head("GET", "download/1000"), END])  # warm: a connection, a thread, an arena
            idle = resident(server.process, "VmRSS")
            pieces = [chunk(PIECE)] * (GIBIBYTE // len(PIECE))
            up = caller.stream([head("POST", "upload", content_type="video/mp4"), *pieces, END])
            assert json.loads(up.body)["length"] == GIBIBYTE
            after_upload = resident(server.process, "VmHWM")
            down = caller.stream([head("GET", f"download/{GIBIBYTE}"), END])
            assert (down.length, down.end is not None) == (GIBIBYTE, True)
            after_download = resident(server.process, "VmHWM")
    print(f"idle {idle >> 20} MiB, peak after the upload {after_upload >> 20}, after both {after_download >> 20}")
    assert after_download - idle <= ROOM
