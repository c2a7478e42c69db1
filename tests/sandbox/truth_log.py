"""What this provider has really seen, for tests that must not take a client's word for it."""

import hashlib
import json
import threading


class TruthLog:
    """Thread safe. A line is there before its answer leaves: whoever has the answer finds the line.
    Holds no secret, no signature and no verifier."""

    def __init__(self):
        self._lines = []
        self._lock = threading.Lock()

    def write(self, request, status, verified, error, claims):
        line = json.dumps({
            "path": request.path, "method": request.method, "verified": verified, "error": error, **claims,
            "body_sha256": hashlib.sha256(request.body).hexdigest(), "status": status})
        with self._lock:
            self._lines.append(line)

    def as_json_lines(self):
        with self._lock:
            lines = list(self._lines)
        return "".join(line + "\n" for line in lines)
