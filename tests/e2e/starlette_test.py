"""Authlib's own Starlette example, with its import changed, against the real service and the real provider."""

import asyncio
import contextlib
import random
import threading
import warnings

import httpx
import pytest
import uvicorn
from oauth1d.starlette_client import OAuth
from starlette.applications import Starlette
from starlette.responses import JSONResponse

from configuration import configuration, grant, provider
from free_port import free_port
from oauth1d_process import Oauth1d
from waiting import eventually

LOGINS = 200
AT_A_TIME = 20


def example_app(server):
    app = Starlette()
    oauth = OAuth(server)
    warnings.simplefilter('ignore', DeprecationWarning)  # of @app.route, which the example uses

    @app.route('/login/twitter')
    async def login_via_twitter(request):
        twitter = oauth.create_client('twitter')
        redirect_uri = request.url_for('authorize_twitter')
        return await twitter.authorize_redirect(request, redirect_uri)

    @app.route('/auth/twitter')
    async def authorize_twitter(request):
        twitter = oauth.create_client('twitter')
        token = await twitter.authorize_access_token(request)
        await asyncio.sleep(random.random() / 50)  # others come between
        resp = await twitter.get('account/verify_credentials.json')
        profile = resp.json()
        return JSONResponse({'token': token['screen_name'], 'profile': profile['screen_name']})

    return app


@contextlib.contextmanager
def serving(app, port):
    server = uvicorn.Server(uvicorn.Config(app, host='127.0.0.1', port=port, log_level='error', lifespan='off'))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started, 'uvicorn serves')
    try:
        yield f'http://127.0.0.1:{port}'
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def demo(sandbox):
    port = free_port()
    config = configuration(
        provider(sandbox.http_url, 'twitter'),
        grants=[grant('twitter', callback_urls=[f'http://127.0.0.1:{port}/auth/twitter'])])
    with Oauth1d(config) as service, serving(example_app(service.address), port) as url:
        yield url


async def log_in(demo, sandbox, user, browsers):
    """A browser of its own walks the whole way; what the last page says."""
    async with browsers, httpx.AsyncClient(timeout=60) as browser:
        to_provider = await browser.get(f'{demo}/login/twitter')
        redirect_url = to_provider.headers['location']
        callback = await asyncio.to_thread(sandbox.approve, redirect_url, user)
        page = await browser.get(callback)
        assert page.status_code == 200, page.text
        return page.json()


def test_interleaved_logins_never_see_each_others_profile(demo, sandbox):
    async def all_of_them():
        browsers = asyncio.Semaphore(AT_A_TIME)
        users = ['alice', 'bob'] * (LOGINS // 2)
        random.shuffle(users)
        pages = await asyncio.gather(*(log_in(demo, sandbox, user, browsers) for user in users))
        return list(zip(users, pages, strict=True))

    for user, page in asyncio.run(all_of_them()):
        assert page == {'token': user, 'profile': user}


def test_the_callback_in_a_second_browser_is_refused_and_the_first_still_finishes(demo, sandbox):
    with httpx.Client() as victim, httpx.Client() as thief:
        callback = sandbox.approve(victim.get(f'{demo}/login/twitter').headers['location'], 'alice')
        assert thief.get(callback).status_code == 500  # the example handles no errors
        assert victim.get(callback).json() == {'token': 'alice', 'profile': 'alice'}
