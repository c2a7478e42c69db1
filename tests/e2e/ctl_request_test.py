"""oauth1ctl request after a login, as curl's users write it."""

import base64
import datetime
import json
import time

import pytest

from configuration import configuration, grant, provider
from free_port import free_port
from oauth1d_process import Oauth1d
from provider_process import Sandbox
from terminal_user import TerminalUser
from waiting import eventually

USAGE, HTTP_FAILURE = 64, 3
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def callback():
    return f"http://127.0.0.1:{free_port()}/callback"


@pytest.fixture(scope="module")
def user(sandbox, callback, tmp_path_factory):
    config = configuration(provider(sandbox.http_url), grants=[grant(callback_urls=[callback])])
    with Oauth1d(config) as server:
        somebody = TerminalUser(server.address, tmp_path_factory.mktemp("user"), callback)
        somebody.log_in(sandbox)
        yield somebody


@pytest.fixture
def echo(user):
    """What the provider saw: its own account, the body, the headers."""
    def send(*arguments, **options):
        shown = user.ctl("request", "sandbox", *arguments, **options)
        assert shown.status == 0, shown.err
        seen = json.loads(shown.out)
        return seen, base64.b64decode(seen["body_base64"]), {name.lower(): value for name, value in seen["headers"]}
    return send


@pytest.mark.parametrize("arguments, method", [
    ((), "GET"), (("-X", "DELETE"), "DELETE"), (("-X", "put", "-d", "a=b"), "PUT"), (("-d", "a=b"), "POST"),
    (("-F", "a=b"), "POST"), (("--form", "a=b"), "POST"), (("-T", "-"), "PUT"), (("-G", "-d", "a=b"), "GET")])
def test_the_method_is_curls(echo, arguments, method):
    seen = echo("echo", *arguments, stdin="text")[0]
    assert seen["method"] == method and seen["identity"]["screen_name"] == "alice"


def test_a_method_may_stand_before_the_url(echo, user):
    assert echo("patch", "echo", "-d", "a=b")[0]["method"] == "PATCH"
    assert user.ctl("request", "sandbox", "GET", "echo", "-X", "POST").status == USAGE


def test_form_data(echo, tmp_path):
    (tmp_path / "field").write_text("b=2\r\n")
    _, body, headers = echo("echo", "-d", "a=1", "-d", f"@{tmp_path}/field", "--data-urlencode", "c=x y&z")
    assert (body, headers["content-type"]) == (b"a=1&b=2&c=x%20y%26z", FORM)
    assert echo("echo", "-d", "@-", stdin="a=1\n")[1] == b"a=1"


def test_data_of_another_type(echo, tmp_path):
    (tmp_path / "body").write_bytes(b'{"a":\n1}')
    _, body, headers = echo("echo", "-H", "Content-Type: application/json", "--data-binary", f"@{tmp_path}/body")
    assert (body, headers["content-type"]) == (b'{"a":\n1}', "application/json")
    assert echo("echo", "-d", "{}", "-H", "content-type:application/json")[2]["content-type"] == "application/json"


def test_data_in_the_query(echo):
    assert echo("echo?z=1", "-G", "-d", "q=cats", "--data-urlencode", "p=a b")[0]["target"] == (
        "/1.1/echo?z=1&q=cats&p=a%20b")


def test_parts(echo, tmp_path):
    (tmp_path / "cat.png").write_bytes(b"\x89PNG\r\n\x00")
    (tmp_path / "note").write_text("from a file")
    _, body, headers = echo("echo", "-F", "title=my cat", "-F", f"note=<{tmp_path}/note",
                            "-F", f"file=@{tmp_path}/cat.png;type=image/png", "-F",
                            f"other=@{tmp_path}/note;filename=x.txt")
    assert headers["content-type"].startswith("multipart/form-data; boundary=")
    for piece in (b'name="title"\r\n\r\nmy cat\r\n', b'name="note"\r\n\r\nfrom a file\r\n',
                  b'name="file"; filename="cat.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x00\r\n',
                  b'name="other"; filename="x.txt"'):
        assert piece in body, body


def test_headers_and_binary_bodies(echo, tmp_path):
    (tmp_path / "bytes").write_bytes(bytes(range(256)))
    _, body, headers = echo("echo", "-T", tmp_path / "bytes", "-H", "X-A: 1", "-H", "X-B:2")
    assert (body, headers["x-a"], headers["x-b"]) == (bytes(range(256)), "1", "2")


@pytest.mark.parametrize("arguments", [
    ("-d", "a=b", "-F", "c=d"), ("--form", "a=b", "-T", "-"), ("-G",), ("-d", "@missing"), ("-F", "nothing"),
    ("--json", "-o", "-"), ("one", "two")])
def test_what_cannot_be_is_refused_before_anything_is_sent(user, sandbox, arguments):
    seen = len(sandbox.log())
    shown = user.ctl("request", "sandbox", "echo", *arguments)
    assert shown.status == USAGE and shown.out == "" and shown.err
    assert len(sandbox.log()) == seen


