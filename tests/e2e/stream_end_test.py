"""StreamSignedRequest: what happens when one side stops."""

import time

import grpc
import pytest
from oauth1d._error_details import error_from_rpc
from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d.errors import OAuth1dError

from stream_provider import PIECE
from streaming import END, Slow, caller, chunk, files, head, held_back, server  # noqa: F401
from waiting import eventually

MANY = 320  # pieces: 20 MiB


def test_a_cut_answer_never_ends_well(caller):
    with pytest.raises(OAuth1dError) as told:
        caller.stream([head("GET", f"cut/{MANY * len(PIECE)}"), END])
    assert (told.value.reason, told.value.metadata["sent"]) == ("PROVIDER_UNREACHABLE", "yes")


def test_a_cut_upload_never_looks_whole(caller, files):
    for length in ({}, {"content_length": len(PIECE)}, {"content_length": 2 * len(PIECE)}):
        with pytest.raises(OAuth1dError, match="cut off") as told:
            caller.stream([head("POST", "upload", content_type="video/mp4", **length), chunk(PIECE)])
        assert told.value.reason == "INVALID_REQUEST"
        upload = files.uploads[-1]
        eventually(lambda: upload.ended, "the connection is closed")  # pylint: disable=cell-var-from-loop
        assert not upload.whole


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_body_of_another_length_than_promised_never_looks_whole(caller, files, pieces):
    begin = head("POST", "upload", content_type="video/mp4", content_length=2 * len(PIECE))
    with pytest.raises(OAuth1dError, match="content_length") as told:
        caller.stream([begin, *[chunk(PIECE)] * pieces, END])
    assert told.value.metadata["sent"] == "maybe"
    upload = files.uploads[-1]
    eventually(lambda: upload.ended, "the connection is closed")
    assert not upload.whole


@pytest.mark.parametrize("begin", [head("POST", "upload", content_type="video/mp4"),
                                   head("GET", f"download/{200 << 20}")], ids=["upload", "download"])
def test_a_caller_that_cancels_frees_the_connection_within_a_second(caller, server, files, begin):
    uploads = begin.head.call.method == "POST"
    messages, before = Slow(), len(files.uploads)
    messages.give(begin)
    messages.give(chunk(PIECE) if uploads else END)
    call = caller.open(messages)
    request = eventually(lambda: files.uploads[before:], "it came")[0]
    held_back(lambda: request.length if uploads else files.sent)
    cancelled = time.monotonic()
    call.cancel()
    messages.finish()
    assert eventually(lambda: request.ended, "the connection is closed") - cancelled < 1
    line = server.rpc_line(method="StreamSignedRequest", code="CANCELLED", sent="maybe" if uploads else "yes")
    assert line["attempts"] == 1 and not request.whole


def test_a_caller_that_stands_still_is_left_after_ten_seconds(caller, server, files):
    silent, before = Slow(), len(files.uploads)
    silent.give(head("POST", "upload", content_type="video/mp4"))
    silent.give(chunk(PIECE))
    upload = caller.open(silent)
    download = caller.open([head("GET", f"download/{200 << 20}"), END])
    assert next(download).head.status_code == 200  # and takes no more
    begun = time.monotonic()
    requests = eventually(lambda: files.uploads[before + 1:] and files.uploads[before:], "both came")
    for request in requests:
        took = eventually(lambda: request.ended, "it is left") - begun  # pylint: disable=cell-var-from-loop
        assert took > 8
    silent.finish()
    # To one that takes nothing no reason can be told: it would wait behind what he does not take.
    for call, code, reason in ((upload, "DEADLINE_EXCEEDED", "DEADLINE"), (download, "CANCELLED", "")):
        with pytest.raises(grpc.RpcError) as told:
            list(call)
        error = error_from_rpc(told.value)
        assert (error.code.name, error.reason) == (code, reason)
    assert {line["reason"] for line in server.log("rpc") if line["duration_ms"] > 8000} == {"DEADLINE"}


def test_the_callers_deadline_counts(caller):
    messages = Slow()
    messages.give(head("POST", "upload", content_type="video/mp4"))
    with pytest.raises(OAuth1dError) as told:
        caller.stream(messages, timeout=2)
    assert told.value.code == grpc.StatusCode.DEADLINE_EXCEEDED
    messages.finish()


@pytest.mark.parametrize("messages, field", [
    ([], "head"), ([END], "head"), ([chunk(b"x")], "head"),
    ([pb.StreamSignedRequestRequest(head=pb.SignedRequestRequest(provider="sandbox"))], "head.call"),
    ([head("POST", "upload", body=b"whole", content_length=5)], "head.call.content_length"),
    ([head("POST", "upload", content_length=5), END], "head.call.content_length"),
    ([head("POST", "upload", body=b"whole"), chunk(b"more")], "chunk"),
    ([head("POST", "upload")], "end"),
    ([head("POST", "upload"), chunk(b"x"), head("POST", "upload")], "message"),
    ([head("post", "upload")], "head.call.method")])
def test_the_bad_field_is_named(caller, messages, field):
    with pytest.raises(OAuth1dError) as told:
        caller.stream(messages)
    assert field in [violation.field for violation in told.value.field_violations]
