"""A WSGI server whose threads handle one request after the other, as those of real servers do."""
from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        pass


class _PooledServer(WSGIServer):
    request_queue_size = 256
    threads: ThreadPoolExecutor

    def process_request(self, request: Any, client_address: Any) -> None:
        self.threads.submit(self._handle, request, client_address)

    def _handle(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        finally:
            self.shutdown_request(request)


@contextlib.contextmanager
def serving(app: Any, threads: int) -> Iterator[str]:
    """On a free port, with this many threads; gives its URL."""
    server = _PooledServer(("127.0.0.1", 0), _Quiet)
    server.set_app(app)
    with ThreadPoolExecutor(threads) as server.threads:
        accepting = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        accepting.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            accepting.join()
            server.server_close()
