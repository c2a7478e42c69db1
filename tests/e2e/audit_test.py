"""The audit log: one line a decision, before it takes effect; and what happens when it cannot be written."""

import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

from binaries import tool
from browser import come_back, come_back_from_evil
from caller import Caller, signed_request
from configuration import CALLBACK, configuration, grant, provider
from dialect_caller import DialectCaller
from evil_provider import form_answer, http_answer, temporary
from oauth1d_process import Oauth1d
from refusals import refused
from streaming import END, StreamCaller
from waiting import eventually

FIELDS = ["time", "level", "event", "method", "decision", "reason", "peer", "identity", "owner", "provider",
          "http_method", "state_id", "token_id", "trace_id"]
TOKEN = pb.ProviderToken(token="a-token", token_secret="a-token-secret")
FEW = 20


def audited(*providers, file="audit.log", when_full=None, **options):
    """A configuration whose audit log goes to a file; None: stderr."""
    config = json.loads(configuration(*providers, **options))
    config["audit"] = {**({} if file is None else {"file": file}), **({} if when_full is None else {
        "when_full": when_full})}
    return json.dumps(config)


@pytest.fixture
def answering(evil):
    evil.forget()
    evil.answer("/1.1/thing", http_answer(200, b"whole"))
    return evil


def send(web):
    return web.send("GET", "thing", provider_token=TOKEN).answer.body


@pytest.mark.parametrize("file", ["audit.log", None], ids=["file", "stderr"])
def test_each_decision_has_one_line_of_documented_fields(sandbox, file):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    config = audited(provider(sandbox.http_url), file=file, grants=[grant(methods=["GET"])])
    with Oauth1d(config) as server, DialectCaller(server.address) as web:
        browser = come_back(web, sandbox)
        token = browser.finish(web).access_token
        web.call("SignedRequest", signed_request("GET", "echo", token),
                 metadata=[("traceparent", f"00-{trace}-00f067aa0ba902b7-01")])
        refused("CALLER_NOT_ALLOWED", "PERMISSION_DENIED", web.send, "POST", "echo", token)
        with pytest.raises(OAuth1dError):
            web.start("nobody", CALLBACK)
        web.list_providers()
        lines = eventually(lambda: (found := server.audit()) and len(found) >= 6 and found, "six decisions are told")
        assert len(lines) == 6
        for line in lines:
            assert list(line) == [name for name in FIELDS if name in line] and "" not in line.values(), line
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        start, complete, signed, denied, unknown, listed = lines
        assert [line["decision"] for line in lines] == ["allow", "allow", "allow", "deny", "deny", "allow"]
        assert [line["method"] for line in lines] == ["StartAuthorization", "CompleteAuthorization", "SignedRequest",
                                                      "SignedRequest", "StartAuthorization", "ListProviders"]
        assert start["state_id"] == complete["state_id"] == server.event("rpc")["state_id"]
        assert (signed["provider"], signed["http_method"], signed["trace_id"]) == ("sandbox", "GET", trace)
        assert signed["token_id"] == denied["token_id"] and re.fullmatch("[0-9a-f]{32}", signed["token_id"])
        assert (denied["reason"], denied["http_method"]) == ("CALLER_NOT_ALLOWED", "POST")
        assert unknown["reason"] == "PROVIDER_NOT_FOUND" and "provider" not in unknown
        assert "provider" not in listed and {line["owner"] for line in lines} == {"default"}


def test_the_line_stands_there_before_anything_leaves(answering):
    """A provider that never answers still has its line."""
    answering.answer("/1.1/slow", 1.0, http_answer(200))
    with Oauth1d(audited(provider(answering.url), when_full="refuse")) as server, Caller(server.address) as web:
        call = web.method("SignedRequest").future(
            signed_request("GET", "slow", provider_token=TOKEN).SerializeToString(), timeout=40)
        eventually(lambda: answering.seen("/1.1/slow"), "the request arrives")
        assert len(server.audit(method="SignedRequest", decision="allow")) == 1
        assert call.result().answer.status_code == 200


