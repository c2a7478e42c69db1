"""No request reaches an address that is not public, however its URL, its name or its answer is written.

Told in a namespace of its own where a listener answers at every address: what is not denied would be seen.
"""

import ipaddress
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from oauth1d.errors import OAuth1dError

from caller import Caller
from configuration import configuration, grant, provider
from oauth1d_process import Oauth1d
from refusals import refused
from ssrf_addresses import PUBLIC_V4, PUBLIC_V6, can_be_a_peer, every_denied_address, is_public
from ssrf_dns import LyingDns
from ssrf_listener import Everywhere
from ssrf_namespace import lead_everything_here, story
from ssrf_spellings import BASE, SPELLINGS

PORT, TRAP, OWN = 8080, 3128, 7443
FLIPS = 1000
SHORTEST_LIFE = 5  # seconds that an answer of TTL 0 is kept
DENIED = every_denied_address()
NAMES = {f"denied{i}.test": address for i, address in enumerate(DENIED)}
OPEN = {"allow_plain_http": True, "allow_cidrs": ["0.0.0.0/0", "::/0"]}


def base_of(host):
    return f"http://[{host}]:{PORT}/1.1/" if ":" in host else f"http://{host}:{PORT}/1.1/"


def api(name, hosts, **egress):
    url = base_of("api.test").removesuffix("/1.1/")
    return provider(url, name, api_base_urls=[base_of(host) for host in hosts],
                    egress={"allow_plain_http": True, **egress})


@pytest.fixture(scope="module")
def network():
    lead_everything_here()


@pytest.fixture(scope="module")
def names(network):
    with LyingDns() as dns:
        dns.answers.update({name: [address] for name, address in NAMES.items()})
        dns.answers.update({"api.test": [PUBLIC_V4, PUBLIC_V6], "inside.test": ["127.0.0.1"],
                            "self.test": ["127.0.0.1"], "metadata.test": ["169.254.169.254"]})
        yield dns


@pytest.fixture(scope="module")
def everywhere(network):
    with Everywhere([80, 443, PORT, TRAP]) as listener:
        yield listener


@pytest.fixture
def connects(everywhere):
    everywhere.connects.clear()
    return everywhere.connects


@pytest.fixture(scope="module")
def web(names, everywhere):
    flipping = [f"flip{i}.test" for i in range(FLIPS)]
    providers = [api("names", ["api.test", *NAMES]), api("literals", ["api.test", *DENIED]), api("flips", flipping),
                 api("open", NAMES, **OPEN), api("spelled", ["api.test"]),
                 provider(f"http://self.test:{OWN}", "self", egress=OPEN)]
    config = configuration(*providers, grants=[grant(one["name"]) for one in providers],
                           listen={"address": f"127.0.0.1:{OWN}"})
    with Oauth1d(config) as server, Caller(server.address) as caller:
        yield caller


def outcome(web, provider_name, url):
    """"OK", or the reason of the refusal, which must say that nothing was sent."""
    try:
        web.send("GET", url, provider=provider_name)
        return "OK"
    except OAuth1dError as error:
        assert error.metadata.get("sent") == "no", (url, error)
        return error.reason


def outcomes(web, provider_name, urls):
    with ThreadPoolExecutor(8) as pool:
        return dict(zip(urls, pool.map(lambda url: outcome(web, provider_name, url), urls)))


def inside(connects):
    return [connect for connect in connects if not is_public(connect[0])]


@story
def test_the_listener_answers_at_every_address_that_can_have_one(everywhere, connects):
    reached = []
    for address in DENIED:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.settimeout(5)
            if probe.connect_ex((address, PORT)) == 0:
                reached.append(address)
    assert sorted(set(DENIED) - set(reached)) == sorted(one for one in DENIED if not can_be_a_peer(one))
    assert len(reached) > 500


@story
def test_allowed_blocks_open_the_same_names_to_the_same_listener(web, connects):
    """What denies below is the policy, not the road."""
    urls = {base_of(name) + "x": address for name, address in NAMES.items() if can_be_a_peer(address)}
    answered = outcomes(web, "open", urls)
    assert {url: answer for url, answer in answered.items() if answer != "OK"} == {}
    dialled = {ipaddress.ip_address(address) for address, _ in connects}
    assert len(dialled) > 500


@story
def test_no_special_address_is_reached_by_a_name(web, names, connects):
    answered = outcomes(web, "names", [base_of(name) + "x" for name in NAMES])
    assert {url: answer for url, answer in answered.items() if answer != "DESTINATION_DENIED"} == {}
    assert all(names.lookups(name) for name in NAMES)
    assert connects == []


@story
def test_no_special_address_is_reached_as_a_literal_host(web, connects):
    answered = outcomes(web, "literals", [base_of(address) + "x" for address in DENIED])
    assert {url: answer for url, answer in answered.items() if answer != "DESTINATION_DENIED"} == {}
    assert connects == []


