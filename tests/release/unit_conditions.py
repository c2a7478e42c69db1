"""The conditions that deploy/systemd/oauth1d.service sets, without systemd: a program `oauth1d` that starts the real one
under them. What the unit's SystemCallFilter, RestrictAddressFamilies and MemoryDenyWriteExecute do not allow kills it.
"""

import re
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from binaries import tool
from release_build import ROOT, release_bin, run

UNIT = ROOT / "deploy/systemd/oauth1d.service"


def settings(key, unit=UNIT):
    """The values of a key, in order."""
    return re.findall(rf"^{key}=(.*)$", unit.read_text(), re.MULTILINE)


def _members(name):
    """The system calls of a set of systemd's."""
    found = set()
    for line in run(tool("systemd-analyze", "systemd"), "syscall-filter", name).splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            found |= _members(word)
        elif word and not word.startswith("#"):
            found.add(word)
    return found


def allowed_calls(unit=UNIT):
    """What SystemCallFilter leaves; systemd adds @default itself."""
    calls = _members("@default")
    for value in settings("SystemCallFilter", unit):
        take = not value.startswith("~")
        for name in value.lstrip("~").split():
            members = _members(name) if name.startswith("@") else {name}
            calls = calls | members if take else calls - members
    return calls


_PROGRAM = """#!/bin/sh
# No capability, no new privileges, nothing to write to, of /proc only itself.
exec {unshare} --mount --propagation private {sh} -c '
  mount -t proc -o subset=pid,hidepid=invisible proc /proc && mount -o remount,bind,ro / &&
  exec {setpriv} --no-new-privs --inh-caps=-all --bounding-set=-all --securebits=+noroot,+noroot_locked \\
    --pdeathsig KILL -- /usr/bin/python3 -IB {folder}/filtered.py {program} "$@"' sh "$@"
"""

_FILTERED = """import os, socket, sys
import seccomp as s
allowed = s.SyscallFilter(s.KILL_PROCESS)
W, X = 2, 4
for name in {calls!r}:
    try:
        if name == "socket":
            for family in {families!r}:
                allowed.add_rule(s.ALLOW, name, s.Arg(0, s.EQ, getattr(socket, family)))
        elif name in ("mmap", "mmap2"):
            allowed.add_rule(s.ALLOW, name, s.Arg(2, s.MASKED_EQ, X, 0))
            allowed.add_rule(s.ALLOW, name, s.Arg(2, s.MASKED_EQ, W | X, X))
        elif name in ("mprotect", "pkey_mprotect"):
            allowed.add_rule(s.ALLOW, name, s.Arg(2, s.MASKED_EQ, X, 0))
        else:
            allowed.add_rule(s.ALLOW, name)
    except (RuntimeError, ValueError, OSError):
        pass  # not of this architecture
allowed.load()
os.execv(sys.argv[1], sys.argv[1:])
"""


@contextmanager
def under_the_unit(program=None, unit=UNIT):
    """A folder with `oauth1d`, for OAUTH1D_BIN_DIR. `program`: what is started in its place."""
    try:
        import seccomp  # noqa: F401  # pylint: disable=unused-import,import-outside-toplevel
    except ImportError as missing:
        raise RuntimeError("apt-get install python3-seccomp, and run /usr/bin/python3") from missing
    assert sys.version_info >= (3, 11)
    with tempfile.TemporaryDirectory(prefix="oauth1d-unit-") as name:
        folder = Path(name)
        [families] = settings("RestrictAddressFamilies", unit)
        (folder / "filtered.py").write_text(
            _FILTERED.format(calls=sorted(allowed_calls(unit)), families=families.split()))
        (folder / "oauth1d").write_text(_PROGRAM.format(
            unshare=tool("unshare", "util-linux"), sh=tool("sh", "dash"), setpriv=tool("setpriv", "util-linux"),
            folder=folder, program=program or release_bin() / "oauth1d"))
        (folder / "oauth1d").chmod(0o755)
        yield folder
