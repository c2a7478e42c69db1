"""What a login leaves in Redis and asks of it, and what it writes into the log: counted, never timed.

The provider's tokens are as long as those of big providers: 27 to 50 characters.
"""

from oauth1d.errors import OAuth1dError

from browser import Browser
from configuration import configuration, provider
from dialect_caller import DialectCaller
from evil_provider import HANG, EvilProvider, form_answer, http_answer, temporary
from oauth1d_process import Oauth1d
from protocol_parameters import protocol_parameters
from redis_server import RedisServer
from waiting import eventually

ROUNDS = 20
APP_STATE = 2048
TEMPORARY = temporary('t' * 27, 's' * 32)
TOKENS = form_answer(oauth_token='a' * 50, oauth_token_secret='b' * 45, user_id='1001', screen_name='alice',
                     oauth_session_handle='h' * 32)
# Asked by this test, and by the service now and then; no part of a login.
BACKGROUND = {'auth', 'config|resetstat', 'info', 'ping'}


class CountingCaller(DialectCaller):
    """Knows how many calls it has made."""

    calls = 0

    def method(self, name):
        self.calls += 1
        return super().method(name)


class Costs:
    """Logins at one oauth1d over one Redis."""

    def __init__(self, server, redis, evil, caller):
        self.server, self.redis, self.evil, self.caller = server, redis, evil, caller

    def come_back(self, app_state=b''):
        """A browser that the provider sent back, and the key of its flow."""
        before = set(self.redis.keys())
        browser = Browser('alice').begin(self.caller, app_state=app_state)
        callback = protocol_parameters(self.evil.seen('/oauth/request_token')[-1])['oauth_callback']
        browser.callback = f'{callback}&oauth_token={"t" * 27}&oauth_verifier={"v" * 32}'
        [key] = set(self.redis.keys()) - before
        return browser, key

    def bytes_of(self, key):
        return self.redis.command('MEMORY', 'USAGE', key)

    def bytes_per_flow(self, app_state):
        found = {}
        browser, key = self.come_back(app_state)
        found['PENDING'] = self.bytes_of(key)
        self.evil.answer('/oauth/access_token', HANG)
        exchanges = len(self.evil.seen('/oauth/access_token'))
        call = self.caller.method('CompleteAuthorization').future(browser.as_request().SerializeToString(), timeout=60)
        eventually(lambda: len(self.evil.seen('/oauth/access_token')) > exchanges, 'the exchange is on the wire')
        found['EXCHANGING'] = self.bytes_of(key)
        call.cancel()
        self.evil.answer('/oauth/access_token', TOKENS)
        browser, key = self.come_back(app_state)
        browser.finish(self.caller)
        eventually(lambda: self.bytes_of(key) != found['PENDING'], 'the answer is stored')
        found['DONE'] = self.bytes_of(key)
        self.redis.command('PEXPIRE', key, 60_000)  # less is left than when the time of replay ends
        self.refused(browser, 'ALREADY_COMPLETED')
        found['USED'] = self.bytes_of(key)
        browser, key = self.come_back(app_state)
        browser.callback = browser.callback.partition('&')[0] + '&denied=' + 't' * 27
        self.refused(browser, 'USER_DENIED')
        found['FAILED'] = self.bytes_of(key)
        return found

    def refused(self, browser, reason):
        try:
            browser.finish(self.caller)
        except OAuth1dError as told:
            assert told.reason == reason, told
        else:
            raise AssertionError(f'the login was not refused as {reason}')

    def login(self):
        """Start and Complete."""
        browser = Browser('alice').begin(self.caller)
        callback = protocol_parameters(self.evil.seen('/oauth/request_token')[-1])['oauth_callback']
        browser.callback = f'{callback}&oauth_token={"t" * 27}&oauth_verifier={"v" * 32}'
        return browser.finish(self.caller).access_token

    def counted(self, step):
        """What each of ROUNDS steps asks of Redis and writes into the log."""
        step()  # the scripts are loaded, the connections are there
        self.redis.command('CONFIG', 'RESETSTAT')
        self.wait_for_log()
        log = len(self.server.log_text())
        for _ in range(ROUNDS):
            step()
        self.wait_for_log()
        commands = info(self.redis, 'commandstats')
        traffic = info(self.redis, 'stats')
        return {
            'commands': {name.removeprefix('cmdstat_'): int(told.split(',')[0].removeprefix('calls=')) / ROUNDS
                         for name, told in commands.items() if name.removeprefix('cmdstat_') not in BACKGROUND},
            'redis_in_bytes': round(int(traffic['total_net_input_bytes']) / ROUNDS),
            'redis_out_bytes': round(int(traffic['total_net_output_bytes']) / ROUNDS),
            'log_bytes': round((len(self.server.log_text()) - log) / ROUNDS),
        }

    def wait_for_log(self):
        eventually(lambda: len(self.server.log('rpc')) == self.caller.calls, 'there is a line for each call')


def info(redis, section):
    lines = redis.command('INFO', section).decode().splitlines()
    return dict(line.split(':', 1) for line in lines if ':' in line)


def costs():
    """Everything that deploy/SCALE.md says of one login."""
    with RedisServer() as redis, EvilProvider() as evil:
        evil.answer('/oauth/request_token', TEMPORARY)
        evil.answer('/oauth/access_token', TOKENS)
        evil.answer('/1.1/account/verify_credentials.json', http_answer(200, b'{"screen_name":"alice"}'))
        config = configuration(provider(evil.url, renewal={'by': 'session_handle'}), store=redis.store)
        with Oauth1d(config, environment=redis.environment) as server, CountingCaller(server.address) as caller:
            one = Costs(server, redis, evil, caller)
            told = {'bytes': one.bytes_per_flow(b''), 'bytes_with_app_state': one.bytes_per_flow(b'x' * APP_STATE),
                    'login': one.counted(one.login)}
            token = one.login()
            told['call'] = one.counted(
                lambda: caller.send('GET', 'account/verify_credentials.json?a=1&b=2&c=3&d=4&e=5&f=6', token))
            tokens = [one.login() for _ in range(ROUNDS + 1)]
            told['renewal'] = one.counted(lambda: caller.refresh(tokens.pop()))
            told['access_token_bytes'] = len(token)
            return told
