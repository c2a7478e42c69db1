"""The stubs are current, and get along with everyone else's."""
from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

PACKAGE = pathlib.Path(__file__).resolve().parent.parent
STUBS = PACKAGE / "src" / "oauth1d" / "_stubs"

# What googleapis' own files define, as far as our details go: the same file names, packages and messages.
GOOGLE_RPC = {
    "google/rpc/status.proto": """
        syntax = "proto3";
        package google.rpc;
        import "google/protobuf/any.proto";
        message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }
    """,
    "google/rpc/error_details.proto": """
        syntax = "proto3";
        package google.rpc;
        import "google/protobuf/duration.proto";
        message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
        message RetryInfo { google.protobuf.Duration retry_delay = 1; }
        message BadRequest {
            message FieldViolation { string field = 1; string description = 2; }
            repeated FieldViolation field_violations = 1;
        }
    """,
}
# Another package of this name, with a contract of its own.
OAUTH1 = {
    "oauth1/v1/oauth1.proto": """
        syntax = "proto3";
        package oauth1.v1;
        message Parameter { string name = 1; }
        message Header { string name = 1; }
    """,
}
THEIRS = """
from google.rpc import error_details_pb2, status_pb2
import oauth1
from oauth1.v1 import oauth1_pb2
"""
OURS = """
import sys
import oauth1d, oauth1d.aio, oauth1d.starlette_client
assert not [name for name in sys.modules if name.startswith("oauth1d.v1")]
"""
BESIDE = """
from google.protobuf import descriptor_pool
from oauth1d._stubs import oauth1d_pb2, status_pb2 as ours
assert oauth1.NAME == "another package" and oauth1_pb2.Parameter is not oauth1d_pb2.Parameter
assert oauth1d_pb2.Parameter.__module__ == "oauth1d._stubs.oauth1d_pb2"
pool = descriptor_pool.Default()
assert pool.FindFileByName("google/rpc/status.proto").package == "google.rpc"
assert pool.FindFileByName("oauth1d/status/v1/status.proto").package == "oauth1d.status.v1"
# Each reads what the other writes.
info = error_details_pb2.ErrorInfo(reason="USER_DENIED", domain="oauth1d", metadata={"sent": "no"})
assert ours.ErrorInfo.FromString(info.SerializeToString()).metadata == {"sent": "no"}
status = ours.Status(code=5, message="m")
status.details.add().type_url = "type.googleapis.com/google.rpc.ErrorInfo"
assert status_pb2.Status.FromString(status.SerializeToString()).details[0].Is(error_details_pb2.ErrorInfo.DESCRIPTOR)
"""


def test_the_checked_in_stubs_are_current(tmp_path: pathlib.Path) -> None:
    subprocess.run([sys.executable, PACKAGE / "generate_stubs", tmp_path], check=True)
    fresh = {path.name: path.read_text() for path in tmp_path.iterdir()}
    checked_in = {path.name: path.read_text() for path in STUBS.iterdir() if path.is_file()}
    assert checked_in == fresh, "run client/python/generate_stubs"


@pytest.mark.parametrize("order", [[THEIRS, OURS], [OURS, THEIRS]], ids=["after them", "before them"])
def test_it_imports_beside_googleapis_and_beside_a_package_named_oauth1(tmp_path: pathlib.Path, order: list[str]) -> None:
    sources, theirs = tmp_path / "proto", tmp_path / "site"
    for name, text in {**GOOGLE_RPC, **OAUTH1}.items():
        (sources / name).parent.mkdir(parents=True, exist_ok=True)
        (sources / name).write_text(text)
    theirs.mkdir()
    subprocess.run(["protoc", f"-I{sources}", f"--python_out={theirs}", *GOOGLE_RPC, *OAUTH1], check=True)
    # `google` belongs to protobuf, whose package lets others extend it, as googleapis' wheel does.
    (theirs / "google" / "rpc" / "__init__.py").write_text("")
    (theirs / "oauth1" / "__init__.py").write_text('NAME = "another package"\n')
    run = f"import google; google.__path__.append({str(theirs / 'google')!r})\n" + "".join(order) + BESIDE
    subprocess.run(
        [sys.executable, "-c", run],
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": f"{PACKAGE / 'src'}:{theirs}", "PATH": "/usr/bin:/bin"},
    )
