"""The files that oauth1d and Redis run with: written anew each time, but for the keyring, which is kept."""

import hashlib
import os
import secrets
import subprocess

from failure import Failure

CALLBACK_PATH = "/auth/twitter"  # of the demo

_SANDBOX_CONSUMER = ("demo-key", "demo-secret")

_OAUTH1D = """\
# Written by deploy/quickstart at each start; deploy/oauth1d.example.yaml explains each field.
listen: {{address: 127.0.0.1:{OAUTH1D_PORT}, drain_delay: 0s, reflection: true}}
store: {store}
keyring: {{file: keyring.yaml}}
owners:
- name: default
  providers:
  - name: twitter
    callback_urls:
    - http://127.0.0.1:{DEMO_PORT}{callback}
    - http://localhost:{DEMO_PORT}{callback}
    - http://127.0.0.1:{EXAMPLE_PORT}{callback}       # an example of client/*/examples, beside the page
    - http://127.0.0.1:8976/callback        # oauth1ctl login
    - oob
  - {{name: twitter-tls, callback_urls: [oob]}}
providers:
- name: twitter
  title: Twitter (the sandbox)
  consumers: [{{name: main, key: {key}, secret: {{file: consumer-secret}}}}]
  request_token_url: http://127.0.0.1:{SANDBOX_PORT}/oauth/request_token
  authorize_url: http://127.0.0.1:{SANDBOX_PORT}/oauth/authorize
  access_token_url: http://127.0.0.1:{SANDBOX_PORT}/oauth/access_token
  api_base_urls: ["http://127.0.0.1:{SANDBOX_PORT}/1.1/"]
  signature_method: HMAC-SHA1
  placement: header
  callback_confirmed: require
  egress: {{allow_plain_http: true, allow_cidrs: [127.0.0.0/8]}}
- name: twitter-tls                # the same over https, with a private authority
  title: Twitter (the sandbox, https)
  consumers: [{{name: main, key: {key}, secret: {{file: consumer-secret}}}}]
  request_token_url: https://127.0.0.1:{SANDBOX_TLS_PORT}/oauth/request_token
  authorize_url: https://127.0.0.1:{SANDBOX_TLS_PORT}/oauth/authorize
  access_token_url: https://127.0.0.1:{SANDBOX_TLS_PORT}/oauth/access_token
  api_base_urls: ["https://127.0.0.1:{SANDBOX_TLS_PORT}/1.1/"]
  egress: {{allow_cidrs: [127.0.0.0/8], ca_file: sandbox-ca.pem}}
"""

_GATEWAY = """\
# Written by deploy/quickstart at each start.
service: {{address: "127.0.0.1:{OAUTH1D_PORT}"}}
browser:
  listen: "127.0.0.1:{DEMO_PORT}"
  origin: "http://127.0.0.1:{DEMO_PORT}"
  static: "{page}"
  providers:
  - name: twitter
    calls:                         # all that the page may have signed
    - {{methods: [GET], paths: [account/verify_credentials.json]}}
    - {{methods: [GET, POST], paths: [echo, echo/**]}}
"""

_REDIS = """\
# Written by deploy/quickstart at each start.
bind 127.0.0.1
port {port}
dir "{folder}"
save ""
appendonly no
aclfile "{folder}/redis-users.acl"
"""

# All that oauth1d needs of a Redis, and only on its own keys.
_REDIS_USERS = (
    "user default off\n"
    "user oauth1d on #{hash} ~oauth1d:* resetchannels -@all +get +set +del +pttl +eval +evalsha +script|load "
    "+ping +info +role +auth +hello +cluster|slots +asking\n")


def example_port(ports):
    """Where an application of one's own, such as an example, may come back to."""
    demo = int(ports["DEMO_PORT"])
    return demo + 1 if demo < 65535 else demo - 1


def write_oauth1d(folder, ports, redis_port=None):
    """Returns the configuration file. With a Redis, `write_redis` comes first."""
    store = "{memory: {}}"
    if redis_port is not None:
        store = f"{{redis: {{address: 127.0.0.1:{redis_port}, username: oauth1d, password: {{file: redis-password}}}}}}"
    key, secret = _SANDBOX_CONSUMER
    _write(folder / "consumer-secret", secret)
    _write(folder / "oauth1d.yaml", _OAUTH1D.format(
        store=store, callback=CALLBACK_PATH, key=key, EXAMPLE_PORT=example_port(ports), **ports))
    return folder / "oauth1d.yaml"


def write_gateway(folder, ports, page):
    """Returns the configuration file; `page` is the folder with the page."""
    _write(folder / "gateway.yaml", _GATEWAY.format(page=page, **ports))
    return folder / "gateway.yaml"


def write_redis(folder, port):
    """Returns the configuration file and the password of user oauth1d, new each time."""
    password = secrets.token_urlsafe(24)
    _write(folder / "redis-password", password)
    _write(folder / "redis-users.acl", _REDIS_USERS.format(hash=hashlib.sha256(password.encode()).hexdigest()))
    _write(folder / "redis.conf", _REDIS.format(port=port, folder=folder))
    return folder / "redis.conf", password


def keep_keyring(folder, oauth1ctl):
    """Made once: tokens of an earlier run still open."""
    if (folder / "keyring.yaml").exists():
        return
    made = subprocess.run([oauth1ctl, "keyring", "new"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if made.returncode != 0:
        raise Failure(f"oauth1ctl keyring new: {made.stderr.strip()}")
    _write(folder / "keyring.yaml", made.stdout)


def _write(path, text):
    """Whole or not at all, and for nobody else to read."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.rename(path)
