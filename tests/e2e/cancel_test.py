"""A thousand calls, each cancelled a little later than the one before: nothing dies, and nothing is left behind."""

import os
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import grpc
import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from browser import Browser, come_back_from_evil
from caller import signed_request
from configuration import CALLBACK, configuration, provider
from evil_provider import HANG, form_answer, temporary
from oauth1d_process import Oauth1d
from streaming import END, StreamCaller, chunk, head
from waiting import eventually

CONNECTIONS = 10
POINTS = 1000 if os.environ.get("OAUTH1D_LONG") else 250  # of each of the four kinds of call
LONGEST = 0.02  # seconds until the last one is cancelled; a whole call takes some 10 ms
PAUSE = 0.004  # that the provider takes for each answer
TOKEN = pb.ProviderToken(token="a-token", token_secret="a-token-secret")


@pytest.fixture(scope="module")
def slow(evil):
    evil.answer("/oauth/request_token", PAUSE, temporary())
    evil.answer("/oauth/access_token", PAUSE, form_answer(oauth_token="t", oauth_token_secret="s"))
    evil.answer("/1.1/thing", PAUSE, b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n", PAUSE, b"half", PAUSE, b"half")
    return evil


@pytest.fixture(scope="module")
def callers(slow, redis):
    """On so many connections that none of them looks like one that begins calls only to cancel them."""
    with Oauth1d(configuration(provider(slow.url), store=redis.store), environment=redis.environment) as server:
        with ExitStack() as stack:
            callers = [stack.enter_context(StreamCaller(server.address)) for _ in range(CONNECTIONS)]
            yield callers


@pytest.fixture
def web(callers):
    return callers[0]


def login(web, slow):
    """A browser that has come back; safe among threads, unlike `come_back_from_evil`."""
    browser = Browser("alice").begin(web)
    browser.callback = (f"{CALLBACK}?state={browser.started.state}&oauth_token=temporary-token"
                        "&oauth_verifier=the-verifier")
    return browser


def begin(kind, web, slow):
    """A call under way."""
    if kind == "stream":
        begin_it = head("POST", "thing", content_type="video/mp4", content_length=3000)
        return web.open([begin_it, *[chunk(b"x" * 1000)] * 3, END])
    if kind == "start":
        name, request = "StartAuthorization", pb.StartAuthorizationRequest(provider="sandbox", callback_url=CALLBACK)
    elif kind == "complete":
        name, request = "CompleteAuthorization", login(web, slow).as_request()
    else:
        name, request = "SignedRequest", signed_request("POST", "thing", provider_token=TOKEN)
    return web.method(name).future(request.SerializeToString(), timeout=40)


def end_of(call, kind):
    """The name of the status with which it ended."""
    try:
        if kind == "stream":
            list(call)
        else:
            call.result()
    except grpc.FutureCancelledError:
        return "CANCELLED"
    except grpc.RpcError as error:
        return "CANCELLED" if error.code() is grpc.StatusCode.CANCELLED else f"{error.code().name}: {error.details()}"
    return "OK"


@pytest.mark.parametrize("kind", ["start", "complete", "signed", "stream"])
def test_a_call_that_is_cancelled_at_any_point_does_no_harm(callers, web, slow, kind):
    began = time.monotonic()

    def cancelled_at(point):
        call = begin(kind, callers[point % CONNECTIONS], slow)
        timer = threading.Timer(LONGEST * point / POINTS, call.cancel)
        timer.start()
        try:
            return end_of(call, kind)
        finally:
            timer.cancel()

    with ThreadPoolExecutor(4) as pool:
        ends = Counter(pool.map(cancelled_at, range(POINTS)))
    print(f"{kind}: {dict(ends)} in {time.monotonic() - began:.1f} s")
    assert ends["CANCELLED"] > POINTS // 20 and set(ends) <= {"OK", "CANCELLED"}, ends
    # Everybody else is served as ever.
    browser = come_back_from_evil(web, slow)
    token = browser.finish(web).access_token
    assert web.send("GET", "thing", token).answer.body == b"halfhalf"


def test_what_was_cancelled_lets_go_of_the_provider(web, slow):
    slow.answer("/1.1/never", HANG)
    calls = [web.method("SignedRequest").future(
        signed_request("GET", "never", provider_token=TOKEN).SerializeToString(), timeout=40) for _ in range(20)]
    eventually(lambda: len(slow.seen("/1.1/never")) == 20, "all have arrived")
    for call in calls:
        call.cancel()
    eventually(lambda: all(one.hung_up for one in slow.seen("/1.1/never")), "the provider's connections are closed")
