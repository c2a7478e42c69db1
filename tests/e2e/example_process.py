"""A running example: an application as its README says to start it, in whatever language."""

import os
import shlex
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from binaries import bound_to_us
from waiting import PATIENCE, eventually

ROOT = Path(__file__).resolve().parents[2]


class ExampleProcess:
    """Starts `command` and waits until 127.0.0.1:`port` takes connections; ends it, and what it started, at the end.

    `told()` is everything that it wrote to stdout and stderr.
    """

    def __init__(self, command, port, environment=None, folder=ROOT):
        self.port, self._command = port, [str(word) for word in command]
        self._told = tempfile.TemporaryFile()
        # A session of its own: whatever the example starts ends with it.
        self._process = subprocess.Popen(
            bound_to_us(self._command), cwd=folder, stdin=subprocess.DEVNULL, stdout=self._told, stderr=self._told,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})}, start_new_session=True)
        try:
            eventually(self._listens, f"{shlex.join(self._command)} listens on port {port}")
        except BaseException as failure:
            failure.add_note(self.told())
            self._end()
            raise

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        if error is not None:
            error.add_note(f"{shlex.join(self._command)} said:\n{self.told()}")
        alive = self._process.poll() is None
        self._end()
        assert alive or kind is not None, f"the example ended by itself with {self._process.returncode}"

    def told(self):
        self._told.flush()
        return os.pread(self._told.fileno(), 1 << 24, 0).decode(errors="backslashreplace")

    def _listens(self):
        assert self._process.poll() is None, f"it ended with {self._process.returncode}"
        try:
            socket.create_connection(("127.0.0.1", self.port), 5).close()
        except OSError:
            return False
        return True

    def _end(self):
        """By its own process group; asked first."""
        try:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(PATIENCE / 4)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
