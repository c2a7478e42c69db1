"""An HTTP proxy that knows CONNECT, and keeps what it was asked."""

import base64
import socket
import threading

from accepting import accept_each


class ConnectProxy:
    """On 127.0.0.1, in `with`. `login`: (username, password) that it wants; `names`: name to where it leads, for
    names that nobody else knows; `refusal`: bytes that it answers in place of a tunnel. `asked`: the heads of all
    requests."""

    def __init__(self, login=None, names=None, refusal=None):
        self._login, self._names, self._refusal = login, names or {}, refusal
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self.asked, self.tunnels = [], 0

    def __enter__(self):
        accept_each(self._listener, self._serve)
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _serve(self, connection):
        with connection:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                byte = connection.recv(1)
                if not byte:
                    return
                head += byte
            self.asked.append(head.decode("latin-1"))
            answer = self._problem(head)
            if answer:
                return connection.sendall(answer)
            host, _, port = head.split(b" ")[1].decode().rpartition(":")
            with socket.create_connection((self._names.get(host, host.strip("[]")), int(port))) as origin:
                self.tunnels += 1
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_pass_on, args=(origin, connection), daemon=True)
                back.start()
                _pass_on(connection, origin)
                back.join()

    def _problem(self, head):
        wanted = b"Basic " + base64.b64encode(":".join(self._login).encode()) if self._login else None
        if wanted and b"\r\nProxy-Authorization: " + wanted + b"\r\n" not in head:
            return b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"
        if not head.startswith(b"CONNECT "):
            return b"HTTP/1.1 405 Tunnels only\r\nContent-Length: 0\r\n\r\n"
        return self._refusal


def _pass_on(source, sink):
    try:
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
