"""Redis through TLS: both sides prove who they are, and nobody else gets a byte of ours."""

import copy
import shutil
import signal
import socket
import threading
from contextlib import contextmanager

import pytest

from accepting import accept_each
from browser import log_in, profile
from caller import Caller
from certificates import Authority
from configuration import CALLBACK, configuration, provider
from oauth1d_process import NOT_SERVING, SERVING, Oauth1d
from redis_server import RedisServer
from refusals import refused
from waiting import eventually


class Wiretap:
    """Listens, keeps what each connection sends, and passes it on to `port`, if there is one."""

    def __init__(self, port=None):
        self._listener, self._port, self.heard = socket.create_server(("127.0.0.1", 0)), port, []
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        accept_each(self._listener, self._serve)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, connection):
        self.heard.append(b"")
        number = len(self.heard) - 1
        server = socket.create_connection(("127.0.0.1", self._port)) if self._port else None
        if server is not None:
            threading.Thread(target=pass_on, args=(server, connection), daemon=True).start()
        self._listen(connection, server, number)

    def _listen(self, connection, server, number):
        def keep(octets):
            self.heard[number] += octets
        pass_on(connection, server, keep)


def pass_on(source, target, keep=lambda octets: None):
    """What comes from one socket goes to the other, until one of them ends."""
    try:
        while octets := source.recv(65536):
            keep(octets)
            if target is not None:
                target.sendall(octets)
    except OSError:
        pass
    for end in (source, target):
        if end is not None:
            end.close()


def is_one_client_hello(octets):
    """One record of a handshake (22), whole, with a ClientHello (1) in it: RFC 8446, sections 5.1 and 4."""
    return (octets[:1] == b"\x16" and len(octets) == 5 + int.from_bytes(octets[3:5], "big") and octets[5:6] == b"\x01"
            and len(octets) == 9 + int.from_bytes(octets[6:9], "big"))


class Papers:
    """Who vouches for whom. `theirs` for Redis, `ours` for the service, `other` for nobody who counts."""

    def __init__(self, folder):
        self.folder = folder
        self.theirs, self.ours, self.other = (Authority(folder, name) for name in ("theirs", "ours", "other"))
        self.server = self.theirs.issue("redis", names="DNS:redis.internal,IP:127.0.0.1")
        self.client = self.ours.issue("oauth1d", names="DNS:oauth1d.internal")
        self.stranger = self.other.issue("stranger", names="DNS:oauth1d.internal")


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    return Papers(tmp_path_factory.mktemp("redis-tls"))


@pytest.fixture(scope="module")
def tls_redis(papers):
    with RedisServer(tls=(papers.server, papers.ours, papers.theirs, papers.client)) as running:
        yield running


@contextmanager
def over(redis, sandbox, serving=True, **changes):
    """oauth1d over this Redis; `changes` are made to `store.redis`."""
    store = copy.deepcopy(redis.store)
    store["redis"].update(changes)
    config = configuration(provider(sandbox.http_url), store=store)
    with Oauth1d(config, environment=redis.environment, serving=serving) as server:
        server.secrets.append(redis.password)
        yield server


def tls(redis, **changes):
    return {**redis.store["redis"]["tls"], **changes}


def test_a_login_through_mutual_tls(tls_redis, sandbox):
    with over(tls_redis, sandbox) as server, Caller(server.address) as web:
        assert profile(web, log_in(web, sandbox)) == "alice"
        assert tls_redis.keys()


def test_the_server_may_go_by_its_name(tls_redis, sandbox):
    with over(tls_redis, sandbox, tls=tls(tls_redis, server_name="redis.internal")) as server:
        assert server.health("oauth1d.store") == SERVING


def nothing_is_told(tls_redis, sandbox, port, words, **changes):
    """oauth1d does not serve, says why, and what it sent is one ClientHello a connection."""
    tap = Wiretap(port)
    try:
        with over(tls_redis, sandbox, serving=False, address=tap.address, **changes) as server:
            assert words in server.event("store_down")["message"]
            eventually(lambda: len(tap.heard) > 2, "it tries again")
            assert server.health() == server.health("oauth1d.store") == NOT_SERVING
            with Caller(server.address) as web:
                refused("STORE_UNAVAILABLE", "UNAVAILABLE", web.start, callback_url=CALLBACK)
            assert len(server.log("store_down")) == 1, "told once a cause"
        assert is_one_client_hello(tap.heard[0])
        assert all(is_one_client_hello(heard) for heard in tap.heard if heard)
    finally:
        tap.close()


def test_a_server_without_tls_hears_no_password(tls_redis, sandbox):
    nothing_is_told(tls_redis, sandbox, tls_redis.port, "is this its TLS port?")


def test_a_listener_that_says_nothing_hears_no_password(tls_redis, sandbox):
    nothing_is_told(tls_redis, sandbox, None, "is this its TLS port?")


def test_a_certificate_of_another_authority_is_not_trusted(tls_redis, sandbox, papers):
    nothing_is_told(tls_redis, sandbox, tls_redis.tls_port, "certificate is not trusted",
                    tls=tls(tls_redis, ca_file=str(papers.other.pem)))


@pytest.mark.parametrize("name", ["redis.example", "internal", "127.0.0.2"])
def test_a_certificate_of_another_name_is_refused(tls_redis, sandbox, name):
    nothing_is_told(tls_redis, sandbox, tls_redis.tls_port, f'certificate is not for "{name}"',
                    tls=tls(tls_redis, server_name=name))


def test_a_certificate_of_ours_that_was_replaced_is_taken(tls_redis, sandbox, papers, tmp_path):
    cert, key = tmp_path / "ours.pem", tmp_path / "ours.key"
    shutil.copy(papers.stranger.cert, cert)
    shutil.copy(papers.stranger.key, key)
    with over(tls_redis, sandbox, serving=False, tls=tls(tls_redis, cert_file=str(cert), key_file=str(key))) as server:
        assert "certificate" in server.event("store_down")["message"] and server.health() == NOT_SERVING
        shutil.copy(papers.client.key, key)
        shutil.copy(papers.client.cert, cert)
        server.signal(signal.SIGHUP)
        eventually(lambda: server.health() == SERVING, "oauth1d serves")


@pytest.mark.parametrize("command", ["get", "set", "eval", "evalsha"])
def test_a_user_without_a_right_that_is_needed_is_not_ready(tls_redis, sandbox, command):
    tls_redis.command("ACL", "SETUSER", "oauth1d", f"-{command}")
    try:
        with over(tls_redis, sandbox, serving=False) as server:
            assert command in server.event("store_down")["message"] and server.health() == NOT_SERVING
            tls_redis.command("ACL", "SETUSER", "oauth1d", f"+{command}")
            eventually(lambda: server.health() == SERVING, "oauth1d serves")
            assert len(server.log("store_down")) == 1, "told once a cause"
    finally:
        tls_redis.command("ACL", "SETUSER", "oauth1d", f"+{command}")
