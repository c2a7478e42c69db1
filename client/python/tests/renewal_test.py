"""A renewed token is never lost: not by a repeat, not by an error, not at the end of a stream."""
from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from login_app import browser_of, login_app, start
from oauth1d import Client, Token, aio, errors
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.process_client import ProcessClient
from oauth1d.registry import Registration, Registry
from oauth1d.starlette_client import OAuth
from oauth1d.sync_requests import SyncRequests
from scripted_stream import ScriptedStream, end, head
from service_failure import Failure

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
RENEWING = Failure(UNAVAILABLE, "PROVIDER_UNREACHABLE", sent="no", renewed_token="oa1_new")
UNKNOWN = Failure(grpc.StatusCode.UNKNOWN, "OUTCOME_UNKNOWN", sent="yes", renewed_token="oa1_new")
OLD = {"access_token": "oa1_old", "screen_name": "alice", "expires_at": 1, "oauth_token_secret": "s"}


class Blocking(Registry[SyncRequests]):
    """An integration of a framework that waits."""

    def _new_client(self, registration: Registration) -> SyncRequests:
        return SyncRequests(registration, ProcessClient(self.settings))


@pytest.fixture
def service() -> Iterator[ScriptedStream]:
    with ScriptedStream() as running:
        yield running


def replacing(access_token: str = "oa1_new") -> pb.SignedRequestResponse:
    return pb.SignedRequestResponse(answer=pb.HttpAnswer(status_code=200), replacement_access_token=access_token)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_the_repeat_uses_the_renewed_token_and_tells_it(service: ScriptedStream, asynchronous: bool) -> None:
    async def asynchronously() -> Any:
        async with aio.Client(service.address) as client:
            return await client.signed_request("twitter", "POST", "echo", token="oa1_old")

    def call() -> Any:
        if asynchronous:
            return asyncio.run(asynchronously())
        with Client(service.address) as client:
            return client.signed_request("twitter", "POST", "echo", token="oa1_old")

    service.fail("SignedRequest", RENEWING)
    assert call().replacement_access_token == "oa1_new"
    assert [request.access_token for request in service.calls_of("SignedRequest")] == ["oa1_old", "oa1_new"]
    service.fail("SignedRequest", RENEWING, Failure(UNAVAILABLE, "PROVIDER_UNREACHABLE", sent="no"))
    with pytest.raises(errors.ProviderUnreachable) as told:
        call()
    assert told.value.renewed_token == "oa1_new" and "oa1_" not in str(told.value)


class Keeper:
    """Saves tokens, as an application does."""

    def __init__(self) -> None:
        self.saved: list[tuple[Any, ...]] = []

    def both(self, token: Token, request: Any) -> None:
        self.saved.append((token, request))

    def token_alone(self, token: Token) -> None:
        self.saved.append((token,))

    async def awaited(self, token: Token, request: Any) -> None:
        await asyncio.sleep(0)
        self.saved.append((token, request))

    def named(self, name: str, token: Token, request: Any = None) -> None:
        self.saved.append((token, request, name))


def requests_by(service: ScriptedStream, asynchronous: bool, streamed: bool, hook: Any, shared: bool) -> None:
    """One request with an old token."""
    given, own = ({"save_token": hook}, {}) if shared else ({}, {"save_token": hook})

    async def asynchronously() -> None:
        oauth = OAuth(service.address, **given)
        client = oauth.register("twitter", **own)
        try:
            if streamed:
                async with client.stream("GET", "x", token=OLD, request="req") as response:
                    await response.aread()
            else:
                await client.get("x", token=OLD, request="req")
        finally:
            await oauth.aclose()

    if asynchronous:
        asyncio.run(asynchronously())
        return
    client = Blocking(service.address, **given).register("twitter", **own)
    if streamed:
        with client.stream("GET", "x", token=OLD, request="req") as response:
            response.read()
    else:
        client.get("x", token=OLD, request="req")


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("hook", "asynchronous", "rest"), [
    ("both", False, ("req",)), ("both", True, ("req",)), ("token_alone", False, ()), ("token_alone", True, ()),
    ("awaited", True, ("req",)), ("named", False, ("req", "twitter")), ("named", True, ("req", "twitter")),
])
def test_save_token_gets_the_new_one(
    service: ScriptedStream, hook: str, asynchronous: bool, rest: tuple[str, ...], streamed: bool
) -> None:
    keeper = Keeper()
    service.answer = replacing()
    service.script = lambda request, context: iter([head(), end(replacement_access_token="oa1_new")])
    requests_by(service, asynchronous, streamed, getattr(keeper, hook), shared=hook == "named")
    [(token, *others)] = keeper.saved
    assert tuple(others) == rest
    assert token == {"access_token": "oa1_new", "screen_name": "alice"}
    assert (token.previous_access_token, token.provider) == ("oa1_old", "twitter")
    assert "oa1_" not in repr(token)


@pytest.mark.parametrize("when", ["before the head", "after it"])
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_save_token_gets_it_behind_an_error_too(
    service: ScriptedStream, asynchronous: bool, streamed: bool, when: str
) -> None:
    def script(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        if when == "after it":
            yield head()
        UNKNOWN.abort(context)

    keeper = Keeper()
    service.fail("SignedRequest", UNKNOWN)
    service.script = script
    with pytest.raises(errors.OutcomeUnknown):
        requests_by(service, asynchronous, streamed, keeper.both, shared=False)
    assert [token["access_token"] for token, _ in keeper.saved] == ["oa1_new"]


def test_what_save_token_raises_is_raised(service: ScriptedStream) -> None:
    def broken(token: Token) -> None:
        raise OSError("the database is away")

    service.answer = replacing()
    with pytest.raises(OSError, match="the database is away"):
        requests_by(service, False, False, broken, shared=False)
    service.fail("SignedRequest", UNKNOWN)
    with pytest.raises(OSError) as told:
        requests_by(service, True, False, broken, shared=False)
    assert isinstance(told.value.__context__, errors.OutcomeUnknown)


def test_without_a_renewal_nothing_is_saved(service: ScriptedStream) -> None:
    keeper = Keeper()
    requests_by(service, True, False, keeper.both, shared=False)
    requests_by(service, False, False, keeper.both, shared=False)
    assert keeper.saved == []


def test_the_login_of_this_request_goes_on_with_the_new_token(service: ScriptedStream) -> None:
    app = login_app(server=service.address)
    oauth = app.state.oauth

    async def authorize(request: Any) -> Any:
        from starlette.responses import JSONResponse
        await oauth.twitter.authorize_access_token(request)
        await oauth.twitter.get("first")
        service.answer = None
        return JSONResponse((await oauth.twitter.get("account/verify_credentials.json")).json())

    app.add_route("/authorize", authorize)
    browser = browser_of(app)
    service.answer = replacing("oa1_twitter.renewed")
    callback = service.approve(start(browser), "alice").replace("/auth/twitter", "/authorize")
    assert browser.get(callback).json()["screen_name"] == "renewed"
