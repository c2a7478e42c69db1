"""`oauth1d.testing`: the fake keeps the contract as the service does."""
from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest

from oauth1d import TWO_LEGGED, BindingCookie, Client, ProviderToken, StartedAuthorization, errors
from oauth1d.testing import FakeService, User

CALLBACK = "http://127.0.0.1:8000/auth/twitter"


@pytest.fixture
def service() -> Iterator[FakeService]:
    with FakeService(providers=["twitter", "photos"]) as running:
        yield running


@pytest.fixture
def client(service: FakeService) -> Iterator[Client]:
    with Client(settings=service.settings) as open_client:
        yield open_client


def begin(client: Client, provider: str = "twitter") -> StartedAuthorization:
    return client.start_authorization(provider, CALLBACK, app_state="/back")


def test_a_login_ends_once_and_its_answer_is_repeated_for_a_while(service: FakeService, client: Client) -> None:
    started = begin(client)
    callback = service.approve(started.redirect_url, User("alice", parameters={"lang": "de", "odd": b"\xff"}))
    token = client.complete_authorization("twitter", callback, [started.binding_cookie])
    assert (token["screen_name"], token["lang"], token.app_state) == ("alice", "de", b"/back")
    assert ("odd", b"\xff") in token.parameters
    assert token.spent_cookie_name == started.binding_cookie.name
    again = client.complete_authorization("twitter", callback.partition("?")[2], [started.binding_cookie])
    assert again["access_token"] == token["access_token"]
    with pytest.raises(errors.AlreadyCompleted):
        client.complete_authorization("twitter", callback + "x", [started.binding_cookie])
    service.forget_answers()
    with pytest.raises(errors.AlreadyCompleted) as raised:
        client.complete_authorization("twitter", callback, [started.binding_cookie])
    assert raised.value.app_state == b"/back"
    with pytest.raises(ValueError):
        service.approve(started.redirect_url)


def test_what_is_refused_burns_nothing(service: FakeService, client: Client) -> None:
    started, other = begin(client), begin(client)
    own = [started.binding_cookie]
    callback = service.approve(started.redirect_url)
    forged = BindingCookie(started.binding_cookie.name, "A" * 43)
    refusals: list[tuple[type[errors.OAuth1dError], str, str, list[BindingCookie]]] = [
        (errors.BindingMismatch, "twitter", callback, [other.binding_cookie]),
        (errors.BindingMismatch, "twitter", callback, [forged]),
        (errors.InvalidRequest, "twitter", callback, []),
        (errors.InvalidRequest, "twitter", callback, own * 33),
        (errors.InvalidRequest, "twitter", callback.replace("oauth_verifier", "x"), own),
        (errors.InvalidRequest, "twitter", callback.replace("state=", "x="), own),
        (errors.InvalidRequest, "twitter", callback.replace("oauth_token", "x"), own),
        (errors.TokenMismatch, "twitter", callback.replace("oauth_token=", "oauth_token=x"), own),
        (errors.FlowNotFound, "twitter", callback.replace("state=", "state=x"), own),
        (errors.FlowNotFound, "photos", callback, own),
        (errors.ProviderNotFound, "nowhere", callback, own),
    ]
    for kind, provider, query, cookies in refusals:
        with pytest.raises(kind):
            client.complete_authorization(provider, query, cookies)
    with_both = [other.binding_cookie, forged, started.binding_cookie]
    assert client.complete_authorization("twitter", callback, with_both)["screen_name"] == "alice"


def test_denied_expired_and_wrong_verifiers(service: FakeService, client: Client) -> None:
    started = begin(client)
    for _ in range(2):
        with pytest.raises(errors.UserDenied) as denied:
            client.complete_authorization("twitter", service.deny(started.redirect_url), [started.binding_cookie])
        assert denied.value.app_state == b"/back"
    late, other = begin(client), begin(client)
    callback = service.approve(late.redirect_url)
    service.expire(late.redirect_url)
    with pytest.raises(errors.FlowNotFound):
        client.complete_authorization("twitter", callback, [late.binding_cookie])
    with pytest.raises(ValueError, match="no login is under way"):
        service.approve(late.redirect_url)
    callback = service.approve(other.redirect_url)
    with pytest.raises(errors.ProviderRejected):
        client.complete_authorization("twitter", callback + "x", [other.binding_cookie])
    service.expire()
    with pytest.raises(errors.FlowNotFound):
        client.complete_authorization("twitter", callback, [other.binding_cookie])


def test_out_of_band_a_mistyped_pin_may_be_tried_again(service: FakeService, client: Client) -> None:
    started = client.start_authorization("twitter", "oob")
    pin = service.pin(started.redirect_url, "bob")
    for _ in range(2):
        with pytest.raises(errors.ProviderRejected):
            client.complete_with_pin("twitter", started.state, "0000", started.binding_cookie)
    token = client.complete_with_pin("twitter", started.state, pin, started.binding_cookie)
    assert token["screen_name"] == "bob"


