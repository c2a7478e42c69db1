"""Many users on one event loop, under a real server with keep-alive: nobody sees another's profile."""
from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from fake_service import FakeService
from login_app import login_app


@contextlib.contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """A real uvicorn on a free port, on one event loop of its own; gives host:port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_keep_alive=60))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


async def log_in(http: httpx.AsyncClient, service: FakeService, user: str) -> dict[str, str]:
    started = await http.get("/login/twitter")
    cookie = started.headers["set-cookie"].partition(";")[0]
    callback = service.approve(started.headers["location"], user)
    return (await http.get(callback, headers={"cookie": cookie})).json()


def test_200_interleaved_logins_of_two_users(service: FakeService) -> None:
    service.api_delay = 0.02

    async def story(address: str) -> list[tuple[str, dict[str, str]]]:
        # 20 kept-alive connections for 200 logins: each one carries both users in turn.
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=20)
        async with httpx.AsyncClient(base_url=f"http://{address}", limits=limits, timeout=60) as http:
            users = ["alice", "bob"] * 100
            answers = await asyncio.gather(*(log_in(http, service, user) for user in users))
            return list(zip(users, answers))

    with serving(login_app(server=service.address)) as address:
        results = asyncio.run(story(address))
    assert len(results) == 200
    for user, answer in results:
        assert answer == {"token": user, "profile": user}
    assert len(service.calls_of("SignedRequest")) == 200


def test_the_next_request_on_a_connection_has_no_token(service: FakeService) -> None:
    """Pipelined behind a login whose background task still runs: uvicorn starts it in the login's context."""
    app = login_app(server=service.address)
    oauth = app.state.oauth

    async def log_in_and_linger(request: Request) -> JSONResponse:
        await oauth.twitter.authorize_access_token(request)
        profile = (await oauth.twitter.get("account/verify_credentials.json")).json()
        return JSONResponse(profile, background=_Lingering())

    app.add_route("/linger", log_in_and_linger)
    with serving(app) as address:
        started = httpx.get(f"http://{address}/login/twitter")
        cookie = started.headers["set-cookie"].partition(";")[0]
        query = service.approve(started.headers["location"], "alice").partition("?")[2]
        answers = _pipelined(address, [(f"/linger?{query}", cookie), ("/profile", ""), ("/profile", "")])
    assert answers.count(b"HTTP/1.1 200") == 1 and answers.count(b"HTTP/1.1 403") == 2
    assert answers.count(b"alice@example") == 1
    assert answers.count(b"MissingTokenError") == 2


class _Lingering:
    async def __call__(self) -> None:
        await asyncio.sleep(0.3)


def _pipelined(address: str, requests: list[tuple[str, str]]) -> bytes:
    host, _, port = address.partition(":")
    lines = [
        f"GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n"
        f"Connection: {'close' if last else 'keep-alive'}\r\n\r\n"
        for (path, cookie), last in zip(requests, [False] * (len(requests) - 1) + [True])
    ]
    received = b""
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall("".join(lines).encode())
        while data := connection.recv(65536):
            received += data
    return received
