"""OAuth 1.0 through the oauth1d service: no signature, nonce or consumer secret in your application.

For web frameworks: `from oauth1d.starlette_client import OAuth`.
Without one: `oauth1d.Client` (blocking) and `oauth1d.aio.Client` (asyncio).
"""
from ._version import __version__
from .binding_cookie import BindingCookie
from .client import Client
from .credentials import TWO_LEGGED, ProviderToken
from .errors import MissingTokenError, OAuth1dError
from .provider_info import ProviderInfo
from .response import HTTPStatusError, ProviderProblem, Response
from .started_authorization import StartedAuthorization
from .token import Token

__all__ = [
    "TWO_LEGGED", "BindingCookie", "Client", "HTTPStatusError", "MissingTokenError", "OAuth1dError",
    "ProviderInfo", "ProviderProblem", "ProviderToken", "Response", "StartedAuthorization", "Token", "__version__",
]