@pytest.mark.parametrize(("callback_url", "field"), [
    ("http://app.example/auth", "callback_url"), ("/auth", "callback_url"), ("https://other.example/", "callback_url"),
])
def test_a_callback_must_be_one_that_is_allowed(callback_url: str, field: str) -> None:
    with FakeService(callback_urls=["https://app.example/auth"]) as service:
        with Client(settings=service.settings) as client, pytest.raises(errors.InvalidRequest) as raised:
            client.start_authorization("twitter", callback_url)
        assert [violation.field for violation in raised.value.field_violations] == [field]


def test_start_tells_the_cookie_and_the_page(service: FakeService, client: Client) -> None:
    secure = client.start_authorization("twitter", "https://app.example/auth", authorize_parameters={"lang": "de"})
    assert secure.binding_cookie.name.startswith("__Host-oauth1-") and secure.binding_cookie.max_age == 600
    assert "lang=de" in secure.redirect_url and begin(client).binding_cookie.name.startswith("oauth1-")
    for broken in ({"app_state": b"x" * 2049}, {"consumer": "c"}):
        with pytest.raises(errors.InvalidRequest):
            client.start_authorization("twitter", CALLBACK, **broken)
    assert [provider.name for provider in client.list_providers()] == ["twitter", "photos"]


def test_the_api_answers_as_a_test_says(service: FakeService, client: Client) -> None:
    token = service.log_in("alice")
    api = service.api("twitter")
    api.respond("GET", "lists.json", json=[{"name": "friends"}])
    api.respond("GET", "page", content="<p>", status=503, headers={"Content-Type": "text/html"})
    api.respond("POST", "statuses/update.json", lambda request, user: {
        "text": request.data["status"], "user": user.screen_name, "lang": request.params["lang"]
    })
    assert client.signed_request("twitter", "GET", "lists.json?count=2", token=token).json() == [{"name": "friends"}]
    page = client.signed_request("twitter", "GET", "page", token=token)
    assert (page.status_code, page.text, page.headers["content-type"]) == (503, "<p>", "text/html")
    posted = client.signed_request(
        "twitter", "POST", "statuses/update.json", token=token, data={"status": "hi"}, params={"lang": "de"}
    )
    assert posted.json() == {"text": "hi", "user": "alice", "lang": "de"}
    assert client.signed_request("twitter", "GET", "nothing", token=token).status_code == 404
    first, *_, last = service.requests
    assert (first.provider, first.path, first.query, first.user) == (
        "twitter", "lists.json", (("count", "2"),), User("alice")
    )
    assert last.path == "nothing" and last.access_token == token["access_token"]
    assert token["access_token"] not in repr(last)


def test_the_bodies_that_were_sent(service: FakeService, client: Client) -> None:
    token = service.log_in()
    client.signed_request("twitter", "POST", "a", token=token, json={"a": 1})
    client.signed_request("twitter", "PUT", "a", token=token, content=b"\xff", headers={"X-A": "b"})
    client.signed_request("twitter", "POST", "a", token=token, files={"media": ("cat.png", b"PNG")})
    client.signed_request("twitter", "POST", "a", token=token, content="a=1&b=",
                          headers={"content-type": "application/x-www-form-urlencoded"})
    as_json, as_bytes, multipart, form = service.requests
    assert as_json.json() == {"a": 1} and as_json.content_type == "application/json"
    assert as_bytes.content == b"\xff" and as_bytes.headers["x-a"] == "b"
    assert multipart.parts == (("media", "cat.png", "image/png", b"PNG"),)
    assert form.data == {"a": "1", "b": ""}


def test_where_a_request_may_go(service: FakeService, client: Client) -> None:
    token = service.log_in()
    service.api().base_url = "https://api.twitter.com/1.1/"
    profile = client.signed_request(
        "twitter", "GET", "https://api.twitter.com/1.1/account/verify_credentials.json", token=token
    )
    assert profile.json()["screen_name"] == "alice"
    for url in ("https://evil.example/1.1/x", "//evil.example/", "../2/users"):
        with pytest.raises(errors.DestinationDenied):
            client.signed_request("twitter", "GET", url, token=token)


def test_tokens_of_others_and_of_nobody(service: FakeService, client: Client) -> None:
    alice = service.log_in("alice")
    for provider, token in [("twitter", "oa1_made_up"), ("photos", alice), ("twitter", alice["access_token"][:-1])]:
        with pytest.raises(errors.TokenInvalid):
            client.signed_request(provider, "GET", "x", token=token)
    two_legged = client.signed_request("twitter", "GET", "account/verify_credentials.json", token=TWO_LEGGED)
    assert two_legged.status_code == 401
    own = service.provider_token("bob")
    url = "account/verify_credentials.json"
    assert client.signed_request("twitter", "GET", url, token=own).json()["screen_name"] == "bob"
    wrong = client.signed_request("twitter", "GET", url, token=ProviderToken(own.token, "x"))
    assert wrong.status_code == 401 and wrong.token_rejected


