"""What stands in an Authorization header of OAuth (RFC 5849 section 3.5.1)."""

from urllib.parse import unquote


def protocol_parameters(request):
    """Name to value, of a `Received` request."""
    scheme, _, fields = request.header("authorization").decode().partition(" ")
    assert scheme == "OAuth"
    pairs = [field.strip().split("=", 1) for field in fields.split(",")]
    return {unquote(name): unquote(value.strip('"')) for name, value in pairs}
