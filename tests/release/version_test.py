"""One version, in CMakeLists.txt; every other place agrees, and one command changes them all."""

import re
import shutil
import subprocess

import pytest

from release_build import ROOT, run, version

NEXT = "91.82.73"


@pytest.fixture
def copy(tmp_path):
    """The tree as it would be committed."""
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


def set_version(folder, *arguments):
    return subprocess.run([folder / "deploy/set-version", *arguments], capture_output=True, text=True, check=False)


def with_a_change(copy):
    log = copy / "CHANGELOG.md"
    log.write_text(log.read_text().replace("## [Unreleased]\n", "## [Unreleased]\n\n### Fixed\n\n- A thing.\n", 1))


def test_all_places_agree():
    told = set_version(ROOT)
    assert told.returncode == 0, told.stdout + told.stderr
    assert {line.split()[0] for line in told.stdout.splitlines()} == {version()}


def test_one_command_changes_all_of_them(copy):
    with_a_change(copy)
    told = set_version(copy, NEXT)
    assert told.returncode == 0, told.stderr
    assert {line.split()[0] for line in told.stdout.splitlines()} == {NEXT}
    log = (copy / "CHANGELOG.md").read_text()
    assert re.search(rf"## \[Unreleased\]\n\n## \[{re.escape(NEXT)}\] - \d{{4}}-\d\d-\d\d\n\n### Fixed\n\n- A thing.", log)
    # Nowhere is the old one left. Locks name packages of others, and tests speak of versions that were.
    old = re.compile(rf"(?<![\d.]){re.escape(version())}(?![\d.])")
    left = [path.relative_to(copy) for path in copy.rglob("*")
            if path.is_file() and path.name not in ("CHANGELOG.md", "package-lock.json") and
            path.relative_to(copy).parts[0] != "tests" and old.search(path.read_text(errors="replace"))]
    assert not left
    again = set_version(copy, NEXT)
    assert again.returncode == 0 and (copy / "CHANGELOG.md").read_text() == log


def test_a_version_without_a_word_for_its_users_is_refused(copy):
    log = copy / "CHANGELOG.md"
    log.write_text(re.sub(r"## \[Unreleased\].*?(?=^## \[\d)", "## [Unreleased]\n\n", log.read_text(), count=1,
                          flags=re.DOTALL | re.MULTILINE))
    told = set_version(copy, NEXT)
    assert told.returncode == 1 and "nothing under Unreleased" in told.stderr
    assert set_version(copy).returncode == 0, "something was changed"


@pytest.mark.parametrize("place", ["client/python/src/oauth1d/_version.py", "client/node/package-lock.json",
                                   "deploy/helm/oauth1d/Chart.yaml"])
def test_a_place_that_differs_is_told(copy, place):
    path = copy / place
    path.write_text(path.read_text().replace(version(), NEXT, 1))
    told = set_version(copy)
    assert told.returncode == 1
    assert f"{NEXT}  {place}" in told.stdout


def test_what_is_no_version_is_refused(copy):
    for word in ("1.2", "v1.2.3", "1.2.3-rc1", "--help"):
        assert set_version(copy, word).returncode == 64
    assert set_version(copy).returncode == 0


def test_the_images_are_labelled_by_whoever_builds_them():
    for file in ("Dockerfile", "gateway.Dockerfile"):
        assert 'org.opencontainers.image.version="${VERSION}"' in (ROOT / "deploy" / file).read_text()
