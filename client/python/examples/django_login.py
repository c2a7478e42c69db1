"""Log in with an OAuth 1.0 provider through Django: a whole web application in one file.

    python3 django_login.py --port 8000

OAUTH1D_SERVER says where the service is (default 127.0.0.1:50051). The service's configuration must know the
provider `twitter` and allow the callback http://127.0.0.1:8000/auth/twitter. Behind a proxy that ends TLS, set
SECURE_PROXY_SSL_HEADER.
"""
from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import secrets
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path

if importlib.util.find_spec("oauth1d") is None:  # not installed: run from the source tree
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from oauth1d import HTTPStatusError, errors
from oauth1d.django_client import OAuth

oauth = OAuth()
log = logging.getLogger("login")


def home(request: HttpRequest) -> HttpResponse:
    return page(
        "Who are you?",
        "<p>This page knows no password of yours, and no key of the provider's.</p>"
        '<p><a class="button" href="/login/twitter">Log in with Twitter</a></p>',
    )


def login_via_twitter(request: HttpRequest) -> HttpResponse:
    redirect_uri = request.build_absolute_uri(reverse(authorize_twitter))
    return oauth.twitter.authorize_redirect(request, redirect_uri)


def authorize_twitter(request: HttpRequest) -> HttpResponse:
    token = oauth.twitter.authorize_access_token(request)
    profile = oauth.twitter.get("account/verify_credentials.json").raise_for_status().json()
    # A real application would now keep `token` with its user, and pass it as token= later.
    screen_name = str(token.get("screen_name") or "you")
    shown = json.dumps(profile, indent=2, ensure_ascii=False)
    response = page(
        f"Hello, {screen_name}",
        f'<p>You are logged in. This is what the provider says about you:</p><pre tabindex="0">{escape(shown)}</pre>'
        '<p><a class="button quiet" href="/">Start over</a></p>',
    )
    token.delete_cookie(response)
    return response


urlpatterns = [
    path("", home),
    path("login/twitter", login_via_twitter),
    path("auth/twitter", authorize_twitter),
]

# What went wrong, as a person should see it: title, what to do, HTTP status. The first that fits.
EXPLANATIONS: list[tuple[type[errors.OAuth1dError], str, str, int]] = [
    (errors.UserDenied, "You said no", "Nothing was shared. You can log in whenever you like.", 403),
    (errors.FlowNotFound, "That took too long", "This login is no longer open. Please log in again.", 410),
    (errors.BindingMismatch, "Another browser began this", "Finish the login there, or log in here.", 403),
    (errors.TokenMismatch, "This link does not fit", "It belongs to another login. Please log in again.", 403),
    (errors.AlreadyCompleted, "This login was used already", "If that was not you, please tell us. Log in again.", 409),
    (errors.Unavailable, "Not right now", "The provider or our login service is away. Please try again soon.", 503),
    (errors.ResourceExhausted, "Very busy", "Too many logins at once. Please try again in a moment.", 503),
    (errors.DeadlineExceeded, "No answer in time", "Please try again in a moment.", 504),
    (errors.InvalidCall, "This link does not work", "Something in it is missing or not allowed.", 400),
    (errors.OAuth1dError, "That did not work", "Please log in again. If it keeps failing, tell us.", 502),
]


def explained(error: errors.OAuth1dError) -> tuple[str, str, int]:
    """Title, advice and HTTP status."""
    if any(violation.field.startswith("binding_cookies") for violation in error.field_violations):
        advice = "It was finished already, it began in another browser, or cookies are off."
        return "This login is not open in this browser", advice, 400
    return next((title, advice, status) for kind, title, advice, status in EXPLANATIONS if isinstance(error, kind))


class ExplainFailures:
    """A middleware: what a login or a signed call raised becomes a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, errors.OAuth1dError):
            log.warning("login failed: %r", error)  # for the operator: which field, which provider; no secret is in it
            return self.explain(error)
        if isinstance(error, HTTPStatusError):
            return self.explain_answer(error)
        return None

    def explain(self, error: errors.OAuth1dError) -> HttpResponse:
        title, advice, status = explained(error)
        return page(
            title,
            f'<p role="alert">{escape(advice)}</p>'
            '<p><a class="button" href="/login/twitter">Log in again</a> <a class="button quiet" href="/">Home</a></p>'
            f"<p><small>{escape(error.error)}</small></p>",
            status,
        )

    def explain_answer(self, error: HTTPStatusError) -> HttpResponse:
        return page(
            "The provider did not answer well",
            f'<p role="alert">{escape(str(error))}</p><p><a class="button" href="/login/twitter">Log in again</a></p>',
            502,
        )


STYLE = """
:root { color-scheme: light dark; --ink: #1d2433; --paper: #f4f5f8; --card: #fff; --accent: #2456c9; --line: #d9dde6; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9f0; --paper: #12151c; --card: #1b202b; --accent: #8fb2ff; --line: #323a4a; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; }
main { width: 100%; max-width: 34rem; padding: clamp(1.25rem, 5vw, 2.5rem); background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem; }
main > :last-child { margin-bottom: 0; }
h1 { margin: 0 0 .75rem; font-size: clamp(1.5rem, 6vw, 2rem); line-height: 1.2; overflow-wrap: anywhere; }
pre { overflow: auto; max-height: 20rem; padding: 1rem; border: 1px solid var(--line); border-radius: .6rem;
  font-size: .875rem; }
.button { display: inline-block; margin: .25rem .25rem .25rem 0; padding: .7rem 1.3rem; border-radius: .6rem;
  border: 2px solid var(--accent); background: var(--accent); color: var(--card); font-weight: 600;
  text-decoration: none; }
.quiet { background: none; color: var(--accent); }
a:focus-visible, pre:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
"""


HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    "referrer-policy": "no-referrer",
}


def html(title: str, body: str) -> str:
    """`title` is text, `body` is HTML."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style>'
        f"<main><h1>{escape(title)}</h1>{body}</main></html>"
    )


def page(title: str, body: str, status: int = 200) -> HttpResponse:
    return HttpResponse(html(title, body), status=status, headers=HEADERS)


settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", f"{__name__}.ExplainFailures"],
    SECRET_KEY=secrets.token_urlsafe(32),  # nothing is signed with it here
)
application = get_wsgi_application()


def main() -> None:
    parser = argparse.ArgumentParser(description="A page to log in with Twitter, through oauth1d.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    logging.basicConfig()  # Django's own loggers say nothing where DEBUG is off
    execute_from_command_line([sys.argv[0], "runserver", "--noreload", f"{arguments.host}:{arguments.port}"])


if __name__ == "__main__":
    main()
