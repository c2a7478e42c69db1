"""The protocol: oauthlib's server side over the store, with its known faults worked round."""

import base64
import binascii
import hashlib
import hmac
import re

from oauthlib.common import CaseInsensitiveDict, Request
from oauthlib.oauth1 import (
    AccessTokenEndpoint, RequestTokenEndpoint, RequestValidator, ResourceEndpoint,
    SignatureOnlyEndpoint)

import parameters
from credentials import CredentialStore, Phase
from nonces import NonceRegister
from problems import OAuthProblem, absent

_CALLBACK = re.compile(r"https?://[!-~]+", re.IGNORECASE)


class Validator(RequestValidator):
    """What oauthlib asks of a provider. Unknown keys and tokens raise with the reason, so oauthlib's
    dummies, which hide it, are never reached."""

    enforce_ssl = False

    def __init__(self, store, nonces):
        super().__init__()
        self.store, self.nonces = store, nonces

    # Keys, tokens and nonces of any alphabet and length: a strange one is unknown, not malformed.
    def check_client_key(self, _):
        return True

    check_nonce = check_request_token = check_access_token = check_verifier = check_client_key
    check_realms = check_client_key

    def validate_client_key(self, client_key, request):
        if client_key not in self.store.consumers:
            raise OAuthProblem("consumer_key_unknown")
        return True

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request,
                                     request_token=None, access_token=None):
        if timestamp and nonce:
            self.nonces.check(client_key, request.resource_owner_key, timestamp, nonce)
        return True

    def validate_request_token(self, client_key, token, request):
        found = self.store.temporary(token)
        if found is None or found.consumer.key != client_key:
            raise OAuthProblem("token_rejected")
        if found.phase is not Phase.APPROVED:
            raise OAuthProblem(found.phase.value)
        return True

    def validate_access_token(self, client_key, token, request):
        found = self.store.token(token)
        if found is None or found.consumer.key != client_key:
            raise OAuthProblem("token_rejected")
        return True

    def validate_verifier(self, client_key, token, verifier, request):
        return True  # the store compares it in the step that uses it up, and after the signature

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        if redirect_uri != "oob" and not _CALLBACK.fullmatch(redirect_uri):
            raise OAuthProblem("parameter_rejected", "oauth_callback is neither oob nor http(s).")
        return True

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def get_default_realms(self, client_key, request):
        return []

    def get_client_secret(self, client_key, request):
        return self.store.consumers[client_key].secret

    def get_rsa_key(self, client_key, request):
        pem = self.store.consumers[client_key].rsa_public_key
        if not pem:
            raise OAuthProblem("signature_method_rejected", "No RSA key is known for this consumer.")
        return pem

    def get_request_token_secret(self, client_key, token, request):
        return self.store.temporary(token).secret

    def get_access_token_secret(self, client_key, token, request):
        self.validate_access_token(client_key, token, request)  # also of who asks for a new one
        return self.store.token(token).secret


