"""proto/README.md as a reader follows it: for each language the commands, the files that they make, and a program."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"
PATIENCE = 240

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MADE = re.compile(r"^Makes (.*?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`(gen/[^`]+\.\w+)`")
_FILE_NAME = re.compile(r"(?:#|//|<\?php //) (\w+\.\w+)$")


@dataclass(frozen=True)
class Language:
    """One section. `blocks`: (language of the block, text) in the page's order."""

    name: str
    text: str
    blocks: tuple

    @property
    def made(self):
        """The files that the page says the command makes."""
        return _FILE.findall("".join(_MADE.findall(self.text)))

    @property
    def commands(self):
        return [text for kind, text in self.blocks if kind == "sh"]

    @property
    def program(self):
        """Name and text of the program."""
        (found,) = [(name.group(1), text) for _, text in self.blocks
                    if (name := _FILE_NAME.match(text.splitlines()[0]))]
        return found


def languages():
    """The sections of the page with a program, by name."""
    headings = list(_HEADING.finditer((PROTO / "README.md").read_text()))
    ends = [heading.start() for heading in headings[1:]] + [None]
    sections = {heading.group(1): heading.string[heading.end():end] for heading, end in zip(headings, ends)}
    return {name: Language(name, text, tuple(_BLOCK.findall(text)))
            for name, text in sections.items() if "first_call" in text or "FirstCall" in text}


def follow(command, folder, **environment):
    """Runs a command of the page in `folder` and returns what it printed. Raises AssertionError with its words."""
    done = subprocess.run(
        [ROOT / "deploy/with-node", "--ci", ROOT / "client/node", "bash", "-euo", "pipefail", "-c", command],
        cwd=folder, env={**os.environ, "PROTO": str(PROTO), **environment}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def generate(language, folder):
    """Runs the command that makes the stubs, and looks for each file that the page names."""
    follow(language.commands[0], folder)
    assert language.made
    for name in language.made:
        assert (folder / name).stat().st_size > 0, name
    return folder
