"""The example for Fastify, walked."""

from example_app import ROOT, walk
from node_package import with_package


def test_the_walk():
    walk(with_package("node", ROOT / "client/node/examples/fastify_login.mjs", "--port", "{port}"))
