"""A port for a server that must come back on the same one."""

import random
import socket


def free_port():
    """Below the range from which the kernel gives ports to others, so that it stays free while its server is down."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
