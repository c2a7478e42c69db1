"""The example for Next.js, built for production, served and walked."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest

from example_app import ROOT, walk
from node_package import NODE, run_node, with_package

EXAMPLE = NODE / "examples/next"
NEXT = "node_modules/next/dist/bin/next"


@pytest.fixture
def copy():
    """The example as a user has it: a folder of its own, with the package as npm packs it. Beside the sources, where
    files can be linked and nothing that Next.js writes stands in the tree."""
    (ROOT / "build").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=ROOT / "build", prefix="next-example-"))
    try:
        run_node(ROOT / "deploy/with-node", "--ci", EXAMPLE, "true")
        command = with_package("node", NEXT)
        shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("node_modules", ".next", "next-env.d.ts"))
        link_tree(EXAMPLE / "node_modules", folder / "node_modules", "oauth1d")
        packed = folder / "node_modules/oauth1d"
        packed.mkdir()
        run_node("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, NODE)
        shutil.unpack_archive(next(folder.glob("oauth1d-*.tgz")), folder)
        shutil.copytree(folder / "package", packed, dirs_exist_ok=True)
        for name in json.loads((NODE / "package.json").read_text())["dependencies"]:
            link_tree(NODE / "node_modules" / name, folder / "node_modules" / name)
        yield folder, command
    finally:
        shutil.rmtree(folder)


def link_tree(source, target, *left_out):
    """A copy that takes no room: its files are hard links."""
    shutil.copytree(source, target, symlinks=True, copy_function=hard_link,
                    ignore=lambda folder, names: left_out if Path(folder) == source else ())


def hard_link(source, target, **_):
    Path(target).hardlink_to(source)


def test_the_walk(copy):
    folder, command = copy
    run_node("node", NEXT, "build", cwd=folder)
    walk([*command, "start", "--hostname", "127.0.0.1", "--port", "{port}"], folder=folder,
         environment={"NEXT_TELEMETRY_DISABLED": "1"})
