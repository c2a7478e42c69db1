"""HTTP/2 by hand (RFC 9113): what a well-behaved client library would never send."""

import socket
import ssl
import struct
import time
from dataclasses import dataclass

from waiting import PATIENCE

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = range(1, 6)
MAX_HEADER_LIST_SIZE = 6

# RFC 7541 appendix A, by index from 1; a name that stands alone has an empty value.
_STATIC = [entry.partition("=")[::2] for entry in (
    ":authority :method=GET :method=POST :path=/ :path=/index.html :scheme=http :scheme=https :status=200 :status=204 "
    ":status=206 :status=304 :status=400 :status=404 :status=500 accept-charset accept-encoding=gzip,|deflate "
    "accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control "
    "content-disposition content-encoding content-language content-length content-location content-range content-type "
    "cookie date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since "
    "last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after "
    "server set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate").split()]


@dataclass(frozen=True)
class Frame:
    type: int
    flags: int
    stream: int
    payload: bytes


class H2Connection:
    """One connection. Nothing is sent but what a method says; `read_frames` alone answers SETTINGS and PING."""

    def __init__(self, plain):
        self.socket = plain
        self._unread = b""

    @classmethod
    def connect(cls, address, *, ca_file=None, cert_file=None, key_file=None, server_name="localhost",
                timeout=PATIENCE):
        """`address`: host:port or unix:/path. With `ca_file` TLS with ALPN h2, and with a certificate if one is given.

        Raises OSError (ssl.SSLError is one) where no connection comes about. With TLS 1.3 a refusal of our certificate
        is told at the first read."""
        if address.startswith("unix:"):
            plain = socket.socket(socket.AF_UNIX)
            plain.settimeout(timeout)
            plain.connect(address[5:])
        else:
            host, _, port = address.rpartition(":")
            plain = socket.create_connection((host.strip("[]"), int(port)), timeout)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if ca_file is None:
            return cls(plain)
        context = ssl.create_default_context(cafile=ca_file)
        context.set_alpn_protocols(["h2"])
        if cert_file is not None:
            context.load_cert_chain(cert_file, key_file)
        try:
            return cls(context.wrap_socket(plain, server_hostname=server_name))
        except BaseException:
            plain.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send_raw(self, octets):
        self.socket.sendall(octets)

    def preface(self, settings=()):
        """The client's preface; `settings`: pairs of identifier and value. Ours tell the server to index no header, so
        that answers can be read frame by frame."""
        self.send_raw(PREFACE)
        pairs = [(HEADER_TABLE_SIZE, 0), *settings]
        self.send_frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in pairs))

    def send_frame(self, kind, flags, stream, payload=b""):
        self.send_raw(frame(kind, flags, stream, payload))

    def headers(self, stream, pairs, end_stream=False, end_headers=True):
        flags = (END_STREAM if end_stream else 0) | (END_HEADERS if end_headers else 0)
        self.send_frame(HEADERS, flags, stream, header_block(pairs))

    def data(self, stream, payload, end_stream=False):
        self.send_frame(DATA, END_STREAM if end_stream else 0, stream, payload)

    def read_frame(self, patience=PATIENCE):
        """The next frame, None at the end of the connection. Raises TimeoutError, and OSError after a reset."""
        end = time.monotonic() + patience
        head = self._take(9, end)
        if head is None:
            return None
        size = int.from_bytes(head[:3], "big")
        payload = self._take(size, end)
        if payload is None:
            return None
        return Frame(head[3], head[4], int.from_bytes(head[5:], "big") & 0x7FFFFFFF, payload)

    def read_frames(self, until=lambda _: False, patience=PATIENCE):
        """The frames up to the first that is what `until` asks for, or to the end of the connection. SETTINGS and PING
        are acknowledged on the way."""
        end, frames = time.monotonic() + patience, []
        while True:
            one = self.read_frame(max(0.001, end - time.monotonic()))
            if one is None:
                return frames
            frames.append(one)
            if one.type in (SETTINGS, PING) and not one.flags & ACK:
                self.send_frame(one.type, ACK, 0, one.payload if one.type == PING else b"")
            if until(one):
                return frames

    def answer(self, stream, patience=PATIENCE):
        """How this stream ends: a dict of its headers and trailers (bytes), or the RST_STREAM frame, or the GOAWAY, or
        None at the end of the connection."""
        def over(one):
            return one.type == GOAWAY or (one.stream == stream and (
                one.type == RST_STREAM or (one.type in (HEADERS, DATA) and one.flags & END_STREAM)))
        frames = self.read_frames(over, patience)
        if not frames or not over(frames[-1]):
            return None
        if frames[-1].type in (RST_STREAM, GOAWAY):
            return frames[-1]
        fields = {}
        for one in frames:
            if one.type == HEADERS and one.stream == stream:
                fields.update(read_header_block(one.payload))
        return fields

    def _take(self, size, end):
        while len(self._unread) < size:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("no whole frame came in time")
            self.socket.settimeout(left)
            more = self.socket.recv(65536)
            if not more:
                return None
            self._unread += more
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken


def frame(kind, flags, stream, payload=b""):
    """RFC 9113 section 4.1."""
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def header_block(pairs):
    """RFC 7541 section 6.2.2: literals without indexing, new names, no Huffman."""
    return b"".join(b"\x00" + _text(name) + _text(value) for name, value in pairs)


def grpc_headers(path, *more, authority="localhost", scheme="http", method="POST"):
    """The headers of a gRPC call."""
    return [(":method", method), (":scheme", scheme), (":path", path), (":authority", authority),
            ("content-type", "application/grpc"), ("te", "trailers"), *more]


def grpc_message(octets):
    """One message, as DATA carries it."""
    return b"\x00" + struct.pack(">I", len(octets)) + octets


def read_header_block(block):
    """Pairs of bytes; Huffman-coded texts are left as they are. For servers that index nothing: see `preface`."""
    pairs, at = [], 0
    while at < len(block):
        first = block[at]
        if first & 0x80:
            index, at = _read_number(block, at, 7)
            pairs.append(tuple(text.replace("|", " ").encode() for text in _STATIC[index - 1]))
            continue
        if first & 0xE0 == 0x20:
            _, at = _read_number(block, at, 5)
            continue
        index, at = _read_number(block, at, 6 if first & 0x40 else 4)
        if index:
            name = _STATIC[index - 1][0].encode()
        else:
            name, at = _read_text(block, at)
        value, at = _read_text(block, at)
        pairs.append((name, value))
    return pairs


def _text(value):
    octets = value.encode() if isinstance(value, str) else value
    return _number(len(octets), 7) + octets


def _number(value, bits):
    """RFC 7541 section 5.1, with the bits before it zero."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([value])
    octets, value = [most], value - most
    while value >= 0x80:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])


def _read_number(block, at, bits):
    most = (1 << bits) - 1
    value, at, shift = block[at] & most, at + 1, 0
    if value < most:
        return value, at
    while True:
        value += (block[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not block[at - 1] & 0x80:
            return value, at


def _read_text(block, at):
    size, at = _read_number(block, at, 7)
    return block[at:at + size], at + size
