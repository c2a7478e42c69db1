"""Owners who must prove who they are, before the sandbox: their certificates, their keys, the configuration."""

import hashlib
import json
import secrets
from pathlib import Path

from certificates import Authority, Certificates
from configuration import configuration, grant, provider
from h2raw import H2Connection
from known_caller import KnownCaller

WEB, VAULT = "spiffe://a.example/ns/shop/sa/web", "spiffe://a.example/vault"
BATCH = "spiffe://b.example/batch"
LIST = "/oauth1d.v1.OAuth1Service/ListProviders"


def api_key():
    """A key, and what the configuration has of it."""
    key = secrets.token_urlsafe(32)
    return key, hashlib.sha256(key.encode()).hexdigest()


class CallerSetup:
    """`a` and `b` vouch for a trust domain each, `names` for DNS names, `outsider` for nobody."""

    def __init__(self, folder, sandbox):
        self.folder = Path(folder)
        self.server = Certificates(folder)
        self.ca = self.server.ca
        self.a, self.b, self.names, self.outsider = (
            Authority(folder, name) for name in ("a", "b", "names", "outsider"))
        self.web = self.a.issue("web", names=f"URI:{WEB}")
        self.vault = self.a.issue("vault", names=f"URI:{VAULT}")
        self.batch = self.b.issue("batch", names=f"URI:{BATCH}")
        self.reader = self.names.issue("reader", names="DNS:reader.example")
        self.idle = self.names.issue("idle", names="DNS:idle.example")
        self.keys = {name: api_key() for name in ("old", "new", "robot")}
        self._provider = provider(sandbox.http_url)

    def key(self, name):
        return self.keys[name][0]

    def config(self, *, vault_keys=("old", "new"), cert=None, key=None, bundle=None, **tls):
        """`web` may do everything, `reader` may GET below /1.1/echo, `idle` nothing; `vault` needs a key too; `robot`,
        with api_keys_alone, needs a key alone."""
        everything = [grant()]
        owners = [
            {"name": "web", "identities": [{"spiffe_id": WEB}], "providers": everything},
            {"name": "batch", "identities": [{"spiffe_id": BATCH}], "providers": everything},
            {"name": "reader", "identities": [{"dns_name": "reader.example"}], "providers": [
                grant(rpcs=["SignedRequest", "ListProviders"], methods=["GET"], path_prefixes=["/1.1/echo"])]},
            {"name": "idle", "identities": [{"dns_name": "idle.example"}], "providers": []},
            {"name": "vault", "providers": everything, "identities": [
                {"spiffe_id": VAULT, "api_key_sha256": [self.keys[name][1] for name in vault_keys]}]}]
        if tls.get("api_keys_alone"):
            owners.append({"name": "robot", "providers": everything,
                           "identities": [{"api_key_sha256": [self.keys["robot"][1]]}]})
        listen = {"tls": {
            "cert_file": str(cert or self.server.cert), "key_file": str(key or self.server.key),
            "client_ca_file": str(self.names.pem),
            "trust_domains": [{"name": "a.example", "ca_file": str(bundle or self.a.pem)},
                              {"name": "b.example", "ca_file": str(self.b.pem)}], **tls}}
        return json.dumps({**json.loads(configuration(self._provider, listen=listen)), "owners": owners})

    def caller(self, server, holder=None, api_key=None, metadata=()):
        return KnownCaller(server.address, self.ca, holder, api_key, metadata)

    def connect(self, server, holder=None):
        """A connection of HTTP/2 by hand."""
        shown = {} if holder is None else {"cert_file": holder.cert, "key_file": holder.key}
        return H2Connection.connect(server.address, ca_file=self.ca, **shown)
