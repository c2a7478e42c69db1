"""Waiting for what another process does."""

import time

PATIENCE = 60
"""Seconds: for what is not measured, however busy the machine."""


def eventually(condition, what, patience=PATIENCE, pause=0.02):
    """The first truthy result of `condition`."""
    end = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience} s: {what}")
        time.sleep(pause)