class Provider(RequestTokenEndpoint, AccessTokenEndpoint, ResourceEndpoint, SignatureOnlyEndpoint):
    """Thread safe. Each of the public methods takes a request as it was received and raises
    OAuthProblem if it refuses it."""

    def __init__(self, consumers, nonces=None, **of_store):
        self.store = CredentialStore(consumers, **of_store)
        self.nonces = nonces or NonceRegister()
        super().__init__(Validator(self.store, self.nonces))

    def issue_temporary_credentials(self, received):
        request = self._create_request(*received.as_arguments())
        self._check_mandatory_parameters(request)
        if not request.redirect_uri:
            raise absent("oauth_callback")
        self._accept(*self.validate_request_token_request(request))
        consumer = self.store.consumers[request.client_key]
        return self.store.issue_temporary(consumer, str(request.redirect_uri))

    def issue_token_credentials(self, received):
        request = self._create_request(*received.as_arguments())
        self._check_mandatory_parameters(request)
        missing = [name for name in ("oauth_token", "oauth_verifier")
                   if not request.oauth_params.get(name)]
        if missing:
            raise absent(*missing)
        self._accept(*self.validate_access_token_request(request))
        return self.store.exchange(request.resource_owner_key, request.verifier)

    def verify(self, received):
        """The consumer and the token credentials, or None for these, of a two-legged request."""
        consumer, token = self.identify(received)
        if token and self.store.has_expired(token):
            raise OAuthProblem("token_expired")
        return consumer, token

    def identify(self, received):
        """The same of a token that may have expired."""
        _, protocol = received.parameters()
        validate = (self.validate_protected_resource_request if protocol.get("oauth_token")
                    else self.validate_request)
        request = self._accept(*validate(*received.as_arguments()))
        return self.store.consumers[request.client_key], self.store.token(request.resource_owner_key)

    def _accept(self, valid, request):
        if not valid:
            raise OAuthProblem("signature_invalid")
        if request.timestamp and request.nonce:
            self.nonces.use(request.client_key, request.resource_owner_key,
                            request.timestamp, request.nonce)
        return request

    def _create_request(self, uri, http_method, body, headers):
        """Replaces oauthlib's, to read the octets once and as they came: see parameters.py."""
        headers = CaseInsensitiveDict(headers)
        base, _, query = uri.partition("?")
        content_type = headers.get("Content-Type", "")
        everything, protocol = parameters.collect(
            query.encode("ascii"), headers.get("Authorization", ""), content_type, body)
        request = Request(base, http_method, "", headers)
        request.oauth_params = protocol
        request.params = [pair for pair in everything if pair[0] != "oauth_signature"]
        request.client_key = protocol.get("oauth_consumer_key")
        request.nonce = protocol.get("oauth_nonce")
        request.realm = None
        request.redirect_uri = protocol.get("oauth_callback")
        request.resource_owner_key = protocol.get("oauth_token")
        request.signature = protocol.get("oauth_signature")
        request.signature_method = protocol.get("oauth_signature_method")
        request.timestamp = protocol.get("oauth_timestamp")
        request.verifier = protocol.get("oauth_verifier")
        _check_body_hash(protocol.get("oauth_body_hash"), content_type, body)
        return request

    def _check_mandatory_parameters(self, request):
        """Replaces oauthlib's, which wants a nonce and timestamp with PLAINTEXT as well (RFC 5849
        section 3.1 does not) and cannot tell one refusal from another."""
        if not request.oauth_params:
            raise OAuthProblem("parameter_absent", "This needs OAuth.")
        needed = ["oauth_consumer_key", "oauth_signature_method", "oauth_signature"]
        if request.signature_method != "PLAINTEXT":
            needed += ["oauth_timestamp", "oauth_nonce"]
        missing = [name for name in needed if not request.oauth_params.get(name)]
        if missing:
            raise absent(*missing)
        if request.oauth_params.get("oauth_version", "1.0") != "1.0":
            raise OAuthProblem("version_rejected", oauth_acceptable_versions="1.0-1.0")
        if request.signature_method not in self.request_validator.allowed_signature_methods:
            raise OAuthProblem("signature_method_rejected")
        if request.timestamp:
            self.nonces.check_timestamp(request.timestamp)

    def _check_signature(self, request, is_token_request=False):
        try:
            return super()._check_signature(request, is_token_request)
        except (binascii.Error, UnicodeError):  # an RSA signature that is not even base64
            return False


def _check_body_hash(claimed, content_type, body):
    """draft-eaton-oauth-bodyhash, which oauthlib leaves to the application."""
    if claimed is None:
        return
    if parameters.is_form(content_type):
        raise OAuthProblem("parameter_rejected", "A form has no oauth_body_hash.")
    digest = hashlib.sha1 if len(claimed) == 28 else hashlib.sha256
    if not hmac.compare_digest(base64.b64encode(digest(body).digest()), claimed.encode()):
        raise OAuthProblem("signature_invalid", "oauth_body_hash does not match the body.")
