"""What is repeated, and above all what is not."""
from __future__ import annotations

import asyncio
import time

import grpc
import pytest

from fake_service import FakeService
from oauth1d import Client, aio, errors
from service_failure import Failure

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
UNSENT = Failure(UNAVAILABLE, "PROVIDER_UNREACHABLE", sent="no")
MAYBE_SENT = Failure(UNAVAILABLE, "PROVIDER_UNREACHABLE", sent="maybe")
TRANSPORT = Failure(UNAVAILABLE)
SECONDS_AWAY = 3.0  # by then a channel waits long between two attempts to connect


def calls_for(service: FakeService, method: str, *failures: Failure, asynchronous: bool = False) -> tuple[int, bool]:
    """How often one signed request reached the service, and whether it got an answer."""
    service.calls.clear()
    service.fail("SignedRequest", *failures)

    async def asynchronously() -> None:
        async with aio.Client(service.address) as client:
            await client.signed_request("twitter", method, "echo", token="t")

    try:
        if asynchronous:
            asyncio.run(asynchronously())
        else:
            with Client(service.address) as client:
                client.signed_request("twitter", method, "echo", token="t")
    except errors.OAuth1dError:
        return len(service.calls), False
    return len(service.calls), True


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize(("method", "failure", "expected"), [
    ("POST", UNSENT, 2),
    ("PUT", UNSENT, 2),
    ("GET", UNSENT, 2),
    ("GET", MAYBE_SENT, 2),
    ("get", TRANSPORT, 2),
    ("HEAD", TRANSPORT, 2),
    ("OPTIONS", TRANSPORT, 2),
    ("POST", MAYBE_SENT, 1),
    ("POST", Failure(UNAVAILABLE, "PROVIDER_UNREACHABLE", sent="yes"), 1),
    ("POST", TRANSPORT, 1),
    ("PUT", TRANSPORT, 1),
    ("DELETE", TRANSPORT, 1),
    ("PATCH", MAYBE_SENT, 1),
    ("POST", Failure(UNAVAILABLE, "X", sent="no", domain="proxy.example"), 1),
    ("POST", Failure(grpc.StatusCode.UNKNOWN, "OUTCOME_UNKNOWN", sent="maybe"), 1),
    ("GET", Failure(grpc.StatusCode.UNKNOWN, "OUTCOME_UNKNOWN", sent="maybe"), 1),
    ("GET", Failure(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", sent="no"), 1),
    ("GET", Failure(grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", sent="no"), 1),
    ("GET", Failure(UNAVAILABLE, "PROVIDER_BUSY", sent="no", retry_after=60), 1),
])
def test_a_signed_request_is_repeated_only_where_no_duplicate_can_come_of_it(
    service: FakeService, method: str, failure: Failure, expected: int, asynchronous: bool
) -> None:
    assert calls_for(service, method, failure, asynchronous=asynchronous) == (expected, expected == 2)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_it_is_repeated_once_at_most(service: FakeService, asynchronous: bool) -> None:
    assert calls_for(service, "GET", UNSENT, UNSENT, UNSENT, asynchronous=asynchronous) == (2, False)


def test_the_repeat_has_what_is_left_of_the_time(service: FakeService) -> None:
    calls_for(service, "GET", UNSENT)
    first, second = (call.timeout.ToMilliseconds() for call in service.calls_of("SignedRequest"))
    assert first == 34000 and 25000 < second < 34000


def test_the_calls_of_a_login_are_repeated_by_grpc(service: FakeService) -> None:
    service.fail("StartAuthorization", TRANSPORT, UNSENT)
    service.fail("CompleteAuthorization", Failure(UNAVAILABLE, "EXCHANGE_IN_PROGRESS", sent="maybe"))
    service.fail("ListProviders", TRANSPORT)
    with Client(service.address) as client:
        started = client.start_authorization("twitter", "http://127.0.0.1/auth")
        callback = service.approve(started.redirect_url, "alice")
        token = client.complete_authorization("twitter", callback.partition("?")[2], [started.binding_cookie])
        providers = client.list_providers()
    assert token["screen_name"] == "alice"
    assert [(provider.name, provider.capabilities) for provider in providers] == [
        ("twitter", frozenset({"THREE_LEGGED"})), ("photos", frozenset({"THREE_LEGGED"}))
    ]
    assert len(service.calls_of("StartAuthorization")) == 3
    assert len(service.calls_of("CompleteAuthorization")) == 2
    assert len(service.calls_of("ListProviders")) == 2


def test_a_login_waits_for_the_connection_to_a_service_that_was_just_restarted() -> None:
    with FakeService() as service:
        client = Client(service.address)
        client.list_providers()
    time.sleep(SECONDS_AWAY)
    with FakeService(address=service.address) as restarted, client:
        client.start_authorization("twitter", "http://127.0.0.1/auth")
    assert len(restarted.calls_of("StartAuthorization")) == 1


def test_so_does_one_of_an_event_loop() -> None:
    async def log_in() -> None:
        with FakeService() as service:
            client = aio.Client(service.address)
            await client.list_providers()
        await asyncio.sleep(SECONDS_AWAY)
        with FakeService(address=service.address) as restarted:
            async with client:
                await client.start_authorization("twitter", "http://127.0.0.1/auth")
        assert len(restarted.calls_of("StartAuthorization")) == 1

    asyncio.run(log_in())


def test_a_service_that_stays_away_is_told_within_seconds() -> None:
    with FakeService() as service:
        address = service.address
    began = time.monotonic()
    with Client(address) as client, pytest.raises(errors.Unavailable) as raised:
        client.start_authorization("twitter", "http://127.0.0.1/auth")
    assert (raised.value.reason, time.monotonic() - began < 15) == ("", True)


def test_a_login_that_the_user_denied_is_not_repeated(service: FakeService) -> None:
    with Client(service.address) as client:
        started = client.start_authorization("twitter", "http://127.0.0.1/auth", app_state="/back")
        callback = service.deny(started.redirect_url)
        with pytest.raises(errors.UserDenied) as raised:
            client.complete_authorization("twitter", callback.partition("?")[2], [started.binding_cookie])
    assert raised.value.app_state == b"/back"
    assert len(service.calls_of("CompleteAuthorization")) == 1
