"""A secret of every kind, walked through all that may go well or badly; then everything that the service ever says is
searched for each of them, in every spelling."""

import base64
import hashlib
import json
import secrets
import subprocess
from urllib.parse import quote

import grpc
import pytest
from oauth1d._error_details import error_from_rpc
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

from binaries import tool
from browser import come_back_from_evil
from caller import headers, parameters, signed_request
from certificates import Certificates
from configuration import CALLBACK, KEYRING, configuration, grant, provider
from connect_proxy import ConnectProxy
from dialect_caller import DialectCaller, renewed_by
from evil_provider import CLOSE, EvilProvider, form_answer, http_answer, temporary
from known_caller import KnownCaller, secure_channel
from oauth1d_process import Oauth1d
from programs import run
from redis_server import RedisServer
from refusals import not_utf8
from secret_search import LOOKED, holds_none_of, remember
from streaming import END, chunk

RSA_PROVIDER, PROXIED, API = "rsa", "proxied", "/1.1/thing"


def canary(kind):
    """Found by its name, and no word of ours: no separators that an encoding would leave as they are."""
    return f"canary~{kind}+{secrets.token_hex(12)}/"


@pytest.fixture(scope="module")
def rsa_pem():
    return subprocess.run([tool("openssl", "openssl"), "genpkey", "-algorithm", "RSA", "-pkeyopt",
                           "rsa_keygen_bits:2048"], check=True, capture_output=True).stdout.decode()


@pytest.fixture(scope="module")
def known(rsa_pem):
    """By kind. What the service makes by itself is added when it is known."""
    key = base64.b64decode(KEYRING.partition("key: ")[2].partition("}")[0])
    return {
        "consumer secret": canary("consumer"), "RSA private key": rsa_pem.splitlines()[5], "keyring key": key,
        "API key": secrets.token_urlsafe(32), "another's API key": secrets.token_urlsafe(32),
        "proxy password": canary("proxy"), "temporary token secret": canary("temporary"),
        "verifier": canary("verifier"), "provider's token": canary("token"), "provider's token secret": canary("secret"),
        "session handle": canary("handle"), "password": canary("password"), "app_state": canary("app-state")}


class KeyedCaller(KnownCaller, DialectCaller):
    """Makes every call, with an API key."""


class World:
    """The service with all its neighbours, and a caller that checks what it is told."""

    def __init__(self, known, evil, redis, proxy, server, caller):
        self.known, self.evil, self.redis, self.proxy = known, evil, redis, proxy
        self.server, self.caller = server, caller

    def learn(self, kind, secret):
        self.known[kind] = secret
        self.server.secrets.append(secret)

    def error(self, call, *arguments, told=(), **options):
        """The error, which holds no secret but those of the kinds `told`."""
        with pytest.raises((OAuth1dError, grpc.RpcError)) as caught:
            call(*arguments, **options)
        failure = caught.value if isinstance(caught.value, grpc.RpcError) else caught.value.__cause__
        said = failure.details().encode() + b"".join(
            value if isinstance(value, bytes) else value.encode() for _, value in failure.trailing_metadata() or ())
        holds_none_of([secret for kind, secret in self.known.items() if kind not in told], "error", said)
        return error_from_rpc(failure)

    def back(self, **fields):
        """A browser that the provider has sent back."""
        self.evil.answer("/oauth/request_token", temporary(secret=self.known["temporary token secret"]))
        self.evil.answer("/oauth/access_token", self.token_answer())
        browser = come_back_from_evil(self.caller, self.evil, verifier=self.known["verifier"],
                                      app_state=self.known["app_state"].encode(), **fields)
        self.learn("state", browser.started.state)
        self.learn("binding", browser.cookies[0].value)
        return browser

    def token_answer(self, lifetime=3600):
        return form_answer(
            oauth_token=self.known["provider's token"], oauth_token_secret=self.known["provider's token secret"],
            oauth_session_handle=self.known["session handle"], oauth_expires_in=lifetime, screen_name="alice")

    def log_in(self):
        completed = self.back().finish(self.caller)
        self.learn("access token", completed.access_token)
        return completed.access_token

    def echo(self):
        """All secrets that the provider knows or could know, as it might say them."""
        return "&".join(f"{number}={quote(secret, safe='')}&{secret}" for number, secret in enumerate(
            secret for secret in self.known.values() if isinstance(secret, str))).encode()


