"""Who gets in: certificates, SPIFFE IDs, DNS names, API keys."""

import pytest

from browser import log_in, profile
from caller_setup import LIST, VAULT, WEB, CallerSetup
from certificates import DAY, HOUR, Authority, Holder
from h2raw import SETTINGS, grpc_headers, grpc_message
from oauth1d_process import Oauth1d, write_configuration
from refusals import refused
from waiting import eventually


@pytest.fixture(scope="module")
def setup(sandbox, tmp_path_factory):
    return CallerSetup(tmp_path_factory.mktemp("callers"), sandbox)


def started(setup, **options):
    server = Oauth1d(setup.config(**options), serving=False)
    server.secrets += [key for key, _ in setup.keys.values()]
    server.event("serving")
    return server


@pytest.fixture(scope="module")
def guarded(setup):
    """Nobody gets in without a certificate."""
    with started(setup) as server:
        yield server


@pytest.fixture(scope="module")
def keys_alone(setup):
    """A certificate may be missing."""
    with started(setup, api_keys_alone=True) as server:
        yield server


def first_frame(setup, server, holder):
    """What the server says first to one who comes with a call; None: it hung up."""
    try:
        with setup.connect(server, holder) as connection:
            connection.preface()
            connection.headers(1, grpc_headers(LIST))
            connection.data(1, grpc_message(b""), end_stream=True)
            return connection.read_frame()
    except OSError:
        return None


def bad_certificates(setup):
    names = f"URI:{WEB}"
    between = Authority(setup.folder, "between", above=setup.a)
    cut = between.issue("cut", names=names)
    no_authority = setup.a.issue("no-authority", names=names)
    forged = Authority(setup.folder, "forged", above=setup.outsider)
    return {
        "none": None,
        "of another authority": setup.outsider.issue("stranger", names=names),
        "expired": setup.a.issue("expired", names=names, begins=-2 * DAY, ends=-HOUR),
        "not yet valid": setup.a.issue("early", names=names, begins=HOUR),
        "self-signed": setup.a.self_signed("self-signed", names=names),
        "for servers": setup.a.issue("for-servers", names=names, purposes="serverAuth"),
        "not for signatures": setup.a.issue("not-for-signatures", names=names, usage="keyEncipherment"),
        "its chain cut": Holder(cut.leaf, cut.leaf, cut.key),
        "of an authority that nobody vouches for": forged.issue("forged-web", names=names),
        "with another's key": Holder(setup.web.leaf, setup.web.leaf, no_authority.key),
    }


def test_a_bad_certificate_fails_before_a_byte_of_http_is_read(setup, guarded):
    lines = len(guarded.log("rpc"))
    for what, holder in bad_certificates(setup).items():
        assert first_frame(setup, guarded, holder) is None, what
    assert first_frame(setup, guarded, setup.web).type == SETTINGS
    eventually(lambda: len(guarded.log("rpc")) > lines, "the good one's call")
    assert {line.get("owner") for line in guarded.log("rpc")[lines:]} <= {"web"}


@pytest.mark.parametrize("name, names, more", [
    ("two-uris", f"URI:{WEB},URI:spiffe://a.example/other", {}),
    ("uri-beside", f"URI:https://a.example/,URI:{WEB}", {}),
    ("other-domain", "URI:spiffe://c.example/ns/shop/sa/web", {}),
    ("neighbours-domain", "URI:spiffe://b.example/batch", {}),
    ("unknown-id", "URI:spiffe://a.example/ns/shop/sa/web2", {}),
    ("authority", f"URI:{WEB}", {"authority": True}),
    ("signs-certificates", f"URI:{WEB}", {"usage": "digitalSignature,keyCertSign"}),
    ("dns-name-of-a-domain", "DNS:reader.example", {}),
    ("no-name", "", {})])
def test_a_certificate_that_breaks_the_rules_of_spiffe_is_nobody(setup, guarded, name, names, more):
    holder = setup.a.issue(name, names=names, **more)
    with setup.caller(guarded, holder) as caller:
        error = refused("CALLER_UNKNOWN", "UNAUTHENTICATED", caller.list_providers)
    assert "the client certificate proves no known caller" in str(error)
    assert guarded.rpc_line(method="ListProviders", code="UNAUTHENTICATED", reason="CALLER_UNKNOWN")
    assert eventually(lambda: guarded.audit(decision="deny", reason="CALLER_UNKNOWN"), "the denial's line")


def test_each_proves_who_it_is_and_is_that_owner(setup, guarded, sandbox):
    with setup.caller(guarded, setup.web) as web, setup.caller(guarded, setup.batch) as batch:
        token = log_in(web, sandbox)
        assert profile(web, token) == "alice"
        assert [one.name for one in batch.list_providers()] == ["sandbox"]
        refused("TOKEN_INVALID", "INVALID_ARGUMENT", batch.send, "GET", "echo", token)
    assert eventually(lambda: guarded.audit(owner="web", identity=WEB, decision="allow", method="StartAuthorization"),
                      "the decision's line")
    assert guarded.rpc_line(owner="batch", reason="TOKEN_INVALID")


