"""One signed request through oauth1ctl: `post_oauth1ctl.py PROVIDER METHOD URL`.

Prints one line of JSON: {"status"} of the provider's answer, or {"code", "reason", "sent"} of the error.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from programs import run  # noqa: E402

provider, method, url = sys.argv[1:]
form = ["--form", "status=hello"] if method == "POST" else []
told = run("oauth1ctl", "--json", "request", provider, method, url, "--application", *form)
if told.status == 0:
    print(json.dumps({"status": json.loads(told.out)["answer"]["statusCode"]}))
else:
    error = json.loads(told.err)
    # What nobody said is not known.
    sent = error.get("metadata", {}).get("sent", "maybe")
    print(json.dumps({"code": error["code"], "reason": error.get("reason", ""), "sent": sent}))
