"""A provider that answers with whatever bytes it is told to, and keeps what it received."""

import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from accepting import accept_each
from waiting import PATIENCE

CLOSE = object()  # after the bytes before it, as a server that has said everything
RESET = object()  # the connection is reset
HANG = object()   # says no more until the other side hangs up


@dataclass
class Received:
    """One request, as it came."""

    method: str
    target: str
    headers: list
    body: bytes
    arrived: float = field(default_factory=time.monotonic)
    hung_up: float = None
    """When the other side closed the connection, where the answer was to HANG."""

    def header(self, name):
        """The only value of this header; None if it is not there."""
        values = [value for given, value in self.headers if given.lower() == name.lower()]
        assert len(values) < 2, f"{name} stands more than once: {values}"
        return values[0] if values else None


class EvilProvider:
    """`answers`: path to steps: bytes to send, seconds to wait, or CLOSE, RESET, HANG. A path that is not there gets
    a 404. Without CLOSE or RESET the connection is kept open."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.answers, self.received, self._open = {}, [], set()
        self._stopping = threading.Event()
        accept_each(self._listener, self._serve)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            connection.close()

    def answer(self, path, *steps):
        self.answers[path] = steps

    def seen(self, path):
        """The requests to this path, whatever their query."""
        return [request for request in list(self.received) if request.target.split("?")[0] == path]

    def forget(self):
        self.answers.clear()
        self.received.clear()

    def _serve(self, connection):
        self._open.add(connection)
        try:
            with connection, connection.makefile("rb") as incoming:
                while True:
                    request = _read_request(incoming)
                    if request is None:
                        return
                    self.received.append(request)
                    steps = self.answers.get(request.target.split("?")[0], [http_answer(404, b"nothing here")])
                    for step in steps:
                        if step is CLOSE:
                            return
                        self._take(step, connection, incoming, request)
                        if step in (RESET, HANG):
                            return
        except OSError:
            pass
        finally:
            self._open.discard(connection)

    def _take(self, step, connection, incoming, request):
        if step is RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif step is HANG:
            connection.settimeout(PATIENCE)
            try:
                incoming.read(1)
            except OSError:
                pass
            request.hung_up = time.monotonic()
        elif isinstance(step, bytes):
            connection.sendall(step)
        else:
            self._stopping.wait(step)


def http_answer(status, body=b"", headers=(), length=None):
    """An answer of HTTP/1.1. `length`: what Content-Length says, if not the truth."""
    lines = [b"HTTP/1.1 %d Whatever" % status]
    lines += [b"%s: %s" % pair for pair in headers]
    lines.append(b"Content-Length: %d" % (len(body) if length is None else length))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def form_answer(*pairs, **fields):
    return http_answer(200, urlencode([*pairs, *fields.items()]).encode(),
                       [(b"Content-Type", b"application/x-www-form-urlencoded")])


def temporary(token="temporary-token", secret="temporary-secret", **fields):
    """The answer that begins a login."""
    return form_answer(oauth_token=token, oauth_token_secret=secret, oauth_callback_confirmed="true", **fields)


def _read_request(incoming):
    line = incoming.readline()
    if not line.endswith(b"\r\n"):
        return None
    method, target, _ = line.decode("latin-1").split(" ")
    headers = []
    while (line := incoming.readline()) not in (b"\r\n", b""):
        name, _, value = line[:-2].partition(b":")
        headers.append((name.decode("latin-1"), value.strip(b" \t")))
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    return Received(method, target, headers, incoming.read(length))
