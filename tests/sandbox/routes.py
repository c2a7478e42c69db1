"""Which path is answered by whom, and what goes into the truth log."""

import base64
import traceback
from urllib.parse import urlencode

import pages
import parameters
from credentials import USERS
from problems import OAuthProblem
from received_request import Answer
from token_life import TokenLife

_CHALLENGE = ("WWW-Authenticate", 'OAuth realm="sandbox"')


class Routes:
    def __init__(self, provider, log):
        self._provider, self._log, self._token_life = provider, log, TokenLife(provider)
        self._signed = {
            "/oauth/request_token": ({"GET", "POST"}, self._request_token),
            "/oauth/access_token": ({"GET", "POST"}, self._access_token),
            "/oauth/renew_access_token": ({"GET", "POST"}, self._renewed),
            "/oauth/revoke_access_token": ({"GET", "POST", "DELETE"}, self._revoked),
            "/1.1/account/verify_credentials.json": ({"GET"}, self._verify_credentials)}

    def answer(self, request):
        if request.path in ("/_log", "/_expire"):
            return self._behind_the_scenes(request)
        methods, respond = self._signed.get(request.path, (None, None))
        # Below /1.1/echo every path is echoed too, so that paths can be tried as well as queries.
        if request.path == "/1.1/echo" or request.path.startswith("/1.1/echo/"):
            methods, respond = {request.method}, self._echo
        if respond is None:
            answer = self._unsigned(request)
            self._log.write(request, answer.status, False, None, {**request.claims(), "nonce": None})
            return answer
        return self._signed_answer(request, methods, respond)

    def _behind_the_scenes(self, request):
        method = {"/_log": "GET", "/_expire": "POST"}[request.path]
        if request.method != method:
            return Answer.text(f"{method} only.", 405, (("Allow", method),))
        if request.path == "/_expire":
            self._provider.store.expire_tokens()
            return Answer.text("All tokens have expired.", 200)
        return Answer(200, "application/x-ndjson", self._log.as_json_lines().encode())

    def _signed_answer(self, request, methods, respond):
        error = None
        try:
            if request.method in methods:
                answer = respond(request)
            else:
                error = "method_not_allowed"
                answer = Answer.text(error, 405, (("Allow", ", ".join(sorted(methods))),))
        except OAuthProblem as problem:
            error = problem.problem
            answer = Answer.form(problem.form(), problem.status, (_CHALLENGE,))
        except Exception:  # a fault of the sandbox: told loudly, and never taken for a refusal
            traceback.print_exc()
            error = "internal"
            answer = Answer.text("The sandbox has a fault: see its stderr.", 500)
        self._log.write(request, answer.status, error is None, error, request.claims())
        return answer

    def _request_token(self, request):
        issued = self._provider.issue_temporary_credentials(request)
        return Answer.form(urlencode({
            "oauth_token": issued.identifier, "oauth_token_secret": issued.secret,
            "oauth_callback_confirmed": "true"}))

    def _access_token(self, request):
        issued = self._token_life.begin(request) or self._provider.issue_token_credentials(request)
        fields = {"oauth_token": issued.identifier, "oauth_token_secret": issued.secret,
                  "user_id": issued.user.id, "screen_name": issued.user.screen_name}
        if issued.session_handle:
            fields.update(oauth_session_handle=issued.session_handle,
                          oauth_expires_in=self._provider.store.token_lifetime)
        return Answer.form(urlencode(fields))

    def _renewed(self, request):
        self._token_life.extend(request)
        return Answer.text("The access token has been renewed.", 200)

    def _revoked(self, request):
        self._token_life.revoke(request)
        return Answer.text("The access token has been revoked.", 200)

    def _verify_credentials(self, request):
        _, token = self._provider.verify(request)
        if token is None:
            raise OAuthProblem("token_rejected", "This needs a user's token.")
        return Answer.json({"id_str": token.user.id, "screen_name": token.user.screen_name,
                            "name": token.user.name})

    def _echo(self, request):
        consumer, token = self._provider.verify(request)
        return Answer.json({
            "method": request.method, "target": request.target, "scheme": request.scheme,
            "headers": [list(pair) for pair in request.headers],
            "body_base64": base64.b64encode(request.body).decode(),
            "identity": {"consumer_key": consumer.key,
                         "token": token and token.identifier,
                         "user_id": token and token.user.id,
                         "screen_name": token and token.user.screen_name}})

    def _unsigned(self, request):
        if request.path == "/oauth/authorize" and request.method in ("GET", "HEAD"):
            return self._consent(request)
        if request.path == "/oauth/authorize" and request.method == "POST":
            return self._decision(request)
        if request.path == "/oauth/authorize":
            return Answer.text("GET or POST.", 405, (("Allow", "GET, HEAD, POST"),))
        if request.path == "/" and request.method in ("GET", "HEAD"):
            return pages.welcome()
        return Answer.text("There is nothing here.", 404)

    def _consent(self, request):
        found = self._provider.store.temporary(_asked_token(request))
        if found is None:
            return pages.refusal(404, "This sign-in request is not known here.")
        if found.phase.name != "PENDING":
            return pages.refusal(410, "This sign-in request has been answered already.")
        return pages.consent(found, USERS.values())

    def _decision(self, request):
        store, fields, token = self._provider.store, request.form(), _asked_token(request)
        user, decision = USERS.get(fields.get("user", "")), fields.get("decision")
        if decision not in ("allow", "deny"):
            return pages.refusal(400, "The decision must be to allow or to deny.")
        if decision == "allow" and user is None:
            return pages.refusal(400, "There is no such user.")
        decided = store.approve(token, user) if decision == "allow" else store.deny(token)
        if decided is None:
            return pages.refusal(410, "This sign-in request is not known here, or was answered.")
        if decided.callback == "oob":
            return pages.pin(decided) if decision == "allow" else pages.denied(decided)
        if decision == "deny":
            return _redirect(decided.callback, {"denied": decided.identifier})
        return _redirect(decided.callback, {"oauth_token": decided.identifier,
                                            "oauth_verifier": decided.verifier})


def _asked_token(request):
    fields = dict(parameters.from_form(request.query.encode("ascii")))
    return request.form().get("oauth_token") or fields.get("oauth_token", "")


def _redirect(callback, added):
    """The callback's own query stays as it is, octet for octet: re-encoding it would change what the
    consumer put there."""
    address, hash_sign, fragment = callback.partition("#")
    if "?" not in address:
        joint = "?"
    else:
        joint = "" if address[-1] in "?&" else "&"
    location = address + joint + urlencode(added) + hash_sign + fragment
    return Answer(302, "text/plain; charset=utf-8", b"",
                  (("Location", location), ("Cache-Control", "no-store")))
