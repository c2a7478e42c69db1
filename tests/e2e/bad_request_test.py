"""Bad fields of SignedRequest: refused by name; nothing sent, stored or burnt."""

import pytest
from google.protobuf.duration_pb2 import Duration
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

from browser import log_in
from caller import Caller, headers, parameters, signed_request
from configuration import configuration, provider
from oauth1d_process import Oauth1d
from refusals import BAD, not_utf8, refused, refused_field

LONG_NAME = "x" * 65
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def web(sandbox, redis):
    config = configuration(provider(sandbox.http_url), provider(sandbox.http_url, "twin"), store=redis.store)
    with Oauth1d(config, environment=redis.environment) as server, Caller(server.address) as caller:
        yield caller


@pytest.fixture(scope="module")
def token(web, sandbox):
    return log_in(web, sandbox)


pytestmark = pytest.mark.usefixtures("token", "untouched")


def request(method="POST", url="echo", **call):
    return signed_request(method, url, **call)


def changed(**fields):
    message = request()
    for name, value in fields.items():
        message.ClearField(name)
        if hasattr(value, "CopyFrom"):
            getattr(message, name).CopyFrom(value)
        elif isinstance(value, list):
            getattr(message, name).extend(value)
        elif value is not None:
            setattr(message, name, value)
    return message


def multipart(**fields):
    return pb.Multipart(parts=[pb.Part(name="a", data=b"x"), pb.Part(**{"name": "b", **fields})])


BAD_FIELDS = [
    ("provider", changed(provider="")),
    ("provider", changed(provider=LONG_NAME)),
    ("credentials", changed(application=None)),
    ("access_token", changed(access_token="")),
    ("access_token", changed(access_token="oa1_" + "x" * 12 * 1024)),
    ("provider_token.token", changed(provider_token=pb.ProviderToken(token_secret="x"))),
    ("provider_token.token", changed(provider_token=pb.ProviderToken(token="x" * 4097, token_secret="x"))),
    ("provider_token.token_secret", changed(provider_token=pb.ProviderToken(token="x"))),
    ("provider_token.token_secret", changed(provider_token=pb.ProviderToken(token="x", token_secret="x" * 4097))),
    ("consumer", changed(consumer="other")),
    ("consumer", changed(consumer=LONG_NAME)),
    ("provider_parameters", changed(provider_parameters=parameters(("shop", "x")))),
    ("call", changed(call=None)),
    ("call.method", request(method="")),
    ("call.url", request(url="")),
    ("call.url", request(url="x" * 8193)),
    ("call.query", request(query=parameters(("a", "b" * 8192)))),
    ("call.query", request(query=parameters(("a", "b")) * 201)),
    ("call.query[0].name", request(query=parameters(("", "b")))),
    ("call.headers", request(headers=headers(("x-a", b"b")) * 101)),
    ("call.headers", request(headers=headers(("x-a", b"b" * 32 * 1024)))),
    ("call.headers[0].name", request(headers=headers(("", b"b")))),
    ("call.content_type", request(body=b"x", content_type="text/plain\r\nX: 1")),
    ("call.content_type", request(body=b"x", content_type="x" * 257)),
    ("call.content_type", request(form=pb.Form(), content_type=FORM)),
    ("call.content_type", request(multipart=multipart(), content_type="multipart/form-data; boundary=x")),
    ("call.form.fields[0].name", request(form=pb.Form(fields=parameters(("", "x"))))),
    ("call.multipart.parts", request(multipart=pb.Multipart())),
    ("call.multipart.parts[1]", request(multipart=multipart(name=""))),
    ("call.multipart.parts[1]", request(multipart=multipart(name="b\r\nX: 1"))),
    ("call.multipart.parts[1]", request(multipart=multipart(filename="b\n"))),
    ("call.multipart.parts[1]", request(multipart=multipart(content_type="text/plain\r\nX: 1"))),
    ("call", request(body=b"x" * (3584 * 1024 + 1))),
    ("call", request(form=pb.Form(fields=parameters(("a", "%" * 1200 * 1024))))),
    ("call", request(multipart=multipart(data=b"x" * 3584 * 1024))),
    ("timeout", changed(timeout=Duration())),
    ("timeout", changed(timeout=Duration(seconds=-1))),
    ("timeout", changed(timeout=Duration(nanos=-1))),
    *[("call.method", request(method=method)) for method in ("get", "Post", "TRACE", "CONNECT", "GET ", "GET\r\n", "*",
                                                             "QUERY", "G\0T")],
    # Parameters of the protocol are the service's, wherever they stand.
    ("call.query[1].name", request(query=parameters(("a", "b"), ("oauth_token", "x")))),
    ("call.query[0].name", request(query=parameters(("OAuth_Nonce", "x")))),
    ("call.form.fields[0].name", request(form=pb.Form(fields=parameters(("oauth_signature", "x"))))),
    ("call.body", request(body=b"a=b&oauth_token=x", content_type=FORM)),
    ("call.body", request(body=b"a=b&o%61uth_token=x", content_type=FORM + "; charset=utf-8")),
    ("call.body", request(body=b"oauth_version", content_type="Application/X-WWW-Form-Urlencoded")),
    ("call.url", request(url="echo?oauth_token=x")),
    ("call.url", request(url="echo?a=b&o%61uth_signature=x")),
    ("call.url", request(url="echo?OAUTH_NONCE")),
]


