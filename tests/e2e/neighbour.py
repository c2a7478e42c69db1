"""Another caller, who is not to be harmed."""

import threading
import time

from caller import Caller


class Neighbour:
    """Another caller, who calls all the time; `times` says how long each call took, in seconds. Calls that fail raise
    at the end."""

    def __init__(self, server, ca_file=None):
        self.times, self._failed = [], []
        self._caller, self._stopped = Caller(server.address, ca_file), threading.Event()
        self._caller.list_providers()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._stopped.set()
        self._thread.join()
        self._caller.__exit__()
        assert not self._failed, self._failed[0]
        if kind is not None:
            return
        assert self.times

    def _work(self):
        while not self._stopped.wait(0.01):
            began = time.monotonic()
            try:
                self._caller.list_providers()
            except Exception as failure:  # pylint: disable=broad-except
                self._failed.append(failure)
            self.times.append(time.monotonic() - began)
