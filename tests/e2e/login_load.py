"""Users who log in and read, all the time, through one channel that balances over all replicas."""

import itertools
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass

import grpc
from oauth1d.channel_options import CHANNEL_OPTIONS
from oauth1d.errors import OAuth1dError

from browser import Browser
from caller import Caller
from waiting import eventually


class BalancedCaller(Caller):
    """A channel over several addresses with the package's own options: round robin, and gRPC repeats what the contract
    calls safe."""

    def __init__(self, addresses):
        self._channel = grpc.insecure_channel("ipv4:" + ",".join(addresses), CHANNEL_OPTIONS)


@dataclass
class Failure:
    """One RPC that failed, and when."""

    method: str
    at: float
    error: OAuth1dError

    def __str__(self):
        return f"{self.method} at {self.at:.2f}: {self.error.code} sent={self.error.sent} {self.error}"


class LoginLoad:
    """Runs in `with`: `users` at once, each begins a login, approves, completes and makes a signed request, again and
    again; `readers` only make signed requests. What failed stands in `failures`, what went well is counted in `done`, and
    `lost` says why logins ended that were begun well."""

    def __init__(self, addresses, sandbox, users=4, readers=2):
        self.caller = BalancedCaller(addresses)
        self.failures, self.done, self.lost = [], Counter(), []
        self._sandbox, self._stop, self._lock = sandbox, threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._log_in, args=(i,)) for i in range(users)]
        self._threads += [threading.Thread(target=self._read) for _ in range(readers)]
        self._token = self._whole(Browser("alice"))

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.caller.__exit__()

    def failed(self, method):
        return [failure for failure in list(self.failures) if failure.method == method]

    def report(self):
        return "\n".join(map(str, list(self.failures)[:20]))

    def go_on(self, logins):
        """Until so many more logins went well."""
        wanted = self.done["CompleteAuthorization"] + logins
        eventually(lambda: self.done["CompleteAuthorization"] >= wanted, f"{logins} more logins: {self.report()}")

    def _whole(self, browser):
        browser.begin(self.caller).approve(self._sandbox)
        return browser.finish(self.caller).access_token

    def _log_in(self, i):
        for turn in itertools.count():
            if self._stop.is_set():
                return
            user = ("alice", "bob")[(i + turn) % 2]
            browser = Browser(user)
            if self._try("StartAuthorization", lambda: browser.begin(self.caller)) is None:
                continue
            browser.approve(self._sandbox)
            completed = self._complete(browser)
            if completed is not None:
                self._try("SignedRequest", lambda: self._profile(completed.access_token, user))

    def _complete(self, browser):
        """Once more where the contract says so: UNAVAILABLE, and not sent."""
        while True:
            try:
                completed = browser.finish(self.caller)
            except OAuth1dError as error:
                self._note("CompleteAuthorization", error)
                if error.reason == "STORE_UNAVAILABLE" and not self._stop.is_set():
                    continue
                self.lost.append(error)
                return None
            self._count("CompleteAuthorization")
            return completed

    def _read(self):
        while not self._stop.is_set():
            self._try("SignedRequest", lambda: self._profile(self._token, "alice"))

    def _profile(self, token, user):
        answer = self.caller.send("GET", "account/verify_credentials.json", token).answer
        assert answer.status_code == 200 and json.loads(answer.body)["screen_name"] == user, answer
        return answer

    def _try(self, method, call):
        try:
            result = call()
        except OAuth1dError as error:
            self._note(method, error)
            return None
        self._count(method)
        return result

    def _note(self, method, error):
        self.failures.append(Failure(method, time.monotonic(), error))
        time.sleep(0.02)  # as a user would, not as a flood

    def _count(self, method):
        with self._lock:
            self.done[method] += 1

