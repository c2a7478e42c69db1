"""`OAuth` and `register`, as code written for Authlib uses them."""
from __future__ import annotations

import asyncio
import pickle
import warnings
from typing import Any

import pytest

from fake_service import FakeService
from oauth1d import Token
from oauth1d.errors import MissingTokenError
from oauth1d.starlette_client import IgnoredSettingWarning, OAuth

AUTHLIB_SETTINGS = {
    "client_id": "key", "client_secret": "s3cret", "request_token_url": "https://api.twitter.com/oauth/request_token",
    "access_token_url": "https://api.twitter.com/oauth/access_token", "api_base_url": "https://api.twitter.com/1.1/",
    "authorize_url": "https://api.twitter.com/oauth/authenticate", "overwrite": True, "client_kwargs": None,
}


def test_what_the_server_decides_is_ignored_with_one_warning() -> None:
    oauth = OAuth("oauth1d.internal:50051")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        oauth.register("twitter", **AUTHLIB_SETTINGS)
        oauth.register("photos", **AUTHLIB_SETTINGS)
    assert [warning.category for warning in caught] == [IgnoredSettingWarning]
    text = str(caught[0].message)
    assert "client_secret" in text and "server's configuration" in text and "oauth1d.internal:50051" in text
    assert "s3cret" not in text and "overwrite" not in text
    assert caught[0].filename == __file__


def test_what_is_kept_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        oauth = OAuth()
        client = oauth.register("twitter", fetch_token=lambda: None, overwrite=True, consumer="main")
    assert oauth.twitter is client and oauth.create_client("twitter") is client and client.name == "twitter"
    assert oauth.unregistered is oauth.create_client("unregistered")
    assert oauth.settings.server == "127.0.0.1:50051"
    with pytest.raises(AttributeError):
        oauth._anything


def test_names_that_nobody_registered_are_not_kept_for_ever() -> None:
    oauth = OAuth()
    registered, first = oauth.register("twitter"), oauth.create_client("name-0")
    assert oauth.create_client("name-0") is first
    for number in range(1, 1001):
        oauth.create_client(f"name-{number}")
    assert oauth.create_client("name-0") is not first
    assert oauth.create_client("twitter") is registered


def test_settings_of_oauth_itself_are_ignored_likewise() -> None:
    with pytest.warns(IgnoredSettingWarning, match="cache") as caught:
        OAuth(cache=object())
    assert caught[0].filename == __file__
    with pytest.raises(TypeError, match="server is an address"):
        OAuth(object())  # type: ignore[arg-type]


async def _one(request: Any) -> dict[str, str]:
    return {"access_token": f"oa1_twitter.{request}"}


@pytest.mark.parametrize(("fetch_token", "user"), [
    (_one, "req"),
    (lambda request: f"oa1_twitter.{request}", "req"),
    (lambda: {"access_token": "oa1_twitter.nobody"}, "nobody"),
    (lambda request=None: Token({"access_token": "oa1_twitter.token"}), "token"),
])
@pytest.mark.parametrize("shared", [False, True])
def test_fetch_token_finds_the_stored_user(service: FakeService, fetch_token: Any, user: str, shared: bool) -> None:
    def by_name(name: str, *request: Any) -> Any:
        assert name == "twitter"
        return fetch_token(*request) if fetch_token.__code__.co_argcount else fetch_token()

    async def story() -> None:
        oauth = OAuth(service.address, fetch_token=by_name if shared else None)
        oauth.register("twitter", **({} if shared else {"fetch_token": fetch_token}))
        profile = await oauth.twitter.get("account/verify_credentials.json", request="req")
        assert profile.json()["screen_name"] == user
        given = await oauth.twitter.get("account/verify_credentials.json", token="oa1_twitter.given")
        assert given.json()["screen_name"] == "given"
        await oauth.aclose()

    asyncio.run(story())


def test_no_token_raises(service: FakeService) -> None:
    async def story() -> None:
        oauth = OAuth(service.address)
        oauth.register("photos", fetch_token=lambda: None)
        for client in (oauth.twitter, oauth.photos):
            with pytest.raises(MissingTokenError, match=client.name):
                await client.get("x")
        two_legged = await oauth.twitter.post("echo", withhold_token=True, data={"a": "1"})
        assert two_legged.json()["application"] == {}
        await oauth.aclose()

    asyncio.run(story())
    assert len(service.calls) == 1


def test_each_verb_has_its_method(service: FakeService) -> None:
    async def story() -> None:
        oauth = OAuth(service.address)
        for verb in ("get", "head", "options", "post", "put", "patch", "delete"):
            answer = await getattr(oauth.twitter, verb)("echo", token="t", params={"a": "1"}, headers={"X-A": "b"})
            assert answer.json()["call"]["method"] == verb.upper()
        await oauth.aclose()

    asyncio.run(story())


def test_a_token_survives_being_stored() -> None:
    token = Token({"access_token": "oa1_x", "oauth_token_secret": "s3cret"}, app_state=b"x", spent_cookie_name="c")
    again = pickle.loads(pickle.dumps(token))
    assert again == token and again.app_state == b"x" and again.spent_cookie_name == "c"
    assert "oa1_x" not in repr(token) and "s3cret" not in f"{token}"
