"""The README keeps its word: what it names exists."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / 'README.md').read_text()


def test_every_linked_file_exists():
    """Of every page there is."""
    pages = subprocess.run(['git', 'ls-files', '*.md'], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert len(pages.split()) > 5
    for page in map(ROOT.joinpath, pages.split()):
        links = re.findall(r'\]\((?!https?:|#)([^)#]+)', page.read_text())
        missing = [link for link in links if not (page.parent / link).exists()]
        assert not missing, (page, missing)


def test_every_guarantee_names_a_test_that_exists():
    table = README.split('## Guarantees')[1].split('\n## ')[0]
    rows = [row for row in table.splitlines() if row.startswith('|')][2:]
    assert len(rows) >= 10
    names = re.compile(r'`(tests/[\w/.-]+|client/[\w/.-]+)(?:: (\w[\w ]*))?`')
    for row in rows:
        found = names.findall(row)
        assert found, f'no test named: {row}'
        for path, test in found:
            assert (ROOT / path).exists(), path
            if test:
                assert re.search(rf'\b{re.escape(test)}\b', (ROOT / path).read_text()), f'{test} is not in {path}'


def test_nothing_of_this_machine_is_in_the_tree():
    done = subprocess.run(['git', 'grep', '-nIE', r'"resolved": *"http|(^|[^A-Za-z0-9_.])/root/', '--', '.',
                           ':!tests/house/readme_test.py'],
                          cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == ''
