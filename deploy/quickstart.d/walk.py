"""One whole login as a browser does it, and what really happened at each step: what the browser got, what oauth1d
logged, and what the provider says it has seen."""

import base64
import json
import urllib.request
from urllib.parse import urljoin, urlsplit

from browser import Browser
from failure import Failure
from terminal import say_done

_USER = "alice"
_SERVICE = "/oauth1d.gateway.v1.GatewayService/"  # what the page's script calls
_COOKIE_PREFIX = "oauth1-"  # of the binding cookie where the callback is plain http


class Walk:
    """`service_log` is a ServiceLog; `demo_log` and `sandbox_log` are files, named where a step fails."""

    def __init__(self, demo_url, sandbox_url, service_log, demo_log, sandbox_log):
        self._demo_url, self._sandbox_url = demo_url, sandbox_url
        self._service_log, self._demo_log, self._sandbox_log = service_log, demo_log, sandbox_log
        self._browser = Browser()

    def log_in(self):
        """The name that the demo greets. Prints a line a step. Raises Failure."""
        return self._come_back(self._consent(self._start()))

    def _start(self):
        home = self._browser.get(self._demo_url)
        logins = [link for link in home.links if urlsplit(link).path.startswith("/login/")]
        if home.status != 200 or not logins:
            raise Failure(f"{self._demo_url} answered {home.status}, with {len(logins)} links to log in",
                          self._demo_log)
        started = self._browser.get(logins[0])
        rpc = self._rpc("StartAuthorization", started)
        cookies = [name for name in self._browser.cookies() if name.startswith(_COOKIE_PREFIX)]
        if started.location is None or len(cookies) != 1:
            raise Failure(f"{started.url} answered {started.status}, location {started.location}, cookies {cookies}",
                          self._demo_log)
        to = urlsplit(started.location)
        say_done("StartAuthorization", f"sent to {to.netloc}{to.path}, cookie {cookies[0]}, {_times(rpc)}")
        return started.location

    def _consent(self, url):
        asked = self._browser.get(url)
        if asked.status != 200 or not {("user", _USER), ("decision", "allow")} <= asked.choices:
            raise Failure(f"the provider's consent page is not there: status {asked.status}, "
                          f"{asked.text('h1')}", self._sandbox_log)
        allowed = self._browser.submit(asked, user=_USER, decision="allow")
        if allowed.location is None:
            raise Failure(f"the consent of {_USER} was answered with {allowed.status}, {allowed.text('h1')}",
                          self._sandbox_log)
        return allowed.location

    def _come_back(self, url):
        back = self._browser.get(url)
        completed = self._rpc("CompleteAuthorization", back)
        exchanges = self._verified("/oauth/access_token")
        left = [name for name in self._browser.cookies() if name.startswith(_COOKIE_PREFIX)]
        say_done("CompleteAuthorization", f"exchanges seen by the provider: {len(exchanges)}, the cookie is "
                                          f"{'still there' if left else 'spent'}, {_times(completed)}")
        if back.location is None:
            raise Failure(f"the demo answered the callback with {back.status}, {back.text('h1')}", self._demo_log)
        page = self._browser.get(back.location)
        if page.status != 200 or _USER not in page.text("b"):
            raise Failure(f"the page does not show {_USER}: {page.status}, {page.text('h1')}", self._demo_log)
        return self._signed_call()

    def _signed_call(self):
        session = self._call("GetSession", {})
        call = {"method": "GET", "url": "account/verify_credentials.json"}
        profile = self._call("Call", {"provider": session["logins"][0]["provider"], "call": call},
                             **{"x-oauth1d-csrf": session["csrfToken"]})
        rpc = self._service_log.rpc("SignedRequest")
        calls = self._verified("/1.1/account/verify_credentials.json")
        if not calls:
            raise Failure("the provider has seen no signed call", self._sandbox_log)
        say_done("SignedRequest", f"{rpc['http_status']} {calls[-1]['method']} {calls[-1]['path']}, signature "
                                  f"verified by the provider, {_times(rpc)}")
        try:
            return json.loads(base64.b64decode(profile["answer"]["body"]))["screen_name"]
        except (ValueError, KeyError) as error:
            raise Failure(f"there is no profile in {profile}", self._demo_log) from error

    def _call(self, method, message, **headers):
        """What the page's script gets for it."""
        answer = self._browser.call(urljoin(self._demo_url, _SERVICE + method), message, **headers)
        if answer.status != 200:
            raise Failure(f"{method} was answered with {answer.status}: {answer.body[:200]!r}", self._demo_log)
        return json.loads(answer.body)

    def _rpc(self, method, page):
        """What oauth1d logged about the RPC behind a page."""
        try:
            return self._service_log.rpc(method)
        except Failure as failure:
            raise Failure(f"{failure} (the demo: {page.status}, {page.text('h1')})", failure.log) from failure

    def _verified(self, path):
        """The requests for it that the provider received, and whose signature it believed."""
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                f"{self._sandbox_url}/_log", timeout=10) as answer:
            seen = [json.loads(line) for line in answer.read().splitlines()]
        return [request for request in seen if request["path"] == path and request["verified"]]


def _times(rpc):
    return f"{rpc['duration_ms']:.1f} ms, of which {rpc['upstream_ms']:.1f} at the provider"
