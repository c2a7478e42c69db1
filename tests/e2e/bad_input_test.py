"""Bad fields of StartAuthorization and CompleteAuthorization: refused by name; nothing sent, stored or burnt."""

from urllib.parse import parse_qs, urlsplit

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from caller import parameters
from configuration import CALLBACK
from refusals import BAD, not_utf8, refused, refused_field

pytestmark = pytest.mark.usefixtures("untouched", "unburnt")
LONG_NAME, LONG_VALUE = "x" * 65, "x" * (64 * 1024)


@pytest.fixture
def web(replicas):
    return replicas[0]


def start(**fields):
    return pb.StartAuthorizationRequest(**{"provider": "sandbox", "callback_url": CALLBACK, **fields})


@pytest.mark.parametrize("field, request_message", [
    ("provider", start(provider="")),
    ("provider", start(provider=LONG_NAME)),
    ("consumer", start(consumer="other")),
    ("consumer", start(consumer=LONG_NAME)),
    ("callback_url", start(callback_url="")),
    ("callback_url", start(callback_url=CALLBACK + "x" * 2048)),
    ("app_state", start(app_state=b"x" * 2049)),
    ("authorize_parameters[1].name", start(authorize_parameters=parameters(("lang", "en"), ("", "x")))),
    ("authorize_parameters[0].name", start(authorize_parameters=parameters(("unknown", "x")))),
    ("authorize_parameters[0].name", start(authorize_parameters=parameters((LONG_VALUE, "x")))),
    ("authorize_parameters[0].value", start(authorize_parameters=parameters(("lang", "a\r\nb")))),
    ("authorize_parameters[0].value", start(authorize_parameters=parameters(("lang", "a\0b")))),
    ("authorize_parameters[0].value", start(authorize_parameters=parameters(("lang", LONG_VALUE)))),
    ("authorize_parameters", start(authorize_parameters=parameters(("lang", "x")) * 201)),
    ("request_token_parameters[0].name", start(request_token_parameters=parameters(("unknown", "x")))),
    ("request_token_parameters[0].name", start(request_token_parameters=parameters(("oauth_callback", "x")))),
    ("request_token_parameters[0].value", start(request_token_parameters=parameters(("scope", "a\nb")))),
    ("request_token_parameters[0].value", start(request_token_parameters=parameters(("scope", LONG_VALUE)))),
    ("request_token_parameters", start(request_token_parameters=parameters(("scope", "x")) * 201)),
    ("provider_parameters", start(provider_parameters=parameters(("shop", "x")))),
    *[("authorize_parameters[0].name", start(authorize_parameters=parameters((name, "x"))))
      for name in ("oauth_token", "oauth_callback", "OAuth_Token", "oauth_", "lang&oauth_callback")],
], ids=lambda value: value if isinstance(value, str) else "")
def test_start_names_the_bad_field(web, field, request_message):
    refused_field(field, web.call, "StartAuthorization", request_message)


@pytest.mark.parametrize("field, request_message", [
    ("provider", start(provider=BAD)),
    ("consumer", start(consumer=BAD)),
    ("callback_url", start(callback_url=CALLBACK + BAD)),
    ("authorize_parameters[0].name", start(authorize_parameters=parameters((BAD, "x")))),
    ("authorize_parameters[1].value", start(authorize_parameters=parameters(("lang", "x"), ("lang", BAD)))),
    ("request_token_parameters[0].value", start(request_token_parameters=parameters(("scope", BAD)))),
    ("provider_parameters[0].value", start(provider_parameters=parameters(("shop", BAD)))),
], ids=lambda value: value if isinstance(value, str) else "")
def test_start_wants_text_where_text_is_due(web, field, request_message):
    refused_field(field, web.raw, "StartAuthorization", not_utf8(request_message))


def test_start_tells_all_mistakes_at_once(web):
    error = refused_field("provider", web.call, "StartAuthorization",
                          pb.StartAuthorizationRequest(app_state=b"x" * 4096))
    assert {violation.field for violation in error.field_violations} == {"provider", "callback_url", "app_state"}


@pytest.mark.parametrize("name", ["nobody", "Sandbox", "sandbox ", "sandbox\0", "ungranted", "../sandbox", "é"])
def test_an_unknown_provider_is_told_in_every_method(web, name):
    cookie = pb.BindingCookie(name="oauth1-" + "x" * 16, value="x" * 43)
    for call in (lambda: web.start(name, CALLBACK), lambda: web.complete("state=x&oauth_verifier=y", [cookie], name),
                 lambda: web.send("GET", "echo", provider=name)):
        refused("PROVIDER_NOT_FOUND", "NOT_FOUND", call)


@pytest.mark.parametrize("method", ["StartAuthorization", "CompleteAuthorization", "SignedRequest"])
def test_bytes_that_are_no_message_are_refused(web, method):
    for garbage in (b"\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x0a\x05ab", b"\x0b" * 100, b"\x00", bytes(range(256))):
        refused("INVALID_REQUEST", "INVALID_ARGUMENT", web.raw, method, garbage)


@pytest.mark.parametrize("method", ["StartAuthorization", "CompleteAuthorization", "SignedRequest"])
def test_an_empty_message_is_refused_with_the_provider_named(web, method):
    refused_field("provider", web.raw, method, b"")


COOKIE = pb.BindingCookie(name="oauth1-AAAAAAAAAAAAAAAA", value="A" * 43)


