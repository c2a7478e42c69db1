"""Reads oauth1d's log as it grows: one JSON object a line."""

import json
import time

from failure import Failure

_AT_ITS_OWN_PACE = "ListProviders"  # the gateway asks for the login buttons once a minute
_SECONDS = 5.0  # from the answer of an RPC to its line in the log


class ServiceLog:
    def __init__(self, path):
        self.path = path
        self._read, self._rpcs = 0, []

    def events(self):
        """Those whose line was completed since the last call."""
        with open(self.path, "rb") as log:
            log.seek(self._read)
            whole = log.read().rpartition(b"\n")[0]
        self._read += len(whole) + 1 if whole else 0
        return [event for event in map(_event, whole.splitlines()) if event is not None]

    def rpc(self, method):
        """The line of the next RPC of the walk, which must be of that method and OK. Raises Failure."""
        deadline = time.monotonic() + _SECONDS
        while not self._rpcs:
            self._rpcs += [event for event in self.events()
                           if event.get("event") == "rpc" and event["method"] != _AT_ITS_OWN_PACE]
            if not self._rpcs and time.monotonic() > deadline:
                raise Failure(f"oauth1d has seen no {method}", self.path)
            time.sleep(0.02)
        rpc = self._rpcs.pop(0)
        if rpc["method"] != method:
            raise Failure(f"{method} was due, but oauth1d has seen {rpc['method']}", self.path)
        if rpc["code"] != "OK":
            raise Failure(f"{method} ended with {rpc['code']} {rpc['reason']}", self.path)
        return rpc


def _event(line):
    try:
        event = json.loads(line)
    except ValueError:  # a sanitizer's report, or words of a library
        return None
    return event if isinstance(event, dict) else None
