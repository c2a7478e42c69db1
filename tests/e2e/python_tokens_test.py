"""The Python package's calls about tokens, and the hooks that keep renewed ones, against the real service."""

import asyncio
import inspect

import pytest
from oauth1d import Client, ProviderToken, aio, errors
from oauth1d.process_client import ProcessClient
from oauth1d.registry import Registry
from oauth1d.request_tokens import tokens_for
from oauth1d.starlette_client import OAuth
from oauth1d.sync_requests import SyncRequests
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from browser import come_back, come_back_from_evil
from caller import Caller
from configuration import configuration, grant, provider
from dialect_caller import renewed_by
from evil_provider import CLOSE, EvilProvider, form_answer, http_answer, temporary
from oauth1d_process import Oauth1d
from provider_process import Sandbox
from waiting import eventually

PROFILE = "account/verify_credentials.json"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_, TRACE_ID, PARENT_ID, _ = TRACE.split("-")


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox.start(https=False, flags=["--token-lifetime", 3600]) as running:
        yield running


@pytest.fixture(scope="module")
def server(sandbox):
    providers = [
        renewed_by(sandbox.http_url, "session_handle", reveal_provider_token=True,
                   capabilities=["three_legged", "two_legged", "out_of_band", "xauth"]),
        provider(sandbox.http_url, "revocable",
                 revocation={"url": f"{sandbox.http_url}/oauth/revoke_access_token", "method": "POST"})]
    with Oauth1d(configuration(*providers, grants=[grant(password_login=True), grant("revocable")])) as running:
        running.secrets.append("bob-password")
        yield running


@pytest.fixture(params=["blocking", "asyncio"])
def call(request, server):
    """Calls a method of the client."""
    async def asynchronously(name, *given, **options):
        async with aio.Client(server.address) as client:
            return await getattr(client, name)(*given, **options)

    def one(name, *given, **options):
        if request.param == "asyncio":
            return asyncio.run(asynchronously(name, *given, **options))
        with Client(server.address) as client:
            return getattr(client, name)(*given, **options)
    return one


@pytest.fixture
def login(server, sandbox):
    """alice's, as the contract has it."""
    with Caller(server.address) as caller:
        return come_back(caller, sandbox).finish(caller)


def test_both_clients_have_the_same_calls():
    def calls(kind):
        public = {name: method for name, method in vars(kind).items() if not name.startswith("_")}
        return {name: list(inspect.signature(method).parameters) for name, method in public.items()}
    assert calls(Client) == calls(aio.Client)


def test_a_token_from_elsewhere_is_taken_in(call, login):
    own = ProviderToken(login.provider_token.token, login.provider_token.token_secret)
    for token in (own, {"oauth_token": own.token, "oauth_token_secret": own.token_secret}):
        imported = call("import_access_token", "sandbox", token=token)
        assert call("signed_request", "sandbox", "GET", PROFILE, token=imported).json()["screen_name"] == "alice"
    for wrong in ({}, {"username": "bob"}, {"token": own, "username": "bob", "password": "p"}):
        with pytest.raises(ValueError):
            call("import_access_token", "sandbox", **wrong)


def test_a_name_and_password_become_a_token(call):
    token = call("import_access_token", "sandbox", username="bob", password="bob-password")
    assert (token["screen_name"], token.provider) == ("bob", "sandbox") and "bob" in repr(token)
    assert token["access_token"] not in repr(token)
    with pytest.raises(errors.ProviderRejected):
        call("import_access_token", "sandbox", username="bob", password="wrong")


def test_a_token_is_renewed_and_sealed_anew(call, login):
    renewed = call("refresh", login.access_token)
    assert renewed["access_token"] != login.access_token == renewed.previous_access_token
    assert abs(renewed["expires_at"] - login.expire_time.seconds) < 600
    rewrapped = call("rewrap", renewed)
    assert rewrapped.startswith("oa1_") and rewrapped != renewed["access_token"]
    assert call("signed_request", "sandbox", "GET", PROFILE, token=rewrapped).ok
    with pytest.raises(errors.MissingTokenError):
        call("refresh", {"oauth_token": "t"})


