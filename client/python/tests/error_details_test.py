"""Errors by reason, with what the service put into grpc-status-details-bin."""
from __future__ import annotations

import asyncio

import grpc
import pytest

from fake_service import FakeService
from oauth1d import Client, aio, errors
from oauth1d._error_details import _BY_REASON
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError
from service_failure import Failure


def failure_of(service: FakeService, failure: Failure) -> OAuth1dError:
    """What the blocking client raises for `failure`; the asyncio client must raise the same."""
    service.fail("SignedRequest", failure, failure)

    async def asynchronously() -> OAuth1dError:
        async with aio.Client(service.address) as client:
            with pytest.raises(OAuth1dError) as raised:
                await client.signed_request("twitter", "POST", "echo", token="t")
            return raised.value

    with Client(service.address) as client, pytest.raises(OAuth1dError) as raised:
        client.signed_request("twitter", "POST", "echo", token="t")
    other = asyncio.run(asynchronously())
    assert type(other) is type(raised.value) and str(other) == str(raised.value)
    return raised.value


def test_every_reason_of_the_contract_has_its_class() -> None:
    names = {name.removeprefix("ERROR_REASON_") for name in pb.ErrorReason.keys()} - {"UNSPECIFIED"}
    assert set(_BY_REASON) == names
    for name, kind in _BY_REASON.items():
        words = [word.capitalize() for word in name.split("_")]
        assert kind.__name__ in ("".join(words), "DeadlineExceeded")


def test_all_details_are_there(service: FakeService) -> None:
    error = failure_of(service, Failure(
        grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", message="bad header",
        violations={"call.headers[2].name": "Host is the service's to set"},
        metadata={"http_status": "401", "oauth_problem": "nonce_used"},
        retry_after=1.5, app_state=b"/back\xff",
    ))
    assert type(error) is errors.InvalidRequest and isinstance(error, errors.InvalidCall)
    assert (error.code, error.reason, error.sent) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", "no")
    assert error.metadata == {
        "provider": "twitter", "sent": "no", "http_status": "401", "oauth_problem": "nonce_used"
    }
    assert error.field_violations == (
        errors.FieldViolation("call.headers[2].name", "Host is the service's to set"),
    )
    assert (error.retry_after, error.app_state) == (1.5, b"/back\xff")
    assert str(error) == (
        "INVALID_REQUEST: bad header (call.headers[2].name: Host is the service's to set)"
    )
    assert (error.error, error.description) == ("invalid_request", "bad header")


def test_an_unknown_reason_is_judged_by_its_code(service: FakeService) -> None:
    error = failure_of(service, Failure(grpc.StatusCode.PERMISSION_DENIED, "FROM_THE_FUTURE"))
    assert type(error) is errors.NotAllowed and error.reason == "FROM_THE_FUTURE"


def test_without_our_error_info_nobody_knows_whether_it_was_sent(service: FakeService) -> None:
    error = failure_of(service, Failure(grpc.StatusCode.UNAVAILABLE))
    assert type(error) is errors.Unavailable
    assert (error.reason, error.sent, error.app_state, error.retry_after) == ("", "maybe", None, None)


def test_another_domains_error_info_is_not_ours(service: FakeService) -> None:
    error = failure_of(service, Failure(grpc.StatusCode.UNAVAILABLE, "USER_DENIED", domain="proxy.example"))
    assert type(error) is errors.Unavailable and error.reason == "" and error.sent == "maybe"


def test_damaged_details_leave_the_code(service: FakeService) -> None:
    damaged = Failure(grpc.StatusCode.NOT_FOUND, "FLOW_NOT_FOUND")
    damaged.details = lambda: b"\xff\xff\xff"  # type: ignore[method-assign]
    assert type(failure_of(service, damaged)) is errors.NotFound


def test_a_service_that_is_not_there() -> None:
    with Client("127.0.0.1:1") as client, pytest.raises(errors.Unavailable) as raised:
        client.list_providers(timeout=5)
    assert raised.value.reason == "" and raised.value.code is grpc.StatusCode.UNAVAILABLE


def test_the_deadline_is_always_set(service: FakeService) -> None:
    with Client(service.address) as client, pytest.raises(errors.DeadlineExceeded) as raised:
        client.start_authorization("twitter", "http://127.0.0.1/a", timeout=1e-6)
    assert raised.value.sent == "maybe"
    with Client(service.address) as client:
        client.signed_request("twitter", "GET", "echo", token="t", timeout=2.5)
        client.signed_request("twitter", "GET", "echo", token="t")
    assert [round(call.timeout.ToMilliseconds()) for call in service.calls_of("SignedRequest")] == [2500, 34000]


def test_a_caller_that_is_cancelled_hangs_up(service: FakeService) -> None:
    service.api_hangs = True

    async def story() -> None:
        async with aio.Client(service.address) as client:
            call = asyncio.create_task(client.signed_request("twitter", "GET", "echo", token="t"))
            while not service.calls:
                await asyncio.sleep(0.005)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert await asyncio.to_thread(service.hung_up.wait, 5)

    asyncio.run(story())
    assert len(service.calls) == 1
