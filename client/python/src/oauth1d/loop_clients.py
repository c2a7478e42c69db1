"""One asyncio client an event loop: `OAuth` is made at import time, channels belong to a running loop."""
from __future__ import annotations

import asyncio

from .aio import Client
from .settings import ServerSettings


class LoopClients:
    """Makes a client when a loop first needs one, and forgets those of closed loops."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._clients: dict[asyncio.AbstractEventLoop, Client] = {}

    def current(self) -> Client:
        """The client of the running loop."""
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            for closed in [other for other in list(self._clients) if other.is_closed()]:
                self._clients.pop(closed, None)
            client = self._clients[loop] = Client(settings=self._settings)
        return client

    async def aclose(self) -> None:
        """Closes the running loop's client; the next call makes a new one."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()