@pytest.fixture(scope="module")
def world(known, rsa_pem, tmp_path_factory):
    folder = tmp_path_factory.mktemp("canaries")
    certificates = Certificates(folder)
    with EvilProvider() as evil, RedisServer() as redis, ConnectProxy(("smoke", known["proxy password"])) as proxy:
        yield from _world(known, rsa_pem, certificates, evil, redis, proxy)


def _world(known, rsa_pem, certificates, evil, redis, proxy):
    known["Redis password"] = redis.password
    egress = {"allow_plain_http": True, "allow_cidrs": ["127.0.0.0/8"], "proxy": {
        "address": proxy.address, "username": "smoke", "password": {"env": "PROXY_PASSWORD"}}}
    consumer = {"name": "main", "key": "demo-key", "rsa_private_key": {"file": "consumer.pem"}}
    capable = {"capabilities": ["three_legged", "two_legged", "xauth"]}
    revocation = {"url": f"{evil.url}/oauth/revoke", "method": "POST"}
    providers = [renewed_by(evil.url, "session_handle", revocation=revocation, explain_with_signature=True, **capable),
                 provider(evil.url, RSA_PROVIDER, consumers=[consumer], signature_method="RSA-SHA1"),
                 provider(evil.url, PROXIED, egress=egress),
                 provider(evil.url, "plain", signature_method="PLAINTEXT", placement="query")]
    config = json.loads(configuration(
        *providers, grants=[grant(one["name"], password_login="capabilities" in one) for one in providers],
        store=redis.store, listen={"tls": {"cert_file": str(certificates.cert), "key_file": str(certificates.key),
                                           "api_keys_alone": True}}))
    config["owners"][0]["identities"] = [
        {"api_key_sha256": [hashlib.sha256(known["API key"].encode()).hexdigest()]}]
    config["audit"] = {"file": "audit.log"}
    environment = {**redis.environment, "DEMO_SECRET": known["consumer secret"],
                   "PROXY_PASSWORD": known["proxy password"]}
    with Oauth1d(json.dumps(config), files={"consumer.pem": rsa_pem}, environment=environment, serving=False,
                 ca_file=certificates.ca) as server:
        server.event("serving")
        server.secrets += known.values()
        with KeyedCaller(server.address, certificates.ca, api_key=known["API key"]) as caller:
            yield World(known, evil, redis, proxy, server, caller)
        assert server.log("rpc") and server.audit()
    for place in ("log", "audit log", "cmdline", "environ", "error"):
        assert LOOKED[place] > 0, f"nobody looked into the {place}"
    print(f"\n{len(known)} secrets; spellings looked for: {dict(LOOKED)}")


def test_there_is_a_canary_of_every_kind(world):
    world.log_in()
    assert len(world.known) >= 17, world.known.keys()
    assert all(len(secret) >= 16 for secret in world.known.values())


def test_what_goes_well_tells_nothing(world):
    token = world.log_in()
    world.evil.answer(API, http_answer(200, world.echo(), [(b"X-Echo", world.echo()), (b"Set-Cookie", b"a=b")]))
    assert world.caller.send("GET", "thing", token).answer.body == world.echo()
    for name in (RSA_PROVIDER, PROXIED, "plain"):
        given = pb.ProviderToken(token=world.known["provider's token"],
                                 token_secret=world.known["provider's token secret"])
        assert world.caller.send("POST", "thing", provider=name, provider_token=given).answer.status_code == 200
    assert world.proxy.tunnels > 0
    world.caller.call("ExplainSignature", pb.ExplainSignatureRequest(request=signed_request("GET", "thing", token)))
    rewrapped = world.caller.call("RewrapAccessToken", pb.RewrapAccessTokenRequest(access_token=token)).access_token
    world.learn("rewrapped token", rewrapped)
    world.learn("renewed token", world.caller.refresh(token).access_token)
    world.learn("imported token", world.caller.log_in_by_password("bob", world.known["password"]).access_token)
    world.caller.revoke(token)