@story
def test_a_public_name_is_reached(web, connects):
    assert web.send("GET", "x", provider="names").answer.body == b"ok"
    assert connects and inside(connects) == []


@story
def test_no_spelling_of_a_url_leads_inside(web, connects):
    assert len(set(SPELLINGS)) >= 200 and BASE == base_of("api.test")
    answered = outcomes(web, "spelled", SPELLINGS)
    assert set(answered.values()) <= {"DESTINATION_DENIED", "INVALID_REQUEST"}, answered
    assert connects == []


def after_the_flip(i):
    """What a name answers once it was trusted."""
    return [["127.0.0.1"], ["169.254.169.254"], [PUBLIC_V4, "127.0.0.1"], ["169.254.169.254", PUBLIC_V4],
            ["metadata.test"], [PUBLIC_V4, "inside.test"], [PUBLIC_V4, "::1"], [PUBLIC_V4, "::ffff:127.0.0.1"],
            [PUBLIC_V4, PUBLIC_V6, "64:ff9b::169.254.169.254"], ["10.0.0.1"]][i % 10]


@story
def test_a_name_that_turns_inside_after_it_was_public_is_denied(web, names, connects):
    urls = [base_of(f"flip{i}.test") + "x" for i in range(FLIPS)]
    for i in range(FLIPS):
        names.answers[f"flip{i}.test"] = lambda earlier, i=i: after_the_flip(i) if earlier else [PUBLIC_V4]
    assert set(outcomes(web, "flips", urls).values()) == {"OK"}
    assert len(connects) == FLIPS and inside(connects) == []
    connects.clear()
    time.sleep(SHORTEST_LIFE + 0.1)  # of the last one's answer
    assert set(outcomes(web, "flips", urls).values()) == {"DESTINATION_DENIED"}
    assert all(names.lookups(f"flip{i}.test") == 2 for i in range(FLIPS))
    assert connects == []


@story
def test_redirects_to_loopback_are_told_and_never_followed(web, connects):
    for status in (301, 302, 303, 307, 308):
        for method in ("GET", "POST"):
            answer = web.send(method, f"redirect/{status}", provider="names").answer
            assert answer.status_code == status
            assert [header.value for header in answer.headers if header.name == "Location"] == [
                b"http://127.0.0.1:8080/inside"]
    assert len(connects) == 10 and inside(connects) == []


@story
def test_redirects_of_a_token_endpoint_are_failures(names, everywhere, connects):
    for status in (301, 302, 303, 307, 308):
        one = api("names", ["api.test"])
        one["request_token_url"] = f"http://api.test:{PORT}/redirect/{status}"
        with Oauth1d(configuration(one)) as server, Caller(server.address) as web, pytest.raises(OAuth1dError):
            web.start("names", callback_url="oob")
    assert connects and inside(connects) == []


@story
def test_the_services_own_port_is_denied_though_loopback_is_allowed(web):
    error = refused("DESTINATION_DENIED", "PERMISSION_DENIED", web.send, "GET", f"http://self.test:{OWN}/1.1/x",
                    provider="self")
    assert "this service itself" in str(error)


@story
def test_nothing_in_the_environment_redirects_traffic(names, everywhere, connects, tmp_path):
    trap = f"http://127.0.0.1:{TRAP}"
    (tmp_path / ".netrc").write_text("default login evil password evil\n")
    (tmp_path / ".curlrc").write_text(f'proxy = "{trap}"\n')
    (tmp_path / "aliases").write_text("api inside.test\napi.test inside.test\n")
    names.answers["api.test.evil.test"] = ["127.0.0.1"]
    proxies = {name: trap for lower in ("http_proxy", "https_proxy", "all_proxy", "grpc_proxy", "ftp_proxy")
               for name in (lower, lower.upper())}
    environment = {**proxies, "no_proxy": "", "NO_PROXY": "", "HOME": str(tmp_path), "CURL_HOME": str(tmp_path),
                   "NETRC": str(tmp_path / ".netrc"), "HOSTALIASES": str(tmp_path / "aliases"),
                   "LOCALDOMAIN": "evil.test", "RES_OPTIONS": "ndots:9"}
    secure = api("secure", ["api.test"])
    secure["api_base_urls"] = ["https://api.test/1.1/"]
    with (Oauth1d(configuration(api("plain", ["api.test"]), secure), environment=environment) as server,
          Caller(server.address) as web):
        assert web.send("GET", "x", provider="plain").answer.body == b"ok"
        assert outcome(web, "secure", "x") == "PROVIDER_UNREACHABLE"  # the listener speaks no TLS
    assert {port for _, port in connects} == {443, PORT} and inside(connects) == []
    assert not any(name.endswith("evil.test") for name in names.names())
