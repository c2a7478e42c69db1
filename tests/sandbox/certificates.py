"""A certificate authority of its own for each run, made with the openssl command."""

import os
import ssl
import subprocess
import tempfile
from pathlib import Path

_CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = OAuth sandbox
[authority]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""

_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def serve_tls(ca_out):
    """A server context whose authority's certificate stands in `ca_out`, whole from the moment that
    it is there. No private key outlives the process."""
    with tempfile.TemporaryDirectory(prefix="oauth-sandbox-") as directory:
        folder = Path(directory)
        (folder / "openssl.cnf").write_text(_CONFIGURATION)
        _openssl(folder, "req", "-x509", *_NEW_KEY, "-keyout", "ca.key", "-out", "ca.pem",
                 "-days", "30", "-subj", "/CN=OAuth sandbox CA", "-extensions", "authority",
                 "-config", "openssl.cnf")
        _openssl(folder, "req", "-new", *_NEW_KEY, "-keyout", "leaf.key", "-out", "leaf.csr",
                 "-subj", "/CN=localhost", "-config", "openssl.cnf")
        _openssl(folder, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                 "-CAcreateserial", "-days", "30", "-out", "leaf.pem",
                 "-extfile", "openssl.cnf", "-extensions", "server")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
        _replace(Path(ca_out), (folder / "ca.pem").read_bytes())
        return context


def _openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def _replace(path, content):
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