def test_status_and_headers(user):
    shown = user.ctl("request", "sandbox", "echo", "-i")
    head, _, body = shown.out.partition("\n\n")
    assert head.startswith("HTTP 200\n") and "Content-Type: application/json" in head and json.loads(body)
    assert shown.err == ""


def test_fail_says_so_and_keeps_the_body(user, tmp_path):
    plain = user.ctl("request", "sandbox", "nothing")
    assert plain.status == 0 and plain.err.startswith("HTTP 404") and plain.out
    for output in ((), ("-o", tmp_path / "out")):
        shown = user.ctl("request", "sandbox", "nothing", "--fail", *output)
        assert (shown.status, shown.out) == (HTTP_FAILURE, "") and shown.err.startswith("HTTP 404")
    assert list(tmp_path.iterdir()) == []


def test_an_output_file(user, tmp_path):
    target = tmp_path / "answer"
    target.write_text("what was there before")
    (tmp_path / "link").symlink_to("answer")
    shown = user.ctl("request", "sandbox", "echo", "-o", tmp_path / "link")
    assert (shown.status, shown.out, shown.err) == (0, "", "HTTP 200\n")
    assert json.loads(target.read_text())["method"] == "GET" and (tmp_path / "link").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer", "link"]
    assert json.loads(user.ctl("request", "sandbox", "echo", "-o", "-").out)["method"] == "GET"
    assert user.ctl("request", "sandbox", "echo", "-o", "/dev/null").status == 0
    assert user.ctl("request", "sandbox", "echo", "-o", tmp_path / "no" / "where").status == USAGE


def test_json_with_an_output_file_has_the_rest(user, tmp_path):
    shown = user.ctl("request", "sandbox", "echo", "--json", "-o", tmp_path / "answer")
    assert json.loads(shown.out)["answer"]["statusCode"] == 200 and "body" not in json.loads(shown.out)["answer"]
    assert json.loads((tmp_path / "answer").read_text())["method"] == "GET"


def test_credentials_of_the_command_line_win(user, tmp_path):
    assert json.loads(user.ctl("request", "sandbox", "echo", "--application").out)["identity"]["token"] is None
    shown = user.ctl("request", "sandbox", "echo", "--token", "-", stdin="oa1_nonsense")
    assert shown.status == 10 + 3 and "TOKEN_INVALID" in shown.err


def test_a_renewed_token_is_kept(callback, tmp_path):
    with Sandbox.start(https=False, flags=["--token-lifetime=600"]) as mortal:
        config = configuration(provider(mortal.http_url, renewal={"by": "session_handle"}),
                               grants=[grant(callback_urls=[callback])])
        with Oauth1d(config) as server:
            user = TerminalUser(server.address, tmp_path, callback)
            user.log_in(mortal)
            (file,) = user.files()
            old = json.loads(file.read_text())["access_token"]
            mortal.expire_tokens()
            shown = user.ctl("request", "sandbox", "account/verify_credentials.json")
            assert shown.status == 0 and "HTTP 200\nthe token was renewed, and is kept\n" == shown.err
            new = json.loads(file.read_text())["access_token"]
            assert new != old and file.stat().st_mode & 0o777 == 0o600 and new not in shown.out + shown.err
            assert user.ctl("request", "sandbox", "echo").err == "HTTP 200\n", "it is used from now on"


def test_a_token_that_is_renewed_before_a_stream_is_kept(callback, tmp_path):
    """Nothing of a stream is sent twice, so only a token that is known to have ended is renewed."""
    with Sandbox.start(https=False, flags=["--token-lifetime=1"]) as mortal:
        config = configuration(provider(mortal.http_url, renewal={"by": "session_handle"}),
                               grants=[grant(callback_urls=[callback])])
        with Oauth1d(config) as server:
            user = TerminalUser(server.address, tmp_path, callback)
            user.log_in(mortal)
            (file,) = user.files()
            kept = json.loads(file.read_text())
            ended = datetime.datetime.fromisoformat(kept["expires"]).timestamp()
            eventually(lambda: time.time() > ended, "the token has ended")
            shown = user.ctl("request", "sandbox", "echo", "-o", tmp_path / "answer")
            assert shown.status == 0 and "the token was renewed, and is kept" in shown.err, shown.err
            assert json.loads(file.read_text())["access_token"] != kept["access_token"]


def test_json_does_not_show_a_token_that_is_kept(callback, tmp_path):
    with Sandbox.start(https=False, flags=["--token-lifetime=600"]) as mortal:
        config = configuration(provider(mortal.http_url, renewal={"by": "session_handle"}),
                               grants=[grant(callback_urls=[callback])])
        with Oauth1d(config) as server:
            user = TerminalUser(server.address, tmp_path, callback)
            user.log_in(mortal)
            mortal.expire_tokens()
            shown = user.ctl("--json", "request", "sandbox", "echo")
            assert shown.status == 0 and "replacementAccessToken" not in shown.out
            assert user.ctl("request", "sandbox", "echo").err == "HTTP 200\n"
