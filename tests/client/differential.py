"""One chunk of the differential test: random requests, signed by oauth1ctl, verified by three that are not ours."""

import json
import os
import random
import subprocess
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from known_faults import Seen, faults_of
from random_requests import BODY_KINDS, PLACEMENTS, SIGNATURE_METHODS, random_line
from rsa_keys import public_key_file
from unchanged import complaints_about
from verifier_liboauth import verify_with_liboauth
from verifier_net_oauth import verify_with_net_oauth
from verifier_oauthlib import verify_with_oauthlib
from wire_request import wire_of
from wire_signature import Credentials, RsaPublicKey, verifies

CELLS = list(product(SIGNATURE_METHODS, PLACEMENTS, BODY_KINDS))
VERIFIERS = ("oauthlib", "Net::OAuth", "liboauth")


@dataclass
class Tally:
    """What a chunk has shown."""

    requests: int = 0
    cells: Counter = field(default_factory=Counter)
    """(verifier, cell): how many requests it found right."""
    alone: Counter = field(default_factory=Counter)
    """How many requests were found right by this many verifiers."""
    excused: Counter = field(default_factory=Counter)
    """(verifier, fault): how many refusals it explains."""
    forgeries: Counter = field(default_factory=Counter)
    """verifier: how many forged requests it refused."""
    failures: list = field(default_factory=list)

    def add(self, other):
        self.requests += other.requests
        for name in ("cells", "alone", "excused", "forgeries"):
            getattr(self, name).update(getattr(other, name))
        self.failures += other.failures


def sign(lines):
    """What `oauth1ctl sign --jsonl` gives for these lines; all of them are signed."""
    run = subprocess.run([os.environ["OAUTH1CTL"], "sign", "--jsonl"], capture_output=True, timeout=600, check=False,
                         input="".join(json.dumps(line) + "\n" for line in lines).encode())
    answers = [json.loads(answer) for answer in run.stdout.splitlines()]
    bad = [(line, answer) for line, answer in zip(lines, answers) if "error" in answer]
    assert run.returncode == 0 and len(answers) == len(lines), (bad[:1] or run.stderr.decode())
    return answers


def verdicts_of(requests):
    """By verifier: a verdict a request. `requests`: WireRequest, Credentials and file of the public key."""
    texts = {file: file and Path(file).read_text() for file in {file for _, _, file in requests}}
    with_text = [(wire, known, texts[file]) for wire, known, file in requests]
    return dict(zip(VERIFIERS, (verify_with_oauthlib(with_text), verify_with_net_oauth(requests),
                                verify_with_liboauth(with_text))))


def server_side(line, rsa_keys):
    """What a server knows of the client that signed the line: credentials and public key's file."""
    key = line.get("rsa_private_key_file")
    return (Credentials(line["consumer_secret"], line.get("token_secret", ""), rsa_keys.get(key)),
            public_key_file(key) if key else "")


def known_rsa_keys(files):
    return {str(file): RsaPublicKey.of(file) for file in files}


def run_chunk(seed, count, rsa_files):
    """The Tally of `count` requests that this seed makes."""
    rng = random.Random(seed)
    first = rng.randrange(len(CELLS))
    cells = [CELLS[(first + number) % len(CELLS)] for number in range(count)]
    lines = [random_line(rng, cell, rsa_files) for cell in cells]
    rsa_keys = known_rsa_keys(rsa_files)
    requests = [(wire_of(line, answer), *server_side(line, rsa_keys)) for line, answer in zip(lines, sign(lines))]
    tally = Tally(requests=count)
    verdicts = verdicts_of(requests)
    for number, (line, cell, (wire, known, _)) in enumerate(zip(lines, cells, requests)):
        told = {whose: verdicts[whose][number] for whose in VERIFIERS}
        wrong = complaints_about(line, wire) + _judge(tally, cell, Seen(wire, known), told)
        if not verifies(wire, known):
            wrong.append("RFC 5849, by hand: the signature is wrong")
        if wrong:
            tally.failures.append(f"seed {seed}, line {number}\n{json.dumps(line)}\n{wire}\n  " + "\n  ".join(wrong))
    _forge(tally, requests[::10], rsa_keys)
    return tally


def _judge(tally, cell, seen, told):
    """Counts the verdicts on one request, and gives those that no fault explains."""
    wrong, right = [], 0
    for whose, verdict in told.items():
        if verdict == "yes":
            right += 1
            tally.cells[whose, cell] += 1
            continue
        excuses = faults_of(whose, seen)
        tally.excused.update((whose, excuse) for excuse in excuses)
        if not excuses:
            wrong.append(f"{whose}: {verdict}")
    tally.alone[right] += 1
    return wrong


def _forge(tally, requests, rsa_keys):
    """The same requests to a server that knows another secret and key: nobody may find them right."""
    others = {public_key_file(one): public_key_file(two) for one, two in zip(rsa_keys, reversed(list(rsa_keys)))}
    forged = [(wire, replace(known, consumer_secret=known.consumer_secret + "x"), others.get(file, ""))
              for wire, known, file in requests]
    for whose, verdicts in verdicts_of(forged).items():
        tally.forgeries[whose] += sum(verdict != "yes" for verdict in verdicts)
        tally.failures += [f"{whose} finds a forged request right: {one}" for one, verdict in zip(forged, verdicts)
                           if verdict == "yes"]
