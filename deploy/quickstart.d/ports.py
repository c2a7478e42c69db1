"""Which ports to use: as named in the environment, else the defaults, else the next free ones."""

import errno
import os
import socket

from failure import Failure

_DEFAULTS = {"DEMO_PORT": 8000, "OAUTH1D_PORT": 50051, "SANDBOX_PORT": 9000, "SANDBOX_TLS_PORT": 9443}
_HOST = "127.0.0.1"


def choose():
    """The ports by name, and a sentence for each that is not the expected one. Raises Failure."""
    chosen, told = {}, []
    named = [name for name in _DEFAULTS if os.environ.get(name)]
    for name in named:
        port = _named(name)
        if port in chosen.values():
            raise Failure(f"{name}={port} is the port of another variable too")
        why = _why_not(port)
        if why:
            raise Failure(f"{name}={port}: {why}")
        chosen[name] = port
    for name, default in _DEFAULTS.items():
        if name in chosen:
            continue
        port = default
        while port in chosen.values() or _why_not(port):
            port += 1
            if port > 65535:
                raise Failure(f"no port is free from {default} up; name one: {name}=...")
        if port != default:
            told.append(f"port {default} is taken, so {name} is {port}")
        chosen[name] = port
    return chosen, told


def any_free():
    """A free port, for what nobody needs to find."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return probe.getsockname()[1]


def _named(name):
    text = os.environ[name]
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Failure(f"{name}={text!r} is no port")
    return int(text)


def _why_not(port):
    with socket.socket() as probe:
        # As servers do it: connections that are long closed do not count, a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
            probe.listen()
        except OSError as error:
            return "the port is taken" if error.errno == errno.EADDRINUSE else error.strerror
    return None
