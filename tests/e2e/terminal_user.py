"""A person at a terminal with oauth1ctl: logins that wait for a browser or for a PIN, and a state folder."""

import os
import re
import subprocess
import threading
import urllib.error
import urllib.request

from binaries import bound_to_us, program
from configuration import CONSUMER_SECRET
from programs import run
from waiting import PATIENCE, eventually


class RunningLogin:
    """`oauth1ctl login` while it waits."""

    def __init__(self, arguments, environment):
        self._process = subprocess.Popen(
            bound_to_us([program("oauth1ctl"), "login", *map(str, arguments)]), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment})
        self._told = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._reader.join(PATIENCE)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            pipe.close()

    @property
    def err(self):
        return self._told.decode()

    @property
    def pid(self):
        return self._process.pid

    def address(self):
        """Where the browser is to go."""
        return self.waits_for(r"^  (http\S+)$").group(1)

    def waits_for(self, pattern):
        """The first match in what it said to the user, waited for."""
        def find():
            found = re.search(pattern, self.err, re.MULTILINE)
            assert found or self._process.poll() is None, f"it ended with {self._process.poll()}: {self.err}"
            return found
        return eventually(find, pattern)

    def type(self, line):
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def end(self):
        """Exit status and standard output, once it has ended."""
        out = self._process.stdout.read().decode()
        status = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status, out

    def interrupt(self):
        self._process.send_signal(2)

    def _read(self):
        while piece := os.read(self._process.stderr.fileno(), 4096):
            self._told += piece


class TerminalUser:
    """Has a home of its own. `callback`: where its browser comes back to."""

    def __init__(self, server, folder, callback):
        self.server, self.callback, self.state = server, callback, folder / "state"
        self.environment = {"OAUTH1D_SERVER": server, "OAUTH1D_STATE_DIR": str(self.state), "DISPLAY": "",
                            "WAYLAND_DISPLAY": "", "NO_COLOR": "1"}

    def ctl(self, *arguments, **options):
        environment = {**self.environment, **options.pop("environment", {})}
        return run("oauth1ctl", *arguments, environment=environment, **options)

    def login(self, *arguments, provider="sandbox"):
        back = () if "--pin" in arguments or "--callback" in arguments else ("--callback", self.callback)
        return RunningLogin([provider, *back, *arguments], {**self.environment, "DEMO_SECRET": CONSUMER_SECRET})

    def log_in(self, sandbox, name="alice", *arguments):
        """A whole login; gives what the terminal said."""
        with self.login(*arguments) as login:
            status, page = browse(sandbox.approve(login.address(), name))
            assert status == 200, page
            status, out = login.end()
            assert status == 0, login.err
            return out

    def files(self):
        return sorted(self.state.glob("*.json"))


def browse(url, host=None):
    """What a browser gets there: status and page."""
    request = urllib.request.Request(url, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()
