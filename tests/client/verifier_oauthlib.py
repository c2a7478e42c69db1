"""Debian's python3-oauthlib as the server that gets our requests."""

from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint

from rsa_keys import loaded


class _Known(RequestValidator):
    """One client. The shape of keys, nonces and times is not what is tested here."""

    enforce_ssl = False
    dummy_client = "nobody"

    def __init__(self, known, public_key):
        super().__init__()
        self._known, self._public_key = known, public_key

    def validate_client_key(self, client_key, request):
        return True

    def validate_timestamp_and_nonce(self, *_arguments, **_options):
        return True

    def get_client_secret(self, client_key, request):
        return self._known.consumer_secret

    def get_access_token_secret(self, client_key, token, request):
        return self._known.token_secret

    def get_rsa_key(self, client_key, request):
        return loaded(self._public_key)


class _Endpoint(SignatureOnlyEndpoint):
    def _check_mandatory_parameters(self, request):
        """oauthlib wants ten digits of now, and a key that is not empty."""


def verify_with_oauthlib(wires):
    """`wires`: WireRequest, Credentials and the public key's PEM of each; gives "yes", or what it has against it."""
    return [_verify(*one) for one in wires]


def _verify(wire, known, public_key):
    try:
        valid, request = _Endpoint(_Known(known, public_key)).validate_request(
            wire.url, wire.method, wire.body, wire.headers)
    except Exception as refusal:  # whatever it raises on a legal request is its verdict
        return f"raised {type(refusal).__name__}: {refusal}"
    if valid:
        return "yes"
    return "refused the request" if request is None else "says that the signature is wrong"
