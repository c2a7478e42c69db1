"""The tests' application in Django: one project, whose OAuth object each test sets."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse

from oauth1d.django_client import OAuth
from oauth1d.errors import OAuth1dError

current: dict[str, Any] = {}


def login(request: HttpRequest) -> HttpResponse:
    address = request.build_absolute_uri(reverse(authorize))
    return current["oauth"].twitter.authorize_redirect(request, address, app_state="/ü")


def authorize(request: HttpRequest) -> HttpResponse:
    twitter = current["oauth"].twitter
    token = twitter.authorize_access_token(request)
    current["between"]()
    profile = twitter.get("account/verify_credentials.json").json()
    response = JsonResponse(
        {"token": token["screen_name"], "profile": profile["screen_name"], "app_state": token.app_state.decode()}
    )
    token.delete_cookie(response)
    return response


def profile(request: HttpRequest) -> HttpResponse:
    return JsonResponse(current["oauth"].twitter.get("account/verify_credentials.json").json())


def show_failures(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OAuth1dError):
            return JsonResponse({"class": type(error).__name__}, status=403)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


urlpatterns = [
    path("login/twitter", login),
    path("auth/twitter", authorize),
    path("profile", profile),
]


def configure() -> None:
    """Once a process."""
    if django_settings.configured:
        return
    django_settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="of the tests",
        MIDDLEWARE=[f"{__name__}.show_failures"],
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    )
    django.setup()


def django_app(between: Callable[[], None] = lambda: None, **settings: Any) -> tuple[WSGIHandler, OAuth]:
    """`between` is called between the login and the signed call; `settings` go to OAuth."""
    configure()
    oauth = OAuth(**settings)
    current.update(oauth=oauth, between=between)
    return WSGIHandler(), oauth