@pytest.mark.parametrize("field, message", BAD_FIELDS, ids=lambda value: value if isinstance(value, str) else "")
def test_the_bad_field_is_named(web, field, message):
    error = refused("INVALID_REQUEST", "INVALID_ARGUMENT", web.call, "SignedRequest", message)
    named = [violation.field for violation in error.field_violations]
    assert any(name == field or name.startswith((field + "[", field + " ", field + ".")) for name in named), error


@pytest.mark.parametrize("field, message", [
    ("provider", changed(provider=BAD)),
    ("access_token", changed(access_token=BAD)),
    ("provider_token.token", changed(provider_token=pb.ProviderToken(token=BAD, token_secret="x"))),
    ("provider_token.token_secret", changed(provider_token=pb.ProviderToken(token="x", token_secret=BAD))),
    ("consumer", changed(consumer=BAD)),
    ("provider_parameters[0].name", changed(provider_parameters=parameters((BAD, "x")))),
    ("call.method", request(method=BAD)),
    ("call.url", request(url=BAD)),
    ("call.query[0].name", request(query=parameters((BAD, "x")))),
    ("call.query[0].value", request(query=parameters(("x", BAD)))),
    ("call.headers[0].name", request(headers=headers((BAD, b"x")))),
    ("call.content_type", request(body=b"x", content_type=BAD)),
    ("call.form.fields[0].value", request(form=pb.Form(fields=parameters(("x", BAD))))),
    ("call.multipart.parts[1].name", request(multipart=multipart(name=BAD))),
    ("call.multipart.parts[1].filename", request(multipart=multipart(filename=BAD))),
    ("call.multipart.parts[1].content_type", request(multipart=multipart(content_type=BAD))),
], ids=lambda value: value if isinstance(value, str) else "")
def test_text_is_wanted_where_text_is_due(web, field, message):
    refused_field(field, web.raw, "SignedRequest", not_utf8(message))


@pytest.mark.parametrize("name", [
    "Host", "host", "HOST", "Authorization", "authorization", "Content-Length", "content_length", "Content_Length",
    "Transfer-Encoding", "transfer_encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect",
    "Cookie",
    "Cookie2", "Proxy-Authorization", "Proxy_Authorization", "proxy-connection", "Proxy-Anything", "HTTP2-Settings",
    "Via", "Forwarded", "Content-Type", "content_type", "Host ", " Host", "Ho st", "Host:", "x\r\ny", "x\0", "x(y)",
    "é", ":path",
])
def test_headers_that_are_not_the_callers_to_set_are_refused(web, name):
    refused_field("call.headers[1].name", web.send, "GET", "echo", headers=headers(("x-fine", b"1"), (name, b"x")))


@pytest.mark.parametrize("value", [b"a\r\nHost: evil", b"a\nb", b"a\rb", b"a\0b", b"\x01", b"\x7f", b"a\r\n b"])
def test_header_values_with_control_characters_are_refused(web, value):
    refused_field("call.headers[0].value", web.send, "GET", "echo", headers=headers(("x-a", value)))


def test_a_damaged_or_foreign_access_token_is_refused_without_telling_why(web, token):
    middle = len(token) // 2
    flipped = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1:]
    texts = set()
    for bad in ("x", "oa1_", "oa1_x", "oa2_" + token[4:], token[:-1], token + "A", token[:-8], flipped, token.upper(),
                token[4:]):
        texts.add(str(refused("TOKEN_INVALID", "INVALID_ARGUMENT", web.send, "GET", "echo", bad)))
    texts.add(str(refused("TOKEN_INVALID", "INVALID_ARGUMENT", web.send, "GET", "echo", token, provider="twin")))
    assert len(texts) == 1


def test_a_consumer_beside_an_access_token_is_refused(web, token):
    refused_field("consumer", web.send, "GET", "echo", token, consumer="main")


def test_a_message_larger_than_any_request_may_be_is_refused_by_size(web):
    refused_by_library = request(body=b"x" * (6 * 1024 * 1024))
    with pytest.raises(OAuth1dError) as caught:
        web.call("SignedRequest", refused_by_library)
    assert caught.value.code.name == "RESOURCE_EXHAUSTED"
