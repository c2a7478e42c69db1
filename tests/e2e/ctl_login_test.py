"""oauth1ctl login: the whole flow from a terminal, and where the token is kept."""

import json
import os
import socket
import stat

import pytest

from configuration import configuration, grant, provider
from free_port import free_port
from oauth1d_process import Oauth1d
from terminal_user import TerminalUser, browse

INTERRUPTED, USAGE, INVALID_ARGUMENT, REFUSED = 130, 64, 10 + 3, 10 + 9


@pytest.fixture(scope="module")
def callback():
    return f"http://127.0.0.1:{free_port()}/callback"


@pytest.fixture(scope="module")
def server(sandbox, callback):
    paths = provider(sandbox.http_url, revocation={"url": f"{sandbox.http_url}/oauth/revoke_access_token"})
    with Oauth1d(configuration(paths, grants=[grant(callback_urls=[callback, "oob"])])) as running:
        yield running


@pytest.fixture
def user(server, tmp_path, callback):
    return TerminalUser(server.address, tmp_path, callback)


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def test_a_login_by_browser(user, sandbox):
    with user.login() as login:
        status, page = browse(sandbox.approve(login.address(), "alice"))
        assert status == 200 and "You are logged in" in page
        status, out = login.end()
    assert (status, out.splitlines()[0]) == (0, "Logged in to sandbox as alice.")
    shown = user.ctl("request", "sandbox", "account/verify_credentials.json")
    assert (shown.status, shown.err, json.loads(shown.out)["screen_name"]) == (0, "HTTP 200\n", "alice")


def test_the_token_is_kept_for_its_owner_alone(user, sandbox):
    said = user.log_in(sandbox)
    (file,) = user.files()
    assert (mode(user.state), mode(file)) == (0o700, 0o600)
    kept = json.loads(file.read_text())
    assert kept["access_token"].startswith("oa1_") and kept["access_token"] not in said
    assert (kept["server"], kept["provider"], kept["account"]) == (user.server, "sandbox", "default")
    listed = user.ctl("logins")
    heading, row = listed.out.splitlines()
    assert heading.split()[:3] == ["PROVIDER", "ACCOUNT", "WHO"]
    assert row.split()[:3] == ["sandbox", "default", "alice"]
    (told,) = json.loads(user.ctl("logins", "--json").out)
    assert told["who"] == "alice" and "access_token" not in told and kept["access_token"] not in listed.out


def test_the_answer_in_json_holds_no_token(user, sandbox):
    told = json.loads(user.log_in(sandbox, "bob", "--json"))
    assert (told["provider"], told["who"], told["account"]) == ("sandbox", "bob", "default")
    assert json.loads(user.files()[0].read_text())["access_token"] not in json.dumps(told)


@pytest.mark.parametrize("spoil, advice", [
    (lambda user: user.files()[0].chmod(0o640), "others can read it"),
    (lambda user: user.state.chmod(0o755), "others can read it"),
    (lambda user: user.files()[0].rename(user.state / "else") and link(user, "else"), "symlink"),
    (lambda user: user.files()[0].write_text("{"), "damaged"),
])
def test_a_file_that_may_have_been_read_by_others_is_refused(user, sandbox, spoil, advice):
    user.log_in(sandbox)
    spoil(user)
    shown = user.ctl("request", "sandbox", "echo")
    assert (shown.status, shown.out) == (USAGE, "") and advice in shown.err, shown.err


def link(user, target):
    """A symlink where the login's file was."""
    name = f"{user.server.replace(':', '%3A')}+sandbox+default.json"
    (user.state / name).symlink_to(target)


