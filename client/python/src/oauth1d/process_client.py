"""One blocking client a process: `OAuth` is made at import time, often before the web server forks."""
from __future__ import annotations

import os
import threading

from .client import Client
from .settings import ServerSettings


class ProcessClient:
    """Makes a client when a process first needs one; a child never uses its parent's."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._client: Client | None = None
        os.register_at_fork(after_in_child=self._forget)

    def current(self) -> Client:
        """The client of this process."""
        with self._lock:
            if self._client is None:
                self._client = Client(settings=self._settings)
            return self._client

    def close(self) -> None:
        """Closes it; the next call makes a new one."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _forget(self) -> None:
        self._lock = threading.Lock()  # which another thread may have held at the fork
        self._client = None
