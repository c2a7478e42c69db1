"""SECURITY.md keeps its word: each case of abuse names tests that exist."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = (ROOT / 'SECURITY.md').read_text()
CASES = 46
TEST = re.compile(r'`((?:tests|client)/[\w/.-]+)(?:: (\w+))?`')


def rows():
    table = TEXT.split('## Cases of abuse')[1]
    return [re.split(r'\s*\|\s*', row.strip('| ')) for row in re.findall(r'^\| *\d+ \|.*$', table, re.MULTILINE)]


def test_every_case_is_there_once():
    assert [int(row[0]) for row in rows()] == list(range(1, CASES + 1))


def test_every_case_names_tests_that_exist():
    for number, _, _, tests in rows():
        found = TEST.findall(tests)
        assert found, f'case {number} names no test'
        for path, test in found:
            assert (ROOT / path).exists(), f'case {number}: {path}'
            if test:
                assert re.search(rf'\b{test}\b', (ROOT / path).read_text()), f'case {number}: {test} is not in {path}'


def test_every_test_that_is_named_is_run():
    registered = ''.join(path.read_text() for path in (ROOT / 'tests').rglob('CMakeLists.txt'))
    for number, _, _, tests in rows():
        for path, _ in TEST.findall(tests):
            name = pathlib.PurePath(path).name
            if path.startswith('tests/e2e/') and name.endswith('_test.py'):
                name = name.removesuffix('_test.py')
            elif path.startswith('tests/house/'):
                continue  # the folder is run as a whole
            elif not name.endswith(('.cc', '_test.py')):
                continue
            assert re.search(rf'(?<![\w.]){re.escape(name)}\b', registered), f'case {number}: {path} is not registered'
