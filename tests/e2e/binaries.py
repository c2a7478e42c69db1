"""Where the programs under test are."""

import os
import shutil
from pathlib import Path


def program(name):
    """The path of `oauth1d` or `oauth1ctl`, from the build that OAUTH1D_BIN_DIR names."""
    folder = os.environ.get("OAUTH1D_BIN_DIR")
    if not folder:
        raise RuntimeError("set OAUTH1D_BIN_DIR to the folder of oauth1d and oauth1ctl, e.g. build/dev/bin")
    path = Path(folder) / name
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"OAUTH1D_BIN_DIR has no {name}: {path} cannot be executed")
    return str(path)


def tool(name, package):
    """The path of a program of Debian's."""
    path = shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} is missing: apt-get install {package}")
    return path


def bound_to_us(command):
    """The command so that it dies with the test run, however that ends."""
    return [tool("setpriv", "util-linux"), "--pdeathsig", "KILL", "--", *command]
