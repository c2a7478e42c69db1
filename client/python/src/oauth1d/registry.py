"""The providers that an application registers; the part of `OAuth` that all web frameworks share."""
from __future__ import annotations

import functools
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from .parameters import Parameters, parameter_pairs
from .settings import ServerSettings

ProviderClient = TypeVar("ProviderClient")

_HARMLESS = frozenset({"overwrite", "name"})
_MOST_UNREGISTERED = 1000
"""Those that were only asked for, perhaps by whoever sends requests to /login/NAME."""


class IgnoredSettingWarning(UserWarning):
    """`register` was given what the service's configuration decides."""


@dataclass(frozen=True)
class Registration:
    """What an application says about one provider. The rest stands in the service's configuration.

    fetch_token, save_token: find and keep the stored token of the user, see `Registry.register`.
    consumer: which of the provider's configured consumers; empty: the only one.
    provider_parameters: fills the host templates of the provider (a shop, a wiki).
    authorize_params, request_token_params: sent with every login; must be allowed by the configuration.
    """

    name: str
    fetch_token: Callable[..., Any] | None = None
    save_token: Callable[..., Any] | None = None
    consumer: str = ""
    provider_parameters: Parameters | None = None
    authorize_params: Parameters | None = None
    request_token_params: Parameters | None = None

    def login_options(
        self,
        *,
        consumer: str | None = None,
        authorize_parameters: Parameters | None = None,
        request_token_parameters: Parameters | None = None,
        provider_parameters: Parameters | None = None,
        further: Parameters | None = None,
    ) -> dict[str, Any]:
        """Keywords for a client's `start_authorization`: what was registered, then what this login adds."""
        return {
            "consumer": self.consumer if consumer is None else consumer,
            "authorize_parameters": parameter_pairs(self.authorize_params, authorize_parameters, further),
            "request_token_parameters": parameter_pairs(self.request_token_params, request_token_parameters),
            "provider_parameters": provider_parameters or self.provider_parameters,
        }


_KEPT = frozenset(Registration.__dataclass_fields__) - {"name"}


class Registry(Generic[ProviderClient]):
    """Clients by provider name: `oauth.twitter`, or `oauth.create_client("twitter")`.

    server: the service's address; default: OAUTH1D_SERVER, then 127.0.0.1:50051. TLS and the API key come
        from the environment, see `ServerSettings`. Nothing connects before the first call.
    fetch_token, save_token: as in `register`, for every provider, called with the provider's name first.
    Further settings are accepted for the sake of existing code, and ignored with one warning.
    """

    def __init__(
        self,
        server: str | None = None,
        *,
        settings: ServerSettings | None = None,
        fetch_token: Callable[..., Any] | None = None,
        save_token: Callable[..., Any] | None = None,
        **ignored: Any,
    ) -> None:
        self.settings = settings or ServerSettings.from_environment(server)
        self._fetch_token = fetch_token
        self._save_token = save_token
        self._clients: dict[str, ProviderClient] = {}
        self._unregistered: dict[str, ProviderClient] = {}
        self._lock = threading.Lock()
        self._warned = False
        self._warn_about("OAuth", ignored, stacklevel=3)

    def register(self, name: str, **settings: Any) -> ProviderClient:
        """Says what this application wants with provider `name`; replaces what was said before.

        fetch_token: called, and awaited if need be, for a request that has no token: with the web request if
            it takes an argument (None unless the call was given `request=`), or with nothing. Returns what
            `token=` takes, or None.
        save_token: called likewise when a token was renewed, with a `Token` to keep in place of the one whose
            access token is `token.previous_access_token`, and with the web request if it takes a second argument.
            What it raises, the call raises.
        consumer, provider_parameters, authorize_params, request_token_params: see `Registration`.
        All else, such as client_id, client_secret and the URLs, is the service's to know: it is ignored, and
        one warning says so.
        """
        kept = {key: value for key, value in settings.items() if key in _KEPT}
        self._warn_about(f"register({name!r})", {key: settings[key] for key in settings.keys() - _KEPT}, stacklevel=2)
        client = self._new_client(self._with_defaults(Registration(name, **kept)))
        self._clients[name] = client
        return client

    def create_client(self, name: str) -> ProviderClient:
        """The client of provider `name`. It need not be registered: what the service knows will work."""
        known = self._clients.get(name) or self._unregistered.get(name)
        if known is not None:
            return known
        client = self._new_client(self._with_defaults(Registration(name)))
        with self._lock:
            while len(self._unregistered) >= _MOST_UNREGISTERED:
                del self._unregistered[next(iter(self._unregistered))]
            return self._unregistered.setdefault(name, client)

    def __getattr__(self, name: str) -> ProviderClient:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.create_client(name)

    def _new_client(self, registration: Registration) -> ProviderClient:
        """Makes the web framework's client."""
        raise NotImplementedError

    def _with_defaults(self, registration: Registration) -> Registration:
        hooks = {"fetch_token": self._fetch_token, "save_token": self._save_token}
        missing = {
            hook: functools.partial(shared, registration.name)
            for hook, shared in hooks.items()
            if shared is not None and getattr(registration, hook) is None
        }
        return replace(registration, **missing)

    def _warn_about(self, where: str, ignored: dict[str, Any], *, stacklevel: int) -> None:
        names = sorted(key for key, value in ignored.items() if value is not None and key not in _HARMLESS)
        if not names or self._warned:
            return
        self._warned = True
        warnings.warn(
            f"{where}: {', '.join(names)} ignored here. Consumer keys, secrets and URLs belong in the oauth1d "
            f"server's configuration (providers: in oauth1d.yaml, server {self.settings.server}).",
            IgnoredSettingWarning,
            stacklevel=stacklevel + 1,
        )
