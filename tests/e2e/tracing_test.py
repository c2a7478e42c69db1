"""W3C Trace Context: read strictly, told in the log, and taken on only where the configuration says so."""

import re
import secrets

import pytest
from oauth1d._stubs import oauth1d_pb2 as pb

from browser import Browser
from caller import Caller, signed_request
from configuration import CALLBACK, configuration, provider
from oauth1d_process import Oauth1d
from stream_provider import StreamProvider
from waiting import eventually

SPAN_FIELDS = ["time", "level", "event", "name", "trace_id", "span_id", "parent_span_id", "start", "duration_ms",
               "provider", "call", "http_status"]
PARENT = "00f067aa0ba902b7"
SPAN_ID = re.compile(r"[0-9a-f]{16}")


@pytest.fixture(scope="module")
def recorder():
    """A provider that keeps the headers of what it is sent."""
    with StreamProvider() as running:
        yield running


@pytest.fixture(scope="module")
def server(recorder, sandbox):
    open_one = provider(recorder.url, "open", trace_context=True)
    with Oauth1d(configuration(open_one, provider(recorder.url, "closed"), provider(sandbox.http_url))) as running:
        yield running


@pytest.fixture(scope="module")
def web(server):
    with Caller(server.address) as caller:
        yield caller


@pytest.fixture
def trace():
    return secrets.token_hex(16)


def upload(web, name, traceparent=None, headers=()):
    """One request for the application, with this `traceparent` in the call's metadata."""
    request = signed_request("POST", "upload", provider=name, body=b"x", content_type="text/plain",
                             headers=[pb.Header(name=key, value=value.encode()) for key, value in headers])
    metadata = [("traceparent", traceparent)] if traceparent else []
    return web.call("SignedRequest", request, metadata=metadata)


def spans(server, trace, count):
    """The spans of this trace, once there are so many."""
    def find():
        found = [line for line in server.log("span") if line["trace_id"] == trace]
        return found if len(found) >= count else None
    return eventually(find, f"{count} spans of {trace}")


def test_a_sampled_call_is_a_span_and_its_requests_are_its_children(web, server, recorder, trace):
    upload(web, "open", f"00-{trace}-{PARENT}-01")
    line = server.rpc_line(trace_id=trace)
    assert line["parent_span_id"] == PARENT
    assert SPAN_ID.fullmatch(line["span_id"]) and line["span_id"] != PARENT
    own, child = sorted(spans(server, trace, 2), key=lambda span: span["name"])
    assert list(own) == list(child) == SPAN_FIELDS
    assert (own["name"], own["span_id"], own["parent_span_id"]) == ("SignedRequest", line["span_id"], PARENT)
    assert (child["name"], child["parent_span_id"], child["provider"]) == ("upstream", line["span_id"], "open")
    assert (child["call"], child["http_status"], own["http_status"]) == ("api", 200, 200)
    assert own["start"] <= child["start"] and own["duration_ms"] >= child["duration_ms"]
    headers = recorder.uploads[-1].headers
    assert headers["traceparent"] == f"00-{trace}-{child['span_id']}-01"
    assert "tracestate" not in headers
    assert "traceparent" not in headers["authorization"]


def test_what_nobody_samples_is_taken_on_without_a_span(web, server, recorder, trace):
    upload(web, "open", f"00-{trace}-{PARENT}-00")
    server.rpc_line(trace_id=trace)
    assert re.fullmatch(f"00-{trace}-[0-9a-f]{{16}}-00", recorder.uploads[-1].headers["traceparent"])
    assert not [line for line in server.log("span") if line["trace_id"] == trace]


def test_other_providers_hear_nothing(web, server, recorder, trace):
    upload(web, "closed", f"00-{trace}-{PARENT}-01")
    assert len(spans(server, trace, 2)) == 2, "the log does"
    assert "traceparent" not in recorder.uploads[-1].headers


def test_a_callers_own_header_is_passed_on_as_ever(web, recorder, trace):
    for name in ("open", "closed"):
        upload(web, name, f"00-{trace}-{PARENT}-01", headers=[("Traceparent", "mine"), ("tracestate", "a=b")])
        assert recorder.uploads[-1].headers["traceparent"] == "mine"
        assert recorder.uploads[-1].headers["tracestate"] == "a=b"


@pytest.mark.parametrize("broken", ["none", "version", "zeros", "upper", "longer"])
def test_what_is_no_traceparent_begins_a_trace(web, server, recorder, trace, broken):
    text = {"none": None, "version": f"ff-{trace}-{PARENT}-01", "zeros": f"00-{'0' * 32}-{PARENT}-01",
            "upper": f"00-{trace.upper()[:-1]}F-{PARENT}-01", "longer": f"00-{trace}-{PARENT}-01-x"}[broken]
    upload(web, "open", text)
    version, begun, _, flags = recorder.uploads[-1].headers["traceparent"].split("-")
    assert (version, flags) == ("00", "00")
    assert re.fullmatch("[0-9a-f]{32}", begun) and begun not in (trace, "0" * 32)
    line = server.rpc_line(trace_id=begun)
    assert SPAN_ID.fullmatch(line["span_id"]) and line["parent_span_id"] == ""
    assert not [span for span in server.log("span") if span["trace_id"] == line["trace_id"]]


def test_a_login_is_traced_step_by_step(web, server, sandbox, trace):
    metadata = [("traceparent", f"00-{trace}-{PARENT}-01")]
    browser = Browser("alice")
    browser.started = web.call("StartAuthorization", pb.StartAuthorizationRequest(
        provider="sandbox", callback_url=CALLBACK), metadata=metadata)
    browser.cookies.append(browser.started.binding_cookie)
    browser.approve(sandbox)
    web.call("CompleteAuthorization", browser.as_request(), metadata=metadata)
    told = spans(server, trace, 4)
    assert sorted((span["name"], span["call"]) for span in told) == [
        ("CompleteAuthorization", ""), ("StartAuthorization", ""),
        ("upstream", "temporary_credentials"), ("upstream", "token_credentials")]
    assert len({span["span_id"] for span in told}) == 4
    by_id = {span["span_id"]: span for span in told}
    assert {by_id[span["parent_span_id"]]["name"] for span in told if span["name"] == "upstream"} == {
        "StartAuthorization", "CompleteAuthorization"}


def test_lines_about_a_call_carry_its_trace(web, server, recorder, trace):
    with pytest.raises(Exception, match="PROVIDER|BAD_TOKEN"):
        web.call("StartAuthorization", pb.StartAuthorizationRequest(provider="open", callback_url=CALLBACK),
                 metadata=[("traceparent", f"00-{trace}-{PARENT}-00")])
    warned = eventually(lambda: [line for line in server.log("provider_failed") if line.get("trace_id") == trace],
                        "a warning with the trace")
    assert warned[0]["message"].startswith("open: ")
