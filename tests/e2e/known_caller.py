"""A web application that proves who it is."""

import grpc

from caller import Caller
from grpc_channel import OPTIONS


class KnownCaller(Caller):
    """Shows the certificate of `holder` and the API key, where there is one."""

    def __init__(self, address, ca_file, holder=None, api_key=None, metadata=()):
        self._metadata = tuple(metadata) + ((("authorization", f"Bearer {api_key}"),) if api_key else ())
        self._channel = secure_channel(address, ca_file, holder)

    def raw(self, name, request, timeout=40, metadata=()):
        return super().raw(name, request, timeout, (*self._metadata, *metadata))


def secure_channel(address, ca_file, holder=None):
    shown = {} if holder is None else {"private_key": holder.key.read_bytes(),
                                       "certificate_chain": holder.cert.read_bytes()}
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(ca_file.read_bytes(), **shown), OPTIONS)
