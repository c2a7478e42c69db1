"""The two versions, by name, and servers of each."""

import os

from oauth1d_process import Oauth1d

OLD, NEXT = "old", "next"
BOTH_WAYS = [(OLD, NEXT), (NEXT, OLD)]
_FOLDERS = {OLD: "OAUTH1D_BIN_DIR", NEXT: "OAUTH1D_NEXT_BIN_DIR"}


def start(version, config, redis):
    """A server of this version over this Redis; `Oauth1d` looks for its program in OAUTH1D_BIN_DIR."""
    kept = os.environ.get("OAUTH1D_BIN_DIR", "")
    folder = os.environ.get(_FOLDERS[version])
    if not folder:
        raise RuntimeError(f"set {_FOLDERS[version]} to the folder of the {version} oauth1d: see tests/upgrade/run")
    os.environ["OAUTH1D_BIN_DIR"] = folder
    try:
        return Oauth1d(config, environment=redis.environment)
    finally:
        os.environ["OAUTH1D_BIN_DIR"] = kept
