"""Why a request was refused, in the words of the OAuth Problem Reporting extension."""

from urllib.parse import urlencode

# RFC 5849 section 3.2: a request that cannot be understood is a 400. One that was understood
# and not believed is a 401.
_MALFORMED = {"parameter_rejected", "signature_method_rejected", "version_rejected"}


class OAuthProblem(Exception):
    """A refusal. Not an oauthlib error on purpose: oauthlib's endpoints swallow their own."""

    def __init__(self, problem, advice="", status=None, **details):
        super().__init__(problem)
        self.problem = problem
        self.status = status or (400 if problem in _MALFORMED else 401)
        self._details = dict(details)
        if advice:
            self._details["oauth_problem_advice"] = advice

    def form(self):
        return urlencode({"oauth_problem": self.problem, **self._details})


def absent(*names):
    return OAuthProblem("parameter_absent", status=400, oauth_parameters_absent="&".join(names))
