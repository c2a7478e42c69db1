"""The transport, and the program around it."""

import http.client
import json
import socket
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from demo_app import App, connect
from provider_process import RUN, Sandbox


def test_one_connection_serves_many_requests(sandbox, url):
    app = App(sandbox, url)
    connection = connect(sandbox, url)
    for number in range(20):
        _, headers, _ = app.signed(f"/1.1/echo?n={number}", "GET")
        connection.request("GET", f"/1.1/echo?n={number}", headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200 and answer.version == 11
        assert json.loads(answer.read())["target"].endswith(f"={number}")
        if number == 0:
            first = connection.sock
    assert connection.sock is first
    connection.close()


def test_any_method_is_echoed_and_head_has_no_body(sandbox):
    app = App(sandbox, sandbox.http_url)
    for method in ("OPTIONS", "PATCH", "BREW"):
        assert json.loads(app.call("/1.1/echo", method)[2])["method"] == method
    status, headers, body = app.call("/1.1/echo", "HEAD")
    assert (status, body) == (200, b"") and int(headers["Content-Length"]) > 0


def test_a_client_that_expects_100_gets_it_before_the_body(sandbox):
    _, headers, _ = App(sandbox, sandbox.http_url).signed("/1.1/echo", "POST")
    authority = urlsplit(sandbox.http_url).netloc
    host, port = authority.split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(f"POST /1.1/echo HTTP/1.1\r\nHost: {authority}\r\nContent-Length: 2\r\n"
                           f"Authorization: {headers['Authorization']}\r\n"
                           "Expect: 100-continue\r\nConnection: close\r\n\r\n".encode())
        answer = connection.makefile("rb")
        assert answer.readline() == b"HTTP/1.1 100 Continue\r\n"
        answer.readline()
        connection.sendall(b"hi")
        assert answer.readline() == b"HTTP/1.1 200 OK\r\n"


def test_32_connections_at_once_are_all_served(sandbox, url):
    app = App(sandbox, url)
    app.log_in("alice")
    meet = threading.Barrier(32, timeout=60)
    before = len(sandbox.log())

    def work(_):
        connection = connect(sandbox, url)
        connection.connect()
        meet.wait()
        statuses = set()
        for _ in range(10):
            connection.request("GET", "/1.1/echo", headers=app.signed("/1.1/echo", "GET")[1])
            answer = connection.getresponse()
            answer.read()
            statuses.add(answer.status)
        connection.close()
        return statuses

    with ThreadPoolExecutor(32) as pool:
        assert set().union(*pool.map(work, range(32))) == {200}
    assert [line["verified"] for line in sandbox.log()[before:]] == [True] * 320




def test_a_taken_port_is_told_in_one_line(sandbox):
    run = subprocess.run([RUN, "--http", urlsplit(sandbox.http_url).netloc],
                         capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (1, "")
    assert len(run.stderr.splitlines()) == 1 and "cannot listen" in run.stderr


def test_one_that_runs_already_is_driven_by_its_address(sandbox):
    found = Sandbox(sandbox.http_url)
    app = App(found, sandbox.http_url)
    assert app.log_in("alice")["screen_name"] == "alice"
    found.close()
    assert app.call("/1.1/echo")[0] == 200


def test_it_stops_at_once_and_leaves_nothing_behind():
    running = Sandbox.start(https=False)
    assert running.https_url is None and running.ca_file is None
    idle = connect(running, running.http_url)
    idle.connect()
    began = time.monotonic()
    running.close()
    assert running.process.returncode == 0
    assert time.monotonic() - began < 5
    idle.close()


def test_https_alone_is_enough_and_its_ca_is_needed():
    with Sandbox.start(http=False) as running:
        assert running.http_url is None
        assert App(running, running.https_url).log_in("bob")["screen_name"] == "bob"
        with pytest.raises(ssl.SSLCertVerificationError):
            parts = urlsplit(running.https_url)
            http.client.HTTPSConnection(parts.netloc, timeout=60).request("GET", "/")
