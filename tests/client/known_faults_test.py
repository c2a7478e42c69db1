"""Each listed fault of the other implementations is there: we agree with the computation by hand, and they do not."""

import pytest

from differential import VERIFIERS, known_rsa_keys, server_side, sign, verdicts_of
from known_faults import FAULTS, Seen, faults_of
from random_requests import PLACEMENTS, SIGNATURE_METHODS
from rsa_keys import make_rsa_keys
from wire_request import wire_of
from wire_signature import all_pairs, base_string, verifies

PLAIN = {"method": "GET", "url": "http://h/", "consumer_key": "key", "consumer_secret": "secret", "token": "token",
         "token_secret": "token secret", "timestamp": "1700000000", "nonce": "n", "body_hash": "none"}


def signed(line, rsa_keys=()):
    [answer] = sign([line])
    return answer, wire_of(line, answer), server_side(line, dict(rsa_keys))


def names(faults):
    return [f"{fault.whose}: {fault.what}" for fault in faults]


@pytest.mark.parametrize("fault", FAULTS, ids=names(FAULTS))
def test_the_fault_is_there(fault):
    answer, wire, (known, key) = signed({**PLAIN, **fault.example})
    unsigned = [pair for pair in all_pairs(wire) if pair[0] != b"oauth_signature"]
    assert answer["signature_base_string"] == base_string(wire.method, wire.base_url, unsigned)
    assert verifies(wire, known)
    assert fault.what in faults_of(fault.whose, Seen(wire, known))
    assert verdicts_of([(wire, known, key)])[fault.whose] != ["yes"]


@pytest.fixture(scope="module")
def rsa_key(tmp_path_factory):
    return make_rsa_keys(tmp_path_factory.mktemp("rsa"))[0]


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("method", SIGNATURE_METHODS)
def test_what_hits_no_fault_is_believed_by_all_until_it_is_forged(rsa_key, method, placement):
    line = {**PLAIN, "signature_method": method, "placement": placement, "url": "https://h/a?b=%20c&d=%C3%A9",
            "method": "POST", "token_secret": "token-secret"}
    if method.startswith("RSA-"):
        line["rsa_private_key_file"] = str(rsa_key)
    answer, wire, (known, key) = signed(line, known_rsa_keys([rsa_key]))
    assert not any(faults_of(whose, Seen(wire, known)) for whose in VERIFIERS)
    assert verdicts_of([(wire, known, key)]) == {whose: ["yes"] for whose in VERIFIERS}
    forged = wire_of(line, {**answer, "url": answer["url"].replace("b=%20c", "b=%20C")})
    believed = method == "PLAINTEXT"  # which signs nothing
    assert all((verdict == ["yes"]) == believed for verdict in verdicts_of([(forged, known, key)]).values())
    assert verifies(wire, known) and verifies(forged, known) == believed
