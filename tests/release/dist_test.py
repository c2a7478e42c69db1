"""deploy/release makes everything that people install, of one version, the same each time."""

import json
import shutil
import subprocess
import sys
import tarfile

import pytest

from release_build import ROOT, run, version

DIST = ROOT / "build/dist"


@pytest.fixture(scope="module")
def dist():
    run(ROOT / "deploy/release", "--unreleased")
    return DIST


def names_of(archive):
    with tarfile.open(archive) as tar:
        return {member.name: member for member in tar.getmembers()}


def test_everything_is_there_with_its_checksum(dist):
    number = version()
    assert {path.name for path in dist.iterdir()} == {
        "SHA256SUMS", f"oauth1d_{number}-1_amd64.deb", f"oauth1d-{number}.tar.gz", f"oauth1d-{number}-py3-none-any.whl",
        f"oauth1d-{number}.tgz", f"oauth1d-chart-{number}.tgz", f"oauth1d-proto-{number}.tar.gz",
        f"oauth1d-image-{number}.spdx.json"}
    run("sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS", cwd=dist)
    assert len((dist / "SHA256SUMS").read_text().splitlines()) == 7


def test_a_second_time_it_is_the_same_to_the_byte(dist):
    before = (dist / "SHA256SUMS").read_text()
    run(ROOT / "deploy/release", "--unreleased")
    assert (dist / "SHA256SUMS").read_text() == before


@pytest.mark.parametrize("kind", ["py3-none-any.whl", "tar.gz"])
def test_the_python_package_installs(dist, kind, tmp_path):
    package = dist / (f"oauth1d-{version()}" + ("-" if kind.endswith("whl") else ".") + kind)
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
        "--target", tmp_path, "--root-user-action=ignore", package)
    told = run(sys.executable, "-c", "import oauth1d, oauth1d.starlette_client as one; print(oauth1d.__file__)",
               env={"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}, cwd=tmp_path)
    assert told.startswith(str(tmp_path))
    assert (tmp_path / f"oauth1d-{version()}.dist-info").is_dir()
    assert not list(tmp_path.rglob("*_test.py"))


def test_the_node_package_the_chart_and_the_contract_hold_what_they_should(dist):
    node = names_of(dist / f"oauth1d-{version()}.tgz")
    assert {"package/package.json", "package/dist/gateway/main.js", "package/dist/index.d.ts",
            "package/dist/proto/oauth1d/v1/oauth1d.proto", "package/GATEWAY.md"} <= set(node)
    assert not [name for name in node if "node_modules" in name or name.startswith("package/src")]
    chart = names_of(dist / f"oauth1d-chart-{version()}.tgz")
    assert {"oauth1d/Chart.yaml", "oauth1d/values.yaml", "oauth1d/values.schema.json"} <= set(chart)
    contract = names_of(dist / f"oauth1d-proto-{version()}.tar.gz")
    assert "oauth1d/v1/oauth1d.proto" in contract
    assert not [name for name in contract if "records" in name or "config" in name]
    for members in (chart, contract):
        assert all(member.uid == member.gid == 0 for member in members.values())
    parts = json.loads((dist / f"oauth1d-image-{version()}.spdx.json").read_text())
    assert parts["spdxVersion"] == "SPDX-2.3"
    assert {"oauth1d", "libgrpc++1.51", "libssl3", "ca-certificates"} <= {one["name"] for one in parts["packages"]}


def test_changes_that_are_not_of_the_version_are_refused(tmp_path):
    (tmp_path / "deploy").mkdir()
    shutil.copy2(ROOT / "deploy/release", tmp_path / "deploy")
    shutil.copy2(ROOT / "CMakeLists.txt", tmp_path)
    (tmp_path / "deploy/set-version").symlink_to("/bin/true")  # version_test.py has that
    (tmp_path / "CHANGELOG.md").write_text(
        f"## [Unreleased]\n\n### Fixed\n\n- A thing.\n\n## [{version()}] - 2026-11-24\n")
    told = subprocess.run([tmp_path / "deploy/release"], capture_output=True, text=True, check=False)
    assert told.returncode == 1 and "changes under Unreleased" in told.stderr
    told = subprocess.run([tmp_path / "deploy/release", "--no-such"], capture_output=True, text=True, check=False)
    assert told.returncode == 64 and "--unreleased" in told.stderr
