"""The contract's request messages, from Python values. The sync and the asyncio client share them."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._stubs import oauth1d_pb2 as pb
from .binding_cookie import BindingCookie
from .content import Files, set_content
from .credentials import Credentials, ProviderToken, set_credentials
from .headers import HeaderFields, header_messages
from .parameters import Parameters, parameter_messages

TIMEOUT = 20.0
COMPLETE_TIMEOUT = 35.0
SIGNED_REQUEST_TIMEOUT = 34.0
STREAM_TIMEOUT = 3600.0
"""Seconds, where the caller gives none. The service itself ends a call after 30, a stream after an hour."""

ANSWER_GRACE = 1.0
"""Seconds by which our deadline for SignedRequest outlasts the one that the service is told, so that its own
error, which says whether the request was sent, still arrives."""


def start_authorization(
    provider: str,
    callback_url: str,
    *,
    consumer: str = "",
    authorize_parameters: Parameters | None = None,
    request_token_parameters: Parameters | None = None,
    provider_parameters: Parameters | None = None,
    app_state: bytes | str = b"",
) -> pb.StartAuthorizationRequest:
    """What StartAuthorization takes; text in `app_state` is sent as UTF-8."""
    return pb.StartAuthorizationRequest(
        provider=provider,
        consumer=consumer,
        callback_url=callback_url,
        authorize_parameters=parameter_messages(authorize_parameters),
        request_token_parameters=parameter_messages(request_token_parameters),
        provider_parameters=parameter_messages(provider_parameters),
        app_state=app_state.encode() if isinstance(app_state, str) else app_state,
    )


def complete_authorization(
    provider: str, callback: str | pb.CallbackValues, binding_cookies: Iterable[BindingCookie]
) -> pb.CompleteAuthorizationRequest:
    """What CompleteAuthorization takes: the raw query string or URL of the callback, or its parts."""
    message = pb.CompleteAuthorizationRequest(provider=provider)
    if isinstance(callback, str):
        message.callback_query = callback
    else:
        message.callback_values.CopyFrom(callback)
    for cookie in binding_cookies:
        message.binding_cookies.add(name=cookie.name, value=cookie.value)
    return message


def signed_request(
    provider: str,
    method: str,
    url: str,
    *,
    token: Credentials,
    params: Parameters | str | None = None,
    headers: HeaderFields | None = None,
    data: Parameters | bytes | str | None = None,
    json: Any = None,
    content: bytes | str | None = None,
    files: Files | None = None,
    consumer: str = "",
    provider_parameters: Parameters | None = None,
) -> pb.SignedRequestRequest:
    """What SignedRequest takes, but for `timeout`. A `params` that is text is a query, sent byte for byte.

    Raises MissingTokenError if `token` holds none, ValueError if the body is given twice.
    """
    message = pb.SignedRequestRequest(
        provider=provider, consumer=consumer, provider_parameters=parameter_messages(provider_parameters)
    )
    set_credentials(message, token)
    if isinstance(params, str):
        url, params = _with_query(url, params), None
    message.call.method = method.upper()
    message.call.url = url
    message.call.query.extend(parameter_messages(params))
    message.call.headers.extend(header_messages(headers))
    set_content(message.call, data=data, json=json, content=content, files=files)
    return message


def import_access_token(
    provider: str,
    *,
    token: ProviderToken | Mapping[str, Any] | None = None,
    username: str | None = None,
    password: str | None = None,
    consumer: str = "",
    provider_parameters: Parameters | None = None,
) -> pb.ImportAccessTokenRequest:
    """What ImportAccessToken takes. Raises ValueError unless it is a token, or else username and password."""
    by_password = username is not None and password is not None
    if (token is None) != by_password or (username is None) != (password is None):
        raise ValueError("give token=, or username= and password=")
    message = pb.ImportAccessTokenRequest(
        provider=provider, consumer=consumer, provider_parameters=parameter_messages(provider_parameters)
    )
    if token is None:
        message.password_login.username = username or ""
        message.password_login.password = password or ""
    elif isinstance(token, ProviderToken):
        message.provider_token.token, message.provider_token.token_secret = token.token, token.token_secret
    else:
        message.provider_token.token = token["oauth_token"]
        message.provider_token.token_secret = token.get("oauth_token_secret", "")
    return message


def explain_signature(
    provider: str,
    method: str,
    url: str,
    *,
    timestamp: str | int = "",
    nonce: str = "",
    provider_base_string: str = "",
    **request: Any,
) -> pb.ExplainSignatureRequest:
    """What ExplainSignature takes; `request` as for `signed_request`."""
    return pb.ExplainSignatureRequest(
        request=signed_request(provider, method, url, **request),
        timestamp=str(timestamp),
        nonce=nonce,
        provider_base_string=provider_base_string,
    )


def set_timeout(message: pb.SignedRequestRequest, seconds: float) -> None:
    """Tells the service how long it may take, to the millisecond."""
    message.timeout.FromMilliseconds(max(1, round(seconds * 1000)))


def _with_query(url: str, query: str) -> str:
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{query.removeprefix('?')}"
