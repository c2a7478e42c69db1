"""What pretends to be an old Redis server."""

import socket

from accepting import accept_each

_INFO = b"redis_version:6.0.16\r\nmaxmemory_policy:noeviction\r\n"
_REPLIES = {b"AUTH": b"+OK\r\n", b"PING": b"+PONG\r\n", b"INFO": b"$%d\r\n%s\r\n" % (len(_INFO), _INFO),
            b"ROLE": b"*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"}


class OldRedis:
    """Answers what is asked when somebody connects, with version 6.0."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        accept_each(self._listener, self._serve)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as incoming:
            while line := incoming.readline():
                words = []
                for _ in range(int(line[1:])):
                    size = int(incoming.readline()[1:])
                    words.append(incoming.read(size + 2)[:-2])
                connection.sendall(_REPLIES.get(words[0].upper(), b"-ERR unknown command\r\n"))
