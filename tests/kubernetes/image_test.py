"""The image is what deploy/Dockerfile promises: two programs, what they load, nothing to break in with; and it runs."""

import hashlib
import json
import os
import re
import stat
import subprocess
from urllib.parse import unquote

import pytest

from image_builder import ROOT, built, inspected, unpacked  # first: it says where the next ones are
from image_container import USER, Container, run_once
from image_elf import build_id, interpreter, is_elf, needed, sections

from caller import Caller
from configuration import KEYRING, configuration, provider
from free_port import free_port

PROGRAMS = {"/usr/bin/oauth1d", "/usr/bin/oauth1ctl"}
MOST_BYTES = 120_000_000


@pytest.fixture(scope="module")
def image():
    return built("--tag", "oauth1d:test")


@pytest.fixture(scope="module")
def root(image, tmp_path_factory):
    """Its file system."""
    with unpacked(image, tmp_path_factory.mktemp("oauth1d")) as folder:
        yield folder


def files(root):
    """Path inside to the file's path here, of each regular file."""
    return {f"/{path.relative_to(root)}": path for path in sorted(root.rglob("*"))
            if path.is_file() and not path.is_symlink()}


def inside(root, path):
    """Where this path of the image leads to, links followed within it."""
    for _ in range(8):
        here = root
        for number, part in enumerate(parts := path.strip("/").split("/")):
            here = here / part
            if here.is_symlink():
                target = os.readlink(here)
                before = "/".join(parts[:number])
                path = "/".join([target if target.startswith("/") else f"{before}/{target}", *parts[number + 1:]])
                break
        else:
            return here
    raise AssertionError(f"{path}: links in a circle")


def test_it_is_configured_for_a_pod(image):
    config = inspected(image)
    assert config["User"] == f"{USER}:{USER}"
    assert config["Entrypoint"] == ["/usr/bin/oauth1d"] and not config.get("Cmd")
    assert set(config["ExposedPorts"]) in ({"50051", "9464"}, {"50051/tcp", "9464/tcp"})
    assert not [name for name in config.get("Env") or [] if not name.startswith("PATH=")]


def test_its_labels_say_what_it_is(image):
    labels = {name.removeprefix("org.opencontainers.image."): value
              for name, value in inspected(image)["Labels"].items()}
    assert (labels["title"], labels["licenses"]) == ("oauth1d", "Apache-2.0") and labels["description"]
    status, version, _ = run_once(image, "--version")
    assert status == 0 and version == f"oauth1d {labels['version']}\n"
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert labels["revision"] == head.strip()


def test_nothing_can_be_executed_but_the_two_programs_and_their_libraries(root):
    executable = {name for name, path in files(root).items() if path.stat().st_mode & 0o111}
    assert {name for name in executable if not re.search(r"\.so(\.|$)", name)} == PROGRAMS
    elves = {name for name, path in files(root).items() if is_elf(path)}
    assert all(re.search(r"\.so(\.|$)", name) for name in elves - PROGRAMS)
    names = {path.name for path in root.rglob("*")}
    assert not names & {"sh", "bash", "dash", "busybox", "apt", "apt-get", "dpkg", "perl", "python3", "ld.so"}


def test_nothing_belongs_to_its_user_or_has_more_rights_than_it_must(root):
    for path in root.rglob("*"):
        about = path.lstat()
        assert (about.st_uid, about.st_gid) == (0, 0), path
        if not path.is_symlink() and path != root / "tmp":
            assert not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH | stat.S_ISUID | stat.S_ISGID), path
    assert stat.S_IMODE((root / "tmp").stat().st_mode) == 0o1777
    assert (root / "etc/passwd").read_text().startswith(f"oauth1d:x:{USER}:{USER}:")


def test_it_is_small(root):
    size = sum(path.stat().st_size for path in files(root).values())
    print(f"{size / 1e6:.1f} MB in {len(files(root))} files")
    assert size < MOST_BYTES


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_a_program_is_stripped_and_can_be_told_from_others(root, program):
    path = root / program.lstrip("/")
    assert re.fullmatch(r"[0-9a-f]{40}", build_id(path) or "")
    assert not {name for name in sections(path) if name == ".symtab" or name.startswith(".debug")}


def test_whatever_a_program_or_library_needs_is_there(root):
    libraries = {path.name for path in root.rglob("*.so*")}
    elves = [path for path in files(root).values() if is_elf(path)]
    assert len(elves) > len(PROGRAMS)
    for path in elves:
        assert set(needed(path)) <= libraries, path
    for program in PROGRAMS:
        assert is_elf(inside(root, interpreter(root / program.lstrip("/"))))


