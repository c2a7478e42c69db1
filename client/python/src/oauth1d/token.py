"""The token that a login returns."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._stubs import oauth1d_pb2 as pb
from .parameters import pairs_from_messages, text_of

_OUTDATED_BY_RENEWAL = frozenset({"expires_at", "oauth_token", "oauth_token_secret"})
_SHOWN = frozenset({"user_id", "screen_name", "expires_at"})


class Token(dict[str, Any]):
    """A dict, so that it goes into a session, a database or JSON as it is.

    token["access_token"]: opaque and sealed; keep it as a secret of the user, hand it back as `token=`.
    token["expires_at"]: when it ends, in seconds since 1970; absent if the provider did not say.
    token["oauth_token"], token["oauth_token_secret"]: only where the service is configured to reveal them.
    All else is what the provider said with the token, such as token["user_id"] and token["screen_name"].
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        parameters: tuple[tuple[str, str | bytes], ...] = (),
        app_state: bytes = b"",
        provider: str = "",
        spent_cookie_name: str = "",
        previous_access_token: str = "",
    ) -> None:
        super().__init__(values)
        self.parameters = parameters
        """What the provider said, in order and with repeats; a value that is not UTF-8 as bytes."""
        self.app_state = app_state
        """What the login was started with."""
        self.provider = provider
        """The provider's name in the service's configuration."""
        self.spent_cookie_name = spent_cookie_name
        """The binding cookie that is of no more use."""
        self.previous_access_token = previous_access_token
        """The access token that this one replaces, after a renewal: what a store looks the user up by."""

    @classmethod
    def from_message(cls, message: pb.CompleteAuthorizationResponse) -> Token:
        """From the service's answer. Bytes that are not UTF-8 show as U+FFFD in the dict."""
        parameters, values = _said(message)
        if message.HasField("provider_token"):
            values["oauth_token"] = message.provider_token.token
            values["oauth_token_secret"] = message.provider_token.token_secret
        return cls(
            values,
            parameters=parameters,
            app_state=message.app_state,
            provider=message.provider,
            spent_cookie_name=message.spent_cookie_name,
        )

    @classmethod
    def renewed(cls, old: Mapping[str, Any], access_token: str, *, provider: str = "") -> Token:
        """`old` with its access token renewed. What no longer holds is left out: the time of its end (the service
        does not tell the new one's here) and the provider's own token."""
        values = {name: value for name, value in old.items() if name not in _OUTDATED_BY_RENEWAL}
        values["access_token"] = access_token
        return cls(
            values,
            parameters=getattr(old, "parameters", ()),
            app_state=getattr(old, "app_state", b""),
            provider=provider,
            previous_access_token=str(old.get("access_token", "")),
        )

    @classmethod
    def from_renewal(
        cls,
        message: pb.ImportAccessTokenResponse | pb.RefreshAccessTokenResponse,
        *,
        provider: str = "",
        previous_access_token: str = "",
    ) -> Token:
        """From the service's answer to an import or a renewal."""
        parameters, values = _said(message)
        return cls(values, parameters=parameters, provider=provider, previous_access_token=previous_access_token)

    def delete_cookie(self, response: Any) -> None:
        """Deletes the spent binding cookie from the browser, by way of your own response.

        `response` has `set_cookie`, as Starlette's, Flask's and Django's have. Not calling this is harmless: the
        cookie is of no more use and expires by itself.
        """
        if not self.spent_cookie_name:
            return
        response.set_cookie(  # delete_cookie takes other arguments in each framework
            self.spent_cookie_name,
            "",
            max_age=0,
            path="/",
            secure=self.spent_cookie_name.startswith("__Host-"),
            httponly=True,
            samesite="Lax",
        )

    def __repr__(self) -> str:
        return f"<Token { {name: value if name in _SHOWN else '***' for name, value in self.items()} }>"


def _said(
    message: pb.CompleteAuthorizationResponse | pb.ImportAccessTokenResponse | pb.RefreshAccessTokenResponse,
) -> tuple[tuple[tuple[str, str | bytes], ...], dict[str, Any]]:
    """The parameters, and the dict of a token."""
    parameters = pairs_from_messages(message.parameters)
    values: dict[str, Any] = {name: text_of(value) for name, value in parameters}
    values.pop("expires_at", None)  # ours to say
    values["access_token"] = message.access_token
    if message.HasField("expire_time"):
        values["expires_at"] = message.expire_time.seconds
    return parameters, values
