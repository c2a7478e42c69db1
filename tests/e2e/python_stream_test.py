"""The Python package's streams, blocking and asyncio, against the real service: bodies of any size, both ways."""

import asyncio
import json
import threading
import zlib

import pytest
from oauth1d import Client, ProviderToken, aio
from oauth1d.errors import DeadlineExceeded, OAuth1dError, ProviderUnreachable

from stream_provider import PIECE
from streaming import files, held_back, server  # noqa: F401
from waiting import PATIENCE, eventually

MANY = 160  # pieces: 10 MiB
SUM = zlib.crc32(PIECE * MANY)
TOKEN = ProviderToken("t", "s")
KINDS = ["blocking", "asyncio"]


def blocking(address, method, url, **options):
    with Client(address) as client, client.stream("sandbox", method, url, token=TOKEN, **options) as response:
        response.read()
        return response


def asyncio_(address, method, url, **options):
    async def story():
        async with aio.Client(address) as client:
            async with client.stream("sandbox", method, url, token=TOKEN, **options) as response:
                await response.aread()
                return response
    return asyncio.run(story())


@pytest.fixture(params=KINDS)
def stream(request, server):
    def call(method, url, **options):
        how = blocking if request.param == "blocking" else asyncio_
        return how(server.address, method, url, **options)
    return call


