"""The contract holds its own rules, and a change that would break somebody is caught."""

import gzip
import shutil
import subprocess

import pytest

from stubs_page import PROTO

SERVICE = "oauth1d/v1/oauth1d.proto"
RECORDS = "oauth1d/records/v1/records.proto"
CONFIG = "oauth1d/config/v1/config.proto"


def check(folder=PROTO):
    """Exit status and words of proto/check."""
    done = subprocess.run([PROTO / "check", folder], capture_output=True, text=True, timeout=240)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(PROTO, tmp_path / "proto", ignore=shutil.ignore_patterns("released"))


def change(copy, file, old, new):
    """Replaces what must stand in `file` exactly once."""
    text = (copy / file).read_text()
    assert text.count(old) == 1, (file, old)
    (copy / file).write_text(text.replace(old, new))


def test_the_contract_is_clean_and_breaks_nobody():
    assert check() == (0, "")


def test_the_released_contract_is_whole():
    image = gzip.decompress((PROTO / "released/oauth1d.binpb.gz").read_bytes())
    for file in sorted(PROTO.rglob("*.proto")):
        assert str(file.relative_to(PROTO)).encode() in image, f"{file} is not in it: proto/release puts it there"


@pytest.mark.parametrize("file, old, new, told", [
    (SERVICE, "string redirect_url = 1;", "string redirect_url = 9;", "redirect_url"),
    (SERVICE, "string redirect_url = 1;", "string location = 1;", "redirect_url"),
    (SERVICE, "option go_package =", "// option go_package =", "go_package"),
    (SERVICE, "rpc ListProviders(ListProvidersRequest)", "rpc Providers(ListProvidersRequest)", "ListProviders"),
    (CONFIG, "Limits limits = 6;", "Limits limit = 6;", "limits"),
    (RECORDS, "Phase phase = 3;", "Phase phase = 93;", "phase"),
    (RECORDS, "bytes attempt_id = 4;", "string attempt_id = 4;", "attempt_id"),
], ids=["renumbered", "renamed", "moved", "method", "setting", "record", "record_type"])
def test_a_break_is_caught(copy, file, old, new, told):
    change(copy, file, old, new)
    status, words = check(copy)
    assert status == 1
    assert f"{file}:" in words and told in words


def test_what_nobody_can_see_is_no_break(copy):
    change(copy, RECORDS, "Phase phase = 3;", "Phase stage = 3;")
    assert check(copy) == (0, "")


def test_an_addition_is_no_break(copy):
    change(copy, SERVICE, "message ListProvidersRequest {}",
           "message ListProvidersRequest {\n  // Only those with this capability.\n  Capability capability = 1;\n}")
    assert check(copy) == (0, "")


@pytest.mark.parametrize("old, new, told", [
    ("// Nothing to say.\nmessage ListProvidersRequest {}", "message ListProvidersRequest {}", "comment"),
    ("message ListProvidersRequest {}", "message ListProvidersRequest  {}", "+message ListProvidersRequest {}"),
    ("  CAPABILITY_XAUTH = 4;", "  XAUTH = 4;", "CAPABILITY_"),
], ids=["comment", "format", "name"])
def test_what_is_untidy_is_caught(copy, old, new, told):
    change(copy, SERVICE, old, new)
    status, words = check(copy)
    assert status == 1
    assert told in words
