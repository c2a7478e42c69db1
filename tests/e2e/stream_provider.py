"""A provider for bodies of any size: counts and checks what it is sent, and sends as much as it is asked for."""

import json
import socketserver
import threading
import time
import zlib
from dataclasses import dataclass, field

PIECE = bytes(range(256)) * 256  # 64 KiB


@dataclass
class Upload:
    """What one request brought."""

    method: str
    target: str
    headers: dict
    length: int = 0
    checksum: int = 0
    begin: bytes = b""
    whole: bool = False
    ended: float = None
    """When the other side had hung up, or the answer was said."""
    released: threading.Event = field(default_factory=threading.Event)

    def take(self, piece):
        self.length += len(piece)
        self.checksum = zlib.crc32(piece, self.checksum)
        if len(self.begin) < 4096:
            self.begin += piece[:4096]


class _Handler(socketserver.StreamRequestHandler):
    """/1.1/upload; /1.1/refuse answers 413 without reading; /1.1/stall reads the head and no more until it is released;
    /1.1/download/N sends N bytes; /1.1/cut/N promises N and sends half."""

    def handle(self):
        while line := self.rfile.readline():
            method, target, _ = line.decode().split(" ", 2)
            headers = {}
            while (line := self.rfile.readline().decode().strip()):
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            upload = Upload(method, target, headers)
            self.server.uploads.append(upload)
            try:
                if not self._answer(upload):
                    return
            finally:
                upload.ended = time.monotonic()

    def _answer(self, upload):
        what = upload.target.split("?")[0].split("/")[2:]
        if what[0] == "refuse":
            self.wfile.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge")
            upload.released.wait(30)
            return False
        if what[0] == "stall":
            upload.released.wait(30)
        if what[0] in ("download", "cut"):
            return self._send(int(what[1]), what[0] == "cut")
        try:
            for piece in self._pieces(upload.headers):
                upload.take(piece)
        except (ConnectionError, EOFError):
            return False
        upload.whole = True
        told = json.dumps({"length": upload.length, "checksum": upload.checksum}).encode()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nSet-Cookie: a=b\r\n\r\n%s" % (len(told), told))
        return True

    def _send(self, size, cut):
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            left = size // 2 if cut else size
            while left > 0:
                sent = self.request.send(PIECE[:left])
                self.server.sent += sent
                left -= sent
        except ConnectionError:
            return False
        return not cut

    def _pieces(self, headers):
        if "content-length" in headers:
            yield from self._read(int(headers["content-length"]))
        while "transfer-encoding" in headers:
            line = self.rfile.readline()
            if not line:
                raise EOFError
            size = int(line, 16)
            yield from self._read(size)
            self.rfile.readline()
            if size == 0:
                return

    def _read(self, size):
        while size > 0:
            piece = self.rfile.read1(min(size, 1 << 18))
            if not piece:
                raise EOFError
            size -= len(piece)
            yield piece


class StreamProvider(socketserver.ThreadingTCPServer):
    """Serves on a free port, in `with`."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.uploads = []
        self.sent = 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        for upload in self.uploads:
            upload.released.set()
        self.shutdown()
        self.server_close()
