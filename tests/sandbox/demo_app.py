"""A consumer to test with: signs with oauthlib's client side, or by hand where that one is wrong."""

import base64
import hashlib
import hmac
import http.client
import ssl
import time
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

from oauthlib.oauth1 import Client

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CALLBACK = "http://127.0.0.1:8000/auth?state=a-b&flag"


def connect(sandbox, url):
    parts = urlsplit(url)
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=sandbox.ca_file)
        return http.client.HTTPSConnection(parts.netloc, timeout=60, context=context)
    return http.client.HTTPConnection(parts.netloc, timeout=60)


def send(sandbox, url, method="GET", headers=None, body=None, chunked=False):
    """Sends what it is given, octet for octet, and gives the status, headers and body."""
    connection = connect(sandbox, url)
    target = url.split("/", 3)[3]
    if chunked:
        connection.request(method, "/" + target, iter(body), headers or {}, encode_chunked=True)
    else:
        connection.request(method, "/" + target, body, headers or {})
    answer = connection.getresponse()
    result = answer.status, answer.headers, answer.read()
    connection.close()
    return result


class App:
    """A consumer with oauthlib's client side."""

    def __init__(self, sandbox, url, **how):
        self.sandbox, self.url, self.how = sandbox, url, how
        self.key, self.secret = "demo-key", "demo-secret"
        self.token = {}

    def client(self, **more):
        return Client(self.key, self.secret, resource_owner_key=self.token.get("oauth_token"),
                      resource_owner_secret=self.token.get("oauth_token_secret"),
                      **{**self.how, **more})

    def signed(self, target, method="POST", body=None, headers=None, **more):
        if self.how.get("signature_type") == "BODY" and body is None:
            body, headers = "", FORM
        return self.client(**more).sign(self.url + target, method, body, headers)

    def call(self, target, method="POST", body=None, headers=None, **more):
        uri, signed, sent = self.signed(target, method, body, headers, **more)
        return send(self.sandbox, uri, method, signed, sent)

    def start(self, callback=CALLBACK):
        status, _, body = self.call("/oauth/request_token", callback_uri=callback)
        assert status == 200, body
        self.token = dict(parse_qsl(body.decode()))
        assert self.token["oauth_callback_confirmed"] == "true"
        return f"{self.url}/oauth/authorize?oauth_token={self.token['oauth_token']}"

    def finish(self, verifier):
        return self.call("/oauth/access_token", verifier=verifier)

    def log_in(self, user):
        status, _, body = self.finish(verifier_of(self.sandbox.approve(self.start(), user)))
        assert status == 200, body
        self.token = dict(parse_qsl(body.decode()))
        return self.token


def verifier_of(callback):
    return parse_qs(urlsplit(callback).query)["oauth_verifier"][0]


def problem_of(answer, status=401):
    assert answer[0] == status, answer
    assert answer[1]["WWW-Authenticate"] == 'OAuth realm="sandbox"'
    return dict(parse_qsl(answer[2].decode()))["oauth_problem"]


def by_hand(app, method, target, parameters, path=None, **more):
    """An Authorization header whose signature covers `parameters`, a list of encoded pairs, made
    without oauthlib."""
    oauth = {"oauth_consumer_key": "demo-key", "oauth_token": app.token["oauth_token"],
             "oauth_nonce": hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:24],
             "oauth_timestamp": str(int(time.time())), "oauth_signature_method": "HMAC-SHA1", **more}
    pairs = sorted([(quote(k, "~"), quote(v, "~")) for k, v in oauth.items()] + parameters)
    normalized = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(quote(part, "~") for part in (
        method, app.url + (path or target.split("?")[0]), normalized))
    key = f"demo-secret&{app.token['oauth_token_secret']}".encode()
    oauth["oauth_signature"] = base64.b64encode(hmac.digest(key, base.encode(), "sha1")).decode()
    return "OAuth realm=\"Photos\", " + ", ".join(
        f'{name}="{quote(value, "~")}"' for name, value in oauth.items())
