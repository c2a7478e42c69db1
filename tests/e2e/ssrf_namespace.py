"""A network of a test file's own, in which every address leads to this machine, so that a listener really answers
where a request must never arrive.

Outside, each story of the file asks for the result that it had inside; the file runs there once, in a process of its
own, which starts with `unshare`.
"""

import functools
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from binaries import bound_to_us, tool

_INSIDE = "OAUTH1D_TEST_NAMESPACE"
_results = {}


def story(test):
    """A test that runs inside; its fixtures are the inside's."""
    if os.environ.get(_INSIDE) == "1":
        return test
    path = Path(sys.modules[test.__module__].__file__)

    @functools.wraps(test)
    def told():
        if path not in _results:
            _results[path] = _run_inside(path)
        problem = _results[path].get(test.__name__, "it did not run inside")
        if problem:
            pytest.fail(problem, pytrace=False)
    del told.__wrapped__  # pytest would ask for the fixtures of the inside
    return told


def _run_inside(path):
    """Test name to what went wrong ("": nothing)."""
    unshare = [tool("unshare", "util-linux"), "-n" if os.geteuid() == 0 else "-rn"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [*unshare, "--", sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                   f"--junitxml={report}", str(path)]
        done = subprocess.run(bound_to_us(command), env={**os.environ, _INSIDE: "1"}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if not report.exists():
            raise RuntimeError(f"no run in a namespace (it takes root, or user namespaces): {done.stdout}")
        cases = ElementTree.parse(report).getroot().iter("testcase")
        return {case.get("name"): "\n".join(child.text or child.get("message", "") for child in case
                                            if child.tag in ("failure", "error", "skipped")) for case in cases}


def lead_everything_here():
    """Inside: loopback is up, and all of IPv4 and IPv6 is local, the system's name servers too."""
    assert os.environ.get(_INSIDE) == "1", "only in a namespace of its own"
    routes = ["link set lo up", "route del broadcast 127.255.255.255 dev lo table local",
              *(f"route add local {block} dev lo" for block in ("0.0.0.0/1", "128.0.0.0/1")),
              *(f"route add local {block} dev lo" for block in ("::/1", "8000::/1"))]
    subprocess.run([tool("ip", "iproute2"), "-batch", "-"], input="\n".join(routes) + "\n", text=True, check=True,
                   capture_output=True)
