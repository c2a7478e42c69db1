"""Remembers nonces for as long as their timestamps are acceptable (RFC 5849 section 3.3)."""

import threading
import time

from problems import OAuthProblem

WINDOW_SECONDS = 300


class NonceRegister:
    """Thread safe. A nonce counts as used when a request that was right in all else has used it, so
    that a forger cannot use up the nonces of others."""

    def __init__(self, clock=time.time, monotonic=False):
        """`monotonic`: a timestamp less than one before, of the same consumer and token, is refused."""
        self._clock, self._monotonic = clock, monotonic
        self._latest = {}  # (consumer key, token) -> timestamp
        self._used = {}  # timestamp -> {(consumer key, token, nonce)}
        self._lock = threading.Lock()

    def check_timestamp(self, timestamp):
        now = int(self._clock())
        lowest, highest = now - WINDOW_SECONDS, now + WINDOW_SECONDS
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise OAuthProblem("parameter_rejected", "oauth_timestamp is no positive integer.")
        if not lowest <= int(timestamp) <= highest:
            raise OAuthProblem("timestamp_refused", oauth_acceptable_timestamps=f"{lowest}-{highest}")

    def check(self, consumer_key, token, timestamp, nonce):
        with self._lock:
            if (consumer_key, token, nonce) in self._used.get(int(timestamp), ()):
                raise OAuthProblem("nonce_used")

    def use(self, consumer_key, token, timestamp, nonce):
        """Of two requests at once with the same nonce, one gets past this."""
        with self._lock:
            second = int(timestamp)
            if second not in self._used:
                self._forget_before(int(self._clock()) - WINDOW_SECONDS - 1)
            used = self._used.setdefault(second, set())
            if (consumer_key, token, nonce) in used:
                raise OAuthProblem("nonce_used")
            self._check_order((consumer_key, token), second)
            used.add((consumer_key, token, nonce))

    def _check_order(self, whose, second):
        latest = self._latest.get(whose, 0)
        if self._monotonic and second < latest:
            raise OAuthProblem("timestamp_refused", "Timestamps must not go back.")
        self._latest[whose] = max(second, latest)

    def _forget_before(self, oldest):
        for second in [second for second in self._used if second < oldest]:
            del self._used[second]
