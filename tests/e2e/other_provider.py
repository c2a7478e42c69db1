"""A provider of OAuth 1.0a that shares nothing with the sandbox: the standard library and its own HMAC check."""

import base64
import hashlib
import hmac
import json
import secrets
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit


def _encode(text):
    return quote(text, safe="-._~")


class OtherProvider:
    """Consumer `other-key` / `other-secret`; everybody who comes to /authorize is `carol` and agrees."""

    def __init__(self, cert=None, key=None):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.tokens, self._server.nonces, self._server.refusals = {}, set(), []
        scheme = "https" if cert else "http"
        if cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self.refusals = self._server.refusals
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url, tokens = urlsplit(self.path), self.server.tokens
        if url.path == "/authorize":
            token = dict(parse_qsl(url.query))["oauth_token"]
            tokens[token]["verifier"] = secrets.token_hex(8)
            callback = tokens[token]["callback"]
            joint = "&" if "?" in callback else "?"
            location = f"{callback}{joint}oauth_token={token}&oauth_verifier={tokens[token]['verifier']}"
            return self._answer(302, b"", ("Location", location))
        oauth, problem = self._checked(url)
        if problem:
            self.server.refusals.append((url.path, problem))
            return self._answer(401, f"oauth_problem={problem}".encode())
        if url.path == "/start":
            return self._issue(callback=oauth["oauth_callback"])
        if url.path == "/exchange":
            if tokens.pop(oauth["oauth_token"])["verifier"] != oauth.get("oauth_verifier"):
                return self._answer(401, b"oauth_problem=permission_denied")
            return self._issue(user="carol")
        return self._answer(200, json.dumps({"login": tokens[oauth["oauth_token"]]["user"]}).encode())

    do_POST = do_GET

    def log_message(self, *_):
        pass

    def _issue(self, **facts):
        token, secret = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
        self.server.tokens[token] = {"secret": secret, **facts}
        confirmed = "&oauth_callback_confirmed=true" if "callback" in facts else ""
        self._answer(200, f"oauth_token={token}&oauth_token_secret={secret}{confirmed}".encode())

    def _checked(self, url):
        """RFC 5849 section 3.2: the protocol parameters, and what is wrong with them."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        scheme, _, fields = self.headers.get("Authorization", "").partition(" ")
        pairs = [pair.strip().split("=", 1) for pair in fields.split(",")] if fields else []
        oauth = {unquote(name): unquote(value.strip('"')) for name, value in pairs}
        signature, _ = oauth.pop("oauth_signature", ""), oauth.pop("realm", None)
        if scheme != "OAuth" or oauth.get("oauth_consumer_key") != "other-key":
            return oauth, "consumer_key_unknown"
        if oauth["oauth_nonce"] in self.server.nonces:
            return oauth, "nonce_used"
        self.server.nonces.add(oauth["oauth_nonce"])
        token = self.server.tokens.get(oauth.get("oauth_token"), {"secret": ""})
        signed = [*oauth.items(), *parse_qsl(url.query, keep_blank_values=True)]
        if self.headers.get("Content-Type") == "application/x-www-form-urlencoded":
            signed += parse_qsl(body, keep_blank_values=True)
        normalized = "&".join(f"{name}={value}" for name, value in sorted((_encode(n), _encode(v)) for n, v in signed))
        tls = isinstance(self.connection, ssl.SSLSocket)
        address = f"{'https' if tls else 'http'}://{self.headers['Host']}{url.path}"
        base = "&".join(_encode(part) for part in (self.command, address, normalized))
        key = f"other-secret&{_encode(token['secret'])}".encode()
        wanted = base64.b64encode(hmac.digest(key, base.encode(), hashlib.sha1)).decode()
        return oauth, None if hmac.compare_digest(wanted, signature) else "signature_invalid"

    def _answer(self, status, body, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
