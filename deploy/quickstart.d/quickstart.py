"""What deploy/quickstart does once Python is there: build, start, walk through a login, stay up."""

import argparse
import contextlib
import fcntl
import http.client
import os
import socket
import sys
import time
from pathlib import Path

import configuration
import ports
from failure import Failure, Interrupted, raise_on_signals
from processes import Children, run_to_end
from service_log import ServiceLog
from terminal import complain, paint, say, say_step
from walk import Walk

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / "build/release/bin"
FILES = ROOT / "build/quickstart"
GATEWAY = ROOT / "client/node/dist/gateway/main.js"
PAGE = ROOT / "client/web/dist"
PYTHON = ["/usr/bin/python3", "-E", "-B"]


def build():
    took = "" if (BIN / "oauth1d").exists() else ": about 5 minutes on two cores, the first time"
    say_step(1, 4, f"Building oauth1d{took}")
    if run_to_end([ROOT / "deploy/build", "release", "oauth1d", "oauth1ctl"]) != 0:
        raise Failure("oauth1d does not build; what the compiler says stands above")
    say_step(2, 4, "Building the browser gateway and its page")
    if run_to_end([ROOT / "deploy/build-node"]) != 0:
        raise Failure("the gateway or its page does not build; what npm says stands above")


@contextlib.contextmanager
def folder_of_this_run(demo_port):
    """build/quickstart, or while another quickstart runs there, a folder in it."""
    folder = FILES
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as locks:
        if not _lock(locks, folder / "lock"):
            folder = FILES / f"port-{demo_port}"
            folder.mkdir(exist_ok=True)
            if not _lock(locks, folder / "lock"):
                raise Failure(f"another quickstart uses {folder}")
        yield folder


@contextlib.contextmanager
def one_at_a_time():
    """Between looking for free ports and listening there, no other quickstart of this tree looks for some."""
    FILES.mkdir(parents=True, exist_ok=True)
    with open(FILES / "starting.lock", "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _lock(locks, path):
    file = locks.enter_context(open(path, "w", encoding="utf-8"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def start_redis(children, folder):
    """Its port."""
    port = ports.any_free()
    file, password = configuration.write_redis(folder, port)
    redis = children.start("redis", ["/usr/bin/redis-server", file], folder)
    children.wait_for(redis, lambda: _redis_answers(port, password))
    return port


def _redis_answers(port, password):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(f"AUTH oauth1d {password}\r\nPING\r\n".encode())
        answers = connection.makefile("rb")
        return [answers.readline(), answers.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
    return False


def start_all(children, folder, chosen, store):
    """Starts each when what it needs is there. Returns the walk to take."""
    sandbox = children.start(
        "sandbox", [*PYTHON, ROOT / "tests/sandbox/run", "--http", f"127.0.0.1:{chosen['SANDBOX_PORT']}",
                    "--https", f"127.0.0.1:{chosen['SANDBOX_TLS_PORT']}", "--ca-out", folder / "sandbox-ca.pem"], folder)
    children.wait_for(sandbox, lambda: b"READY " in sandbox.log.read_bytes())

    redis_port = start_redis(children, folder) if store == "redis" else None
    configuration.keep_keyring(folder, BIN / "oauth1ctl")
    file = configuration.write_oauth1d(folder, chosen, redis_port)
    oauth1d = children.start("oauth1d", [BIN / "oauth1d", "--config", file], folder)
    service_log = ServiceLog(oauth1d.log)
    heard = set()  # "listening" comes before the store has passed its checks, "serving" after
    children.wait_for(oauth1d, lambda: heard.update(event.get("event") for event in service_log.events())
                      or {"listening", "serving"} <= heard)

    demo = children.start(
        "demo", [ROOT / "deploy/with-node", "node", GATEWAY,
                 "--config", configuration.write_gateway(folder, chosen, PAGE)], folder)
    children.wait_for(demo, lambda: _page_is_there(chosen["DEMO_PORT"]))
    return Walk(f"http://127.0.0.1:{chosen['DEMO_PORT']}/", f"http://127.0.0.1:{chosen['SANDBOX_PORT']}",
                service_log, demo.log, sandbox.log)


def _page_is_there(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.suppress(OSError), contextlib.closing(connection):
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    return False


def quickstart(store, once):
    ports.choose()  # a named port that is taken is told before the long work
    build()
    with contextlib.ExitStack() as stack:
        with one_at_a_time():
            chosen, told = ports.choose()
            folder = stack.enter_context(folder_of_this_run(chosen["DEMO_PORT"]))
            shown = folder.relative_to(ROOT)
            say_step(3, 4, f"Starting sandbox, {'Redis, ' if store == 'redis' else ''}oauth1d and demo; logs and "
                           f"configuration are in {shown}/")
            for sentence in told:
                say(f"  {sentence}")
            children = stack.enter_context(Children())
            walk = start_all(children, folder, chosen, store)
        say_step(4, 4, "Logging in, as a browser would")
        user = walk.log_in()
        say(paint(f"LOGIN OK {user}", "green"))
        if once:
            return
        say(f"  A page to click through; users are alice and bob. Ctrl-C stops everything. From another terminal:\n"
            f"  export OAUTH1D_SERVER=127.0.0.1:{chosen['OAUTH1D_PORT']}\n"
            f"  {(BIN / 'oauth1ctl').relative_to(ROOT)} login twitter\n"
            f"  /usr/bin/python3 client/python/examples/starlette_login.py --port {configuration.example_port(chosen)}")
        say(f"OPEN http://127.0.0.1:{chosen['DEMO_PORT']}/")
        while True:
            children.check()
            time.sleep(0.3)


def main():
    parser = argparse.ArgumentParser(prog="quickstart")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--store", choices=["memory", "redis"], default="memory")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    raise_on_signals()
    try:
        quickstart(arguments.store, arguments.once)
    except Interrupted as interrupted:
        # To end is what one asks of it; only a walk that was to be seen to its end has then failed.
        return 128 + interrupted.number if arguments.once else 0
    except Failure as failure:
        complain(str(failure))
        lines = failure.last_lines()
        if failure.log is not None:
            complain(f"the end of {failure.log.relative_to(ROOT)}:" if lines
                     else f"{failure.log.relative_to(ROOT)} is empty")
        for line in lines:
            print(f"  {line}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
