"""Callers who call without a pause until they are told that the pod is not ready any more, as clients of a Service."""

import threading

from caller import Caller
from health import SERVING, health_of
from waiting import eventually


class Load:
    """`work(caller)`: one call, or several. Nothing is repeated; every call that was begun counts."""

    def __init__(self, address, work, callers=4):
        self._address, self._work = address, work
        self._ready, self.ended, self.failed, self._lock = threading.Event(), 0, [], threading.Lock()
        self._ready.set()
        self._threads = [threading.Thread(target=self._call) for _ in range(callers)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ready.clear()
        for thread in self._threads:
            thread.join()

    def until_not_ready(self):
        """No call begins after the pod has said NOT_SERVING: its address is taken from the endpoints."""
        eventually(lambda: health_of(self._address) != SERVING, "health tells of the end")
        self.__exit__()

    def _call(self):
        with Caller(self._address) as caller:
            while self._ready.is_set():
                try:
                    self._work(caller)
                    failure = None
                except Exception as error:  # whatever it is, the call failed
                    failure = error
                with self._lock:
                    self.ended += failure is None
                    if failure is not None:
                        self.failed.append(failure)