def test_an_iterator_is_sent_as_it_comes(stream, files):
    response = stream("POST", "upload", content=(PIECE * 2 for _ in range(MANY // 2)),
                      headers={"Content-Type": "video/mp4"})
    assert response.raise_for_status().json() == {"length": MANY * len(PIECE), "checksum": SUM}
    upload = files.uploads[-1]
    assert upload.headers["content-type"] == "video/mp4" and "transfer-encoding" in upload.headers


def test_an_asynchronous_iterator_is_sent_as_it_comes(server, files):
    async def pieces():
        for _ in range(MANY):
            await asyncio.sleep(0)
            yield PIECE

    response = asyncio_(server.address, "POST", "upload", content=pieces(), content_length=MANY * len(PIECE))
    assert response.json() == {"length": MANY * len(PIECE), "checksum": SUM}
    assert files.uploads[-1].headers["content-length"] == str(MANY * len(PIECE))


def test_a_file_is_sent_with_its_length_from_where_it_stands(stream, files, tmp_path):
    (tmp_path / "video.mp4").write_bytes(b"skip" + PIECE * MANY)
    with open(tmp_path / "video.mp4", "rb") as file:
        file.seek(4)
        response = stream("POST", "upload", content=file)
    assert response.json() == {"length": MANY * len(PIECE), "checksum": SUM}
    assert files.uploads[-1].headers["content-length"] == str(MANY * len(PIECE))


def test_the_last_file_of_a_form_is_not_read_in_advance(stream, files, tmp_path):
    (tmp_path / "cat.png").write_bytes(PIECE * 80)  # more than a message may hold
    with open(tmp_path / "cat.png", "rb") as file:
        response = stream("POST", "upload", data={"title": "a cat"}, files={"photo": file})
    upload = files.uploads[-1]
    boundary = upload.headers["content-type"].partition("boundary=")[2]
    before = (f'--{boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\na cat\r\n--{boundary}\r\n'
              f'Content-Disposition: form-data; name="photo"; filename="cat.png"\r\nContent-Type: image/png\r\n\r\n')
    expected = before.encode() + PIECE * 80 + f"\r\n--{boundary}--\r\n".encode()
    assert response.json() == {"length": len(expected), "checksum": zlib.crc32(expected)}


@pytest.mark.parametrize("options, sent", [({}, b""), ({"json": [1]}, b"[1]"), ({"content": b"whole"}, b"whole"),
                                           ({"data": {"a": "b c"}}, b"a=b%20c")])
def test_a_body_that_is_whole_needs_no_pieces(stream, files, options, sent):
    assert json.loads(stream("POST", "upload", **options).content)["length"] == len(sent)
    assert files.uploads[-1].begin == sent


def test_a_download_arrives_as_it_was(stream):
    response = stream("GET", f"download/{MANY * len(PIECE)}")
    assert (response.status_code, len(response.content), zlib.crc32(response.content)) == (200, MANY * len(PIECE), SUM)


def test_a_cut_answer_raises(stream):
    with pytest.raises(ProviderUnreachable) as told:
        stream("GET", f"cut/{MANY * len(PIECE)}")
    assert told.value.sent == "yes"


def test_an_answer_may_come_before_the_body_has_gone(stream):
    def endless():
        while True:
            yield PIECE

    response = stream("POST", "refuse", content=endless())
    assert (response.status_code, response.content) == (413, b"large")


def test_a_body_that_fails_never_looks_whole_and_raises_its_own_error(stream, files):
    before = len(files.uploads)

    def broken():
        yield PIECE
        eventually(lambda: files.uploads[before:], "the request has come")
        raise ZeroDivisionError("the disk is gone")

    with pytest.raises(ZeroDivisionError, match="the disk is gone"):
        stream("POST", "upload", content=broken())
    [upload] = files.uploads[before:]
    eventually(lambda: upload.ended, "the connection is closed")
    assert not upload.whole


def test_a_body_of_text_is_refused(stream):
    with pytest.raises(TypeError, match="binary mode"):
        stream("POST", "upload", content=["text"])


def test_an_error_of_the_service_before_the_head_is_raised(stream):
    with pytest.raises(OAuth1dError) as told:
        stream("GET", "https://elsewhere.example/")
    assert told.value.reason == "DESTINATION_DENIED"


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_reads_slowly_slows_the_provider_down(server, files, kind):
    size, before = 200 << 20, files.sent
    waited = []

    def while_nobody_reads():
        waited.append(held_back(lambda: files.sent - before))

    if kind == "blocking":
        with Client(server.address) as client:
            with client.stream("sandbox", "GET", f"download/{size}", token=TOKEN) as response:
                assert next(response.iter_bytes())
                while_nobody_reads()
    else:
        async def story():
            async with aio.Client(server.address) as client:
                async with client.stream("sandbox", "GET", f"download/{size}", token=TOKEN) as response:
                    assert await anext(response.aiter_bytes())
                    while_nobody_reads()
        asyncio.run(story())
    assert 0 < waited[0] < size / 2


@pytest.mark.parametrize("kind", KINDS)
def test_leaving_early_ends_the_call(server, files, kind):
    before = len(files.uploads)

    def begun():
        return eventually(lambda: files.uploads[before:], "it came")[0]

    if kind == "blocking":
        with Client(server.address) as client:
            with client.stream("sandbox", "GET", f"download/{200 << 20}", token=TOKEN) as response:
                assert next(response.iter_bytes())
            eventually(lambda: begun().ended, "the connection is closed")
            with pytest.raises(RuntimeError, match="closed"):
                response.read()
    else:
        async def story():
            async with aio.Client(server.address) as client:
                async with client.stream("sandbox", "GET", f"download/{200 << 20}", token=TOKEN) as response:
                    async for _ in response.aiter_bytes():
                        break
                await asyncio.to_thread(lambda: eventually(lambda: begun().ended, "the connection is closed"))
        asyncio.run(story())
    assert server.rpc_line(method="StreamSignedRequest", code="CANCELLED", sent="yes")


def test_a_task_that_is_cancelled_ends_the_call(server, files):
    before = len(files.uploads)

    async def never():
        yield PIECE
        await asyncio.Event().wait()

    async def story():
        async with aio.Client(server.address) as client:
            async def upload():
                async with client.stream("sandbox", "POST", "upload", token=TOKEN, content=never()):
                    raise AssertionError("an answer to a body that has not ended")
            task = asyncio.create_task(upload())
            request = (await asyncio.to_thread(lambda: eventually(lambda: files.uploads[before:], "it came")))[0]
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(lambda: eventually(lambda: request.ended, "the connection is closed"))
            assert not request.whole
    asyncio.run(story())


def test_a_stream_outlives_no_deadline(server):
    stopped = threading.Event()

    def silent():
        yield PIECE
        stopped.wait(PATIENCE)

    async def silent_too():
        yield PIECE
        await asyncio.Event().wait()

    try:
        for call, body in ((blocking, silent()), (asyncio_, silent_too())):
            with pytest.raises(DeadlineExceeded):
                call(server.address, "POST", "upload", content=body, timeout=1)
    finally:
        stopped.set()
