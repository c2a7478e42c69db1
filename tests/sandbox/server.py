"""HTTP/1.1 on a socket: reads a request to its last octet, hands it on raw, writes the answer."""

import socket
import socketserver
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler

from received_request import Answer, MalformedRequest, ReceivedRequest

_LARGEST_BODY = 64 * 1024 * 1024


class Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body of an answer leave in one write
    timeout = 300

    def setup(self):
        if self.server.tls:  # here, in the connection's own thread: a slow handshake holds up nobody
            self.request.settimeout(self.timeout)
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def __getattr__(self, name):
        if name.startswith("do_"):  # any method, also one that nobody has heard of
            return self._answer
        raise AttributeError(name)

    def version_string(self):
        return "oauth-sandbox"

    def handle_expect_100(self):
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def date_time_string(self, timestamp=None):
        return super().date_time_string(self.server.clock() if timestamp is None else timestamp)

    def log_message(self, *_):
        pass

    def _answer(self):
        try:
            body = self._read_body()
            # self.path is no good: http.server folds a leading // in it.
            target = self.requestline.split()[1]
            request = ReceivedRequest(self.command, self.server.scheme, target,
                                      [(name, str(value)) for name, value in self.headers.items()],
                                      body)
            answer = self.server.routes.answer(request)
        except MalformedRequest as refusal:
            self.close_connection = True
            answer = Answer.text(str(refusal), 400)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _read_body(self):
        lengths = self.headers.get_all("Content-Length", [])
        codings = self.headers.get_all("Transfer-Encoding", [])
        if codings:
            if lengths or [coding.strip().lower() for coding in codings] != ["chunked"]:
                raise MalformedRequest("The body must be chunked, or have a length.")
            return self._read_chunks()
        if not lengths:
            return b""
        if len(lengths) > 1:
            raise MalformedRequest("There is more than one length.")
        return self._read_exactly(_number(lengths[0].strip(), 10))

    def _read_chunks(self):
        chunks, total = [], 0
        while True:
            size = _number(self.rfile.readline(1024).split(b";")[0].strip().decode("latin-1"), 16)
            if size == 0:
                break
            total += size
            if total > _LARGEST_BODY:
                raise MalformedRequest("The body is too long.")
            chunks.append(self._read_exactly(size))
            if self._read_exactly(2) != b"\r\n":
                raise MalformedRequest("A chunk does not end where it says.")
        while self.rfile.readline(65536).strip():  # trailers
            pass
        return b"".join(chunks)

    def _read_exactly(self, size):
        if size > _LARGEST_BODY:
            raise MalformedRequest("The body is too long.")
        octets = self.rfile.read(size)
        if len(octets) != size:
            raise MalformedRequest("The body ends too early.")
        return octets


def _number(text, base):
    if not text or not all(character in "0123456789abcdefABCDEF"[:10 if base == 10 else 22]
                           for character in text):
        raise MalformedRequest("A length is no number.")
    return int(text, base)


class Listener(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One thread a connection. Bound and listening once constructed; raises OSError if it cannot be."""

    allow_reuse_address = True
    block_on_close = False
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, host, port, routes, clock=time.time):
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.routes, self.clock, self.tls = routes, clock, None
        super().__init__((host, port), Connection)

    def use_tls(self, context):
        self.tls = context

    @property
    def scheme(self):
        return "https" if self.tls else "http"

    @property
    def authority(self):
        host, port = self.server_address[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def shutdown_request(self, request):
        # http.server half-closes the plain socket only; a TLS one has been detached from it.
        try:
            super().shutdown_request(request)
        except (OSError, ssl.SSLError):
            pass

    def handle_error(self, request, client_address):
        """A client that goes away is no event. Anything else is a fault of ours and is told."""
        if not isinstance(sys.exc_info()[1], (OSError, ssl.SSLError)):
            super().handle_error(request, client_address)
