"""Two builds of the same sources are the same to the byte, wherever they are built.

With OAUTH1D_LONG=1 it is the whole service; else two rooms, to stay short.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGETS = {'oauth1d': 'bin/oauth1d'} if os.environ.get('OAUTH1D_LONG') else {
    'base': 'server/base/libbase.a', 'sealing': 'server/sealing/libsealing.a'}


def build(folder):
    """The SHA-256 of each target, made from a copy of the sources in `folder`, without any cache."""
    sources = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], cwd=ROOT,
                             check=True, capture_output=True, text=True).stdout.split('\0')
    for name in filter(None, sources):
        if (ROOT / name).is_file():
            (folder / 'source' / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / 'source' / name)
    environment = {**os.environ, 'CCACHE_DISABLE': '1'}
    made = folder / 'made'
    for command in (['cmake', '-S', folder / 'source', '-B', made, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release',
                     '-DCMAKE_C_COMPILER=clang-16', '-DCMAKE_CXX_COMPILER=clang++-16'],
                    ['cmake', '--build', made, '--target', *TARGETS]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return {path: hashlib.sha256((made / path).read_bytes()).hexdigest() for path in TARGETS.values()}


def test_two_builds_in_two_folders_are_the_same(tmp_path):
    assert build(tmp_path / 'one') == build(tmp_path / 'another, with a longer name')
