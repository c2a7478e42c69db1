"""Random requests, signed by us, verified by oauthlib's server, Perl's Net::OAuth and C's liboauth.

Nothing may differ but for their faults, which stand in known_faults.py. OAUTH1D_DIFFERENTIAL says how many requests
(default 20,000; with OAUTH1D_LONG 1,000,000), OAUTH1D_SEED the first seed: each next 500 requests have the next one.
A request that hits a fault of all three at once is judged by wire_signature.py alone, and does not count.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from differential import CELLS, VERIFIERS, Tally, run_chunk
from rsa_keys import make_rsa_keys

SEED = int(os.environ.get("OAUTH1D_SEED", "5849"))
REQUESTS = int(os.environ.get("OAUTH1D_DIFFERENTIAL") or (1_000_000 if os.environ.get("OAUTH1D_LONG") else 20_000))
CHUNK = 500


def test_nobody_else_finds_a_signature_of_ours_wrong(tmp_path):
    keys = make_rsa_keys(tmp_path)
    chunks = -(-REQUESTS * 106 // (100 * CHUNK))
    print(f"{CHUNK * chunks} requests, seeds {SEED} to {SEED + chunks - 1}")
    whole = Tally()
    with ProcessPoolExecutor(2) as pool:
        for tally in pool.map(run_chunk, range(SEED, SEED + chunks), repeat(CHUNK), repeat(keys)):
            whole.add(tally)
    report(whole)
    assert not whole.failures, "\n\n".join([
        f"{len(whole.failures)} failures; repeat one with OAUTH1D_SEED=its seed OAUTH1D_DIFFERENTIAL=1",
        *whole.failures[:3]])
    assert whole.requests - whole.alone[0] >= REQUESTS, f"{whole.alone[0]} requests were verified by nobody else"
    for cell in CELLS:
        assert any(whole.cells[whose, cell] for whose in VERIFIERS), f"nobody has verified {cell}"
    both = [cell for cell in CELLS if whole.cells["oauthlib", cell] and whole.cells["Net::OAuth", cell]]
    assert len(both) >= 0.9 * len(CELLS), sorted(set(CELLS) - set(both))
    assert all(whole.forgeries[whose] == sum(whole.forgeries.values()) / len(VERIFIERS) for whose in VERIFIERS)


def report(whole):
    for whose in VERIFIERS:
        right = sum(count for (verifier, _), count in whole.cells.items() if verifier == whose)
        print(f"{whose:>10} verified {right} of {whole.requests}, refused {whole.forgeries[whose]} forged ones")
        for (verifier, fault), count in whole.excused.most_common():
            if verifier == whose:
                print(f"{count:>18} not, since it {fault}")
    print("verified by three, two, one, none: " + ", ".join(str(whole.alone[number]) for number in (3, 2, 1, 0)))
