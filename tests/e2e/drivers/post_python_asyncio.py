"""One signed request through the asyncio client: `post_python_asyncio.py PROVIDER METHOD URL`.

Prints one line of JSON: {"status"} of the provider's answer, or {"code", "reason", "sent"} of the error.
"""

import asyncio
import json
import sys

from oauth1d import TWO_LEGGED, OAuth1dError
from oauth1d.aio import Client


async def main(provider, method, url):
    async with Client() as client:
        try:
            body = {"data": {"status": "hello"}} if method == "POST" else {}
            answer = await client.signed_request(provider, method, url, token=TWO_LEGGED, **body)
            print(json.dumps({"status": answer.status_code}))
        except OAuth1dError as error:
            print(json.dumps({"code": error.code.name, "reason": error.reason, "sent": error.sent}))


asyncio.run(main(*sys.argv[1:]))
