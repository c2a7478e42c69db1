"""Replicas of several versions behind one name, as a rolling upgrade sees them."""

import contextlib
import random
import threading
from collections import Counter

from dialect_caller import DialectCaller
from versions import start
from waiting import PATIENCE


class Fleet:
    """Grows by `add`, shrinks by `retire`: the replica is no longer given out, and stops when its calls have ended."""

    def __init__(self, config, redis):
        self._config, self._redis = config, redis
        self._replicas, self._busy, self._changed = [], Counter(), threading.Condition()
        self._failed = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        while self._replicas:
            self.retire(self._replicas[0][0])

    def versions(self):
        """Those that serve, sorted."""
        with self._changed:
            return tuple(sorted(version for version, _, _ in self._replicas))

    def failed(self):
        """Log lines of calls that did not end with OK, on replicas that are gone or serve."""
        with self._changed:
            for _, server, caller in self._replicas:
                caller.catch_up(server)
                self._failed += failures(server)
            return self._failed

    def add(self, version):
        server = start(version, self._config, self._redis)
        with self._changed:
            self._replicas.append((version, server, DialectCaller(server.address)))

    @contextlib.contextmanager
    def replica(self):
        """A caller of any one of them."""
        with self._changed:
            replica = random.choice(self._replicas)
            self._busy[replica] += 1
        try:
            yield replica[2]
        finally:
            with self._changed:
                self._busy[replica] -= 1
                self._changed.notify_all()

    def retire(self, version):
        """Stops the oldest of this version, by SIGTERM."""
        with self._changed:
            replica = next(one for one in self._replicas if one[0] == version)
            self._replicas.remove(replica)
            assert self._changed.wait_for(lambda: self._busy[replica] == 0, PATIENCE), "its calls have ended"
        _, server, caller = replica
        caller.__exit__(None, None, None)
        with server:  # must stop with exit status 0, and must have logged no secret
            pass
        with self._changed:
            self._failed += failures(server)


def failures(server):
    return [line for line in server.log("rpc") if line["code"] != "OK"]
