"""What root finds in the memory of a running process."""

import re
from pathlib import Path

_REGION = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (r[w-])\S* \S+ \S+ \S+ *(.*)")


def regions(process):
    """(first address, bytes, name) of everything that it can write."""
    with open(f"/proc/{process.pid}/mem", "rb", 0) as memory:
        for line in Path(f"/proc/{process.pid}/maps").read_text().splitlines():
            found = _REGION.match(line)
            if found is None or found[3] != "rw" or found[4] in ("[vvar]", "[vsyscall]"):
                continue
            begin, end = int(found[1], 16), int(found[2], 16)
            try:
                memory.seek(begin)
                yield begin, memory.read(end - begin), found[4]
            except OSError:
                continue  # it has gone, or is a device's


def places_of(process, canaries):
    """For each name of `canaries` (name to text), what stands around each place where it was found."""
    places = {name: [] for name in canaries}
    for begin, held, _ in regions(process):
        for name, text in canaries.items():
            wanted, at = text.encode(), -1
            while (at := held.find(wanted, at + 1)) >= 0:
                places[name].append((begin + at, held[max(0, at - 40):at + len(wanted) + 40]))
    return places
