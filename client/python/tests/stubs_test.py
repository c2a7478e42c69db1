"""The stubs are current, and get along with everyone else's."""
from __future__ import annotations

import pathlib
import subprocess
import sys

PACKAGE = pathlib.Path(__file__).resolve().parent.parent
STUBS = PACKAGE / "src" / "oauth1d" / "_stubs"

BESIDE_OTHERS = """
import sys
from google.protobuf import descriptor_pb2, descriptor_pool
pool = descriptor_pool.Default()
# What googleapis' own google.rpc registers: the same message names as our details have.
for path, package, messages in [
    ("google/rpc/status.proto", "google.rpc", ["Status"]),
    ("google/rpc/error_details.proto", "google.rpc", ["ErrorInfo", "BadRequest", "RetryInfo"]),
    ("oauth1/v1/oauth1.proto", "oauth1.v1", ["Parameter", "Header"]),
]:
    file = descriptor_pb2.FileDescriptorProto(name=path, package=package, syntax="proto3")
    for message in messages:
        file.message_type.add(name=message)
    pool.AddSerializedFile(file.SerializeToString())
import oauth1
before = set(sys.modules)
import oauth1d, oauth1d.aio, oauth1d.starlette_client
assert oauth1.NAME == "another package", oauth1
added = {name.partition(".")[0] for name in set(sys.modules) - before}
assert "oauth1" not in added and "v1" not in added, added
assert not any(name == "google.rpc" or name.startswith("oauth1d.v1") for name in sys.modules)
assert oauth1d._stubs.oauth1d_pb2.Parameter.__module__ == "oauth1d._stubs.oauth1d_pb2"
"""


def test_the_checked_in_stubs_are_current(tmp_path: pathlib.Path) -> None:
    subprocess.run([sys.executable, PACKAGE / "generate_stubs", tmp_path], check=True)
    fresh = {path.name: path.read_text() for path in tmp_path.iterdir()}
    checked_in = {path.name: path.read_text() for path in STUBS.iterdir() if path.is_file()}
    assert checked_in == fresh, "run client/python/generate_stubs"


def test_it_imports_beside_a_package_named_oauth1_and_beside_google_rpc(tmp_path: pathlib.Path) -> None:
    (tmp_path / "oauth1").mkdir()
    (tmp_path / "oauth1" / "__init__.py").write_text('NAME = "another package"\n')
    (tmp_path / "oauth1" / "v1.py").write_text("")
    subprocess.run(
        [sys.executable, "-c", BESIDE_OTHERS],
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": f"{PACKAGE / 'src'}:{tmp_path}", "PATH": "/usr/bin:/bin"},
    )
