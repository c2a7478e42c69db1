"""What a person reads. Colour only where it is looked at: on a terminal."""

import os
import sys

_COLOURS = {"green": 32, "red": 31, "dim": 2, "bold": 1}


def paint(text, colour, stream=sys.stdout):
    if not stream.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{_COLOURS[colour]}m{text}\033[0m"


def say(text):
    print(text, flush=True)


def say_step(number, of, text):
    say(paint(f"[{number}/{of}] ", "dim") + paint(text, "bold"))


def say_done(name, facts):
    """`name OK facts`, or what stands for it in colour."""
    say(f"{name} {paint('OK', 'green')} {facts}")


def complain(text):
    print(paint("quickstart: ", "red", sys.stderr) + text, file=sys.stderr, flush=True)
