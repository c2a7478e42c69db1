"""A provider that is not the sandbox, driven by nothing but a configuration file."""

import http.client
import json
import ssl
from urllib.parse import urlsplit

import pytest
from oauth1d.errors import OAuth1dError

from caller import Caller, parameters
from certificates import Certificates
from configuration import CALLBACK
from oauth1d_process import Oauth1d
from other_provider import OtherProvider

CONFIGURATION = """\
listen: {{address: 127.0.0.1:0, drain_delay: 0s, reflection: true}}
store: {{memory: {{}}}}
keyring: {{file: keyring.yaml}}              # or {{env: OAUTH1D_KEYRING}}, the same text
owners:
- name: default
  providers:
  - {{name: other, callback_urls: ["http://127.0.0.1:8000/auth/sandbox"], application: false}}
providers:
- name: other
  title: The Other
  consumers: [{{name: main, key: other-key, secret: {{env: OTHER_SECRET}}}}]
  request_token_url: {url}/start
  authorize_url: {url}/authorize
  access_token_url: {url}/exchange
  api_base_urls: ["{url}/api/v1/"]
  signature_method: HMAC-SHA1
  placement: header
  callback_confirmed: require
  reveal_provider_token: false
  egress: {egress}
"""


@pytest.fixture(params=["http", "https"])
def setting(request, tmp_path):
    """A provider, what to trust, and the configuration for it."""
    if request.param == "http":
        egress, certificates = "{allow_plain_http: true, allow_cidrs: [127.0.0.0/8]}", None
        running = OtherProvider()
    else:
        certificates = Certificates(tmp_path)
        egress = f"{{allow_cidrs: [127.0.0.0/8], ca_file: {certificates.ca}}}"
        running = OtherProvider(certificates.cert, certificates.key)
    with running as provider:
        yield provider, certificates and certificates.ca, CONFIGURATION.format(url=provider.url, egress=egress)


def test_a_login_and_a_request_work_from_the_configuration_file_alone(setting):
    provider, ca_file, config = setting
    with Oauth1d(config, environment={"OTHER_SECRET": "other-secret"}) as server, Caller(server.address) as caller:
        server.secrets.append("other-secret")
        started = caller.start("other", CALLBACK)
        callback = visit(started.redirect_url, ca_file)
        completed = caller.complete(callback, [started.binding_cookie], "other")
        answer = caller.send("GET", "me?b=2&a=%C3%A9", completed.access_token, provider="other",
                             query=parameters(("a", "1 + 1"), ("a", ""))).answer
        assert (answer.status_code, json.loads(answer.body)) == (200, {"login": "carol"})
        posted = caller.send("POST", "me", completed.access_token, provider="other", content_type=(
            "application/x-www-form-urlencoded"), body=b"z=%7e&a=+&a").answer
        assert posted.status_code == 200
        assert provider.refusals == []


def test_a_wrong_consumer_secret_is_the_operators_fault(setting):
    _, _, config = setting
    with Oauth1d(config, environment={"OTHER_SECRET": "mistyped"}) as server, Caller(server.address) as caller:
        with pytest.raises(OAuth1dError) as refused:
            caller.start("other", CALLBACK)
        assert refused.value.reason == "CONSUMER_REJECTED"
        assert refused.value.metadata["oauth_problem"] == "signature_invalid"


def test_without_the_private_ca_nothing_is_sent(tmp_path):
    certificates = Certificates(tmp_path)
    with OtherProvider(certificates.cert, certificates.key) as provider:
        config = CONFIGURATION.format(url=provider.url, egress="{allow_cidrs: [127.0.0.0/8]}")
        with Oauth1d(config, environment={"OTHER_SECRET": "other-secret"}) as server, Caller(server.address) as caller:
            with pytest.raises(OAuth1dError) as refused:
                caller.start("other", CALLBACK)
            assert (refused.value.reason, refused.value.sent) == ("PROVIDER_UNREACHABLE", "no")


def test_without_leave_a_private_address_is_not_reached(setting):
    provider, ca_file, config = setting
    config = config.replace("allow_cidrs: [127.0.0.0/8]", "allow_cidrs: [10.0.0.0/8]")
    with Oauth1d(config, environment={"OTHER_SECRET": "other-secret"}) as server, Caller(server.address) as caller:
        with pytest.raises(OAuth1dError) as refused:
            caller.start("other", CALLBACK)
        assert (refused.value.reason, refused.value.sent) == ("DESTINATION_DENIED", "no")


def visit(url, ca_file):
    """Where the provider sends the browser."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file)
        connection = http.client.HTTPSConnection(parts.netloc, context=context, timeout=60)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    connection.request("GET", f"{parts.path}?{parts.query}")
    location = connection.getresponse().getheader("Location")
    connection.close()
    return location
