"""Private certificate authorities and what they issue, good and bad, made with the openssl command."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from binaries import tool

_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
_CONFIGURATION = """\
[req]
distinguished_name = dn
[dn]
[ca]
default_ca = any
[any]
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = names
[names]
commonName = supplied
"""
_AUTHORITY = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
HOUR, DAY = 3600, 86400


@dataclass(frozen=True)
class Holder:
    """Who holds a certificate: PEM files. `leaf` is it alone, `cert` has the authorities below the root behind it."""

    cert: Path
    leaf: Path
    key: Path


class Authority:
    """Vouches for others; `pem` is its certificate. Each needs a name of its own in the folder."""

    def __init__(self, folder, name="ca", above=None):
        self.folder, self.name = Path(folder), name
        self.pem, self._key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        self._above = above
        (self.folder / "openssl.cnf").write_text(_CONFIGURATION)
        (self.folder / "index.txt").touch()
        if above is not None:
            above._sign(self.pem, self._key, name, _AUTHORITY, -HOUR, 30 * DAY)
            return
        self._openssl("req", "-x509", "-config", "openssl.cnf", *_NEW_KEY, "-days", "30", "-keyout", self._key.name,
                      "-out", self.pem.name, "-subj", f"/CN=A private authority: {name}",
                      *(part for line in _AUTHORITY.split() for part in ("-addext", line)))

    def issue(self, name, *, names="", usage="digitalSignature", purposes="serverAuth,clientAuth", authority=False,
              begins=-HOUR, ends=30 * DAY):
        """`names`: the subject's alternative names. `begins` and `ends`: seconds from now."""
        extensions = f"basicConstraints=critical,CA:{'TRUE' if authority else 'FALSE'}\nkeyUsage=critical,{usage}\n"
        if purposes:
            extensions += f"extendedKeyUsage={purposes}\n"
        if names:
            extensions += f"subjectAltName={names}\n"
        leaf, key, whole = (self.folder / f"{name}{suffix}" for suffix in (".leaf.pem", ".key", ".pem"))
        self._sign(leaf, key, name, extensions, begins, ends)
        whole.write_text(leaf.read_text() + self._chain())
        return Holder(whole, leaf, key)

    def self_signed(self, name, *, names):
        """Looks like what `issue` makes, but nobody vouches for it."""
        pem, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        self._openssl("req", "-x509", "-config", "openssl.cnf", *_NEW_KEY, "-days", "30", "-keyout", key.name, "-out",
                      pem.name, "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}", "-addext",
                      "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=clientAuth")
        return Holder(pem, pem, key)

    def _chain(self):
        return "" if self._above is None else self.pem.read_text() + self._above._chain()

    def _sign(self, pem, key, name, extensions, begins, ends):
        request, wished = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        wished.write_text(extensions)
        self._openssl("req", "-new", "-config", "openssl.cnf", *_NEW_KEY, "-keyout", key.name, "-out", request.name,
                      "-subj", f"/CN={name}")
        key.chmod(0o600)
        now = time.time()
        dates = [time.strftime("%Y%m%d%H%M%SZ", time.gmtime(now + seconds)) for seconds in (begins, ends)]
        self._openssl("ca", "-batch", "-notext", "-config", "openssl.cnf", "-cert", self.pem.name, "-keyfile",
                      self._key.name, "-in", request.name, "-out", pem.name, "-startdate", dates[0], "-enddate",
                      dates[1], "-extfile", wished.name)

    def _openssl(self, *arguments):
        subprocess.run([tool("openssl", "openssl"), *arguments], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, capture_output=True)


class Certificates:
    """`ca` is what to trust; `cert` and `key` are for a server on localhost. All are PEM files."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.authority = Authority(folder, "ca")
        self.ca = self.authority.pem
        server = self.issue("server")
        self.cert, self.key = server.cert, server.key

    def issue(self, name):
        """Another one for the same server."""
        return self.authority.issue(name, names="DNS:localhost,IP:127.0.0.1", purposes="serverAuth")