def test_a_token_is_revoked(call, server, sandbox, login):
    with Caller(server.address) as caller:
        token = come_back(caller, sandbox, provider="revocable").finish(caller).access_token
    assert call("revoke", {"access_token": token}) is True
    assert call("revoke", login.access_token) is False
    rejected = call("signed_request", "revocable", "GET", PROFILE, token=token)
    assert rejected.token_rejected and not rejected.ok


def test_a_signature_is_explained(call):
    token = ProviderToken("a-token", "canary-token-secret")
    def explain(**options):
        return call("explain_signature", "sandbox", "GET", "echo?b=2", params={"a": "1"}, token=token,
                    timestamp=1700000000, nonce="n", **options)
    shown = explain()
    assert shown.signature_base_string.startswith("GET&http%3A%2F%2F") and "a%3D1%26b%3D2" in shown.signature_base_string
    assert ("a", "1", "QUERY") in [(each.name, each.value, each.origin) for each in shown.parameters]
    assert (shown.placement, shown.signature_method, shown.difference) == ("header", "HMAC-SHA1", None)
    assert "canary" not in repr(shown)
    theirs = shown.signature_base_string.replace("a%3D1", "a%3D3")
    differing = explain(provider_base_string=theirs)
    assert differing.difference.offset == theirs.index("a%3D3") + 4 and not differing.identical
    assert explain(provider_base_string=shown.signature_base_string).identical


@pytest.mark.parametrize("traceparent, traced", [
    (TRACE, True), (None, False), (TRACE.upper(), False), (TRACE + "-x", False), ("01" + TRACE[2:], False),
    ("00-" + "0" * 32 + TRACE[35:], False), (TRACE + "\n", False)])
def test_a_trace_is_passed_on_and_what_is_none_is_not(call, server, login, traceparent, traced):
    before = len(server.log("rpc"))
    call("signed_request", "sandbox", "GET", "echo", token=login.access_token, traceparent=traceparent)
    call("list_providers", traceparent=traceparent)

    def both():
        lines = [line for line in server.log("rpc")[before:] if line["method"] in ("SignedRequest", "ListProviders")]
        return lines if len(lines) == 2 else None
    for line in eventually(both, "the lines of both calls"):
        # Without one of the caller's, the service begins a trace.
        assert (line["trace_id"], line["parent_span_id"]) == (TRACE_ID, PARENT_ID) if traced else (
            line["trace_id"] != TRACE_ID and line["parent_span_id"] == "")


def test_a_renewed_token_is_saved_and_used_at_once(server, sandbox):
    saved, seen = [], []

    async def save_token(name, token, request):
        saved.append((name, token, request.url.path))

    oauth = OAuth(server.address, save_token=save_token)

    async def login(request):
        return await oauth.sandbox.authorize_redirect(request, "http://127.0.0.1:8000/auth/sandbox")

    async def authorize(request):
        token = await oauth.sandbox.authorize_access_token(request)
        sandbox.expire_tokens()
        first = await oauth.sandbox.get(PROFILE, request=request)
        second = await oauth.sandbox.get(PROFILE)
        seen.extend([token["access_token"], first.replacement_access_token, second.replacement_access_token])
        return JSONResponse([first.json(), second.json()])

    app = Starlette()
    app.add_route("/login", login)
    app.add_route("/auth/sandbox", authorize)
    with TestClient(app, base_url="http://127.0.0.1:8000") as browser:
        consent = browser.get("/login", follow_redirects=False).headers["location"]
        answer = browser.get(sandbox.approve(consent, "alice"), headers={"traceparent": TRACE})
    assert [profile["screen_name"] for profile in answer.json()] == ["alice", "alice"]
    [(name, token, path)] = saved
    assert (name, path) == ("sandbox", "/auth/sandbox")
    assert seen == [token.previous_access_token, token["access_token"], None]
    assert token["screen_name"] == "alice" and "expires_at" not in token and "oauth_token_secret" not in token
    for method in ("CompleteAuthorization", "SignedRequest"):
        assert server.rpc_line(method=method, trace_id=TRACE_ID)


