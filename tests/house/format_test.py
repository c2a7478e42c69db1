"""Every C++ file is as clang-format-16 leaves it."""

import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_every_file_is_formatted():
    assert shutil.which('clang-format-16'), 'apt-get install clang-format-16'
    files = [str(path) for top in ('server', 'storage', 'client', 'tests') for suffix in ('*.h', '*.cc')
             for path in sorted((ROOT / top).rglob(suffix)) if 'node_modules' not in path.parts]
    assert files
    done = subprocess.run(['clang-format-16', '--dry-run', '-Werror', *files], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[:4000] + '\nMend it with: clang-format-16 -i FILE'
