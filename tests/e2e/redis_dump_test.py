"""Whoever reads Redis learns nothing: no token, secret, verifier, state or app_state, however encoded."""

import base64
from urllib.parse import quote

import pytest

from browser import come_back_from_evil
from caller import Caller
from configuration import configuration, provider
from evil_provider import form_answer, temporary
from oauth1d_process import Oauth1d
from refusals import refused, refused_after_sending

CANARIES = {name: f"canary~{name}+{name[::-1]}" for name in (
    "temporary-token", "temporary-secret", "verifier", "token", "token-secret", "user", "app-state")}


def spellings(text):
    """How it could stand there: raw, hex, percent-encoded, base64 at each of the three offsets."""
    raw = text.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield quote(raw, safe="").encode()
    yield "".join(f"%{octet:02X}" for octet in raw).encode()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw)
        inner = encoded[4 if offset else 0:len(encoded) // 4 * 4 - 4]  # without what the neighbours change
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


@pytest.fixture(scope="module")
def web(evil, redis):
    with Oauth1d(configuration(provider(evil.url), store=redis.store), environment=redis.environment) as server:
        server.secrets += CANARIES.values()
        with Caller(server.address) as caller:
            yield caller


def back_from_provider(web, evil):
    evil.answer("/oauth/request_token", temporary(CANARIES["temporary-token"], CANARIES["temporary-secret"]))
    evil.answer("/oauth/access_token", form_answer(
        oauth_token=CANARIES["token"], oauth_token_secret=CANARIES["token-secret"], screen_name=CANARIES["user"]))
    return come_back_from_evil(web, evil, CANARIES["temporary-token"], CANARIES["verifier"],
                               app_state=CANARIES["app-state"].encode())


def holds_no_secret(redis, browser, *more):
    redis.command("CONFIG", "SET", "rdbcompression", "no")
    redis.command("SAVE")
    told = redis.dump() + (redis.folder / "dump.rdb").read_bytes()
    assert redis.keys(), "there is nothing in Redis to look at"
    secrets = [*CANARIES.values(), browser.started.state, browser.cookies[0].value, *more]
    for secret in secrets:
        for spelling in spellings(secret):
            assert spelling not in told, f"{secret} stands in Redis as {spelling}"


def test_the_search_finds_what_is_there(redis):
    for spelling in spellings("canary~x+y"):
        redis.command("SET", "oauth1d:probe", b"before" + spelling + b"after")
        assert any(other in redis.dump() for other in spellings("canary~x+y"))
    redis.command("DEL", "oauth1d:probe")
    for offset in range(3):
        text = base64.b64encode(b"x" * offset + b"canary~x+y, and more")
        assert any(spelling in text for spelling in spellings("canary~x+y"))


def test_a_login_under_way(web, evil, redis):
    holds_no_secret(redis, back_from_provider(web, evil))


def test_a_login_that_ended_well(web, evil, redis):
    browser = back_from_provider(web, evil)
    completed = browser.finish(web)
    holds_no_secret(redis, browser, completed.access_token, completed.access_token[4:100])
    assert browser.finish(web) == completed


def test_a_login_that_the_user_refused(web, evil, redis):
    browser = back_from_provider(web, evil)
    browser.callback = browser.callback.replace("oauth_verifier", "denied_by").replace("oauth_token", "denied")
    assert refused("USER_DENIED", "FAILED_PRECONDITION", browser.finish, web).app_state
    holds_no_secret(redis, browser)


def test_a_login_that_ended_badly(web, evil, redis):
    browser = back_from_provider(web, evil)
    evil.answer("/oauth/access_token", form_answer(oauth_token=CANARIES["token"]))
    refused_after_sending("BAD_TOKEN_RESPONSE", "FAILED_PRECONDITION", browser.finish, web)
    holds_no_secret(redis, browser)
