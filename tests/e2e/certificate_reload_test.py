"""Certificates, keys and trust bundles change on disk, and nobody restarts anything."""

import os
import signal
import socket
import ssl
from pathlib import Path

import pytest

from caller_setup import LIST, WEB, CallerSetup
from certificates import Authority
from h2raw import H2Connection, grpc_headers, grpc_message
from oauth1d_process import Oauth1d
from refusals import refused
from waiting import eventually


@pytest.fixture
def setup(sandbox, tmp_path):
    return CallerSetup(tmp_path, sandbox)


def certificate_of(holder):
    return ssl.PEM_cert_to_DER_cert(holder.leaf.read_text())


def shown_by(setup, server):
    """The certificate that a new connection is shown."""
    with setup.connect(server, setup.web) as connection:
        return connection.socket.getpeercert(binary_form=True)


def replace(path, text):
    """As a careful program does it: beside, then renamed over."""
    beside = Path(f"{path}.new")
    beside.write_text(text)
    beside.chmod(0o600)
    os.replace(beside, path)


def place(folder, holder):
    replace(folder / "tls.key", holder.key.read_text())
    replace(folder / "tls.crt", holder.cert.read_text())


@pytest.fixture
def folder(setup):
    made = setup.folder / "live"
    made.mkdir()
    return made


def started(setup, folder, **options):
    server = Oauth1d(setup.config(cert=folder / "tls.crt", key=folder / "tls.key", **options), serving=False)
    server.event("serving")
    return server


@pytest.mark.parametrize("told", [False, True])
def test_a_certificate_that_is_renamed_over_is_shown_to_new_connections(setup, folder, told):
    first, second = setup.server.issue("first"), setup.server.issue("second")
    place(folder, first)
    with started(setup, folder) as server, setup.caller(server, setup.web) as open_caller:
        open_caller.list_providers()
        assert shown_by(setup, server) == certificate_of(first)
        place(folder, second)
        if told:
            server.signal(signal.SIGHUP)

        def changed():
            open_caller.list_providers()  # no call fails meanwhile
            return shown_by(setup, server) == certificate_of(second)
        eventually(changed, "the new certificate is shown")
        open_caller.list_providers()


def test_a_secret_volume_of_kubernetes_is_swapped_whole(setup, folder):
    holders = [setup.server.issue(f"generation-{number}") for number in range(3)]
    for number, holder in enumerate(holders):
        (folder / f"..{number}").mkdir()
        place(folder / f"..{number}", holder)

    def swap(number):
        os.symlink(f"..{number}", folder / "..data_tmp")
        os.replace(folder / "..data_tmp", folder / "..data")
    swap(0)
    for name in ("tls.crt", "tls.key"):
        os.symlink(f"..data/{name}", folder / name)
    with started(setup, folder) as server:
        for number, holder in enumerate(holders):
            if number > 0:
                swap(number)
            eventually(lambda: shown_by(setup, server) == certificate_of(holder), f"generation {number} is shown")


@pytest.mark.parametrize("damage", ["garbage", "cut", "empty", "missing", "anothers_key"])
def test_a_damaged_file_keeps_the_certificate_that_was(setup, folder, damage):
    first, second = setup.server.issue("first"), setup.server.issue("second")
    place(folder, first)
    with started(setup, folder) as server:
        whole = second.cert.read_text()
        if damage == "missing":
            (folder / "tls.crt").unlink()
        elif damage == "anothers_key":
            replace(folder / "tls.crt", whole)
        else:
            replace(folder / "tls.crt", {"garbage": "garbage\n", "cut": whole[:len(whole) // 2], "empty": ""}[damage])
        refusal = eventually(lambda: [line for line in server.log("reload_refused")], "the refusal's line")[0]
        assert "listen.tls." in refusal["message"], refusal
        for _ in range(5):
            assert shown_by(setup, server) == certificate_of(first)
        with setup.caller(server, setup.web) as caller:
            caller.list_providers()
        place(folder, second)
        eventually(lambda: shown_by(setup, server) == certificate_of(second), "the good one is shown")


def test_a_trust_bundle_that_is_replaced_counts_on_open_connections_too(setup, folder):
    place(folder, setup.server.issue("first"))
    next_a = Authority(setup.folder, "next-a")
    next_web = next_a.issue("next-web", names=f"URI:{WEB}")
    bundle = folder / "a.pem"
    replace(bundle, setup.a.pem.read_text())
    with started(setup, folder, bundle=bundle) as server, setup.caller(server, setup.web) as old:
        old.list_providers()
        replace(bundle, setup.a.pem.read_text() + next_a.pem.read_text())
        eventually(lambda: works(setup, server, next_web), "the next authority counts")
        old.list_providers()
        replace(bundle, next_a.pem.read_text())
        eventually(lambda: not works(setup, server, setup.web), "the old authority is gone")
        refused("CALLER_UNKNOWN", "UNAUTHENTICATED", old.list_providers)
        assert works(setup, server, next_web)


def test_a_resumed_session_is_who_it_was_after_a_reload_too(setup, folder):
    """It tells the server the leaf alone, and OpenSSL's client resumes wherever it can."""
    place(folder, setup.server.issue("first"))
    holder = Authority(setup.folder, "between", above=setup.a).issue("below", names=f"URI:{WEB}")
    with started(setup, folder) as server, setup.connect(server, holder) as first:
        first.preface()
        assert status_of_a_call(first, 1) == b"0"
        resumed = first.socket.context.wrap_socket(
            socket.create_connection(first.socket.getpeername()), server_hostname="localhost",
            session=first.socket.session)
        with H2Connection(resumed) as second:
            assert resumed.session_reused
            second.preface()
            assert status_of_a_call(second, 1) == b"0"
            server.signal(signal.SIGHUP)
            server.event("reloaded")
            assert status_of_a_call(second, 3) == b"0"


def status_of_a_call(connection, stream):
    connection.headers(stream, grpc_headers(LIST))
    connection.data(stream, grpc_message(b""), end_stream=True)
    return connection.answer(stream)[b"grpc-status"]


def works(setup, server, holder):
    with setup.caller(server, holder) as caller:
        try:
            return bool(caller.list_providers())
        except Exception as error:  # an OAuth1dError: by the handshake or by the service
            assert error.code.name in ("UNAVAILABLE", "UNAUTHENTICATED"), error
            return False
