"""A TCP relay that leads each connection to the first of several servers that is alive, as a load balancer would."""

import socket
import threading

from accepting import accept_each


class FirstLiveRelay:
    """Listens at `address` in `with`. `addresses`: HOST:PORT of the servers, the first choice first."""

    def __init__(self, addresses):
        self._servers = [(host, int(port)) for host, port in (address.rsplit(":", 1) for address in addresses)]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self):
        accept_each(self._listener, self._lead)
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _lead(self, caller):
        with caller:
            for server in self._servers:
                try:
                    connection = socket.create_connection(server)
                except OSError:
                    continue
                with connection:
                    there = threading.Thread(target=pump, args=(caller, connection), daemon=True)
                    there.start()
                    pump(connection, caller)
                    there.join()
                return


def pump(source, sink):
    """Until either side is gone; then neither is of use."""
    try:
        while piece := source.recv(1 << 16):
            sink.sendall(piece)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
