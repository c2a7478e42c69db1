"""Where the service is and how to reach it."""
from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import grpc

DEFAULT_SERVER = "127.0.0.1:50051"


@dataclass(frozen=True)
class ServerSettings:
    """The address of the service, TLS, and the API key.

    server: HOST:PORT, [ADDRESS]:PORT, unix:/path, or any gRPC target such as dns:///oauth1d:50051.
    ca_file, cert_file, key_file: PEM files. TLS is used when one of them is given; without ca_file the
        system's roots are trusted. cert_file and key_file, together, identify this application.
    api_key: sent as `authorization: Bearer KEY`.
    """

    server: str = DEFAULT_SERVER
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    api_key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.server, str):
            raise TypeError(f"server is an address such as {DEFAULT_SERVER!r}, not {type(self.server).__name__}")
        if not re.fullmatch(r"[\x21-\x7e]*", self.api_key):
            raise ValueError("api_key (OAUTH1D_API_KEY) must be printable ASCII without blanks")
        if bool(self.cert_file) != bool(self.key_file):
            raise ValueError("cert_file and key_file (OAUTH1D_CERT_FILE, OAUTH1D_KEY_FILE) belong together")

    @classmethod
    def from_environment(
        cls, server: str | None = None, environment: Mapping[str, str] = os.environ
    ) -> ServerSettings:
        """Reads OAUTH1D_SERVER (unless `server` is given), _CA_FILE, _CERT_FILE, _KEY_FILE and _API_KEY."""
        return cls(
            server=server or environment.get("OAUTH1D_SERVER") or DEFAULT_SERVER,
            ca_file=environment.get("OAUTH1D_CA_FILE", ""),
            cert_file=environment.get("OAUTH1D_CERT_FILE", ""),
            key_file=environment.get("OAUTH1D_KEY_FILE", ""),
            api_key=environment.get("OAUTH1D_API_KEY", "").strip(),
        )

    def channel_credentials(self) -> grpc.ChannelCredentials | None:
        """Credentials for a TLS channel, or None for plain text. Raises OSError if a file cannot be
        read, ValueError if it is empty: gRPC would then trust the system's roots in place of yours.
        """
        if not (self.ca_file or self.cert_file):
            return None
        return grpc.ssl_channel_credentials(
            root_certificates=_pem(self.ca_file), private_key=_pem(self.key_file), certificate_chain=_pem(self.cert_file)
        )

    def call_metadata(self) -> tuple[tuple[str, str], ...]:
        """Metadata that goes with every call."""
        return (("authorization", f"Bearer {self.api_key}"),) if self.api_key else ()


def _pem(path: str) -> bytes | None:
    if not path:
        return None
    text = Path(path).read_bytes()
    if not text.strip():
        raise ValueError(f"{path} is empty")
    return text
