"""Where the release was built, and what was installed from it."""

import os
import subprocess
from pathlib import Path

from binaries import tool

ROOT = Path(__file__).resolve().parents[2]


def release_bin():
    """The folder of the programs that are shipped."""
    folder = os.environ.get("OAUTH1D_RELEASE_BIN_DIR")
    if not folder or not (Path(folder) / "oauth1d").exists():
        raise RuntimeError("set OAUTH1D_RELEASE_BIN_DIR to the bin of a release: deploy/build release oauth1d oauth1ctl")
    return Path(folder).resolve()


def release_build():
    return release_bin().parent


def run(*command, **options):
    """Its standard output; what went wrong is in the error."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, **options)
    assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def install(prefix, *components):
    for component in components:
        run(tool("cmake", "cmake"), "--install", release_build(), "--component", component, "--prefix", prefix)


def version():
    """What CMakeLists.txt says."""
    [line] = [line for line in (ROOT / "CMakeLists.txt").read_text().splitlines() if line.startswith("project(")]
    return line.split()[2]
