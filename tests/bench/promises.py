#!/usr/bin/python3
"""The promises in milliseconds, measured; each is also a test with an injected clock or ten times its bound.

Run by tests/bench/run, which builds `release` and sets OAUTH1D_BIN_DIR.
"""

import pathlib
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ('client/python/src', 'tests/e2e', 'tests/sandbox')]

from caller import Caller, signed_request  # noqa: E402
from configuration import CALLBACK, configuration, provider  # noqa: E402
from evil_provider import HANG, EvilProvider  # noqa: E402
from oauth1d import errors  # noqa: E402
from oauth1d._stubs import oauth1d_pb2 as pb  # noqa: E402
from oauth1d_process import Oauth1d  # noqa: E402
from provider_process import Sandbox  # noqa: E402
from redis_server import RedisServer  # noqa: E402
from waiting import eventually  # noqa: E402

ROUNDS = 10


def milliseconds_since(moment):
    return (time.monotonic() - moment) * 1000


def time_until_told(web):
    """How long StartAuthorization takes to say that the store is away."""
    begin = time.monotonic()
    try:
        web.start(callback_url=CALLBACK)
    except errors.StoreUnavailable:
        return milliseconds_since(begin)
    return None


def told_and_back(sandbox):
    """Milliseconds until a hanging Redis is told, and until a killed one serves again after it answers."""
    told, back = [], []
    with RedisServer() as redis:
        config = configuration(provider(sandbox.http_url), store=redis.store)
        with Oauth1d(config, environment=redis.environment) as server, Caller(server.address) as web:
            for _ in range(ROUNDS):
                web.start(callback_url=CALLBACK)
                redis.freeze()
                told.append(time_until_told(web))
                redis.thaw()
                eventually(lambda: time_until_told(web) is None, 'Redis serves after a hang')
                redis.kill()
                eventually(lambda: time_until_told(web) is not None, 'the loss is told')
                time.sleep(1.5)  # the pauses between attempts have grown to their longest
                redis.start()
                returned = time.monotonic()
                while time_until_told(web) is not None:
                    time.sleep(0.002)
                back.append(milliseconds_since(returned))
    return told, back


def cancelled_transfers():
    """Milliseconds from a caller's cancel until the provider sees its connection closed."""
    taken = []
    token = pb.ProviderToken(token='t', token_secret='s')
    with EvilProvider() as evil:
        config = configuration(provider(evil.url))
        with Oauth1d(config) as server, Caller(server.address) as web:
            for number in range(ROUNDS):
                evil.answer('/1.1/thing', HANG)
                request = signed_request('GET', 'thing', provider_token=token)
                call = web.method('SignedRequest').future(request.SerializeToString(), timeout=40)
                eventually(lambda: len(evil.received) > number, 'the request arrives')
                time.sleep(0.05)
                cancelled = time.monotonic()
                call.cancel()
                eventually(lambda: evil.received[number].hung_up, 'oauth1d hangs up')
                taken.append((evil.received[number].hung_up - cancelled) * 1000)
    return taken


def report(what, bound, measured):
    worst = max(measured)
    verdict = 'kept' if worst <= bound else 'BROKEN'
    print(f'| {what:<56} | {bound:>8} | {statistics.median(measured):>9.1f} | {worst:>8.1f} | {verdict:<6} |', flush=True)
    return worst <= bound


def main():
    print(f'\n| promise, over {ROUNDS} rounds                                   | bound ms | median ms | worst ms |        |')
    print('|---|---|---|---|---|')
    with Sandbox.start() as sandbox:
        told, back = told_and_back(sandbox)
    kept = [report('a Redis that hangs is told (STORE_UNAVAILABLE)', 250, told),
            report('a Redis that was killed serves again once it is back', 1000, back),
            report('a caller that cancels stops the transfer', 50, cancelled_transfers())]
    return 0 if all(kept) else 1


if __name__ == '__main__':
    sys.exit(main())
