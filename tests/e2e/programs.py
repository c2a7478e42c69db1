"""Runs oauth1d or oauth1ctl to its end."""

import os
import subprocess
from dataclasses import dataclass

from binaries import bound_to_us, program
from configuration import CONSUMER_SECRET
from waiting import PATIENCE


@dataclass
class Finished:
    status: int
    out: str
    err: str


def run(name, *arguments, stdin="", environment=None, folder=None):
    """Its exit status and what it said. `stdin`: text."""
    done = subprocess.run(
        bound_to_us([program(name), *map(str, arguments)]), input=stdin.encode(), capture_output=True, cwd=folder,
        env={**os.environ, "DEMO_SECRET": CONSUMER_SECRET, **(environment or {})}, timeout=PATIENCE, check=False)
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())
