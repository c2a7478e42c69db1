"""StartAuthorization and CompleteAuthorization, as the service answers them."""
from __future__ import annotations

import ipaddress
import secrets
import threading
import time
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from .._stubs import oauth1d_pb2 as pb
from .failure import ServiceFailure, invalid
from .flows import OUT_OF_BAND, Callback, Flow
from .tokens import Tokens
from .users import User

LIFE = 600
"""Seconds that a browser has to come back; only told, since tests end logins by hand."""

_MOST_APP_STATE = 2048
_MOST_COOKIES = 32


class Logins:
    """consumers: by provider. callback_urls: the only ones that are taken; None: all that the service would take."""

    def __init__(
        self, consumers: Mapping[str, Collection[str]], callback_urls: Collection[str] | None, tokens: Tokens
    ) -> None:
        self._consumers = consumers
        self._callback_urls = callback_urls
        self._tokens = tokens
        self._flows: dict[str, Flow] = {}
        self._lock = threading.Lock()

    def start(self, request: pb.StartAuthorizationRequest) -> pb.StartAuthorizationResponse:
        """Begins one. Raises ServiceFailure."""
        consumer = self.consumer_of(request.provider, request.consumer)
        self._check_callback_url(request.callback_url)
        if len(request.app_state) > _MOST_APP_STATE:
            raise invalid("app_state", "is more than 2 KiB")
        flow = Flow.begin(request, consumer)
        with self._lock:
            self._flows[flow.state] = flow
        added = [(item.name, item.raw_value or item.value) for item in request.authorize_parameters]
        page = f"https://{request.provider}.example/oauth/authorize"
        answer = pb.StartAuthorizationResponse(
            redirect_url=f"{page}?{urlencode([('oauth_token', flow.oauth_token), *added])}", state=flow.state
        )
        answer.binding_cookie.name, answer.binding_cookie.value = flow.cookie
        answer.binding_cookie.max_age.FromSeconds(LIFE)
        answer.expire_time.FromSeconds(int(time.time()) + LIFE)
        return answer

    def complete(self, request: pb.CompleteAuthorizationRequest) -> pb.CompleteAuthorizationResponse:
        """Ends one. Raises ServiceFailure; what is refused before the verifier burns nothing."""
        self.consumer_of(request.provider, "")
        callback = Callback.of(request)
        cookies = [(cookie.name, cookie.value) for cookie in request.binding_cookies]
        if not cookies:
            raise invalid("binding_cookies", "is empty; pass every cookie whose name begins so")
        if len(cookies) > _MOST_COOKIES:
            raise invalid("binding_cookies", "are more than 32")
        with self._lock:
            flow = self._flows.get(callback.state)
            if flow is None or flow.provider != request.provider:
                raise ServiceFailure("FLOW_NOT_FOUND", "no such login is under way: it expired, or never was")
            flow.check_binding(cookies)
            flow.check_token(callback.token, denied=callback.denied)
            flow.check_verifier(callback.verifier, denied=callback.denied)
            if flow.answer is None:
                flow.answer, flow.finished_with = self._answer(flow), callback.verifier
            return flow.answer

    def approve(self, redirect_url: str, user: User) -> str:
        """The callback, or the PIN if there is none."""
        flow = self._flow_of(redirect_url)
        if flow.finished_with or flow.failure:
            raise ValueError("this login has ended: the provider's page would say so")
        flow.user, flow.verifier = user, flow.verifier or secrets.token_urlsafe(9)
        if flow.callback_url == OUT_OF_BAND:
            return flow.verifier
        return flow.callback(oauth_token=flow.oauth_token, oauth_verifier=flow.verifier)

    def deny(self, redirect_url: str) -> str:
        """The callback."""
        flow = self._flow_of(redirect_url)
        return flow.callback(denied=flow.oauth_token)

    def expire(self, redirect_url: str | None) -> None:
        """This one, or all."""
        with self._lock:
            if redirect_url is None:
                self._flows.clear()
        if redirect_url is not None:
            flow = self._flow_of(redirect_url)
            with self._lock:
                self._flows.pop(flow.state, None)

    def forget_answers(self) -> None:
        """What has ended is told no more."""
        with self._lock:
            for flow in self._flows.values():
                flow.answer = None if flow.finished_with else flow.answer

    def consumer_of(self, provider: str, consumer: str) -> str:
        """Which consumer is meant. Raises PROVIDER_NOT_FOUND, or INVALID_REQUEST for one that is not there."""
        known = list(self._consumers.get(provider, ()))
        if not known:
            raise ServiceFailure("PROVIDER_NOT_FOUND", f"no provider {provider[:64]!r} for this caller")
        if consumer and consumer not in known:
            raise invalid("consumer", "is none of this provider's")
        return consumer or known[0]

    def consumers_of(self, provider: str) -> list[str]:
        """Their names."""
        return list(self._consumers.get(provider, ()))

    def _check_callback_url(self, callback_url: str) -> None:
        if callback_url == OUT_OF_BAND:
            return
        url = urlsplit(callback_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise invalid("callback_url", "is no absolute http or https URL")
        if url.scheme == "http" and not _is_loopback(url.hostname):
            advice = "use https (behind a proxy: let the framework see X-Forwarded-Proto)"
            raise invalid("callback_url", f"is plain http beyond loopback; {advice}")
        if self._callback_urls is not None and callback_url not in self._callback_urls:
            raise invalid("callback_url", "is not one of the configuration's callback_urls, to the letter")

    def _answer(self, flow: Flow) -> pb.CompleteAuthorizationResponse:
        assert flow.user is not None
        answer = pb.CompleteAuthorizationResponse(
            access_token=self._tokens.issue(flow.provider, flow.user).access_token,
            provider=flow.provider,
            app_state=flow.app_state,
            spent_cookie_name=flow.cookie[0],
        )
        answer.parameters.extend(said_with_token(flow.user))
        return answer

    def _flow_of(self, redirect_url: str) -> Flow:
        token = dict(parse_qsl(urlsplit(redirect_url).query)).get("oauth_token", "")
        with self._lock:
            for flow in self._flows.values():
                if token and flow.oauth_token == token:
                    return flow
        raise ValueError(f"no login is under way for {redirect_url!r}; give the address that the application sent to")


def said_with_token(user: User) -> list[pb.Parameter]:
    """What the provider says of `user` when it gives a token."""
    fields = {"user_id": user.user_id, "screen_name": user.screen_name, **user.parameters}
    return [
        pb.Parameter(name=name, raw_value=value) if isinstance(value, bytes) else pb.Parameter(name=name, value=value)
        for name, value in fields.items()
    ]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
