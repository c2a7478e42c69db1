"""StreamSignedRequest: bodies that flow both ways."""

import json
import zlib

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

from stream_provider import PIECE
from streaming import END, caller, chunk, files, head, held_back, server  # noqa: F401

MANY = 320  # pieces: 20 MiB


@pytest.mark.parametrize("length", [None, MANY * len(PIECE)], ids=["chunked", "content_length"])
def test_an_upload_arrives_as_it_was(caller, files, length):
    call = {} if length is None else {"content_length": length}
    begin = head("POST", "upload", content_type="application/octet-stream", **call)
    answer = caller.stream([begin, *[chunk(PIECE)] * MANY, END])
    told = json.loads(answer.body)
    assert told == {"length": MANY * len(PIECE), "checksum": zlib.crc32(PIECE * MANY)}
    assert answer.messages[0] == "head" and answer.messages[-1] == "end"
    upload = files.uploads[-1]
    assert upload.headers["content-type"] == "application/octet-stream"
    assert ("transfer-encoding" in upload.headers) == (length is None)
    assert "set-cookie" not in [header.name.lower() for header in answer.head.headers]


def test_a_download_arrives_as_it_was(caller):
    answer = caller.stream([head("GET", f"download/{MANY * len(PIECE)}"), END])
    assert (answer.head.status_code, answer.length) == (200, MANY * len(PIECE))
    assert answer.checksum == zlib.crc32(PIECE * MANY)


def test_a_request_without_chunks_has_no_body(caller, files):
    caller.stream([head("GET", "upload"), END])
    assert not {"content-length", "transfer-encoding"} & files.uploads[-1].headers.keys()
    caller.stream([head("POST", "upload", content_type="video/mp4", content_length=0), END])
    assert files.uploads[-1].headers["content-length"] == "0"


def test_a_head_with_the_whole_body_waits_for_the_end_alone(caller, files):
    begin = head("POST", "upload", body=b"whole", content_type="text/plain")
    caller.stream([begin, END])
    assert files.uploads[-1].begin == b"whole"
    before = len(files.uploads)
    for rest in ([chunk(b"more"), END], []):
        with pytest.raises(OAuth1dError) as told:
            caller.stream([begin, *rest])
        assert told.value.reason == "INVALID_REQUEST" and len(files.uploads) == before


def test_a_file_is_streamed_as_the_last_part_of_a_form(caller, files):
    parts = [pb.Part(name="title", data=b"a photo"),
             pb.Part(name="photo", filename="a.jpg", content_type="image/jpeg")]
    begin = head("POST", "upload", multipart=pb.Multipart(parts=parts), content_length=3 * len(PIECE))
    caller.stream([begin, *[chunk(PIECE)] * 3, END])
    upload = files.uploads[-1]
    boundary = upload.headers["content-type"].partition("boundary=")[2]
    before = (f'--{boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\na photo\r\n--{boundary}\r\n'
              f'Content-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n')
    expected = before.encode() + PIECE * 3 + f"\r\n--{boundary}--\r\n".encode()
    assert (upload.length, upload.checksum) == (len(expected), zlib.crc32(expected))


def test_a_form_and_a_hashed_body_are_held_whole_up_to_a_limit(caller, files):
    begin = head("POST", "upload", content_type="application/x-www-form-urlencoded")
    caller.stream([begin, chunk(b"a=1&"), chunk(b"b=2"), END])
    assert files.uploads[-1].headers["content-length"] == "7" and files.uploads[-1].begin == b"a=1&b=2"
    begin = head("POST", "upload", content_type="application/json", provider="hashed")
    caller.stream([begin, chunk(b"{}"), END])
    assert "oauth_body_hash=" in files.uploads[-1].headers["authorization"]
    before = len(files.uploads)
    with pytest.raises(OAuth1dError, match="body hash") as told:
        caller.stream([begin, *[chunk(PIECE)] * 57, END])
    assert told.value.reason == "INVALID_REQUEST" and len(files.uploads) == before


def test_an_early_answer_stops_the_upload(caller):
    sent = []

    def messages():
        yield head("POST", "refuse", content_type="video/mp4")
        for _ in range(100_000):
            sent.append(1)
            yield chunk(PIECE)

    answer = caller.stream(messages())
    assert (answer.head.status_code, answer.body) == (413, b"large") and len(sent) < 100_000


def test_a_provider_that_does_not_read_slows_the_caller_down(caller, files):
    given = []

    def messages():
        yield head("POST", "stall", content_type="video/mp4")
        for _ in range(3000):  # 190 MiB
            given.append(1)
            yield chunk(PIECE)
        yield END

    call = caller.open(messages())
    assert held_back(lambda: len(given)) < 1500
    upload = files.uploads[-1]
    assert upload.target.endswith("/stall")
    upload.released.set()
    assert [message.WhichOneof("message") for message in call] == ["head", "chunk", "end"]
    assert upload.length == 3000 * len(PIECE)


def test_a_caller_that_does_not_read_slows_the_provider_down(caller, files):
    before = files.sent
    call = caller.open([head("GET", f"download/{200 << 20}"), END])
    assert next(call).head.status_code == 200
    assert held_back(lambda: files.sent - before) < 100 << 20
    assert sum(len(message.chunk) for message in call) == 200 << 20
