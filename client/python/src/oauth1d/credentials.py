"""Whose request it is: what `token=` may be."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from ._stubs import oauth1d_pb2 as pb
from .errors import MissingTokenError


@dataclass(frozen=True)
class ProviderToken:
    """The provider's own token, kept by your application instead of the service's sealed one."""

    token: str
    token_secret: str = field(repr=False)


class TwoLegged:
    """Marks a request that is signed with the consumer's credentials alone; use `TWO_LEGGED`."""


TWO_LEGGED = TwoLegged()

Credentials = Union[str, Mapping[str, Any], ProviderToken, TwoLegged]
"""An access token; a dict with `access_token`, such as a `Token`; a dict with `oauth_token` and
`oauth_token_secret`, or a ProviderToken; or TWO_LEGGED."""


def access_token_of(token: str | Mapping[str, Any]) -> str:
    """The sealed access token. Raises MissingTokenError if there is none."""
    found = token if isinstance(token, str) else token.get("access_token")
    if not found:
        raise MissingTokenError("the token holds no access_token: log the user in first")
    return str(found)


def set_credentials(message: pb.SignedRequestRequest, credentials: Credentials) -> None:
    """Fills the message's credentials. Raises MissingTokenError if there is no token in them."""
    if isinstance(credentials, TwoLegged):
        message.application.SetInParent()
    elif isinstance(credentials, ProviderToken):
        message.provider_token.token = credentials.token
        message.provider_token.token_secret = credentials.token_secret
    elif isinstance(credentials, str) and credentials:
        message.access_token = credentials
    elif isinstance(credentials, Mapping) and credentials.get("access_token"):
        message.access_token = credentials["access_token"]
    elif isinstance(credentials, Mapping) and credentials.get("oauth_token"):
        message.provider_token.token = credentials["oauth_token"]
        message.provider_token.token_secret = credentials.get("oauth_token_secret", "")
    else:
        raise MissingTokenError("the token holds neither access_token nor oauth_token: log the user in first")
