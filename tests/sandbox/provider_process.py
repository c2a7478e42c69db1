"""The sandbox for tests: starts it on free ports, walks its consent page, reads its log.

    with Sandbox.start() as sandbox:
        callback = sandbox.approve(redirect_url, "alice")
        assert sandbox.log()[-1]["path"] == "/oauth/authorize"

Needs nothing but the standard library, whichever Python it is imported into.
"""

import http.client
import json
import select
import shutil
import ssl
import subprocess
import tempfile
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

RUN = Path(__file__).resolve().with_name("run")


class SandboxError(Exception):
    """The sandbox did not start, or its consent page did not do what was wanted."""


class Sandbox:
    """A running sandbox. `http_url` and `https_url` have no trailing slash and are None if off;
    `ca_file` is what to trust for https."""

    def __init__(self, http_url, https_url=None, ca_file=None, process=None, folder=None):
        """One that runs already, whoever started it; `start` starts one."""
        self.process, self._folder = process, folder
        self.http_url, self.https_url, self.ca_file = http_url, https_url, ca_file

    @classmethod
    def start(cls, http=True, https=True, rsa_public_key=None, flags=(), timeout=60):
        """Returns when it listens. `rsa_public_key` is a PEM file, `flags` are more of its arguments.
        Raises SandboxError."""
        folder = Path(tempfile.mkdtemp(prefix="oauth-sandbox-"))
        # -E: what the caller's Python needs in PYTHONPATH is not for this one.
        command = ["/usr/bin/python3", "-E", str(RUN), "--ca-out", str(folder / "ca.pem")]
        command += ["--http", "127.0.0.1:0"] if http else []
        command += ["--https", "127.0.0.1:0"] if https else []
        command += ["--rsa-public-key", str(rsa_public_key)] if rsa_public_key else []
        command += map(str, flags)
        with open(folder / "stderr", "wb") as stderr:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=stderr)
        try:
            ready = _first_line(process, time.monotonic() + timeout)
            if not ready.startswith("READY "):
                told = (folder / "stderr").read_text(errors="replace").strip()
                raise SandboxError(f"the sandbox did not start: {told or ready or 'no answer'}")
        except BaseException:
            _stop(process)
            shutil.rmtree(folder, ignore_errors=True)
            raise
        where = dict(word.split("=", 1) for word in ready.split()[1:])
        urls = [f"{scheme}://{where[scheme]}" if scheme in where else None
                for scheme in ("http", "https")]
        return cls(*urls, str(folder / "ca.pem") if https else None, process, folder)

    def close(self):
        """Stops what `start` started."""
        if self.process is not None:
            _stop(self.process)
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def log(self):
        """One dict a request, in order: path, method, verified, error, nonce, token,
        signature_method, placement, body_sha256, status."""
        status, _, body = _exchange("GET", (self.http_url or self.https_url) + "/_log", self.ca_file)
        if status != 200:
            raise SandboxError(f"/_log answered {status}")
        return [json.loads(line) for line in body.splitlines()]

    def expire_tokens(self):
        """Every access token that was given out has expired now."""
        status, _, body = _exchange("POST", (self.http_url or self.https_url) + "/_expire", self.ca_file)
        if status != 200:
            raise SandboxError(f"/_expire answered {status}")

    def approve(self, redirect_url, user):
        """Where the browser is sent when `user` allows it."""
        return self._decide(redirect_url, user, "allow")[0]

    def deny(self, redirect_url):
        """Where the browser is sent when the user refuses; None if the callback is oob."""
        return self._decide(redirect_url, None, "deny")[0]

    def approve_out_of_band(self, redirect_url, user):
        """The PIN that `user` reads off the page."""
        location, page = self._decide(redirect_url, user, "allow")
        if location is not None or page.pin is None:
            raise SandboxError("there is no PIN on the page")
        return page.pin

    def _decide(self, redirect_url, user, decision):
        status, _, body = _exchange("GET", redirect_url, self.ca_file)
        page = _Page(body)
        if status != 200 or page.action is None:
            raise SandboxError(f"there is no consent page, but status {status}")
        fields = dict(page.fields, decision=decision)
        if user is not None:
            if user not in page.users:
                raise SandboxError(f"{user!r} cannot be chosen, only {', '.join(page.users)}")
            fields["user"] = user
        status, location, body = _exchange("POST", urljoin(redirect_url, page.action), self.ca_file,
                                           urlencode(fields).encode())
        if status not in (200, 302):
            raise SandboxError(f"the consent page answered {status}")
        return location, _Page(body)


class _Page(HTMLParser):
    """What a browser would make of the page: the form, its preset fields, the users, the PIN."""

    def __init__(self, body):
        super().__init__()
        self.action, self.fields, self.users, self.pin = None, {}, [], None
        self._in_pin = False
        self.feed(body.decode())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "input":
            if attributes["type"] == "radio":
                self.users.append(attributes["value"])
            if attributes["type"] == "hidden" or "checked" in attributes:
                self.fields[attributes["name"]] = attributes["value"]
        self._in_pin = tag == "output"

    def handle_data(self, data):
        if self._in_pin:
            self.pin, self._in_pin = data, False


def _exchange(method, url, ca_file, form=None):
    """Status, Location and body; follows nothing."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.netloc, timeout=60, context=ssl.create_default_context(cafile=ca_file))
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, target, form, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location"), answer.read()
    finally:
        connection.close()


def _first_line(process, deadline):
    while time.monotonic() < deadline:
        if select.select([process.stdout], [], [], 0.2)[0]:
            return process.stdout.readline().decode().strip()
    return ""


def _stop(process):
    """By its own pid, and waited for, so that nothing is left listening."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
    process.stdout.close()