def test_a_rotated_file_is_opened_anew_on_sighup(answering):
    with Oauth1d(audited(provider(answering.url))) as server, Caller(server.address) as web:
        send(web)
        eventually(server.audit, "the first line")
        server.folder.joinpath("audit.log").rename(server.folder / "audit.1")
        server.signal(signal.SIGHUP)
        eventually(server.folder.joinpath("audit.log").is_file, "the file is made anew")
        send(web)
        assert len(eventually(server.audit, "the second line")) == 1
        assert len((server.folder / "audit.1").read_text().splitlines()) == 1
        assert (server.folder / "audit.log").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_opened_is_told_at_start(tmp_path, answering):
    config = audited(provider(answering.url), file=str(tmp_path / "no/such/folder/audit.log"))
    with pytest.raises(AssertionError, match="audit"):
        Oauth1d(config, serving=False)


class SmallDisk:
    """A folder with room for 64 KiB. It takes root."""

    def __init__(self, folder):
        self.folder = Path(folder)
        options = ["-t", "tmpfs", "-o", "size=64k"]
        subprocess.run([tool("mount", "mount"), *options, "oauth1d-test", str(folder)], check=True)

    def close(self):
        subprocess.run([tool("umount", "mount"), "--lazy", str(self.folder)], check=True)

    def fill(self):
        with open(self.folder / "filler", "wb", 0) as file:
            try:
                while True:
                    file.write(b"x" * 512)
            except OSError:
                pass

    def free(self):
        (self.folder / "filler").unlink()


class Pipe:
    """A FIFO with a reader that reads when it is told to."""

    def __init__(self, folder):
        self.path = Path(folder) / "pipe"
        os.mkfifo(self.path, 0o600)
        self.reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self.text = b""
        self._reading = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def fill(self):
        """Leaves no room at all."""
        writer = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
        try:
            while True:
                os.write(writer, b"{}" + b" " * 61 + b"\n")
        except BlockingIOError:
            os.close(writer)

    def free(self):
        self._reading.set()

    def lines(self):
        return [json.loads(line) for line in self.text[:self.text.rfind(b"\n") + 1].splitlines()]

    def _read(self):
        self._reading.wait()
        while True:
            try:
                self.text += os.read(self.reader, 65536)
            except BlockingIOError:
                time.sleep(0.005)


