"""The processes of a quickstart: each with a log of its own, all stopped at the end, none left behind."""

import ctypes
import os
import signal
import subprocess
import time

from failure import SIGNALS, Failure

_PATIENCE = 10.0  # seconds for one to stop by itself
_SET_PARENT_DEATH_SIGNAL = 1  # of prctl

_libc = ctypes.CDLL(None)


def _end_with_parent():
    """Even if the quickstart is killed, its processes are not left listening."""
    _libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


class Child:
    """One that runs; `log` has all that it says."""

    def __init__(self, name, process, log):
        self.name, self.process, self.log = name, process, log

    def check(self):
        """Raises Failure if it has ended."""
        status = self.process.poll()
        if status is not None:
            how = f"signal {-status}" if status < 0 else f"exit status {status}"
            raise Failure(f"{self.name} has ended by itself ({how})", self.log)


class Children:
    """Those that run, in the order of their start. As a context it stops them at its end."""

    def __init__(self):
        self._running = []

    def start(self, name, command, folder, **environment):
        log = folder / f"{name}.log"
        with open(log, "wb") as output:
            # A group of its own: Ctrl-C on a terminal reaches the quickstart alone, which stops them in order.
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env=_environment(environment), process_group=0, preexec_fn=_end_with_parent)
        child = Child(name, process, log)
        self._running.append(child)
        return child

    def check(self):
        for child in self._running:
            child.check()

    def wait_for(self, child, ready, seconds=30):
        """Returns when `ready()`. Raises Failure if that takes too long, or if any child ends."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise Failure(f"{child.name} is not ready after {seconds} seconds", child.log)
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        def hurry(*_):  # whoever asks twice means it
            for child in self._running:
                child.process.kill()

        for number in SIGNALS:
            signal.signal(number, hurry)
        for child in reversed(self._running):
            child.process.terminate()
            try:
                child.process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def run_to_end(command):
    """Runs it with its output shown. Its exit status; stops it, with all that it started, on Interrupted."""
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, process_group=0,
                               preexec_fn=_end_with_parent)
    try:
        return process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        raise


def _environment(more):
    """The caller's, but no settings of another oauth1d, and no proxy between processes on this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OAUTH1D_")}
    return {**kept, "no_proxy": "127.0.0.1,localhost", "NO_PROXY": "127.0.0.1,localhost", **more}
