"""A web application's side of the contract, call by call."""

import secrets

import grpc
from oauth1d._error_details import error_from_rpc
from oauth1d._stubs import oauth1d_pb2 as pb

from grpc_channel import open_channel
from secret_search import remember

_SERVICE = "/oauth1d.v1.OAuth1Service/"
_ANSWERS = {
    "StartAuthorization": pb.StartAuthorizationResponse,
    "CompleteAuthorization": pb.CompleteAuthorizationResponse,
    "SignedRequest": pb.SignedRequestResponse,
    "ListProviders": pb.ListProvidersResponse,
}
CALL_TIMEOUT = 40


class Caller:
    """One channel to one oauth1d. Calls raise `OAuth1dError` and are never repeated."""

    def __init__(self, address, ca_file=None):
        self._channel = open_channel(address, ca_file)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._channel.close()

    def method(self, name):
        """The bare call: bytes in, message out, raises grpc.RpcError."""
        return self._channel.unary_unary(_SERVICE + name, response_deserializer=_ANSWERS[name].FromString)

    def raw(self, name, request, timeout=CALL_TIMEOUT, metadata=()):
        """A call with these bytes as its request."""
        try:
            answer = self.method(name)(request, timeout=timeout, metadata=metadata)
            remember(answer)
            return answer
        except grpc.RpcError as failure:
            raise error_from_rpc(failure) from failure

    def call(self, name, request, timeout=CALL_TIMEOUT, metadata=()):
        remember(request)
        return self.raw(name, request.SerializeToString(), timeout, metadata)

    def start(self, provider="sandbox", callback_url="", timeout=CALL_TIMEOUT, **fields):
        request = pb.StartAuthorizationRequest(provider=provider, callback_url=callback_url, **fields)
        return self.call("StartAuthorization", request, timeout)

    def complete(self, callback, cookies, provider="sandbox", timeout=CALL_TIMEOUT):
        """`callback`: the URL that the browser came back to, or CallbackValues."""
        request = pb.CompleteAuthorizationRequest(provider=provider, binding_cookies=cookies)
        if isinstance(callback, str):
            request.callback_query = callback
        else:
            request.callback_values.CopyFrom(callback)
        return self.call("CompleteAuthorization", request, timeout)

    def send(self, method, url, access_token=None, *, provider="sandbox", provider_token=None, consumer="",
             timeout=CALL_TIMEOUT, **call):
        """SignedRequest; without a token, for the application. `call`: the other fields of HttpCall."""
        request = signed_request(method, url, access_token, provider=provider, provider_token=provider_token,
                                 consumer=consumer, **call)
        return self.call("SignedRequest", request, timeout)

    def list_providers(self):
        return self.call("ListProviders", pb.ListProvidersRequest()).providers

    def catch_up(self, server):
        """When it returns, `server.log()` has all that the server wrote until now: on a busy machine its answers are
        faster than the thread that reads its log. One more call is made, and its line, the last, is waited for."""
        trace = secrets.token_hex(16)
        self.call("ListProviders", pb.ListProvidersRequest(), metadata=[("traceparent", f"00-{trace}-{'1' * 16}-01")])
        server.rpc_line(trace_id=trace)


def signed_request(method, url, access_token=None, *, provider="sandbox", provider_token=None, consumer="", **call):
    request = pb.SignedRequestRequest(provider=provider, consumer=consumer,
                                      call=pb.HttpCall(method=method, url=url, **call))
    if access_token is not None:
        request.access_token = access_token
    elif provider_token is not None:
        request.provider_token.CopyFrom(provider_token)
    else:
        request.application.SetInParent()
    return request


def parameters(*pairs):
    """Messages for pairs; a value of bytes goes as raw_value."""
    return [pb.Parameter(name=name, **({"raw_value": value} if isinstance(value, bytes) else {"value": value}))
            for name, value in pairs]


def headers(*pairs):
    return [pb.Header(name=name, value=value) for name, value in pairs]
