"""What becomes of tokens besides logins: xAuth, renewal by session handle and by URL, revocation."""

import hmac

from credentials import USERS
from problems import OAuthProblem, absent


class TokenLife:
    """Thread safe. Each public method takes a request as it was received and raises OAuthProblem if it
    refuses it."""

    def __init__(self, provider):
        self._provider, self._store = provider, provider.store

    def begin(self, received):
        """A token without a login: for an older one with its session handle (OAuth Session extension),
        or for a name and password (xAuth). None: that is not what is asked for."""
        everything, protocol = received.parameters()
        fields = dict(everything)
        if "oauth_session_handle" in protocol:
            return self._store.renew(self._token(received), protocol["oauth_session_handle"])
        if "x_auth_mode" in fields:
            return self._password_login(received, fields)
        return None

    def extend(self, received):
        """The same token lives on (E*TRADE)."""
        self._store.extend(self._token(received))

    def revoke(self, received):
        self._store.revoke(self._token(received))

    def _token(self, received):
        _, token = self._provider.identify(received)
        if token is None:
            raise absent("oauth_token")
        return token

    def _password_login(self, received, fields):
        consumer, token = self._provider.identify(received)
        if token is not None:
            raise OAuthProblem("parameter_rejected", "xAuth has no oauth_token.")
        if fields["x_auth_mode"] != "client_auth":
            raise OAuthProblem("parameter_rejected", "x_auth_mode must be client_auth.")
        user = USERS.get(fields.get("x_auth_username", ""))
        given = fields.get("x_auth_password", "").encode()
        if user is None or not hmac.compare_digest(user.password.encode(), given):
            raise OAuthProblem("permission_denied", "Name or password are wrong.")
        return self._store.issue_token(consumer, user)
