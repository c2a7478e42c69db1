"""The calls of the odd flows, and configurations for them."""

from oauth1d._stubs import oauth1d_pb2 as pb
from oauth1d._stubs import status_pb2

from caller import Caller
from configuration import provider


class DialectCaller(Caller):
    """A Caller with every RPC there is."""

    def method(self, name):
        answer = getattr(pb, name + "Response")
        return self._channel.unary_unary("/oauth1d.v1.OAuth1Service/" + name, response_deserializer=answer.FromString)

    def import_token(self, provider="sandbox", **source):
        """`source`: provider_token or password_login."""
        return self.call("ImportAccessToken", pb.ImportAccessTokenRequest(provider=provider, **source))

    def log_in_by_password(self, username, password, provider="sandbox"):
        return self.import_token(provider, password_login=pb.PasswordLogin(username=username, password=password))

    def refresh(self, access_token, **options):
        return self.call("RefreshAccessToken", pb.RefreshAccessTokenRequest(access_token=access_token), **options)

    def revoke(self, access_token):
        """Whether the provider said that the token is dead."""
        return self.call("RevokeAccessToken", pb.RevokeAccessTokenRequest(access_token=access_token)).provider_revoked

    def profile(self, access_token, provider="sandbox"):
        """The whole answer about the user."""
        return self.send("GET", "account/verify_credentials.json", access_token, provider=provider)


def renewed_by(url, by, **overrides):
    """The sandbox as a provider whose tokens are renewed: by `session_handle`, or by `url`."""
    renewal = {"by": by}
    if by == "url":  # which says nothing about the time
        renewal.update(url=f"{url}/oauth/renew_access_token", method="GET", lifetime="3600s")
    return provider(url, renewal=renewal, **overrides)


def requests_to(sandbox, path):
    """What the provider has seen at this path."""
    return [line for line in sandbox.log() if line["path"] == path]


def renewed_token_of(error):
    """The token in a RenewedToken among the details of an OAuth1dError."""
    trailers = dict(error.__cause__.trailing_metadata())
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    [token] = [pb.RenewedToken.FromString(detail.value).access_token for detail in status.details
               if detail.type_url.rpartition("/")[2] == "oauth1d.v1.RenewedToken"]
    return token
