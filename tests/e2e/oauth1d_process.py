"""A running oauth1d."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

from binaries import bound_to_us, program
from configuration import CONSUMER_SECRET, KEY, KEYRING
from health import NOT_SERVING, SERVING, health_of
from waiting import PATIENCE, eventually


class Oauth1d:
    """Starts with `config` (the file's text) and listens; `serving=False`: does not wait until it serves.

    Use it in `with`: at the end it must stop by SIGTERM with exit status 0, and its log must be lines of JSON that
    hold no secret of the configuration, nor any that was added to `secrets`.
    """

    def __init__(self, config, *, files=None, environment=None, flags=(), serving=True, ca_file=None):
        binary = program("oauth1d")
        self.folder = Path(tempfile.mkdtemp(prefix="oauth1d-e2e-"))
        self.secrets = [CONSUMER_SECRET, KEY]
        self._lines, self._ca_file = [], ca_file
        write_configuration(self.folder, config, files)
        command = [binary, "--config", str(self.folder / "oauth1d.yaml"), *flags]
        self.process = subprocess.Popen(
            bound_to_us(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, "DEMO_SECRET": CONSUMER_SECRET, **(environment or {})})
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.address = self.event("listening")["address"]
            if serving:
                eventually(lambda: self.health() == SERVING, "oauth1d serves")
        except BaseException:
            self.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None or self.process.poll() is not None:
            self.kill()
            return
        assert self.stop() == 0
        self.check_log()

    def health(self, service=""):
        """SERVING, NOT_SERVING or None (no such service, or nobody there)."""
        return health_of(self.address, service, self._ca_file)

    def log_text(self):
        """Everything on stderr so far."""
        return b"".join(list(self._lines)).decode(errors="backslashreplace")

    def log(self, event=None):
        """The lines so far as dicts; only those of `event`, if one is named."""
        lines = [json.loads(line) for line in list(self._lines) if line.endswith(b"\n")]
        return [line for line in lines if event is None or line["event"] == event]

    def event(self, name):
        """The first line of this event, waited for."""
        def find():
            assert self.process.poll() is None or self._reader.is_alive() or self.log(name), (
                f"oauth1d ended with {self.process.poll()}: {self.log_text()}")
            return self.log(name)
        return eventually(find, f"a log line of event {name}")[0]

    def rpc_line(self, **fields):
        """The first line of a call with these fields, waited for: it may come after the answer."""
        return eventually(
            lambda: [line for line in self.log("rpc") if fields.items() <= line.items()], f"a log line {fields}")[0]

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Its exit status; the log is whole then."""
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def stop(self):
        """Asks it to stop, and gives its exit status."""
        self.signal(signal.SIGTERM)
        try:
            return self.wait()
        finally:
            self.kill()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE)
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def check_log(self):
        for line in self._lines:
            assert isinstance(json.loads(line), dict), line
        text = self.log_text()
        for secret in self.secrets:
            assert secret not in text, f"a secret is in the log: {secret}"

    def _read(self):
        for line in self.process.stderr:
            self._lines.append(line)


def write_configuration(folder, config, files=None):
    """oauth1d.yaml, a keyring, and `files` (name to text) beside it; gives the path of the first."""
    for name, text in {"keyring.yaml": KEYRING, "oauth1d.yaml": config, **(files or {})}.items():
        path = Path(folder) / name
        path.write_text(text)
        path.chmod(0o600)
    return Path(folder) / "oauth1d.yaml"


__all__ = ["NOT_SERVING", "SERVING", "Oauth1d", "write_configuration"]
