"""A running oauth1d."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from binaries import bound_to_us, program, tool
from configuration import CONSUMER_SECRET, KEY, KEYRING
from health import NOT_SERVING, SERVING, health_of
from secret_search import SEEN, holds_none_of, sample
from waiting import PATIENCE, eventually


# Whoever sets these to see what goes wrong must not see tokens.
MOST_TALKATIVE = {"GRPC_TRACE": "all", "GRPC_VERBOSITY": "DEBUG"}


class Oauth1d:
    """Starts with `config` (the file's text) and listens; `serving=False`: does not wait until it serves; `user`: runs
    as the user of this number; `inside`: what goes before its command, such as nsenter's.

    Use it in `with`: at the end it must stop by SIGTERM with exit status 0; its log and its audit log must be lines of
    JSON; and neither they nor its command line and environment may hold a secret of the configuration, one that a
    Caller saw, or one that was added to `secrets`, however spelled.
    """

    def __init__(self, config, *, files=None, environment=None, flags=(), serving=True, ca_file=None,
                 user=None, inside=()):
        binary = program("oauth1d")
        self.folder = Path(tempfile.mkdtemp(prefix="oauth1d-e2e-"))
        variables = {"DEMO_SECRET": CONSUMER_SECRET, **(environment or {})}
        named = set(re.findall(r'"?env"?: *"?(\w+)', config))
        self.secrets = [CONSUMER_SECRET, KEY, *(value for name, value in variables.items() if name in named and value)]
        self._seen = len(SEEN)
        self._lines, self._ca_file = [], ca_file
        self._audit_file = audit_file(self.folder, config)
        write_configuration(self.folder, config, files)
        command = bound_to_us([*inside, binary, "--config", str(self.folder / "oauth1d.yaml"), *flags])
        if user is not None:
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, user, user)
            command = as_user(user, command)
        # A secret that no field names is not the service's to overwrite.
        given = {name: value for name, value in variables.items() if name != "DEMO_SECRET" or name in named}
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, **MOST_TALKATIVE, **given})
        self._may_read = threading.Event()
        self._may_read.set()
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
            if self.process.poll() is not None:  # of itself: why is in its last words, which pytest shows
                print(f"oauth1d ended with {self.process.poll()}: {self.log_text()[-4000:]}", file=sys.stderr)
            self.kill()
            return
        try:
            self.check_process()
            self.signal(signal.SIGTERM)
            assert self.wait() == 0
            self.check_log()
        finally:
            self.kill()

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

    def pause_reading(self):
        """Nobody reads its stderr, after one more line, until `resume_reading`."""
        self._may_read.clear()

    def resume_reading(self):
        self._may_read.set()

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
        self._may_read.set()
        self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE)
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def audit(self, **fields):
        """The lines of the audit log so far that have these fields."""
        lines = [json.loads(line) for line in self.audit_bytes().splitlines()]
        return [line for line in lines if line["event"] == "audit" and fields.items() <= line.items()]

    def audit_bytes(self):
        """Everything in the audit log so far, wherever that is."""
        if self._audit_file is None:
            return b"".join(line for line in list(self._lines) if line.endswith(b"\n"))
        return self._audit_file.read_bytes() if self._audit_file.is_file() else b""

    def all_secrets(self):
        return [*self.secrets, *sample(self._seen)]

    def check_process(self):
        """While it runs."""
        for place in ("cmdline", "environ"):
            try:
                told = Path(f"/proc/{self.process.pid}/{place}").read_bytes()
            except PermissionError:
                continue  # nobody but root reads it
            holds_none_of(self.all_secrets(), place, told)

    def check_log(self):
        """When it has ended, or so far."""
        for line in [*self._lines, *self.audit_bytes().splitlines()]:
            assert isinstance(json.loads(line), dict), line
        holds_none_of(self.all_secrets(), "log", b"".join(list(self._lines)))
        if self._audit_file is not None:
            holds_none_of(self.all_secrets(), "audit log", self.audit_bytes())

    def _read(self):
        for line in self.process.stderr:
            self._lines.append(line)
            self._may_read.wait()


def as_user(user, command):
    """The command so that it runs as the user of this number; only root may."""
    return [tool("setpriv", "util-linux"), f"--reuid={user}", f"--regid={user}", "--clear-groups", "--", *command]


def audit_file(folder, config):
    """Where this configuration puts the audit log; None: stderr."""
    try:
        name = (json.loads(config).get("audit") or {}).get("file")
    except ValueError:  # YAML: not of ours
        return None
    return None if name is None else Path(folder) / name


def write_configuration(folder, config, files=None):
    """oauth1d.yaml, a keyring, and `files` (name to text) beside it; gives the path of the first."""
    for name, text in {"keyring.yaml": KEYRING, "oauth1d.yaml": config, **(files or {})}.items():
        path = Path(folder) / name
        path.write_text(text)
        path.chmod(0o600)
    return Path(folder) / "oauth1d.yaml"


__all__ = ["NOT_SERVING", "SERVING", "Oauth1d", "write_configuration"]
