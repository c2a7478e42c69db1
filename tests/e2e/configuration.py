"""Configurations of oauth1d, as Python values: JSON is YAML too."""

import base64
import json
import secrets

CALLBACK = "http://127.0.0.1:8000/auth/sandbox"
SECURE_CALLBACK = "https://www.example.com/auth/sandbox"
CONSUMER_SECRET = "demo-secret"

# One for the whole run: replicas share it.
KEY = base64.b64encode(secrets.token_bytes(32)).decode()
KEYRING = f"keys: [{{id: k1, state: active, key: {KEY}}}]\n"


def provider(url, name="sandbox", **overrides):
    """A provider at `url` (no trailing slash) with the sandbox's paths."""
    record = {
        "name": name,
        "title": name.title(),
        "consumers": [{"name": "main", "key": "demo-key", "secret": {"env": "DEMO_SECRET"}}],
        "request_token_url": f"{url}/oauth/request_token",
        "authorize_url": f"{url}/oauth/authorize",
        "access_token_url": f"{url}/oauth/access_token",
        "api_base_urls": [f"{url}/1.1/"],
        "authorize_parameters": ["lang"],
        "request_token_parameters": ["scope"],
        "egress": {"allow_plain_http": True, "allow_cidrs": ["127.0.0.0/8"]},
    }
    return {**record, **overrides}


def grant(name="sandbox", **overrides):
    """What the owner may do with a provider: everything that the tests need."""
    return {"name": name, "callback_urls": [CALLBACK, SECURE_CALLBACK, "oob"], "application": True, **overrides}


def configuration(*providers, grants=None, store=None, listen=None):
    """The text of a configuration file. `grants`: default, everything for each provider."""
    return json.dumps({
        "listen": {"address": "127.0.0.1:0", "drain_delay": "0s", **(listen or {})},
        "store": store or {"memory": {}},
        "keyring": {"file": "keyring.yaml"},
        "owners": [{"name": "default", "providers": grants or [grant(one["name"]) for one in providers]}],
        "providers": list(providers),
    }, indent=1)
