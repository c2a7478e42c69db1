"""A Redis server of our own, with the ACL user that the design names."""

import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from binaries import bound_to_us, tool
from free_port import free_port
from waiting import PATIENCE, eventually

_RIGHTS = ("~oauth1d:* resetchannels -@all +get +set +del +pttl +eval +evalsha +script|load +ping +info +role +auth"
           " +hello +cluster|slots +asking")


class RedisServer:
    """Runs from the start; `options` are redis-server's. Its port stays the same over `start` and `kill`.

    `tls`: its certificate (`certificates.Holder`), those whom it trusts for its clients (`certificates.Authority`),
    the other way round the authority to trust, and the service's certificate. `store` then goes through TLS.
    """

    def __init__(self, *options, start=True, tls=None):
        self.folder = Path(tempfile.mkdtemp(prefix="oauth1d-redis-"))
        self.port, self.password, self._master = free_port(), secrets.token_hex(16), secrets.token_hex(16)
        (self.folder / "users.acl").write_text(
            f"user default off\nuser oauth1d on >{self.password} {_RIGHTS}\nuser test on >{self._master} ~* &* +@all\n")
        self._options, self._process, self.tls_port = options, None, None
        self.store = {"redis": {"address": f"127.0.0.1:{self.port}", "username": "oauth1d",
                                "password": {"env": "REDIS_PASSWORD"}}}
        self.environment = {"REDIS_PASSWORD": self.password}
        if tls is not None:
            self._speak_tls(*tls)
        if start:
            self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _speak_tls(self, holder, clients, authority, ours):
        self.tls_port = free_port()
        self._options += ("--tls-port", str(self.tls_port), "--tls-cert-file", str(holder.cert), "--tls-key-file",
                          str(holder.key), "--tls-ca-cert-file", str(clients.pem), "--tls-auth-clients", "yes")
        self.store["redis"]["address"] = f"127.0.0.1:{self.tls_port}"
        self.store["redis"]["tls"] = {"ca_file": str(authority.pem), "cert_file": str(ours.cert),
                                      "key_file": str(ours.key)}

    def start(self):
        """Starts, empty, and returns when it answers."""
        self._process = subprocess.Popen(bound_to_us([
            tool("redis-server", "redis-server"), "--bind", "127.0.0.1", "--port", str(self.port), "--save", "",
            "--appendonly", "no", "--dir", str(self.folder), "--logfile", str(self.folder / "log"),
            "--aclfile", str(self.folder / "users.acl"), *self._options]), stdin=subprocess.DEVNULL)
        eventually(self._answers, "redis-server answers")

    def kill(self):
        """Like a crash: everything in it is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self):
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self._process.send_signal(signal.SIGCONT)

    def command(self, *words):
        """The reply to one command, as the tests' own user."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            connection.sendall(_encoded("AUTH", "test", self._master) + _encoded(*words))
            replies = connection.makefile("rb")
            assert _reply(replies) == b"OK"
            return _reply(replies)

    def keys(self):
        return sorted(self.command("KEYS", "*"))

    def dump(self):
        """Everything that a reader of Redis has: keys and values."""
        return b"\n".join(key + b"=" + (self.command("GET", key) or b"") for key in self.keys())

    def _answers(self):
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            return self.command("PING") == b"PONG"
        except OSError:
            return False


def _encoded(*words):
    words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def _reply(file):
    line = file.readline()
    kind, rest = line[:1], line[1:-2]
    if kind == b"+":
        return rest
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == b"-1" else file.read(int(rest) + 2)[:-2]
    if kind == b"*":
        return [_reply(file) for _ in range(int(rest))]
    raise OSError(f"Redis answered {line!r}")
