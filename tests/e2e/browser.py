"""A user's browser: begins a login, walks the sandbox's consent page, comes back."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

from oauth1d._stubs import oauth1d_pb2 as pb

from configuration import CALLBACK
from protocol_parameters import protocol_parameters


@dataclass
class Browser:
    """One user at one browser, at whatever stage of the login."""

    user: str
    provider: str = "sandbox"
    started: object = None
    callback: str = ""
    cookies: list = field(default_factory=list)

    def begin(self, caller, callback_url=CALLBACK, **fields):
        self.started = caller.start(self.provider, callback_url, **fields)
        self.cookies.append(self.started.binding_cookie)
        return self

    def approve(self, sandbox):
        self.callback = sandbox.approve(self.started.redirect_url, self.user)
        return self

    def deny(self, sandbox):
        self.callback = sandbox.deny(self.started.redirect_url)
        return self

    def as_request(self):
        return pb.CompleteAuthorizationRequest(provider=self.provider, callback_query=self.callback,
                                               binding_cookies=self.cookies)

    def finish(self, caller, **options):
        return caller.complete(self.callback, self.cookies, self.provider, **options)


def come_back(caller, sandbox, user="alice", provider="sandbox", **fields):
    """A browser that the provider has just sent back."""
    return Browser(user, provider).begin(caller, **fields).approve(sandbox)


def come_back_from_evil(caller, evil, token="temporary-token", verifier="the-verifier", **fields):
    """A browser that came back from an `EvilProvider`, which has no page: the callback is the one that it was told."""
    browser = Browser("alice").begin(caller, **fields)
    callback = protocol_parameters(evil.seen("/oauth/request_token")[-1])["oauth_callback"]
    browser.callback = f"{callback}&{urlencode({'oauth_token': token, 'oauth_verifier': verifier})}"
    return browser


def log_in(caller, sandbox, user="alice", provider="sandbox", **fields):
    """The access token of a user."""
    return come_back(caller, sandbox, user, provider, **fields).finish(caller).access_token


def profile(caller, access_token, provider="sandbox"):
    """The user's name, from the provider's API."""
    answer = caller.send("GET", "account/verify_credentials.json", access_token, provider=provider).answer
    assert answer.status_code == 200, answer
    return json.loads(answer.body)["screen_name"]


def exchanges(sandbox):
    """How many verified exchanges the provider has seen."""
    return sum(line["path"] == "/oauth/access_token" and line["verified"] for line in sandbox.log())
