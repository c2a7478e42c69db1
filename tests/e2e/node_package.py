"""The Node package, built, and commands that find it."""

import subprocess

from example_app import ROOT

NODE = ROOT / "client/node"
WITH_NODE = [ROOT / "deploy/with-node", "--ci", NODE]


def run_node(*command, cwd=ROOT):
    """Runs a command with Node.js to its end. Raises AssertionError with its words if it fails."""
    done = subprocess.run([*WITH_NODE, *command], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=240)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def with_package(*command):
    """The words that run `command` with Node.js, after the package was built from its sources."""
    done = subprocess.run([ROOT / "deploy/build-node"], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return [*WITH_NODE, *command]
