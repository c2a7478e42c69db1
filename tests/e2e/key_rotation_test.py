"""The sealing key is changed each second, on two replicas that learn of it at different moments, under load: no call
fails. OAUTH1D_ROTATION_SECONDS says for how long; default 8."""

import base64
import os
import secrets
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from browser import come_back, profile
from caller import Caller
from configuration import configuration, provider
from oauth1d_process import Oauth1d
from reload_test import replace
from waiting import eventually

SECONDS = int(os.environ.get("OAUTH1D_ROTATION_SECONDS", "60" if os.environ.get("OAUTH1D_LONG") else "8"))
USERS = 4
# A key is handed out this many seconds before anything is sealed with it: a busy machine may be late.
AHEAD = 3


class Keys:
    """Key number n is active in second n."""

    def __init__(self):
        self._texts = {}

    def ring(self, now):
        """The keyring of this second: every older key opens, and the next ones are there already."""
        lines = [self._line(number, "active" if number == now else "decrypt") for number in range(now + AHEAD + 1)]
        return "keys:\n" + "\n".join(lines) + "\n"

    def secrets(self):
        return list(self._texts.values())

    def _line(self, number, state):
        key = self._texts.setdefault(number, base64.b64encode(secrets.token_bytes(32)).decode())
        return f"- {{id: k{number}, state: {state}, key: {key}}}"


def test_no_call_fails_while_keys_change_each_second(sandbox, redis):
    keys, told, over = Keys(), Counter(), []
    config = configuration(provider(sandbox.http_url), store=redis.store)
    options = {"files": {"keyring.yaml": keys.ring(0)}, "environment": redis.environment}
    with Oauth1d(config, **options) as one, Oauth1d(config, **options) as two:
        def user(number):
            """Logs in over and over, each step at another replica, and hands its tokens back and forth."""
            with Caller(one.address) as first, Caller(two.address) as second:
                replicas, tokens = (first, second), []
                for step in count():
                    if over:
                        return
                    here, there = replicas[step % 2], replicas[(step + 1) % 2]
                    tokens.append(come_back(here, sandbox).finish(there).access_token)
                    tokens = tokens[-20:]
                    token = tokens[step * 7 % len(tokens)]
                    answer = here.send("GET", "account/verify_credentials.json", token)
                    assert answer.answer.status_code == 200
                    if answer.replacement_access_token:
                        told["replaced"] += 1
                        assert profile(there, answer.replacement_access_token) == "alice"
                    told["logins"] += 1

        with ThreadPoolExecutor(USERS) as threads:
            users = [threads.submit(user, number) for number in range(USERS)]
            for now in range(1, SECONDS + 1):
                time.sleep(0.6)
                replace(one.folder, "keyring.yaml", keys.ring(now))
                time.sleep(0.4)  # the other replica learns of it later
                replace(two.folder, "keyring.yaml", keys.ring(now))
            last = f"the active key is k{SECONDS};"
            for server in (one, two):
                eventually(lambda: any(last in line["message"] for line in server.log("reloaded")), "the last key is in use")
            over.append(True)
            for done in users:
                done.result()
        for server in (one, two):
            server.secrets += keys.secrets()
            assert not server.log("reload_refused")
            codes = {line["code"] for line in server.log("rpc")}
            assert codes == {"OK"}, [line for line in server.log("rpc") if line["code"] != "OK"]
    print(dict(told))
    assert told["logins"] >= SECONDS and told["replaced"] >= 1
