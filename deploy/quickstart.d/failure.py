"""How a quickstart ends early."""

import signal

_LINES = 15


class Failure(Exception):
    """Something did not work. `log` is the file that knows more, and may be None."""

    def __init__(self, what, log=None):
        super().__init__(what)
        self.log = log

    def last_lines(self):
        """The end of the log, cut to what a screen holds."""
        if self.log is None or not self.log.exists():
            return []
        return [line[:400] for line in self.log.read_text("utf-8", "replace").splitlines()[-_LINES:]]


class Interrupted(BaseException):
    """Ctrl-C, or a signal that asks to stop. No Exception, so that nothing on the way takes it for a fault."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def raise_on_signals():
    def interrupt(number, _):
        raise Interrupted(number)

    for number in SIGNALS:
        signal.signal(number, interrupt)