def test_a_stolen_key_is_worth_nothing_without_its_certificate(setup, guarded):
    for holder in (setup.web, setup.batch, setup.reader):
        with setup.caller(guarded, holder, setup.key("old")) as thief:
            error = refused("CALLER_UNKNOWN", "UNAUTHENTICATED", thief.list_providers)
            assert "the client certificate and the API key do not prove a known caller" in str(error)
    with setup.caller(guarded, setup.vault) as forgetful, setup.caller(guarded, setup.vault, "wrong") as guessing:
        refused("CALLER_UNKNOWN", "UNAUTHENTICATED", forgetful.list_providers)
        refused("CALLER_UNKNOWN", "UNAUTHENTICATED", guessing.list_providers)
    with setup.caller(guarded, setup.vault, setup.key("old")) as vault:
        assert [one.name for one in vault.list_providers()] == ["sandbox"]
    [line] = eventually(lambda: guarded.audit(owner="vault", decision="allow"), "the decision's line")
    assert line["identity"] == f"{VAULT}+key:{setup.keys['old'][1][:8]}"


def test_keys_are_changed_without_a_gap(setup):
    with started(setup, vault_keys=["old"]) as server:
        with setup.caller(server, setup.vault, setup.key("old")) as old, \
                setup.caller(server, setup.vault, setup.key("new")) as new:
            old.list_providers()
            refused("CALLER_UNKNOWN", "UNAUTHENTICATED", new.list_providers)

            def passes(caller):
                try:
                    return caller.list_providers()
                except Exception as error:  # an OAuth1dError: not yet
                    assert error.reason == "CALLER_UNKNOWN", error
                    return None
            write_configuration(server.folder, setup.config(vault_keys=["old", "new"]))
            eventually(lambda: passes(new), "the second key is taken")
            assert passes(old)
            write_configuration(server.folder, setup.config(vault_keys=["new"]))
            eventually(lambda: not passes(old), "the first key is gone")
            assert passes(new)


def test_a_key_alone_counts_by_choice(setup, keys_alone):
    with setup.caller(keys_alone, api_key=setup.key("robot")) as robot:
        assert [one.name for one in robot.list_providers()] == ["sandbox"]
    [line] = eventually(lambda: keys_alone.audit(owner="robot", decision="allow"), "the decision's line")
    assert line["identity"] == f"key:{setup.keys['robot'][1][:8]}"
    with setup.caller(keys_alone, api_key=setup.key("old")) as other:
        refused("CALLER_UNKNOWN", "UNAUTHENTICATED", other.list_providers)


@pytest.mark.parametrize("values", [
    [], [""], ["x"], ["Bearer"], ["Bearer "], ["Bearer  KEY"], ["KEY"], ["Basic KEY"], ["Bearer KEYx"], ["Bearer KEY "],
    ["Bearer KEY,"], ["Bearer KEY", "Bearer KEY"], ["Bearer KEY", ""], ["", "Bearer KEY"],
    ["Bearer wrong", "Bearer KEY"], ["Bearer " + "k" * 2000]])
def test_what_is_present_but_unproven_lets_nobody_in(setup, keys_alone, values):
    shown = [("authorization", value.replace("KEY", setup.key("robot"))) for value in values]
    with setup.connect(keys_alone) as connection:
        connection.preface()
        connection.headers(1, grpc_headers(LIST, *shown))
        connection.data(1, grpc_message(b""), end_stream=True)
        assert connection.answer(1)[b"grpc-status"] == b"16"


def test_the_same_bytes_with_the_right_key_do(setup, keys_alone):
    with setup.connect(keys_alone) as connection:
        connection.preface()
        connection.headers(1, grpc_headers(LIST, ("authorization", "bearer " + setup.key("robot"))))
        connection.data(1, grpc_message(b""), end_stream=True)
        assert connection.answer(1)[b"grpc-status"] == b"0"


def test_an_unknown_certificate_is_not_helped_by_a_good_key(setup, keys_alone):
    unknown = setup.a.issue("unknown", names="URI:spiffe://a.example/unknown")
    for holder, key in ((unknown, None), (unknown, setup.key("robot")), (setup.web, setup.key("robot"))):
        with setup.caller(keys_alone, holder, key) as caller:
            refused("CALLER_UNKNOWN", "UNAUTHENTICATED", caller.list_providers)
    assert first_frame(setup, keys_alone, setup.outsider.issue("outside", names=f"URI:{WEB}")) is None