class Full:
    """A sink that was working, and then takes nothing."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.sink = SmallDisk(folder) if kind == "disk" else Pipe(folder)
        self.path = folder / ("audit.log" if kind == "disk" else "pipe")

    def lines(self):
        if self.kind == "pipe":
            return self.sink.lines()
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def close(self):
        if self.kind == "disk":
            self.sink.close()


@pytest.fixture(params=["disk", "pipe"])
def full(request, tmp_path):
    made = Full(request.param, tmp_path)
    yield made
    made.close()


def test_lines_that_cannot_be_written_are_dropped_counted_and_told(answering, full):
    """What a pipe cannot take waits for its reader; what a disk cannot take is lost."""
    given = 0
    with Oauth1d(audited(provider(answering.url), file=str(full.path))) as server, Caller(server.address) as web:
        full.sink.fill()
        while full.kind == "disk" and not server.log("audit_unavailable"):
            assert send(web) == b"whole"  # there may be room for the first ones
            given += 1
        for _ in range(FEW):
            assert send(web) == b"whole"
        given += FEW
        [warning] = [eventually(lambda: server.log("audit_unavailable"), "the log tells of it")[0]]
        assert warning["level"] == "warning"
        full.sink.free()

        def accounted():
            lines = full.lines()
            told = sum(line["count"] for line in lines if line.get("event") == "audit_dropped")
            return told + sum(line.get("event") == "audit" for line in lines) >= given and (told or 1)

        dropped = eventually(accounted, "every line is written or told as dropped")
        assert (full.kind == "disk") == (dropped >= FEW)
        before = sum(line.get("event") == "audit" for line in full.lines())
        assert send(web) == b"whole"
        eventually(lambda: sum(line.get("event") == "audit" for line in full.lines()) > before,
                   "lines are written again")
        assert len(server.log("audit_unavailable")) <= 2, "once in ten seconds"


def test_where_configured_nothing_is_done_without_a_line(answering, full):
    config = audited(provider(answering.url), file=str(full.path), when_full="refuse")
    with Oauth1d(config) as server, Caller(server.address) as web:
        assert send(web) == b"whole"
        full.sink.fill()

        def refusal():
            try:
                send(web)
            except OAuth1dError as error:
                return error
            return None  # there was room for it

        error = eventually(refusal, "a call is refused")
        assert (error.code.name, error.reason, error.sent) == ("UNAVAILABLE", "AUDIT_UNAVAILABLE", "no")
        seen = len(answering.seen("/1.1/thing"))
        began = time.monotonic()
        for _ in range(FEW):
            refused("AUDIT_UNAVAILABLE", "UNAVAILABLE", send, web)
        assert time.monotonic() - began < FEW * 1.0, "a fifth of a second each, at most"
        assert len(answering.seen("/1.1/thing")) == seen, "the provider hears of nothing that has no line"
        refused("AUDIT_UNAVAILABLE", "UNAVAILABLE", web.start, "sandbox", CALLBACK)
        eventually(lambda: {line["code"] for line in server.log("rpc")[-FEW:]} == {"UNAVAILABLE"}, "each has its line")
        full.sink.free()

        def served():
            try:
                return send(web) == b"whole"
            except OAuth1dError:
                return False

        eventually(served, "calls are served once there is room")


@pytest.mark.parametrize("when_full", ["drop", "refuse"])
def test_a_disk_that_is_full_from_the_start(answering, when_full):
    with Oauth1d(audited(provider(answering.url), file="/dev/full", when_full=when_full)) as server:
        with Caller(server.address) as web:
            if when_full == "drop":
                assert [send(web) for _ in range(FEW)] == [b"whole"] * FEW
            else:
                refused("AUDIT_UNAVAILABLE", "UNAVAILABLE", send, web)
                assert answering.seen("/1.1/thing") == []
            eventually(lambda: server.log("audit_unavailable"), "the log tells of it")
        assert "No space left on device" in server.log("audit_unavailable")[0]["message"]


def test_a_stderr_that_nobody_reads_delays_no_call(answering):
    """Both logs go there by default."""
    with Oauth1d(audited(provider(answering.url), file=None)) as server, Caller(server.address) as web:
        send(web)
        server.pause_reading()
        began = time.monotonic()
        for _ in range(600):  # some 300 KiB of lines: a pipe takes 64
            assert send(web) == b"whole"
        assert time.monotonic() - began < 60
        server.resume_reading()
        eventually(lambda: len(server.audit(method="SignedRequest")) == 601 and len(server.log("rpc")) == 601,
                   "all lines come")


def test_a_login_is_told_by_hashes_alone(answering):
    answering.answer("/oauth/request_token", temporary())
    answering.answer("/oauth/access_token", form_answer(oauth_token="t", oauth_token_secret="canary-of-this-login"))
    with Oauth1d(audited(provider(answering.url))) as server, StreamCaller(server.address) as web:
        server.secrets += ["canary-of-this-login", "temporary-secret", "the-verifier"]
        browser = come_back_from_evil(web, answering)
        completed = browser.finish(web)
        request = signed_request("GET", "thing", completed.access_token)
        web.stream([pb.StreamSignedRequestRequest(head=request), END])
        told = eventually(lambda: server.audit(method="StreamSignedRequest"), "the stream is told")
        assert told[0]["token_id"] == server.audit(method="CompleteAuthorization")[-1].get(
            "token_id", told[0]["token_id"])
        assert browser.started.state not in server.audit_bytes().decode()
