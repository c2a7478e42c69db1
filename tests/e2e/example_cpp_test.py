"""The example for C++, walked."""

from binaries import program
from example_app import walk


def test_the_walk():
    walk([program("login_cpp"), "--port", "{port}"])
