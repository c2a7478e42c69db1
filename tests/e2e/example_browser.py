"""A person's browser at an example application."""

from html.parser import HTMLParser
from http.cookies import SimpleCookie

import httpx

from secret_search import holds_none_of


class ExampleBrowser:
    """One person's browser, with cookies of its own. It follows nothing, and takes nothing that is secret."""

    def __init__(self, url, secrets):
        self._secrets = secrets
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._http.close()

    def get(self, url):
        answer = self._http.get(url)
        received = repr(answer.headers.raw).encode() + answer.content
        holds_none_of(self._secrets, "browser", received)
        assert b"oa1_" not in received, f"a sealed token went to the browser: {received!r}"
        return answer

    def begin(self):
        """Clicks "log in"; where the provider's page is."""
        answer = self.get("/login/twitter")
        assert answer.status_code == 302, (answer.status_code, answer.text)
        cookies = [morsel for line in answer.headers.get_list("set-cookie") for morsel in SimpleCookie(line).values()]
        (binding,) = [cookie for cookie in cookies if cookie.key.startswith("oauth1-")]
        assert binding["httponly"] and binding["samesite"].lower() == "lax" and binding["path"] == "/", binding
        assert 0 < int(binding["max-age"]) <= 3600 and not binding["domain"], binding
        assert "no-store" in answer.headers["cache-control"]
        return answer.headers["location"]

    def shows(self, url, status, *words):
        """A page for people, with these words in what they read."""
        answer = self.get(url)
        assert answer.status_code == status, (answer.status_code, answer.text)
        assert answer.headers["content-type"].startswith("text/html")
        page = Page(answer.text)
        for word in words:
            assert word in page.text, (word, answer.text)
        return page

    def is_told(self, url, *statuses):
        """A page that says what went wrong and what to do."""
        answer = self.get(url)
        assert answer.status_code in statuses, (answer.status_code, answer.text)
        assert answer.headers["content-type"].startswith("text/html")
        page = Page(answer.text)
        assert len(page.alert.strip()) > 10, f"no role=\"alert\" that says what to do: {answer.text}"
        for raw in ("Traceback", "grpc", "StatusCode", "INVALID_ARGUMENT", "at Object."):
            assert raw not in page.text, answer.text
        return page


class Page(HTMLParser):
    """What a person reads, and where one can go: `text`, `alert` (the text of role="alert"), `links`, `tags`;
    `script` is what a browser would run."""

    _VOID = {"meta", "link", "br", "img", "input", "hr"}

    def __init__(self, html):
        super().__init__()
        self.text, self.alert, self.script, self.links, self.tags, self._open = "", "", "", [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if "href" in attributes:
            self.links.append(attributes["href"])
        if tag not in self._VOID:
            self._open.append((tag, attributes.get("role")))

    def handle_endtag(self, tag):
        while any(tag == name for name, _ in self._open) and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if any(name in ("script", "style") for name, _ in self._open):
            self.script += data
            return
        self.text += data
        if any(role == "alert" for _, role in self._open):
            self.alert += data
