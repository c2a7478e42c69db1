"""A name server that lies as it is told to."""

import ipaddress
import socket
import struct
import threading
from collections import Counter

A, CNAME, AAAA = 1, 5, 28


class LyingDns:
    """On 127.0.0.1:53. `answers`: name to addresses, or to a function of the number of earlier lookups that gives them.
    Text that is no address is an alias (CNAME), which must be among the names. TTL 0, always."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind(("127.0.0.1", 53))
        self.answers, self.asked = {}, Counter()

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._socket.close()

    def lookups(self, name):
        """How often it was asked for the name's IPv4 addresses."""
        return self.asked[name, A]

    def names(self):
        return {name for name, _ in self.asked}

    def _serve(self):
        while True:
            try:
                question, sender = self._socket.recvfrom(4096)
                self._socket.sendto(self._answer(question), sender)
            except OSError:
                return

    def _answer(self, question):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode("latin-1"))
            at += 1 + question[at]
        end, kind = at + 5, struct.unpack_from(">H", question, at + 1)[0]
        name = ".".join(labels).lower()
        before = self.asked[name, kind]
        self.asked[name, kind] += 1
        known = self.answers.get(name)
        if known is None:
            return question[:2] + struct.pack(">5H", 0x8183, 1, 0, 0, 0) + question[12:end]
        values = known(before) if callable(known) else known
        records = list(self._records(b"\xc0\x0c", kind, values, before))
        return (question[:2] + struct.pack(">5H", 0x8180, 1, len(records), 0, 0) + question[12:end]
                + b"".join(records))

    def _records(self, owner, kind, values, before):
        for value in values:
            try:
                address = ipaddress.ip_address(value)
            except ValueError:
                alias = b"".join(bytes([len(label)]) + label.encode() for label in value.split(".")) + b"\0"
                yield _record(owner, CNAME, alias)
                known = self.answers[value]
                yield from self._records(alias, kind, known(before) if callable(known) else known, before)
                continue
            if kind == (A if address.version == 4 else AAAA):
                yield _record(owner, kind, address.packed)


def _record(owner, kind, data):
    return owner + struct.pack(">HHIH", kind, 1, 0, len(data)) + data