def test_a_login_that_fails_tells_nothing(world):
    browser = world.back()
    exchanges = len(world.evil.seen("/oauth/access_token"))
    right = browser.cookies[0].value
    browser.cookies[0].value = world.known["provider's token secret"][:43].ljust(43, "x")
    world.error(browser.finish, world.caller)
    browser.cookies[0].value = right
    browser.callback, good = browser.callback.replace("temporary-token", world.known["password"]), browser.callback
    world.error(browser.finish, world.caller, told=["app_state"])
    browser.callback = good + "&oauth_verifier=" + world.known["password"]
    world.error(browser.finish, world.caller, told=["app_state"])
    browser.callback = good.replace("oauth_verifier", "denied_by").replace("oauth_token", "denied")
    world.error(browser.finish, world.caller, told=["app_state"])
    assert len(world.evil.seen("/oauth/access_token")) == exchanges


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 500, 503])
@pytest.mark.parametrize("path", ["/oauth/request_token", "/oauth/access_token"])
def test_a_provider_that_repeats_secrets_is_not_repeated(world, status, path):
    """Where they stand in what a provider may say to the caller, the caller hears it; nobody else does."""
    browser = world.back()
    answer = http_answer(status, world.echo(), [
        (b"X-Echo", world.echo()), (b"Location", b"/x?" + world.echo()),
        (b"WWW-Authenticate", b"OAuth " + world.echo())])
    world.evil.answer(path, answer)
    call = browser.begin if path == "/oauth/request_token" else browser.finish
    world.error(call, world.caller, told=["app_state"])
    problem = quote(world.known["verifier"], safe="").encode()
    world.evil.answer(path, http_answer(400, b"oauth_problem=" + problem + b"&oauth_problem_advice=" + problem))
    browser = world.back() if path == "/oauth/access_token" else browser
    world.evil.answer(path, http_answer(400, b"oauth_problem=" + problem))
    world.error(browser.begin if path == "/oauth/request_token" else browser.finish, world.caller,
                told=["app_state", "verifier"])


@pytest.mark.parametrize("answer", [
    [CLOSE], [b"HTTP/1.1 200 OK\r\n", CLOSE], [b"SSH-2.0\r\n", CLOSE],
    [http_answer(200, b"oauth_token=x&oauth_token=y")], [http_answer(200, b"{", length=100), CLOSE]])
def test_broken_answers_tell_nothing(world, answer):
    token = world.log_in()
    world.evil.answer(API, *answer)
    if answer[-1] is CLOSE:
        world.error(world.caller.send, "POST", "thing", token, body=world.known["password"].encode())
    browser = world.back()
    world.evil.answer("/oauth/access_token", *answer)
    world.error(browser.finish, world.caller, told=["app_state"])
    world.evil.answer("/oauth/access_token", *answer)
    world.error(world.caller.log_in_by_password, "bob", world.known["password"])
    world.error(world.caller.refresh, token)


def test_a_stream_that_is_cut_tells_nothing(world):
    token = world.log_in()
    body = world.known["password"].encode()
    begin = pb.StreamSignedRequestRequest(head=signed_request("POST", "thing", token, content_type="video/mp4",
                                                              content_length=len(body)))
    for steps in ([http_answer(200, world.echo())], [http_answer(200, world.echo(), length=1 << 20), CLOSE], [CLOSE]):
        world.evil.answer(API, *steps)
        method = world.caller._channel.stream_stream(  # the messages one by one are nobody else's business
            "/oauth1d.v1.OAuth1Service/StreamSignedRequest", pb.StreamSignedRequestRequest.SerializeToString,
            pb.StreamSignedRequestResponse.FromString)
        metadata = [("authorization", "Bearer " + world.known["API key"])]
        try:
            list(method(iter([begin, chunk(body), END]), timeout=20, metadata=metadata))
        except grpc.RpcError as error:
            holds_none_of(world.known.values(), "error", error.details().encode())


def requests_with(secret):
    """Every RPC, with the secret in each field where a text may stand."""
    everything = {
        "StartAuthorization": pb.StartAuthorizationRequest(
            provider="sandbox", consumer="main", callback_url=CALLBACK, authorize_parameters=parameters(("lang", "x"))),
        "CompleteAuthorization": pb.CompleteAuthorizationRequest(
            provider="sandbox", callback_query="?state=x", binding_cookies=[pb.BindingCookie(name="x", value="y")]),
        "SignedRequest": signed_request("POST", "thing", "oa1_x", consumer="x", query=parameters(("a", "b")),
                                        headers=headers(("x-a", b"b")), content_type="text/plain", body=b"x"),
        "ExplainSignature": pb.ExplainSignatureRequest(
            request=signed_request("GET", "thing", "oa1_x"), timestamp="1", nonce="n", provider_base_string="GET&"),
        "ImportAccessToken": pb.ImportAccessTokenRequest(
            provider="sandbox", consumer="main", password_login=pb.PasswordLogin(username="x")),
        "RefreshAccessToken": pb.RefreshAccessTokenRequest(access_token="x"),
        "RewrapAccessToken": pb.RewrapAccessTokenRequest(access_token="x"),
        "RevokeAccessToken": pb.RevokeAccessTokenRequest(access_token="x"),
    }
    for rpc, message in everything.items():
        for number in range(len(places_for_text(message))):
            changed = type(message)()
            changed.CopyFrom(message)
            at, field = places_for_text(changed)[number]
            setattr(at, field.name, secret.encode() if field.type == field.TYPE_BYTES else secret)
            yield rpc, field.name, changed


