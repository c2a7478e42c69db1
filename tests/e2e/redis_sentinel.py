"""Three Redis servers, one of them the primary, and three Sentinels that watch them: all real, on places of the test's
choice."""

import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from binaries import bound_to_us, tool
from free_port import free_port
from redis_server import _RIGHTS, _encoded, _reply
from waiting import PATIENCE, eventually

NAME = "mymaster"
_WATCHING = "-@all +auth +ping +role +sentinel|master +sentinel|get-master-addr-by-name"


@dataclass
class Place:
    """Where a Redis server and a Sentinel run: what goes before their commands, and their address."""

    host: str = "127.0.0.1"
    inside: list = field(default_factory=list)
    port: int = field(default_factory=free_port)
    sentinel_port: int = field(default_factory=free_port)
    process: subprocess.Popen = None
    sentinel: subprocess.Popen = None

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    @property
    def sentinel_address(self):
        return f"{self.host}:{self.sentinel_port}"


class SentinelGroup:
    """Ready for a failover once it is there. `store` is the configuration of a service that uses it."""

    def __init__(self, places=None):
        self.folder = Path(tempfile.mkdtemp(prefix="oauth1d-sentinel-"))
        self.places = places or [Place() for _ in range(3)]
        self.password, self.watching, self._master = (secrets.token_hex(16) for _ in range(3))
        self.environment = {"REDIS_PASSWORD": self.password, "SENTINEL_PASSWORD": self.watching}
        self.store = {"redis": {
            "username": "oauth1d", "password": {"env": "REDIS_PASSWORD"},
            "sentinel": {"addresses": [place.sentinel_address for place in self.places], "primary": NAME,
                         "username": "watcher", "password": {"env": "SENTINEL_PASSWORD"}}}}
        (self.folder / "users.acl").write_text(
            f"user default off\nuser oauth1d on >{self.password} {_RIGHTS}\nuser test on >{self._master} ~* &* +@all\n")
        try:
            for place in self.places:
                self.start(place)
            first = self.places[0]
            # A Sentinel that comes before the replicas learns of them only after ten seconds.
            eventually(lambda: self._attached(first) == len(self.places) - 1, "the replicas are attached")
            for place in self.places:
                self._start_sentinel(place, first)
            known = f"slaves={len(self.places) - 1},sentinels={len(self.places)}".encode()
            eventually(lambda: all(known in self._told(place, "INFO", "sentinel") for place in self.places),
                       "the Sentinels know each other and all servers")
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for place in self.places:
            for process in (place.process, place.sentinel):
                if process is not None:
                    process.kill()
                    process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, place):
        """Its Redis server, empty: a replica of the first, unless it is that."""
        first = self.places[0]
        replica = [] if place is first else ["--replicaof", first.host, str(first.port)]
        place.process = subprocess.Popen(bound_to_us([
            *place.inside, tool("redis-server", "redis-server"), "--bind", place.host, "--port", str(place.port),
            "--save", "", "--appendonly", "no", "--dir", str(self.folder), "--aclfile", str(self.folder / "users.acl"),
            "--logfile", str(self.folder / f"log-{place.host}-{place.port}"), "--repl-diskless-sync-delay", "0",
            "--masteruser", "test", "--masterauth", self._master, "--repl-timeout", "5", *replica]),
            stdin=subprocess.DEVNULL)
        eventually(lambda: self._answers(place), f"redis-server at {place.address} answers")

    def kill(self, place):
        place.process.kill()
        place.process.wait()
        place.process = None

    def stop_sentinels(self):
        for place in self.places:
            place.sentinel.kill()
            place.sentinel.wait()
            place.sentinel = None

    def freeze(self, place):
        place.process.send_signal(signal.SIGSTOP)

    def primary(self):
        """The server that most Sentinels name; None while they do not agree."""
        named = []
        for place in self.places:
            try:
                named.append(self._named_by(place))
            except OSError:
                pass
        for place in self.places:
            if named.count(place.address) > len(self.places) // 2:
                return place
        return None

    def wait_for_another(self, old):
        """The next primary, once it takes writes."""
        def found():
            place = self.primary()
            try:
                return place if place not in (None, old) and self.command(place, "SET", "probe", "x") == b"OK" else None
            except OSError:
                return None
        return eventually(found, "a failover")

    def wait_until_whole(self):
        """All servers run, two replicas are attached, and every Sentinel sees it so."""
        def whole():
            place = self.primary()
            try:
                return (place is not None and self._attached(place) == len(self.places) - 1
                        and all(b"status=ok" in self._told(one, "INFO", "sentinel") for one in self.places))
            except OSError:
                return False
        eventually(whole, "all servers replicate")

    def fail_over(self):
        """What an operator does before maintenance."""
        assert self._told(self.places[0], "SENTINEL", "FAILOVER", NAME) == b"OK"

    def command(self, place, *words):
        """The reply of one server, as the tests' own user."""
        return self._ask(place.host, place.port, ("test", self._master), words)

    def _attached(self, place):
        return self.command(place, "INFO", "replication").count(b"state=online")

    def _told(self, place, *words):
        try:
            return self._ask(place.host, place.sentinel_port, ("default", self._master), words)
        except OSError:
            return b""

    def _named_by(self, place):
        host, port = self._ask(place.host, place.sentinel_port, ("default", self._master),
                               ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME))
        return f"{host.decode()}:{port.decode()}"

    @staticmethod
    def _ask(host, port, login, words):
        with socket.create_connection((host, port), PATIENCE) as connection:
            connection.settimeout(5)
            connection.sendall(_encoded("AUTH", *login) + _encoded(*words))
            replies = connection.makefile("rb")
            assert _reply(replies) == b"OK"
            return _reply(replies)

    def _start_sentinel(self, place, first):
        folder = self.folder / f"sentinel-{place.host}-{place.sentinel_port}"
        folder.mkdir()
        configuration = folder / "sentinel.conf"
        configuration.write_text("\n".join([
            f"bind {place.host}", f"port {place.sentinel_port}", f"dir {folder}", f"logfile {folder}/log",
            f"requirepass {self._master}", f"user watcher on >{self.watching} {_WATCHING}",
            f"sentinel monitor {NAME} {first.host} {first.port} 2",
            f"sentinel auth-user {NAME} test", f"sentinel auth-pass {NAME} {self._master}",
            f"sentinel down-after-milliseconds {NAME} 500", f"sentinel failover-timeout {NAME} 2000"]) + "\n")
        place.sentinel = subprocess.Popen(bound_to_us([
            *place.inside, tool("redis-server", "redis-server"), str(configuration), "--sentinel"]),
            stdin=subprocess.DEVNULL)

    def _answers(self, place):
        assert place.process.poll() is None, f"redis-server at {place.address} ended"
        try:
            return self.command(place, "PING") == b"PONG"
        except OSError:
            return False
