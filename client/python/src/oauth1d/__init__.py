"""OAuth 1.0 through the oauth1d service: no signature, nonce or consumer secret in your application.

For web frameworks: `from oauth1d.starlette_client import OAuth`, and likewise `flask_client` and `django_client`.
Without one: `oauth1d.Client` (blocking) and `oauth1d.aio.Client` (asyncio).
"""
from ._version import __version__
from .base_response import BaseResponse, HTTPStatusError, ProviderProblem
from .binding_cookie import BindingCookie
from .client import Client
from .credentials import TWO_LEGGED, ProviderToken
from .errors import MissingTokenError, OAuth1dError
from .explanation import BaseStringDifference, NormalizedParameter, SignatureExplanation
from .provider_info import ProviderInfo
from .response import Response
from .started_authorization import StartedAuthorization
from .stream_response import StreamResponse
from .token import Token

__all__ = [
    "TWO_LEGGED", "BaseResponse", "BaseStringDifference", "BindingCookie", "Client", "HTTPStatusError",
    "MissingTokenError", "NormalizedParameter", "OAuth1dError", "ProviderInfo", "ProviderProblem", "ProviderToken",
    "Response", "SignatureExplanation", "StartedAuthorization", "StreamResponse", "Token", "__version__",
]