def places_for_text(message):
    """(message, field) of each text in it that is set."""
    found = []
    for field, value in message.ListFields():
        if field.message_type is not None:
            for one in value if field.label == field.LABEL_REPEATED else [value]:
                found += places_for_text(one)
        elif field.type in (field.TYPE_STRING, field.TYPE_BYTES):
            found.append((message, field))
    return found


@pytest.mark.parametrize("kind", ["password", "provider's token secret", "API key", "consumer secret", "access token"])
def test_secrets_in_the_wrong_fields_are_not_told(world, kind):
    world.log_in()
    world.evil.answer(API, http_answer(200))
    secret = world.known[kind]
    for rpc, field, message in requests_with(secret):
        try:
            remember(world.caller.call(rpc, message, timeout=20))
        except OAuth1dError as error:
            said = repr((str(error), error.metadata, error.field_violations)).encode()
            # The name of a provider or consumer is told back to whoever said it, and to nobody else.
            own = {secret} if field in ("provider", "consumer") else set()
            holds_none_of(set(world.known.values()) - own, "error", said)


def test_secrets_in_broken_calls_are_not_told(world):
    secret = world.known["password"]
    # Of its own: who sends headers beyond the limit may lose the connection.
    channel = secure_channel(world.server.address, world.server._ca_file)
    key = ("authorization", "Bearer " + world.known["API key"])
    for method, metadata, request in [
            ("/oauth1d.v1.OAuth1Service/" + secret.replace("/", ""), [key], b""),
            ("/" + secret + "/x", [key], b""),
            ("/oauth1d.v1.OAuth1Service/StartAuthorization", [key], b"\xff" + secret.encode()),
            ("/oauth1d.v1.OAuth1Service/StartAuthorization", [key],
             not_utf8(pb.StartAuthorizationRequest(provider="@@@@" + secret, callback_url=secret))),
            ("/oauth1d.v1.OAuth1Service/ListProviders", [key, ("traceparent", secret)], b""),
            ("/oauth1d.v1.OAuth1Service/ListProviders", [key, ("x-" + secret[7:12], secret)], b""),
            ("/oauth1d.v1.OAuth1Service/ListProviders", [("authorization", secret)], b""),
            ("/oauth1d.v1.OAuth1Service/ListProviders", [("authorization", "Basic " + secret)], b""),
            ("/oauth1d.v1.OAuth1Service/ListProviders",
             [("authorization", "Bearer " + world.known["another's API key"])], b""),
            ("/oauth1d.v1.OAuth1Service/ListProviders", [("authorization", "Bearer " + secret * 500)], b"")]:
        try:
            channel.unary_unary(method)(request, timeout=20, metadata=metadata)
        except grpc.RpcError as error:
            # gRPC itself names an unknown method to whoever called it.
            if error.code() is not grpc.StatusCode.UNIMPLEMENTED:
                holds_none_of(world.known.values(), "error", (error.details() or "").encode())


def test_whoever_reads_redis_learns_nothing(world):
    world.log_in()
    world.redis.command("CONFIG", "SET", "rdbcompression", "no")
    world.redis.command("SAVE")
    told = world.redis.dump() + (world.redis.folder / "dump.rdb").read_bytes()
    assert world.redis.keys()
    holds_none_of(world.known.values(), "Redis", told)


def test_what_the_service_says_of_its_configuration_holds_no_secret(world):
    path = world.server.folder / "oauth1d.yaml"
    environment = {"REDIS_PASSWORD": world.redis.password, "DEMO_SECRET": world.known["consumer secret"],
                   "PROXY_PASSWORD": world.known["proxy password"]}
    for arguments in (["--check-config", path], ["--config", path, "--print-config"]):
        shown = run("oauth1d", *arguments, environment=environment)
        assert shown.status == 0, shown.err
        holds_none_of(world.known.values(), "configuration", (shown.out + shown.err).encode())


def test_so_far_nothing_was_told(world):
    """And at the end of the module once more."""
    world.server.check_process()
    world.server.check_log()
