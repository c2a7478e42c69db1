"""As much of a browser as a login needs: cookies, links, forms. It follows no redirect by itself, so that whoever
drives it sees each one."""

import json
import urllib.error
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin, urlsplit

_SECONDS = 60


class _AsItIs(urllib.request.HTTPErrorProcessor):
    """Redirects and errors are answers like any other."""

    def http_response(self, request, response):
        return response

    https_response = http_response


class Browser:
    def __init__(self):
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies), _AsItIs)

    def get(self, url):
        return self._exchange(url, None)

    def submit(self, page, **choices):
        """Sends the page's form as it is preset, with what the user chooses."""
        return self._exchange(urljoin(page.url, page.action), urlencode({**page.fields, **choices}).encode())

    def call(self, url, message, **headers):
        """What a script of the page does: Connect's JSON over POST, from the page's own origin."""
        parts = urlsplit(url)
        return self._exchange(url, json.dumps(message).encode(), {
            "Content-Type": "application/json", "Origin": f"{parts.scheme}://{parts.netloc}", **headers})

    def cookies(self):
        return {cookie.name for cookie in self._cookies}

    def _exchange(self, url, body, headers=None):
        with self._opener.open(urllib.request.Request(url, body, headers or {}), timeout=_SECONDS) as answer:
            location = answer.headers.get("Location")
            return Page(url, answer.status, location and urljoin(url, location), answer.read())


class Page(HTMLParser):
    """`location` is where it redirects to, absolute, or None; `links` are absolute; `action`, `fields` and `choices`
    are the form's; `texts` has what stands in each element of a kind; `body` is bytes."""

    def __init__(self, url, status, location, body):
        super().__init__()
        self.url, self.status, self.location, self.body = url, status, location, body
        self.links, self.action, self.fields, self.choices, self.texts = [], None, {}, set(), {}
        self._element = None
        self.feed(body.decode("utf-8", "replace"))

    def text(self, element):
        return "".join(self.texts.get(element, [])).strip()

    def handle_starttag(self, tag, attributes):
        attributes, self._element = dict(attributes), tag
        if tag == "a" and "href" in attributes:
            self.links.append(urljoin(self.url, attributes["href"]))
        elif tag == "form":
            self.action = attributes.get("action", "")
        elif tag == "input" and attributes.get("type") == "hidden":
            self.fields[attributes["name"]] = attributes["value"]
        elif tag in ("input", "button") and "name" in attributes:
            self.choices.add((attributes["name"], attributes.get("value")))

    def handle_endtag(self, tag):
        self._element = None

    def handle_data(self, data):
        self.texts.setdefault(self._element, []).append(data)
