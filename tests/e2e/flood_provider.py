"""A provider that never stops: each path says how."""

import socketserver
import threading
import time

PIECE = b"x" * 65536
HEAD = b"HTTP/1.1 200 OK\r\n"
BEGINNINGS = {
    "endless": HEAD + b"Connection: close\r\n\r\n",
    "ten-gigabytes": HEAD + b"Content-Length: 10737418240\r\n\r\n",
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
    "header": HEAD + b"X-Long: ",
    "headers": HEAD,
    "status": b"HTTP/1.1 200 ",
    "interim": b"",
    "trailers": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n",
    "chunk-extension": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;",
    "trickle": HEAD + b"Content-Length: 50000\r\n\r\n",
    "trickled-head": HEAD,
}
AGAIN = {
    "chunks": b"10000\r\n" + PIECE + b"\r\n",
    "headers": b"X-One: of very many\r\n" * 3000,
    "interim": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 1000,
    "trailers": b"X-One: of very many\r\n" * 3000,
}


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        target = self.rfile.readline().split(b" ")[1].decode()
        while self.rfile.readline().strip():
            pass
        kind = target.rpartition("/")[2].partition("?")[0]
        try:
            self.request.sendall(BEGINNINGS[kind])
            while True:
                self._again(kind)
        except OSError:
            pass  # it has hung up
        finally:
            self.server.ended += 1

    def _again(self, kind):
        if kind.startswith("trickle"):
            self.request.sendall(b"x")
            self.server.sent += 1
            time.sleep(0.2)
            return
        piece = AGAIN.get(kind, PIECE)
        while piece:
            count = self.request.send(piece)
            self.server.sent += count
            piece = piece[count:]


class FloodProvider(socketserver.ThreadingTCPServer):
    """Serves on a free port, in `with`. `sent`: bytes, beyond the beginnings; `ended`: connections that are over."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sent = self.ended = 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
