"""oauth1ctl request with bodies and answers of any size."""

import json
import os
import pty
import re
import select
import subprocess
import zlib

import pytest

from binaries import bound_to_us, program
from configuration import configuration, provider
from oauth1d_process import Oauth1d
from stream_provider import PIECE, StreamProvider
from terminal_user import TerminalUser
from waiting import PATIENCE, eventually

LARGE = 20 << 20
UNAVAILABLE = 10 + 14


@pytest.fixture(scope="module")
def files():
    with StreamProvider() as running:
        yield running


@pytest.fixture(scope="module")
def server(files):
    with Oauth1d(configuration(provider(files.url, "files"))) as running:
        yield running


@pytest.fixture
def user(server, tmp_path):
    return TerminalUser(server.address, tmp_path, "")


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large"
    with open(path, "wb") as file:
        for _ in range(LARGE // len(PIECE)):
            file.write(PIECE)
    return path


def request(user, *arguments, **options):
    return user.ctl("request", "files", *arguments, "--application", **options)


def checksum(path):
    return zlib.crc32(path.read_bytes())


def test_twenty_mebibytes_up(user, files, large):
    shown = request(user, "upload", "-T", large)
    assert shown.status == 0, shown.err
    assert json.loads(shown.out) == {"length": LARGE, "checksum": checksum(large)}
    assert files.uploads[-1].method == "PUT" and files.uploads[-1].headers["content-length"] == str(LARGE)


def test_twenty_mebibytes_of_data(user, files, large):
    shown = request(user, "upload", "--data-binary", f"@{large}", "-H", "Content-Type: video/mp4")
    assert json.loads(shown.out) == {"length": LARGE, "checksum": checksum(large)}
    assert (files.uploads[-1].method, files.uploads[-1].headers["content-type"]) == ("POST", "video/mp4")


def test_twenty_mebibytes_in_the_last_part(user, files, large):
    shown = request(user, "upload", "-F", "title=film", "-F", f"media=@{large};type=video/mp4")
    assert shown.status == 0 and json.loads(shown.out)["length"] > LARGE
    assert b'name="media"; filename="large"\r\nContent-Type: video/mp4\r\n\r\n' in files.uploads[-1].begin
    misplaced = request(user, "upload", "-F", f"media=@{large}", "-F", "title=film")
    assert misplaced.status == 64 and "last" in misplaced.err


def test_a_body_of_unknown_length(user, files):
    shown = request(user, "upload", "-T", "-", stdin="piped" * 1000)
    assert json.loads(shown.out)["length"] == 5000
    assert files.uploads[-1].headers["transfer-encoding"] == "chunked"


def test_twenty_mebibytes_down(user, tmp_path):
    shown = request(user, f"download/{LARGE}", "-o", tmp_path / "got")
    assert (shown.status, shown.out, shown.err) == (0, "", "HTTP 200\n")
    assert (tmp_path / "got").stat().st_size == LARGE
    assert checksum(tmp_path / "got") == zlib.crc32(PIECE * (LARGE // len(PIECE)))


def test_a_cut_transfer_leaves_what_was_there_before(user, tmp_path):
    target = tmp_path / "got"
    for before in (None, "before"):
        if before:
            target.write_text(before)
        shown = request(user, f"cut/{LARGE}", "-o", target)
        assert shown.status > 10 and "was not written" in shown.err, shown.err
        assert [path.name for path in tmp_path.iterdir()] == (["got"] if before else [])
    assert target.read_text() == "before"


def test_a_transfer_that_is_killed_leaves_nothing(user, files, tmp_path):
    process = subprocess.Popen(
        bound_to_us([program("oauth1ctl"), "request", "files", "upload", "--application", "-T", "-", "-o",
                     str(tmp_path / "got")]),
        stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **user.environment})
    uploads = len(files.uploads)
    process.stdin.write(b"begun")
    process.stdin.flush()
    eventually(lambda: len(files.uploads) > uploads, "the upload has begun")
    process.kill()
    process.wait()
    process.stdin.close()
    assert [path.name for path in tmp_path.iterdir()] == []


def test_an_early_refusal_is_an_answer(user, large):
    shown = request(user, "refuse", "-T", large)
    assert shown.status == 0 and shown.err == "HTTP 413\n" and shown.out == "large"


def test_a_service_that_is_away(user, tmp_path):
    shown = user.ctl("--server", "127.0.0.1:1", "--timeout", "5", "request", "files", "x", "--application", "-o",
                     tmp_path / "got")
    assert shown.status == UNAVAILABLE and not (tmp_path / "got").exists()


class Terminal:
    """A program whose stderr is a terminal."""

    def __init__(self, command, environment):
        ours, theirs = pty.openpty()
        self._ours = ours
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=theirs,
                                        env=environment)
        os.close(theirs)
        self.shown = b""

    def read_until(self, pattern, feed):
        def find():
            feed()
            try:
                self.shown += os.read(self._ours, 65536) if _readable(self._ours) else b""
            except OSError:
                pass
            return re.search(pattern, self.shown)
        return eventually(find, f"{pattern} on the terminal, after {self.shown[-200:]}")

    def end(self):
        self.process.stdin.close()
        status = self.process.wait(PATIENCE)
        os.close(self._ours)
        return status


def _readable(descriptor):
    return bool(select.select([descriptor], [], [], 0)[0])


def test_a_long_transfer_shows_how_far_it_is(user):
    """From the second second on, and only on a terminal."""
    terminal = Terminal(
        bound_to_us([program("oauth1ctl"), "request", "files", "upload", "--application", "-T", "-"]),
        {**os.environ, **user.environment})

    def feed():
        terminal.process.stdin.write(PIECE)
        terminal.process.stdin.flush()

    terminal.read_until(rb"sent  [0-9.]+ [KM]iB  [0-9.]+ [KMG]iB/s", feed)
    assert terminal.end() == 0
    assert request(user, "download/1000000", "-o", "/dev/null").err == "HTTP 200\n"
