"""The C++ library as an application finds it: installed, found by find_package, linked, and run before a real server."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from binaries import tool
from configuration import CALLBACK

ROOT = Path(__file__).resolve().parents[2]
CONSUMER = ROOT / "tests/client_cpp/consumer"


def build_dir():
    folder = os.environ.get("OAUTH1D_BUILD_DIR")
    if not folder or not (Path(folder) / "CMakeCache.txt").exists():
        raise RuntimeError("set OAUTH1D_BUILD_DIR to a folder that CMake has built in, e.g. build/dev")
    return Path(folder)


def cached(name):
    """A setting of the build under test."""
    lines = (build_dir() / "CMakeCache.txt").read_text().splitlines()
    return next(line.partition("=")[2] for line in lines if line.startswith(f"{name}:"))


def cmake(*arguments):
    subprocess.run([tool("cmake", "cmake"), *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    cmake("--install", build_dir(), "--component", "client-dev", "--prefix", folder / "first")
    (folder / "first").rename(folder / "moved")  # nothing in it may know where it was put
    return folder / "moved"


@pytest.fixture(scope="module")
def consumer(prefix, tmp_path_factory):
    folder = tmp_path_factory.mktemp("consumer")
    sanitize = cached("OAUTH1D_SANITIZE")
    flags = f"-fsanitize={sanitize} -fno-sanitize-recover=all" if sanitize else ""
    cmake("-S", CONSUMER, "-B", folder, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_CXX_STANDARD=17",
          f"-DCMAKE_C_COMPILER={cached('CMAKE_C_COMPILER')}", f"-DCMAKE_CXX_COMPILER={cached('CMAKE_CXX_COMPILER')}",
          f"-DCMAKE_CXX_FLAGS={flags} -Wall -Wextra -Werror")
    cmake("--build", folder, "-j", 2)
    return folder / "consumer"


def test_an_application_in_a_folder_of_its_own_begins_a_login_and_streams(consumer, oauth1d, sandbox):
    told = subprocess.run([consumer, CALLBACK], check=True, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "OAUTH1D_SERVER": oauth1d.address})
    redirect, cookie, reason, *answer, end = told.stdout.splitlines()
    assert redirect.startswith(f"{sandbox.http_url}/oauth/authorize?")
    assert "; Path=/; HttpOnly; SameSite=Lax" in cookie
    assert reason == "PROVIDER_NOT_FOUND"
    assert end == "200 whole", answer
    assert sandbox.log()[-1]["body_sha256"] == hashlib.sha256(b"b" * (5 << 20)).hexdigest()


def test_headers_libraries_and_contract_are_there_and_nothing_else(prefix):
    files = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}
    headers = {path for path in files if path.startswith("include/")}
    assert {"include/oauth1d/client.h", "include/oauth1d/failure.h", "include/oauth1d/v1/oauth1d.pb.h",
            "include/oauth1d/v1/oauth1d.grpc.pb.h"} <= headers
    assert all(path.startswith("include/oauth1d/") for path in headers), headers
    contract = {path for path in files if path.endswith(".proto")}
    assert contract == {"share/oauth1d/proto/oauth1d/v1/oauth1d.proto",
                        "share/oauth1d/proto/oauth1d/status/v1/status.proto"}
    libraries = {Path(path).name for path in files if path.endswith(".a")}
    assert libraries == {f"liboauth1d_{name}.a" for name in ("client", "service_grpc", "service_proto", "status_proto")}
    packages = {Path(path).name.partition("-")[0] for path in files if path.endswith(".cmake")}
    assert packages == {"oauth1dConfig.cmake", "oauth1dConfigVersion.cmake", "oauth1dTargets.cmake", "oauth1dTargets"}
    assert len(headers) + len(contract) + len(libraries) + 4 == len(files), files


def test_nothing_that_is_read_says_where_it_was_built(prefix):
    for path in prefix.rglob("*"):
        if path.suffix in (".cmake", ".h", ".proto"):
            text = path.read_text()
            for place in (str(ROOT), str(build_dir().resolve()), str(prefix.parent)):
                assert place not in text, f"{path} names {place}"
