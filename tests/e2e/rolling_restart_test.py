"""Two replicas, three Redis servers and three Sentinels, each on a machine of its own, under load: replicas are
restarted one after the other, and the primary is replaced, killed, or cut off."""

import signal
import subprocess

import pytest

from binaries import tool
from browser import come_back, profile
from configuration import configuration, provider
from login_load import LoginLoad
from network_namespaces import HERE, PREFIX, Network
from oauth1d_process import Oauth1d
from provider_process import Sandbox
from redis_sentinel import Place, SentinelGroup
from ssrf_namespace import story
from waiting import eventually

ROUNDS, LOGINS, OPEN_FLOWS = 3, 20, 10


@pytest.fixture(scope="module")
def network():
    with Network() as running:
        yield running


@pytest.fixture(scope="module")
def sandbox(network):
    with Sandbox.start(http=False, https=False, flags=["--http", f"{HERE}:0"]) as running:
        yield running


@pytest.fixture
def group(network):
    """One for each test: they break it."""
    machines = [network.machine(f"redis-{i}") for i in range(3)]
    places = [Place(machine.address, machine.inside, 6379, 26379) for machine in machines]
    with SentinelGroup(places) as running:
        yield running
    for machine in machines:
        network.remove(machine)


class Replica:
    """An oauth1d on a machine of its own, at the same address over restarts."""

    def __init__(self, network, name, sandbox, group):
        self.machine = network.machine(name)
        record = provider(sandbox.http_url, egress={"allow_plain_http": True, "allow_cidrs": [f"{PREFIX}.0/24"]})
        self._config = configuration(record, store=group.store, listen={
            "address": f"{self.machine.address}:50051", "drain_delay": "1s"})
        self._environment = group.environment
        self.start()

    def start(self):
        """Returns when it serves."""
        self.server = Oauth1d(self._config, environment=self._environment, inside=self.machine.inside,
                              flags=["--dangerously-listen-without-tls"])
        self.server.secrets += self._environment.values()

    def stop(self):
        assert self.server.process.poll() is None, self.server.log_text()[-8000:]
        self.server.check_process()
        self.server.signal(signal.SIGTERM)
        assert self.server.wait() == 0, self.server.log_text()[-8000:]
        self.server.check_log()
        self.server.kill()

    def restart(self):
        self.stop()
        self.start()


@pytest.fixture
def replicas(network, sandbox, group):
    running = []
    try:
        for name in ("oauth1d-1", "oauth1d-2"):
            running.append(Replica(network, name, sandbox, group))
        yield running
        for replica in running:
            replica.stop()
    finally:
        for replica in running:
            replica.server.kill()
            network.remove(replica.machine)


@pytest.fixture
def load(replicas, sandbox):
    with LoginLoad([replica.server.address for replica in replicas], sandbox) as running:
        running.go_on(LOGINS)
        assert running.failures == [], running.report()
        yield running


def under_way(load, sandbox, group):
    """Logins that stand at the provider, and that every Redis server knows."""
    browsers = [come_back(load.caller, sandbox) for _ in range(OPEN_FLOWS)]
    assert group.command(group.primary(), "WAIT", "2", "60000") == 2
    return browsers


def all_finish(browsers, load):
    for browser in browsers:
        assert profile(load.caller, browser.finish(load.caller).access_token) == "alice"


def only_the_store_was_away(load):
    """What is promised while the primary changes: requests for users never fail; a login that cannot begin is told so,
    and nothing is spent; one that was begun in those seconds may have to begin again."""
    assert load.failed("SignedRequest") == [], load.report()
    for failure in load.failed("StartAuthorization"):
        assert (failure.error.reason, failure.error.code.name) == ("STORE_UNAVAILABLE", "UNAVAILABLE"), str(failure)
    assert {error.reason for error in load.lost} <= {"FLOW_NOT_FOUND"}, load.report()


def well_again(load, replicas, group):
    """Every replica has followed, and what was begun since then ends well."""
    place = f"the primary at {group.primary().address}"
    for replica in replicas:
        eventually(lambda: replica.server.log("store_up")[-1]["message"].endswith(place), f"it uses {place}")
    load.go_on(LOGINS)
    before = len(load.failures)
    load.go_on(LOGINS)
    assert len(load.failures) == before, load.report()


@story
def test_replicas_are_restarted_one_after_the_other_and_no_call_fails(replicas, load):
    for _ in range(ROUNDS):
        for replica in replicas:
            replica.restart()
            load.go_on(LOGINS)
    assert load.failures == [], load.report()


@story
def test_a_planned_failover_keeps_the_logins_under_way(load, group, sandbox, replicas):
    old, browsers = group.primary(), under_way(load, sandbox, group)
    group.fail_over()
    group.wait_for_another(old)
    well_again(load, replicas, group)
    all_finish(browsers, load)
    only_the_store_was_away(load)


@story
def test_a_killed_primary_is_replaced_and_comes_back(load, group, sandbox, replicas):
    old, browsers = group.primary(), under_way(load, sandbox, group)
    group.kill(old)
    group.wait_for_another(old)
    well_again(load, replicas, group)
    all_finish(browsers, load)
    # It begins as a primary, empty, until the Sentinels tell it otherwise.
    group.start(old)
    group.wait_until_whole()
    well_again(load, replicas, group)
    only_the_store_was_away(load)
    for replica in replicas:
        assert replica.server.health() == replica.server.health("oauth1d.store") == "SERVING"


@story
def test_a_primary_that_only_we_still_reach_is_left(load, group, sandbox, replicas):
    """The other machines are gone for it and for its Sentinel; it goes on taking writes, which would all be lost."""
    old, browsers = group.primary(), under_way(load, sandbox, group)
    others = [place for place in group.places if place is not old]
    for place in others:
        ip_at(old, "route", "add", "blackhole", f"{place.host}/32")
    group.wait_for_another(old)
    well_again(load, replicas, group)
    # Whoever begins now is known where it counts, and nowhere else.
    stale = written(group, old)
    all_finish(browsers, load)
    load.go_on(LOGINS)
    assert written(group, old) == stale
    for place in others:
        ip_at(old, "route", "del", "blackhole", f"{place.host}/32")
    group.wait_until_whole()
    well_again(load, replicas, group)
    only_the_store_was_away(load)


def ip_at(place, *words):
    subprocess.run([*place.inside, tool("ip", "iproute2"), *words], check=True)


def written(group, place):
    """How many commands of a login a server has carried out."""
    lines = group.command(place, "INFO", "commandstats").splitlines()
    return [line.split(b",")[0] for line in lines if line.startswith((b"cmdstat_set:", b"cmdstat_evalsha:"))]
