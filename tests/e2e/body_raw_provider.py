"""A provider that keeps what its socket read, byte for byte, and says nothing but 200."""

import re
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "client"))

from wire_request import WireRequest  # noqa: E402
from wire_signature import all_pairs, base_string, holds  # noqa: E402

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_NAME = re.compile(rb'; name="([^"]*)"')


@dataclass(frozen=True)
class RawRequest:
    """One request: its head up to the empty line, and the bytes after it."""

    origin: str
    head: bytes
    body: bytes

    def values(self, name):
        lines = [line.decode("latin-1").split(":", 1) for line in self.head.split(b"\r\n")[1:]]
        return [value.strip(" \t") for found, value in lines if found.lower() == name.lower()]

    def header(self, name):
        """The only value of this header; empty if it is not there."""
        found = self.values(name)
        assert len(found) < 2, f"{name} stands more than once: {found}"
        return found[0] if found else ""

    @property
    def request_line(self):
        return self.head.split(b"\r\n", 1)[0].decode()

    @property
    def wire(self):
        method, target, version = self.request_line.split(" ")
        assert version == "HTTP/1.1" and target.startswith("/"), self.head
        scheme = self.origin.partition("://")[0]
        return WireRequest(method, f"{scheme}://{self.header('Host')}{target}", self.body, self.header("Authorization"),
                           self.header("Content-Type"))

    def text_fields(self):
        """Names and contents of the parts of a multipart body that are no files (RFC 7578)."""
        boundary = b"--" + self.header("Content-Type").partition("boundary=")[2].encode()
        pieces = (b"\r\n" + self.body).split(b"\r\n" + boundary)
        assert pieces[0] == b"" and pieces[-1] == b"--\r\n", pieces
        parts = [piece.removeprefix(b"\r\n").partition(b"\r\n\r\n") for piece in pieces[1:-1]]
        return [(_NAME.search(head)[1], content) for head, _, content in parts if b"; filename=" not in head]

    def is_signed_by(self, known, with_text_fields=False):
        """Whether the signature holds (RFC 5849 section 3.2). `with_text_fields`: as Flickr computes it."""
        pairs = all_pairs(self.wire)
        protocol = dict(pairs)
        signed = [pair for pair in pairs if pair[0] != b"oauth_signature"]
        signed += self.text_fields() if with_text_fields else []
        text = base_string(self.wire.method, self.wire.base_url, signed)
        return holds(protocol[b"oauth_signature_method"].decode(), text, protocol[b"oauth_signature"], known)


class RawProvider:
    """Plain http, on a free port."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.received, self._open = [], set()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            connection.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        read = b""
        try:
            with connection:
                while True:
                    while b"\r\n\r\n" not in read:
                        read += _some(connection)
                    head, _, read = read.partition(b"\r\n\r\n")
                    [length] = RawRequest(self.url, head, b"").values("Content-Length") or ["0"]
                    while len(read) < int(length):
                        read += _some(connection)
                    body, read = read[:int(length)], read[int(length):]
                    self.received.append(RawRequest(self.url, head, body))
                    connection.sendall(_ANSWER)
        except OSError:
            pass
        finally:
            self._open.discard(connection)


def _some(connection):
    octets = connection.recv(65536)
    if not octets:
        raise OSError("the other side hung up")
    return octets
