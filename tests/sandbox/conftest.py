"""One sandbox for all tests of this folder."""

import subprocess

import pytest

from provider_process import Sandbox


@pytest.fixture(scope="session")
def key_pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rsa")
    subprocess.run(["openssl", "genrsa", "-out", folder / "key.pem", "2048"], check=True,
                   stderr=subprocess.DEVNULL)
    subprocess.run(["openssl", "rsa", "-in", folder / "key.pem", "-pubout", "-out",
                    folder / "public.pem"], check=True, stderr=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="session")
def sandbox(key_pair):
    with Sandbox.start(rsa_public_key=key_pair / "public.pem") as running:
        yield running


@pytest.fixture(params=["http", "https"])
def url(sandbox, request):
    return sandbox.http_url if request.param == "http" else sandbox.https_url
