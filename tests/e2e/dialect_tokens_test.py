"""Tokens without a redirect: by password (xAuth), taken in, by PIN, for the application alone; and revocation."""

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from browser import Browser, come_back, exchanges
from caller import signed_request
from configuration import configuration, grant, provider
from dialect_caller import DialectCaller, requests_to
from evil_provider import EvilProvider, http_answer
from oauth1d_process import Oauth1d
from refusals import refused, refused_after_sending, refused_field

REVOKE = "/oauth/revoke_access_token"


@pytest.fixture(scope="module")
def server(sandbox):
    def with_xauth(name, **fields):
        return provider(sandbox.http_url, name, capabilities=["three_legged", "two_legged", "out_of_band", "xauth"],
                        **fields)
    def revocable(name, method, url=sandbox.http_url + REVOKE):
        return provider(sandbox.http_url, name, revocation={"url": url, "method": method})
    providers = [
        with_xauth("sandbox"),
        *(with_xauth(f"xauth-{placement}", placement=placement) for placement in ("header", "body", "query")),
        with_xauth("ungranted"),
        provider(sandbox.http_url, "without-xauth", reveal_provider_token=True),
        *(revocable(f"revoke-{method}", method) for method in ("GET", "POST", "DELETE")),
        revocable("revoke-nowhere", "POST", sandbox.http_url + "/nothing/here"),
    ]
    grants = [grant(one["name"], password_login="capabilities" in one and one["name"] != "ungranted") for one in providers]
    with Oauth1d(configuration(*providers, grants=grants)) as running:
        running.secrets += ["alice-password", "bob-password"]
        yield running


@pytest.fixture(scope="module")
def web(server):
    with DialectCaller(server.address) as caller:
        yield caller


@pytest.mark.parametrize("name", ["sandbox", "xauth-header", "xauth-body", "xauth-query"])
def test_a_name_and_password_become_a_token(web, sandbox, name):
    imported = web.log_in_by_password("bob", "bob-password", name)
    assert imported.access_token.startswith("oa1_")
    assert ("screen_name", "bob") in [(one.name, one.value) for one in imported.parameters]
    assert web.profile(imported.access_token, name).answer.status_code == 200
    [line] = requests_to(sandbox, "/oauth/access_token")[-1:]
    assert (line["verified"], line["token"], line["placement"]) == (True, None, name.rpartition("-")[2].replace(
        "sandbox", "header"))


def test_a_wrong_password_is_the_users_to_mend(web):
    error = refused_after_sending("PROVIDER_REJECTED", "FAILED_PRECONDITION", web.log_in_by_password, "bob", "wrong")
    assert error.metadata["oauth_problem"] == "permission_denied"


def test_passwords_go_nowhere_without_leave(web, sandbox):
    before = len(sandbox.log())
    refused("CALLER_NOT_ALLOWED", "PERMISSION_DENIED", web.log_in_by_password, "bob", "bob-password", "ungranted")
    refused_field("password_login", web.log_in_by_password, "bob", "bob-password", "without-xauth")
    assert len(sandbox.log()) == before


def test_a_token_that_is_there_already_is_taken_in(web, sandbox):
    given = come_back(web, sandbox, "alice", "without-xauth").finish(web).provider_token
    before = len(sandbox.log())
    imported = web.import_token("without-xauth", provider_token=given)
    assert len(sandbox.log()) == before, "the provider is not asked"
    assert not imported.parameters and not imported.HasField("expire_time")
    assert web.profile(imported.access_token, "without-xauth").answer.status_code == 200


def test_a_pin_is_typed_in_and_may_be_mistyped(web, sandbox):
    browser = Browser("bob").begin(web, "oob", app_state=b"terminal")
    pin, before = sandbox.approve_out_of_band(browser.started.redirect_url, "bob"), exchanges(sandbox)

    def typed(verifier):
        return web.complete(pb.CallbackValues(state=browser.started.state, oauth_verifier=verifier), browser.cookies)

    refused_after_sending("PROVIDER_REJECTED", "FAILED_PRECONDITION", typed, "0000000")
    completed = typed(pin)
    assert (completed.app_state, exchanges(sandbox)) == (b"terminal", before + 1)
    assert b'"bob"' in web.profile(completed.access_token).answer.body


def test_the_application_speaks_for_itself(web, sandbox):
    answer = web.send("POST", "echo", body=b"[]", content_type="application/json").answer
    assert answer.status_code == 200
    assert (sandbox.log()[-1]["token"], sandbox.log()[-1]["verified"]) == (None, True)
    response = web.call("SignedRequest", signed_request("GET", "account/verify_credentials.json"))
    assert (response.answer.status_code, response.token_rejected) == (401, False)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_token_is_revoked_at_the_provider(web, sandbox, method):
    name = f"revoke-{method}"
    token = come_back(web, sandbox, provider=name).finish(web).access_token
    assert web.revoke(token) is True
    [line] = requests_to(sandbox, REVOKE)[-1:]
    assert (line["method"], line["verified"]) == (method, True)
    response = web.profile(token, name)
    assert (response.answer.status_code, response.token_rejected) == (401, True)
    assert web.revoke(token) is True, "it is dead, whoever killed it"


def test_a_provider_that_cannot_be_told_is_not_told(web, sandbox):
    token = come_back(web, sandbox).finish(web).access_token
    before = len(sandbox.log())
    assert web.revoke(token) is False
    assert len(sandbox.log()) == before
    assert web.profile(token).answer.status_code == 200


def test_a_revocation_that_the_provider_does_not_take_is_told(web, sandbox):
    token = come_back(web, sandbox, provider="revoke-nowhere").finish(web).access_token
    assert web.revoke(token) is False


def test_a_revocation_that_met_a_fault_may_be_repeated(sandbox):
    with EvilProvider() as evil:
        evil.answer(REVOKE, http_answer(503))
        config = configuration(provider(sandbox.http_url, revocation={"url": evil.url + REVOKE}))
        with Oauth1d(config) as server, DialectCaller(server.address) as caller:
            token = come_back(caller, sandbox).finish(caller).access_token
            refused_after_sending("PROVIDER_BUSY", "UNAVAILABLE", caller.revoke, token)
            evil.answer(REVOKE, http_answer(200))
            assert caller.revoke(token) is True
