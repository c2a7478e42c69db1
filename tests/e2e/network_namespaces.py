"""A small network of a test's own: each machine is a network namespace, all on one bridge.

It lives in a namespace of the test file (`ssrf_namespace.story`), so nothing of it is seen outside, and all of it goes
with the processes that hold it.
"""

import os
import subprocess

from binaries import bound_to_us, tool
from waiting import eventually

PREFIX = "10.77.0"
HERE = f"{PREFIX}.1"
"""The test's own address on the bridge."""


class Machine:
    """`inside` goes before a command that is to run there."""

    def __init__(self, network, name, number):
        self.name, self.address = name, f"{PREFIX}.{number}"
        self._holder = subprocess.Popen(bound_to_us([tool("unshare", "util-linux"), "-n", "--", "sleep", "infinity"]),
                                        stdin=subprocess.DEVNULL)
        own = os.readlink("/proc/self/ns/net")
        pid = str(self._holder.pid)
        eventually(lambda: os.readlink(f"/proc/{pid}/ns/net") != own, f"{name} has a network of its own")
        self.inside = [tool("nsenter", "util-linux"), "-t", pid, "-n", "--"]
        self._cable = f"v{number}"
        network.ip("link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", pid)
        network.ip("link", "set", self._cable, "master", "bridge0", "up")
        for command in ("link set lo up", f"addr add {self.address}/24 dev eth0", "link set eth0 up"):
            subprocess.run([*self.inside, tool("ip", "iproute2"), *command.split()], check=True)

    def close(self):
        self._holder.kill()
        self._holder.wait()
        # Not left to the kernel, which takes its time.
        subprocess.run([tool("ip", "iproute2"), "link", "del", self._cable], capture_output=True)


class Network:
    """The bridge and its machines. Use it in `with`."""

    def __init__(self):
        self._machines, self._number = [], 10
        self.ip("link", "set", "lo", "up")
        self.ip("link", "add", "bridge0", "type", "bridge")
        self.ip("addr", "add", f"{HERE}/24", "dev", "bridge0")
        self.ip("link", "set", "bridge0", "up")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for machine in self._machines:
            machine.close()
        self.ip("link", "del", "bridge0")

    def machine(self, name):
        self._number += 1
        self._machines.append(Machine(self, name, self._number))
        return self._machines[-1]

    def remove(self, machine):
        self._machines.remove(machine)
        machine.close()

    @staticmethod
    def ip(*words):
        done = subprocess.run([tool("ip", "iproute2"), *words], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()} (it takes root: CAP_NET_ADMIN)")