class Web:
    """A web request."""

    headers = {"traceparent": TRACE}


class WsgiRegistry(Registry):
    """As the integrations of frameworks that wait are made; the current request is the test's to say."""

    current = None

    def _new_client(self, registration):
        client = SyncRequests(registration, ProcessClient(self.settings))
        client._current_request = lambda: self.current
        return client


def test_a_stored_token_is_fetched_and_the_renewed_one_saved(server, sandbox, login):
    stored = {"access_token": login.access_token, "name": "alice"}
    oauth = WsgiRegistry(server.address)
    client = oauth.register("sandbox", fetch_token=lambda: dict(stored), save_token=stored.update)
    sandbox.expire_tokens()

    assert client.get(PROFILE).json()["screen_name"] == "alice"
    assert stored["access_token"] != login.access_token and stored["name"] == "alice"
    renewed = dict(stored)
    assert client.get(PROFILE).ok and stored == renewed
    with client.stream("GET", PROFILE) as response:
        response.read()
    assert response.json()["screen_name"] == "alice" and stored == renewed


def test_an_async_hook_of_a_framework_that_waits_is_refused(server):
    async def fetch_token():
        return "oa1_x"
    client = WsgiRegistry(server.address).register("sandbox", fetch_token=fetch_token)
    with pytest.raises(TypeError, match="fetch_token is an async function"):
        client.get(PROFILE)


def test_a_login_in_a_thread_counts_for_its_own_web_request_alone(server, login):
    oauth = WsgiRegistry(server.address)
    first, second = Web(), Web()
    tokens_for(first).keep(oauth.sandbox._token_key, {"access_token": login.access_token})
    oauth.current = first
    assert oauth.sandbox.get(PROFILE).json()["screen_name"] == "alice"
    assert server.rpc_line(method="SignedRequest", trace_id=TRACE_ID)
    for oauth.current in (second, None):  # the same thread; the first request object still lives
        with pytest.raises(errors.MissingTokenError):
            oauth.sandbox.get(PROFILE)
    assert oauth.sandbox.get(PROFILE, request=first).ok


def test_an_error_after_a_renewal_brings_the_new_token(call):
    """The old token may be dead: whoever gets the error must not lose the new one."""
    def renewed(token):
        return form_answer(oauth_token=token, oauth_token_secret="s", oauth_session_handle="h", oauth_expires_in=1)

    saved = []
    with EvilProvider() as evil:
        evil.answer("/oauth/request_token", temporary())
        evil.answer("/oauth/access_token", renewed("old"))
        with Oauth1d(configuration(renewed_by(evil.url, "session_handle"))) as own, Caller(own.address) as caller:
            token = come_back_from_evil(caller, evil).finish(caller).access_token
            evil.answer("/oauth/access_token", 1.1, renewed("new"))
            evil.answer("/1.1/me", CLOSE)
            oauth = WsgiRegistry(own.address, save_token=lambda name, token: saved.append(token))
            with Client(own.address) as client:
                client.refresh(token)  # so that the old one has ended for sure
            with pytest.raises(errors.OutcomeUnknown) as told:
                oauth.sandbox.post("me", token=token)
            assert told.value.renewed_token == saved[0]["access_token"] != token == saved[0].previous_access_token
            evil.answer("/1.1/me", http_answer(200))
            with Client(own.address) as client:
                assert client.signed_request("sandbox", "GET", "me", token=told.value.renewed_token).ok
            assert b'oauth_token="new"' in evil.seen("/1.1/me")[-1].header("authorization")
