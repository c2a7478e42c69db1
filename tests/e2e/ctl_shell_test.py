"""oauth1ctl in a shell: completion in bash, the manual page, help."""

import os
import re
import subprocess

import pytest

from binaries import bound_to_us, program, tool
from configuration import configuration, grant, provider
from free_port import free_port
from oauth1d_process import Oauth1d
from programs import run
from terminal_user import TerminalUser
from waiting import PATIENCE

COMMANDS = {"login", "logins", "logout", "request", "explain", "doctor", "providers", "start", "complete", "health",
            "token", "keyring", "api-key", "public-key", "sign", "completion", "man"}
ASK = r"""
source <(oauth1ctl completion bash)
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_oauth1ctl
printf '%s\n' "${COMPREPLY[@]}"
complete -p oauth1ctl >&2
"""


@pytest.fixture(scope="module")
def user(sandbox, tmp_path_factory):
    callback = f"http://127.0.0.1:{free_port()}/callback"
    providers = [provider(sandbox.http_url), provider(sandbox.http_url, "sandbox-two"), provider(sandbox.http_url, "x")]
    grants = [grant(one["name"], callback_urls=[callback]) for one in providers]
    with Oauth1d(configuration(*providers, grants=grants)) as server:
        somebody = TerminalUser(server.address, tmp_path_factory.mktemp("user"), callback)
        somebody.log_in(sandbox)
        somebody.log_in(sandbox, "bob", "--as", "work")
        yield somebody


@pytest.fixture
def complete(user):
    """What bash offers for the last word."""
    def ask(*words, environment=None):
        path = os.path.dirname(program("oauth1ctl"))
        done = subprocess.run(
            bound_to_us([tool("bash", "bash"), "--norc", "-c", ASK, "bash", "oauth1ctl", *words]), check=True,
            capture_output=True, timeout=PATIENCE, text=True,
            env={**os.environ, **user.environment, "PATH": f"{path}:{os.environ['PATH']}", **(environment or {})})
        assert "-F _oauth1ctl oauth1ctl" in done.stderr, done.stderr
        return done.stdout.split()
    return ask


def test_commands(complete):
    assert set(complete("")) == COMMANDS
    assert complete("log") == ["login", "logins", "logout"]
    assert complete("keyring", "") == ["list", "new", "rotate"]
    assert complete("completion", "") == ["bash", "fish", "zsh"]


def test_a_word_that_is_no_command_is_named():
    done = run("oauth1ctl", "nonsense")
    assert done.status == 64 and "'nonsense' is no command" in done.err


def test_a_service_that_is_not_there_is_told_in_plain_words():
    done = run("oauth1ctl", "--server", f"127.0.0.1:{free_port()}", "providers")
    assert done.status == 24 and "Does it run, and is this its address" in done.err


def test_output_that_cannot_be_written_is_no_success():
    with open("/dev/full", "wb") as full:
        done = subprocess.run([program("oauth1ctl"), "completion", "bash"], stdout=full, stderr=subprocess.PIPE,
                              check=False)
    assert done.returncode == 64 and b"cannot be written" in done.stderr


def test_options(complete):
    assert complete("login", "--p") == ["--parameter", "--pin"]
    assert "--server" in complete("login", "--") and "--data" in complete("request", "--")
    assert complete("--ser") == ["--server"]


def test_providers_come_from_the_service(complete):
    assert complete("login", "sand") == ["sandbox", "sandbox-two"]
    assert complete("request", "--consumer", "main", "") == ["sandbox", "sandbox-two", "x"]
    assert complete("request", "-X", "POST", "sandbox-") == ["sandbox-two"]
    assert complete("request", "sandbox", "") == []
    assert complete("login", "", environment={"OAUTH1D_SERVER": "127.0.0.1:1"}) == []


def test_an_account_with_a_shells_characters_comes_quoted(complete, user, sandbox):
    user.log_in(sandbox, "bob", "--as", "*")
    try:
        assert complete("request", "sandbox", "echo", "--as", "") == ["'*'", "default", "work"]
    finally:
        run("oauth1ctl", "logout", "sandbox", "--as", "*", environment=user.environment)


def test_accounts_come_from_the_state_folder(complete):
    assert complete("request", "sandbox", "echo", "--as", "") == ["default", "work"]
    assert complete("logout", "sandbox", "--as", "w") == ["work"]
    assert complete("logout", "x", "--as", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell):
    shown = run("oauth1ctl", "completion", shell)
    assert shown.status == 0 and "oauth1ctl __complete" in shown.out
    assert run("oauth1ctl", "completion", "tcsh").status == 64


def test_the_manual_page_is_good_roff(tmp_path):
    page = run("oauth1ctl", "man").out
    for heading in ("NAME", "SYNOPSIS", "OPTIONS", "COMMANDS", "EXAMPLES", "ENVIRONMENT", "FILES", "EXIT STATUS"):
        assert f".SH {heading}\n" in page
    documented = {line.split()[1] for line in page.replace("\\-", "-").splitlines() if line.startswith(".SS ")}
    assert documented == COMMANDS and "__complete" not in page
    assert r"\-\-no\-browser" in page and "OAUTH1D_STATE_DIR" in page
    known = re.compile(r"\.(TH|SH|SS|B|I|TP|PP|nf|fi|BR)\b")
    assert all(known.match(line) for line in page.splitlines() if line.startswith("."))


@pytest.mark.parametrize("command", [
    (), ("login",), ("logins",), ("logout",), ("request",), ("explain",), ("doctor",), ("providers",), ("start",),
    ("complete",), ("health",), ("token", "import"), ("token", "refresh"), ("token", "rewrap"), ("token", "revoke"),
    ("keyring", "new"), ("keyring", "rotate"), ("keyring", "list"), ("api-key", "new"), ("public-key",), ("sign",),
    ("completion",), ("man",)])
def test_help_has_examples(command):
    shown = run("oauth1ctl", *command, "--help")
    assert shown.status == 0 and "Examples:\n  " in shown.out and shown.err == ""
    assert "oauth1ctl " + " ".join(command) in shown.out


def test_the_exit_status_is_documented():
    told = run("oauth1ctl", "--help").out
    for line in ("1          doctor: it is us", "2          doctor: it is the provider", "64         usage", "10 + code"):
        assert line in told
