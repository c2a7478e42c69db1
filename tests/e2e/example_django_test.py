"""The example for Django, walked."""

from example_app import ROOT, walk


def test_the_walk():
    walk(["/usr/bin/python3", ROOT / "client/python/examples/django_login.py", "--port", "{port}"])
