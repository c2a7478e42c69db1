"""Row 31 of the threat model: those who take every place do not keep out a caller whom the service knows."""

import json
import threading
import time

import pytest
from oauth1d import OAuth1dError

from caller_setup import CallerSetup
from first_call import call_once
from h2raw import H2Connection
from oauth1d_process import Oauth1d
from waiting import eventually


class Squatters:
    """So many threads keep a connection each, made by `connect`, and make a new one as soon as it is ended."""

    def __init__(self, count, connect):
        self._connect, self._stopped = connect, threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _work(self):
        while not self._stopped.wait(0.005):
            try:
                with self._connect() as connection:
                    connection.socket.settimeout(0.2)
                    self._keep(connection.socket)
            except OSError:
                pass  # turned away

    def _keep(self, socket):
        while not self._stopped.is_set():
            try:
                if not socket.recv(65536):
                    return
            except TimeoutError:
                pass


@pytest.fixture
def guarded(sandbox, tmp_path):
    """Starts a service with eight places, whose callers must prove who they are."""
    setup = CallerSetup(tmp_path, sandbox)

    def start(**tls):
        config = {**json.loads(setup.config(**tls)), "limits": {"connections": 8}}
        server = Oauth1d(json.dumps(config), serving=False)
        server.secrets += [key for key, _ in setup.keys.values()]
        server.event("serving")
        return setup, server
    return start


def test_eight_who_are_refused_a_call_each_do_not_keep_the_others_out(guarded):
    setup, running = guarded(api_keys_alone=True)
    with running as server, Squatters(8, lambda: call_once(setup.connect(server))):
        eventually(lambda: len(server.log("rpc")) >= 8, "all of them are refused")
        with setup.caller(server, api_key=setup.key("robot")) as robot:
            gets_in_and_stays(robot)
        assert {line["code"] for line in server.log("rpc")} == {"UNAUTHENTICATED", "OK"}
        assert "made room" in server.event("strangers_ended")["message"]


def test_eight_who_say_nothing_do_not_keep_the_others_out(guarded):
    setup, running = guarded()
    with running as server, Squatters(8, lambda: H2Connection.connect(server.address)):
        eventually(lambda: is_full(server), "there is no place left")
        with setup.caller(server, setup.web) as web:
            gets_in_and_stays(web)
        assert "made room" in server.event("strangers_ended")["message"]


def is_full(server):
    """Whether one who says nothing is turned away."""
    try:
        with H2Connection.connect(server.address) as one:
            one.socket.settimeout(0.5)
            return not one.socket.recv(1)
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


def gets_in_and_stays(caller):
    def gets_in():
        try:
            return caller.list_providers()
        except OAuth1dError:
            return False
    eventually(gets_in, "a caller whom the service knows gets in", 5)
    end = time.monotonic() + 4
    while time.monotonic() < end:
        assert caller.list_providers()
        time.sleep(0.02)
