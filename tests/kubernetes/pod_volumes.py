"""Volumes of ConfigMaps and Secrets as the kubelet writes them: whole folders that are swapped by one rename.

podman 4.3 mounts the values of Secrets in base64, and never changes a volume: these folders stand in for it.
"""

import itertools
import os
from pathlib import Path

from image_container import USER

_counter = itertools.count(1)


class Volume:
    """`files`: name to text. Whoever has it mounted sees links to ..data, which leads to the present version."""

    def __init__(self, folder, mode=0o440):
        self.folder, self._mode = Path(folder), mode
        self.folder.mkdir(parents=True)
        os.chown(self.folder, 0, USER)

    def write(self, files):
        version = self.folder / f"..{next(_counter)}"
        version.mkdir(mode=0o755)
        for name, text in files.items():
            path = version / name
            path.write_text(text)
            os.chown(path, 0, USER)
            path.chmod(self._mode)
            link = self.folder / name
            if not link.is_symlink():
                link.symlink_to(f"..data/{name}")
        fresh = self.folder / "..data_tmp"
        fresh.symlink_to(version.name)
        fresh.rename(self.folder / "..data")
        for link in self.folder.iterdir():
            if link.is_symlink() and not link.exists():
                link.unlink()
        return self
