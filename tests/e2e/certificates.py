"""A private certificate authority with one server certificate, made with the openssl command."""

import subprocess
from pathlib import Path

from binaries import tool

_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
_NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n"


class Certificates:
    """`ca` is what to trust; `cert` and `key` are for a server on localhost. All are PEM files."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.ca, self.cert, self.key = (self.folder / name for name in ("ca.pem", "server.pem", "server.key"))
        (self.folder / "names").write_text(_NAMES)
        self._openssl("req", "-x509", *_NEW_KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=A private CA")
        self._openssl("req", "-new", *_NEW_KEY[:-2], "-keyout", "server.key", "-out", "server.csr", "-subj",
                      "/CN=localhost")
        self._openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                      "-days", "30", "-out", "server.pem", "-extfile", "names")
        self.key.chmod(0o600)

    def _openssl(self, *arguments):
        subprocess.run([tool("openssl", "openssl"), *arguments], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, capture_output=True)
