"""What readelf tells of programs and libraries."""

import re
import subprocess

from binaries import tool


def told(path, *flags):
    return subprocess.run([tool("readelf", "binutils"), *flags, path], capture_output=True, text=True, check=True,
                          env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def needed(path):
    """The names of the libraries that it asks the loader for."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", told(path, "-d"))


def interpreter(path):
    found = re.search(r"Requesting program interpreter: (\S+)\]", told(path, "-l"))
    return found and found.group(1)


def build_id(path):
    found = re.search(r"Build ID: ([0-9a-f]+)", told(path, "-n"))
    return found and found.group(1)


def sections(path):
    return set(re.findall(r"\] (\.\S+) ", told(path, "-SW")))
