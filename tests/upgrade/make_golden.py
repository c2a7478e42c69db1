#!/usr/bin/python3
"""Writes golden/VERSION.json: sealed records as this version of oauth1d writes them, for every later one to open.

    OAUTH1D_BIN_DIR=build/release/bin tests/upgrade/make_golden.py 0.1.0

Run at a release. A file that is there already is never written again.
"""

import base64
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ('client/python/src', 'tests/e2e', 'tests/sandbox')]

from oauth1d.errors import OAuth1dError  # noqa: E402

from browser import Browser  # noqa: E402
from configuration import configuration, grant, provider  # noqa: E402
from dialect_caller import DialectCaller  # noqa: E402
from evil_provider import HANG, EvilProvider, form_answer, temporary  # noqa: E402
from oauth1d_process import Oauth1d  # noqa: E402
from protocol_parameters import protocol_parameters  # noqa: E402
from redis_server import RedisServer  # noqa: E402
from waiting import eventually  # noqa: E402

KEY = base64.b64encode(b'the key of the golden records !!').decode()
CALLBACK = 'http://127.0.0.1:8000/auth/photos'
TOKENS = form_answer(oauth_token='golden-token', oauth_token_secret='golden-secret', screen_name='alice',
                     oauth_session_handle='golden-handle', oauth_expires_in='3600')


class Recorder:
    """Logins at one oauth1d, and what they leave in Redis."""

    def __init__(self, redis, evil, caller):
        self.redis, self.evil, self.caller, self.records = redis, evil, caller, {}

    def begin(self):
        """A browser that came back, and the key of its flow."""
        before = set(self.redis.keys())
        browser = Browser('alice', 'photos').begin(self.caller, CALLBACK, app_state=b'back to page 7')
        told = protocol_parameters(self.evil.seen('/oauth/request_token')[-1])['oauth_callback']
        browser.callback = f'{told}&oauth_token=temporary-token&oauth_verifier=the-verifier'
        [key] = set(self.redis.keys()) - before
        return browser, key

    def keep(self, name, key, browser=None):
        """Keeps the record of this key, as it stands."""
        cookie = browser.started.binding_cookie if browser else None
        self.records[name] = {
            'store_key': key.decode(), 'value': base64.b64encode(self.redis.command('GET', key)).decode(),
            'remaining_ms': self.redis.command('PTTL', key),
            **({'callback': browser.callback, 'cookie_name': cookie.name, 'cookie_value': cookie.value}
               if browser else {})}

    def refused(self, browser, reason):
        try:
            browser.finish(self.caller)
        except OAuth1dError as told:
            assert told.reason == reason, told
        else:
            raise AssertionError(f'the login was not refused as {reason}')

    def everything(self):
        browser, key = self.begin()
        self.keep('pending', key, browser)
        pending = self.redis.command('GET', key)
        self.evil.answer('/oauth/access_token', HANG)
        call = self.caller.method('CompleteAuthorization').future(browser.as_request().SerializeToString(), timeout=60)
        eventually(lambda: self.evil.seen('/oauth/access_token'), 'the exchange is on the wire')
        assert self.redis.command('GET', key) != pending
        self.keep('exchanging', key, browser)
        call.cancel()
        self.evil.answer('/oauth/access_token', TOKENS)
        browser, key = self.begin()
        token = browser.finish(self.caller).access_token
        done = eventually(lambda: self.redis.command('GET', key), 'the answer is stored')
        self.keep('done', key, browser)
        self.redis.command('PEXPIRE', key, 1000 * 60)  # the time of replay is counted by what is left
        self.refused(browser, 'ALREADY_COMPLETED')
        assert self.redis.command('GET', key) != done
        self.keep('used', key, browser)
        browser, key = self.begin()
        browser.callback = browser.callback.partition('&')[0] + '&denied=temporary-token'
        self.refused(browser, 'USER_DENIED')
        self.keep('failed', key, browser)
        before = set(self.redis.keys())
        renewed = self.caller.refresh(token).access_token
        [key] = set(self.redis.keys()) - before
        self.keep('renewal', key)
        return {'key': KEY, 'records': self.records, 'access_token': token, 'renewed_access_token': renewed}


def main(version):
    path = HERE / 'golden' / f'{version}.json'
    if path.exists():
        sys.exit(f'{path} is there already: what a release wrote does not change')
    with RedisServer() as redis, EvilProvider() as evil:
        evil.answer('/oauth/request_token', temporary())
        record = provider(evil.url, 'photos', renewal={'by': 'session_handle'})
        config = configuration(record, grants=[grant('photos', callback_urls=[CALLBACK])], store=redis.store)
        keyring = f'keys: [{{id: golden, state: active, key: {KEY}}}]\n'
        with Oauth1d(config, files={'keyring.yaml': keyring}, environment=redis.environment) as server:
            with DialectCaller(server.address) as caller:
                golden = Recorder(redis, evil, caller).everything()
                server.kill()  # one exchange hangs still
    path.write_text(json.dumps({'version': version, **golden}, indent=1) + '\n')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
