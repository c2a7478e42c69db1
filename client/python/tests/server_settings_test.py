"""Reaching the service: TLS and the API key, from the environment."""
from __future__ import annotations

import json
import pathlib
import subprocess

import grpc
import pytest

from fake_service import FakeService
from oauth1d import Client, OAuth1dError
from oauth1d.channel_options import CHANNEL_OPTIONS
from oauth1d.settings import ServerSettings


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, pathlib.Path]:
    """A self-signed certificate of 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem",
         "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )
    return folder / "cert.pem", folder / "key.pem"


def test_tls_with_a_client_certificate_and_an_api_key(
    certificate: tuple[pathlib.Path, pathlib.Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = certificate
    credentials = grpc.ssl_server_credentials(
        [(key.read_bytes(), cert.read_bytes())], root_certificates=cert.read_bytes(), require_client_auth=True
    )
    with FakeService(credentials) as service:
        monkeypatch.setenv("OAUTH1D_SERVER", service.address)
        monkeypatch.setenv("OAUTH1D_CA_FILE", str(cert))
        with Client() as stranger, pytest.raises(OAuth1dError):
            stranger.list_providers(timeout=3)
        monkeypatch.setenv("OAUTH1D_CERT_FILE", str(cert))
        monkeypatch.setenv("OAUTH1D_KEY_FILE", str(key))
        monkeypatch.setenv("OAUTH1D_API_KEY", "k3y\n")
        with Client() as client:
            assert [provider.name for provider in client.list_providers()] == ["twitter", "photos"]
        assert service.metadata[-1]["authorization"] == "Bearer k3y"


def test_without_an_api_key_none_is_sent(service: FakeService) -> None:
    with Client(service.address) as client:
        client.list_providers()
    assert "authorization" not in service.metadata[-1]
    assert service.metadata[-1]["user-agent"].startswith("oauth1d-python/")


def test_settings_hide_the_key_and_name_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "k3y" not in repr(ServerSettings(api_key="k3y"))
    assert ServerSettings.from_environment("here:1", {"OAUTH1D_SERVER": "there:2"}).server == "here:1"
    assert ServerSettings.from_environment(None, {"OAUTH1D_SERVER": "there:2"}).server == "there:2"
    with pytest.raises(ValueError, match="belong together"):
        ServerSettings(cert_file="cert.pem")


@pytest.mark.parametrize("key", ["two\nlines", "with blank", "naïve"])
def test_a_key_that_no_header_holds_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match="OAUTH1D_API_KEY") as refused:
        ServerSettings(api_key=key)
    assert key not in str(refused.value)


def test_an_empty_file_never_means_the_systems_roots(tmp_path: pathlib.Path) -> None:
    (tmp_path / "ca.pem").write_text("\n")
    with pytest.raises(ValueError, match="ca.pem is empty"):
        ServerSettings(ca_file=str(tmp_path / "ca.pem")).channel_credentials()


def test_grpc_repeats_only_what_the_contract_calls_safe() -> None:
    config = json.loads(str(dict(CHANNEL_OPTIONS)["grpc.service_config"]))
    assert config["loadBalancingConfig"] == [{"round_robin": {}}]
    (method_config,) = config["methodConfig"]
    assert [name["method"] for name in method_config["name"]] == [
        "StartAuthorization", "CompleteAuthorization", "ListProviders", "RewrapAccessToken"
    ]
    assert method_config["retryPolicy"]["retryableStatusCodes"] == ["UNAVAILABLE"]