def complete(**fields):
    query = {} if "callback_values" in fields else {"callback_query": "state=s&oauth_token=t&oauth_verifier=v"}
    return pb.CompleteAuthorizationRequest(
        **{"provider": "sandbox", "binding_cookies": [COOKIE], **query, **fields})


def values(**fields):
    return pb.CallbackValues(**{"state": "s", "oauth_token": "t", "oauth_verifier": "v", **fields})


@pytest.mark.parametrize("field, request_message", [
    ("provider", complete(provider="")),
    ("provider", complete(provider=LONG_NAME)),
    ("callback", pb.CompleteAuthorizationRequest(provider="sandbox", binding_cookies=[COOKIE])),
    ("callback_query", complete(callback_query="")),
    ("callback_query", complete(callback_query="state=" + "s" * 16 * 1024)),
    ("callback_query", complete(callback_query="state=" + "s" * 4097 + "&oauth_token=t&oauth_verifier=v")),
    ("callback_query", complete(callback_query="https://www.example.com/auth/sandbox")),
    ("callback_query", complete(callback_query="oauth_token=t&oauth_verifier=v")),
    ("callback_query", complete(callback_query="state=s&oauth_token=t")),
    ("callback_query", complete(callback_query="state=s&oauth_token=t&oauth_verifier=")),
    ("callback_query", complete(callback_query="state=s&state=r&oauth_token=t&oauth_verifier=v")),
    ("callback_query", complete(callback_query="state=s&oauth_token=t&oauth_token=u&oauth_verifier=v")),
    ("callback_query", complete(callback_query="state=s&oauth_token=t&oauth_verifier=v&oauth_verifier=w")),
    ("callback_query", complete(callback_query="state=s%00&oauth_token=t&oauth_verifier=v")),
    ("callback_query", complete(callback_query="state=s&oauth_token=t&oauth_verifier=v%0d%0a")),
    ("callback_values.state", complete(callback_values=pb.CallbackValues())),
    ("callback_values.oauth_verifier", complete(callback_values=pb.CallbackValues())),
    ("callback_values.state", complete(callback_values=values(state=""))),
    ("callback_values.state", complete(callback_values=values(state="s" * 4097))),
    ("callback_values.oauth_token", complete(callback_values=values(oauth_token="t" * 4097))),
    ("callback_values.oauth_verifier", complete(callback_values=values(oauth_verifier=""))),
    ("callback_values.oauth_verifier", complete(callback_values=values(oauth_verifier="v" * 4097))),
    ("callback_values.oauth_verifier", complete(callback_values=values(oauth_verifier="v\n"))),
    ("callback_values.state", complete(callback_values=values(state="s\0"))),
    ("binding_cookies", pb.CompleteAuthorizationRequest(provider="sandbox", callback_query="state=s&oauth_verifier=v")),
    ("binding_cookies", complete(binding_cookies=[COOKIE] * 33)),
    ("binding_cookies[0].name", complete(binding_cookies=[pb.BindingCookie(value="A" * 43)])),
    ("binding_cookies[0].name", complete(binding_cookies=[pb.BindingCookie(name="x" * 65, value="A" * 43)])),
    ("binding_cookies[1].value", complete(binding_cookies=[COOKIE, pb.BindingCookie(name=COOKIE.name)])),
    ("binding_cookies[0].value", complete(binding_cookies=[pb.BindingCookie(name=COOKIE.name, value="A" * 4097)])),
], ids=lambda value: value if isinstance(value, str) else "")
def test_complete_names_the_bad_field(web, field, request_message):
    refused_field(field, web.call, "CompleteAuthorization", request_message)


@pytest.mark.parametrize("field, request_message", [
    ("provider", complete(provider=BAD)),
    ("callback_query", complete(callback_query="state=" + BAD)),
    ("callback_values.state", complete(callback_values=values(state=BAD))),
    ("callback_values.oauth_token", complete(callback_values=values(oauth_token=BAD))),
    ("callback_values.oauth_verifier", complete(callback_values=values(oauth_verifier=BAD))),
    ("binding_cookies[0].name", complete(binding_cookies=[pb.BindingCookie(name=BAD, value="x")])),
    ("binding_cookies[0].value", complete(binding_cookies=[pb.BindingCookie(name="x", value=BAD)])),
], ids=lambda value: value if isinstance(value, str) else "")
def test_complete_wants_text_where_text_is_due(web, field, request_message):
    refused_field(field, web.raw, "CompleteAuthorization", not_utf8(request_message))


def test_what_is_missing_from_a_real_callback_is_named_and_burns_nothing(web, unburnt):
    cookies, query = unburnt.cookies, urlsplit(unburnt.callback).query
    real = {name: found[0] for name, found in parse_qs(query).items()}
    refused_field("callback_query", web.complete, query.replace("oauth_verifier", "verifier"), cookies)
    refused_field("callback_query", web.complete, query.replace("state", "stage"), cookies)
    refused_field("callback_query", web.complete, query.replace("oauth_token", "token"), cookies)
    refused_field("callback_values.oauth_token", web.complete, pb.CallbackValues(**{**real, "oauth_token": ""}),
                  cookies)
    for value in ("", "short", cookies[0].value[:-1], cookies[0].value + "A", cookies[0].value[:-1] + "\xe9"):
        cookie = pb.BindingCookie(name=cookies[0].name, value=value)
        refused_field("binding_cookies[0].value", web.complete, query, [cookie])
