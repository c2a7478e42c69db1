"""The example for FastAPI, walked."""

from example_app import ROOT, walk


def test_the_walk():
    walk(["/usr/bin/python3", ROOT / "client/python/examples/fastapi_login.py", "--port", "{port}"])
