"""A server at every address at once, which keeps whom its clients wanted."""

import socket
import threading

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Everywhere:
    """Listens on all addresses, IPv4 and IPv6, on these ports; in `with`. `connects`: (address, port) of each
    connection, as the client dialled it, from the moment that it was accepted. `/redirect/STATUS` leads to loopback."""

    def __init__(self, ports):
        self.connects = []
        self._listeners = [_listener(family, port) for port in ports for family in (socket.AF_INET, socket.AF_INET6)]

    def __enter__(self):
        for listener in self._listeners:
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return self

    def __exit__(self, *_):
        for listener in self._listeners:
            listener.close()

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            address, port = connection.getsockname()[:2]
            self.connects.append((address, port))
            threading.Thread(target=_serve, args=(connection,), daemon=True).start()


def _listener(family, port):
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(("" if family == socket.AF_INET else "::", port))
    listener.listen(1024)
    return listener


def _serve(connection):
    with connection:
        connection.settimeout(10)
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(65536)
                if not more or more[0] == 0x16:  # a ClientHello
                    return
                head += more
            target = head.split(b" ")[1]
            if b"/redirect/" in target:
                status = target.rpartition(b"/")[2]
                connection.sendall(b"HTTP/1.1 " + status + b" Elsewhere\r\nLocation: http://127.0.0.1:8080/inside\r\n"
                                   b"Content-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                connection.sendall(ANSWER)
        except OSError:
            pass
