"""The re-seeded faults are all there, still apply, and name tests that exist. Whether the tests notice them is told by
tests/faults/reseeded/run, which takes minutes."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / 'reseeded'))
from patches import FOLDER, ROOT, WANTED, all_patches  # noqa: E402

PATCHES = all_patches()


def test_each_fault_has_its_patch_and_there_is_no_other():
    assert [patch.name for patch in PATCHES] == sorted(WANTED)
    assert len(WANTED) == 10
    for patch in PATCHES:
        assert WANTED[patch.name] in patch.text, f'{patch.path.name} does not say whose fault it is'


@pytest.mark.parametrize('patch', PATCHES, ids=lambda patch: patch.name)
def test_it_applies_to_what_is_built_and_to_nothing_of_the_tests(patch, tmp_path):
    assert patch.files
    for name in patch.files:
        assert name.startswith(('server/', 'storage/', 'client/', 'proto/')), f'{name} is not what a fault would be in'
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    trouble = patch.apply(tmp_path)
    assert not trouble, f'{trouble}\n{patch.path.relative_to(ROOT)} no longer applies: renew it in this commit'
    for name in patch.files:
        assert (tmp_path / name).read_bytes() != (ROOT / name).read_bytes(), f'{name} was not changed'


@pytest.mark.parametrize('patch', PATCHES, ids=lambda patch: patch.name)
def test_it_names_tests_that_exist(patch, tmp_path):
    # In a folder of its own: a second CTest in the build folder would write over the log of the one that runs this.
    build = pathlib.Path(os.environ['OAUTH1D_BUILD_DIR'])
    (tmp_path / 'CTestTestfile.cmake').write_text(f'subdirs("{build}")\n', encoding='utf-8')
    done = subprocess.run(['ctest', '--test-dir', tmp_path, '-R', patch.tests, '--show-only=json-v1'],
                          capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)['tests'], f'{patch.path.relative_to(ROOT)}: no test is called {patch.tests}'


def test_the_runner_lists_them():
    done = subprocess.run([FOLDER / 'run', '--list'], capture_output=True, text=True, check=True)
    assert [line.split(':')[0] for line in done.stdout.splitlines()] == sorted(WANTED)
