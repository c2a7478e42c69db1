"""A network of this process's own: the pod has the ports of its manifest, whoever else has them on the machine."""

import ctypes
import os
import subprocess

from binaries import tool

CLONE_NEWNET = 0x40000000


def enter_own_network():
    """For this thread and whatever it starts from now on. Loopback is up, and nothing else is there."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(CLONE_NEWNET) != 0:
        raise RuntimeError(f"no network of our own (it takes root): {os.strerror(ctypes.get_errno())}")
    subprocess.run([tool("ip", "iproute2"), "link", "set", "lo", "up"], check=True)