def test_a_state_folder_that_is_a_symlink_is_refused_before_anybody_logs_in(user, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    user.state.symlink_to("elsewhere")
    shown = user.ctl("login", "sandbox", "--callback", user.callback)
    assert shown.status == USAGE and "symlink" in shown.err and "http" not in shown.err


def test_accounts_beside_each_other(user, sandbox):
    user.log_in(sandbox, "alice")
    user.log_in(sandbox, "bob", "--as", "work")
    for arguments, name in ((), "alice"), (("--as", "work"), "bob"):
        shown = user.ctl("request", "sandbox", "account/verify_credentials.json", *arguments)
        assert json.loads(shown.out)["screen_name"] == name
    missing = user.ctl("request", "sandbox", "echo", "--as", "nobody")
    assert missing.status == USAGE and "oauth1ctl login sandbox" in missing.err


def test_a_denial_is_shown_to_the_browser_and_to_the_terminal(user, sandbox):
    with user.login() as login:
        status, page = browse(sandbox.deny(login.address()))
        assert status == 403 and "You said no" in page
        status, out = login.end()
        assert (status, out) == (REFUSED, "") and "USER_DENIED" in login.err
    assert user.files() == []


def test_what_is_not_the_answer_ends_nothing(user, sandbox):
    """Other pages, and other programs of this host, can open the listener's address."""
    with user.login() as login:
        address = login.address()
        assert browse(f"{user.callback}?state=guess&oauth_token=a&oauth_verifier=b")[0] == 400
        assert browse(user.callback)[0] == 400
        assert browse(user.callback.replace("/callback", "/favicon.ico"))[0] == 404
        callback = sandbox.approve(address, "alice")
        assert browse(callback, host="rebound.example")[0] == 400
        with socket.create_connection(("127.0.0.1", int(user.callback.split(":")[2].split("/")[0]))):
            # A browser opens connections ahead of use.
            status, page = browse(callback)
        assert status == 200, page
        assert login.end()[0] == 0


def test_the_page_tells_no_other_site_and_stays_in_no_cache(user, sandbox):
    with user.login() as login:
        callback = sandbox.approve(login.address(), "alice")
        host = callback.split("/")[2]
        with socket.create_connection(host.split(":")) as connection:
            connection.sendall(f"GET {callback.split(host)[1]} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            answer = connection.makefile("rb").read().decode()
        for line in ("Cache-Control: no-store", "Referrer-Policy: no-referrer", "default-src 'none'"):
            assert line in answer
        assert login.end()[0] == 0


def test_ctrl_c_gives_up(user):
    with user.login() as login:
        login.address()
        login.waits_for("Waiting for the browser")
        login.interrupt()
        status, out = login.end()
        assert (status, out) == (INTERRUPTED, "") and "given up" in login.err
    assert user.files() == []


def test_a_callback_that_is_not_configured_is_told_with_what_to_add(user):
    other = f"http://127.0.0.1:{free_port()}/callback"
    shown = user.ctl("login", "sandbox", "--callback", other)
    assert shown.status == INVALID_ARGUMENT
    assert f'{{name: sandbox, callback_urls: ["{other}"]}}' in shown.err
    assert "--pin" in shown.err


@pytest.mark.parametrize("wrong", ["https://127.0.0.1:9/x", "http://www.example.com/x", "nonsense"])
def test_a_callback_that_cannot_be_listened_on_is_refused(user, wrong):
    assert user.ctl("login", "sandbox", "--callback", wrong).status == USAGE


def test_a_port_that_is_taken_is_told(user):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        shown = user.ctl("login", "sandbox", "--callback", f"http://127.0.0.1:{other.getsockname()[1]}/callback")
    assert shown.status == USAGE and "in use" in shown.err


def test_a_login_by_pin(user, sandbox):
    with user.login("--pin") as login:
        pin = sandbox.approve_out_of_band(login.address(), "bob")
        login.type("")
        login.type(f" {pin} ")
        status, out = login.end()
        assert status == 0, login.err
    assert out.startswith("Logged in to sandbox as bob") and pin not in out


def test_a_mistyped_pin_may_be_typed_again(user, sandbox):
    with user.login("--pin") as login:
        pin = sandbox.approve_out_of_band(login.address(), "bob")
        login.type("wrong")
        login.waits_for("Tries left: 2")
        login.type(pin)
        assert login.end()[0] == 0, login.err


def test_three_wrong_pins_are_the_end(user, sandbox):
    with user.login("--pin") as login:
        sandbox.approve_out_of_band(login.address(), "bob")
        for _ in range(3):
            login.type("wrong")
        status, out = login.end()
        assert (status, out) == (REFUSED, "") and "PROVIDER_REJECTED" in login.err
    assert user.files() == []


def test_logout_forgets_and_revokes(user, sandbox):
    user.log_in(sandbox)
    token = json.loads(user.files()[0].read_text())["access_token"]
    assert user.ctl("logout", "sandbox", "--revoke").out == "Forgotten, and revoked at the provider.\n"
    assert user.files() == []
    rejected = user.ctl("request", "sandbox", "account/verify_credentials.json", "--token", "-", stdin=token)
    assert rejected.err.startswith("HTTP 401")
    assert "There was no login" in user.ctl("logout", "sandbox").out


def test_a_login_that_cannot_be_revoked_now_is_kept(user, sandbox):
    user.log_in(sandbox)
    (file,) = user.files()
    away = "127.0.0.1:1"
    moved = file.with_name(file.name.replace(user.server.replace(":", "%3A"), away.replace(":", "%3A")))
    file.rename(moved)
    shown = user.ctl("--server", away, "--timeout", "5", "logout", "sandbox", "--revoke")
    assert shown.status == 10 + 14 and "is kept" in shown.err and moved.exists()
    assert json.loads(user.ctl("--server", away, "logout", "sandbox", "--json").out)["forgotten"] is True
    assert not moved.exists()


def test_where_logins_are_kept_by_default(user, tmp_path):
    home = {"OAUTH1D_STATE_DIR": "", "HOME": str(tmp_path)}
    for environment, folder in (({"XDG_STATE_HOME": str(tmp_path / "xdg")}, tmp_path / "xdg/oauth1d"),
                                ({"XDG_STATE_HOME": "relative"}, tmp_path / ".local/state/oauth1d")):
        user.ctl("login", "nobody", "--pin", environment={**home, **environment})
        assert mode(folder) == 0o700