def test_renewed_rejected_imported_and_revoked_tokens(service: FakeService, client: Client) -> None:
    url = "account/verify_credentials.json"
    old = service.log_in("alice")
    service.renew_tokens()
    new = client.signed_request("twitter", "GET", url, token=old).replacement_access_token
    assert new and client.signed_request("twitter", "GET", url, token=old).replacement_access_token == new
    answer = client.signed_request("twitter", "GET", url, token=new)
    assert answer.json()["screen_name"] == "alice" and answer.replacement_access_token is None
    assert client.refresh(old)["access_token"] == new
    rewrapped = client.rewrap(new)
    assert client.signed_request("twitter", "GET", url, token=rewrapped).is_success
    imported = client.import_access_token("twitter", token=service.provider_token("bob"))
    assert client.signed_request("twitter", "GET", url, token=imported).json()["screen_name"] == "bob"
    assert client.revoke(imported) is True
    assert client.signed_request("twitter", "GET", url, token=imported).token_rejected
    service.reject_tokens()
    assert client.signed_request("twitter", "GET", url, token=rewrapped).token_rejected
    with pytest.raises(errors.ProviderRejected):
        client.refresh(rewrapped)


def test_a_login_by_password() -> None:
    with FakeService(passwords={"carol": "s3cret"}) as service, Client(settings=service.settings) as client:
        assert client.import_access_token("twitter", username="carol", password="s3cret")["screen_name"] == "carol"
        with pytest.raises(errors.ProviderRejected):
            client.import_access_token("twitter", username="carol", password="wrong")
    with FakeService() as service, Client(settings=service.settings) as client:
        with pytest.raises(errors.CallerNotAllowed):
            client.import_access_token("twitter", username="carol", password="s3cret")


def test_streams(service: FakeService, client: Client) -> None:
    token = service.log_in()
    big = bytes(range(256)) * 20_000  # more than an answer may be without a stream
    service.api().respond("POST", "echo", lambda request, user: request.content)
    with client.stream("twitter", "POST", "echo", token=token, content=iter([big[:1000], big[1000:]])) as response:
        assert response.status_code == 200 and response.read() == big
    assert service.requests[-1].streamed
    with pytest.raises(errors.OAuth1dError):
        client.signed_request("twitter", "POST", "echo", token=token, content=big[:4_000_000])
    with pytest.raises(errors.TokenInvalid):
        with client.stream("twitter", "GET", "x", token="oa1_made_up"):
            pass


def test_an_answer_that_is_too_large(service: FakeService, client: Client) -> None:
    service.api().respond("GET", "big", content=b"x" * 3_670_017)
    with pytest.raises(errors.ResponseTooLarge) as raised:
        client.signed_request("twitter", "GET", "big", token=service.log_in())
    assert raised.value.sent == "yes"


def test_trouble_on_demand(service: FakeService, client: Client) -> None:
    token = service.log_in()
    service.fail_next("SignedRequest", "PROVIDER_UNREACHABLE", sent="no")
    assert client.signed_request("twitter", "POST", "x", token=token).status_code == 404  # repeated: it never left
    assert len(service.requests) == 1 and len(service.calls) == 2
    service.fail_next("SignedRequest", "OUTCOME_UNKNOWN", sent="maybe")
    with pytest.raises(errors.OutcomeUnknown) as raised:
        client.signed_request("twitter", "POST", "x", token=token)
    assert raised.value.metadata == {"sent": "maybe", "provider": "twitter"}
    service.fail_next("StartAuthorization", "OVERLOADED", "come back later", retry_after=2.5)
    with pytest.raises(errors.Overloaded, match="come back later") as busy:
        begin(client)
    assert busy.value.retry_after == 2.5 and busy.value.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    with service.down(), pytest.raises(errors.Unavailable) as away:
        client.list_providers()
    assert away.value.reason == ""
    assert begin(client).redirect_url
    for method, reason in [("Start", "OVERLOADED"), ("SignedRequest", "OVERLOAD")]:
        with pytest.raises(ValueError):
            service.fail_next(method, reason)


def test_a_mistake_in_the_tests_own_answer_is_told(service: FakeService, client: Client) -> None:
    service.api().respond("GET", "x", lambda request, user: request.params["missing"])
    with pytest.raises(errors.Internal, match="the test's own code failed: KeyError"):
        client.signed_request("twitter", "GET", "x", token=service.log_in())


def test_every_reason_of_the_contract_can_be_had(service: FakeService, client: Client) -> None:
    from oauth1d._error_details import _BY_REASON

    for reason, kind in _BY_REASON.items():
        service.fail_next("RewrapAccessToken", reason, times=3)
        with pytest.raises(kind) as raised:
            client.rewrap(service.log_in())
        assert type(raised.value) is kind and raised.value.reason == reason
        service._servicer.failures.clear()
