"""The first frames of a connection that makes one call."""

from h2_abuse import UNARY
from h2raw import grpc_headers, grpc_message


def call_once(connection):
    """Greets, calls, and gives the connection back."""
    connection.preface()
    connection.headers(1, grpc_headers(UNARY))
    connection.data(1, grpc_message(b""), end_stream=True)
    return connection