def test_openssl_finds_whom_to_trust(root):
    (crypto,) = [path for path in files(root).values() if path.name == "libcrypto.so.3"]
    content = crypto.read_bytes()
    folder = re.search(rb'OPENSSLDIR: "([^"]+)"', content).group(1).decode()
    modules = re.search(rb'MODULESDIR: "([^"]+)"', content).group(1).decode()
    for place in (f"{folder}/cert.pem", "/etc/ssl/certs/ca-certificates.crt"):
        assert inside(root, place).read_text().count("BEGIN CERTIFICATE") > 50
    assert is_elf(inside(root, f"{modules}/legacy.so"))


def test_the_sbom_names_the_package_of_every_file(root):
    check_sbom(root, "oauth1d")


def check_sbom(root, name):
    told = json.loads((root / f"usr/share/doc/{name}/sbom.spdx.json").read_text())
    assert told["spdxVersion"] == "SPDX-2.3" and told["documentNamespace"].startswith("urn:uuid:")
    packages = {package["SPDXID"]: package for package in told["packages"]}
    assert len(packages) == len(told["packages"])
    for package in packages.values():
        assert package["versionInfo"] and package["externalRefs"][0]["referenceLocator"].startswith("pkg:")
    listed = {file["fileName"].removeprefix("."): file for file in told["files"]}
    there = files(root)
    assert set(listed) == set(there) - {f"/usr/share/doc/{name}/sbom.spdx.json"}
    owners = {link["relatedSpdxElement"]: packages[link["spdxElementId"]] for link in told["relationships"]
              if link["relationshipType"] == "CONTAINS"}
    for path, file in listed.items():
        sums = {one["algorithm"]: one["checksumValue"] for one in file["checksums"]}
        assert hashlib.sha256(there[path].read_bytes()).hexdigest() == sums["SHA256"], path
        owner = owners[file["SPDXID"]]
        if re.search(r"\.so(\.|$)", path):
            assert owner["supplier"] == "Organization: Debian", path
            purl = owner["externalRefs"][0]["referenceLocator"]
            assert unquote(purl).startswith(f"pkg:deb/debian/{owner['name']}@{owner['versionInfo']}?arch="), purl
    names = {package["name"] for package in packages.values()}
    assert {name, "libc6", "libstdc++6", "ca-certificates"} <= names, names
    return packages.values()


def test_it_runs_as_strictly_as_a_pod_and_ends_well(image, tmp_path):
    port = free_port()
    consumer = {"name": "main", "key": "demo-key", "secret": {"file": "secret"}}
    text = configuration(provider("http://127.0.0.1:9", consumers=[consumer]), listen={"address": f"127.0.0.1:{port}"})
    (tmp_path / "oauth1d.yaml").write_text(text)
    (tmp_path / "secret").write_text("demo-secret")
    (tmp_path / "keyring.yaml").write_text(KEYRING)
    with Container(image, tmp_path, "/etc/oauth1d") as container:
        container.event("listening")
        process = container.process()
        assert process["Uid"].split() == process["Gid"].split() == [str(USER)] * 4
        assert {int(process[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb")} == {0}
        assert (process["NoNewPrivs"], process["Seccomp"]) == ("1", "2")
        container.event("serving")
        status, said = container.execute("/usr/bin/oauth1ctl", "--server", f"127.0.0.1:{port}", "health")
        assert (status, "SERVING" in said.upper()) == (0, True), said
        status, said = container.execute("/usr/bin/oauth1ctl", "--server", f"127.0.0.1:{free_port()}", "health")
        assert status != 0, said
        with Caller(f"127.0.0.1:{port}") as caller:
            assert [one.name for one in caller.list_providers()] == ["sandbox"]
        assert container.execute("/bin/sh", "-c", "true")[0] != 0
        assert container.stop() == 0, container.log()
        assert json.loads(container.log().splitlines()[-1])["event"] == "stopped"


@pytest.mark.parametrize("flag", ["--no-such-flag", "--tag", "--engine=rocket"])
def test_the_build_says_what_is_wrong_with_its_arguments(flag):
    done = subprocess.run([ROOT / "deploy/build-image", flag], capture_output=True, text=True, check=False)
    assert done.returncode == 64 and "--help" in done.stderr and not done.stdout
