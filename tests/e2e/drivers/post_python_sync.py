"""One signed request through the blocking client: `post_python_sync.py PROVIDER METHOD URL`.

Prints one line of JSON: {"status"} of the provider's answer, or {"code", "reason", "sent"} of the error.
"""

import json
import sys

from oauth1d import TWO_LEGGED, Client, OAuth1dError

provider, method, url = sys.argv[1:]
with Client() as client:
    try:
        body = {"data": {"status": "hello"}} if method == "POST" else {}
        answer = client.signed_request(provider, method, url, token=TWO_LEGGED, **body)
        print(json.dumps({"status": answer.status_code}))
    except OAuth1dError as error:
        print(json.dumps({"code": error.code.name, "reason": error.reason, "sent": error.sent}))
