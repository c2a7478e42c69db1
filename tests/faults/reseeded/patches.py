"""The re-seeded faults: which there are, and how a patch is read and applied."""

import os
import pathlib
import re
import subprocess

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[2]

# What each patch has to name, so that none is lost or becomes another one unnoticed.
WANTED = {
    '01-authlib-state-without-browser': 'CVE-2025-68158',
    '02-net-oauth-unconfirmed-callback': 'CVE-2026-72887',
    '03-envoy-joined-without-lengths': 'CVE-2023-35941',
    '04-envoy-older-cipher': 'CVE-2026-47775',
    '05-envoy-callback-without-state': 'CVE-2023-27496',
    '06-oauth2-proxy-unchecked-length': 'cipher.go, line 125',
    '07-node-oauth-renamed-parameters': 'github.com/ciaranj/node-oauth',
    '08-dghubble-lost-repeats': 'dghubble/oauth1',
    '09-authlib-empty-json-body': 'github.com/authlib/authlib, issue 543',
    '10-requests-oauthlib-re-signed-redirect': 'github.com/requests/requests-oauthlib',
}


class Patch:
    """One file: free text that ends with the line `Tests: REGULAR EXPRESSION`, then a diff."""

    def __init__(self, path):
        self.path = path
        self.name = path.name.removesuffix('.patch')
        self.number = self.name.split('-')[0]
        self.text, mark, diff = path.read_text(encoding='utf-8').partition('\ndiff --git ')
        if not mark:
            raise ValueError(f'{path.name} holds no diff')
        tests = re.findall(r'^Tests: (\S+)$', self.text, re.MULTILINE)
        if len(tests) != 1:
            raise ValueError(f'{path.name} needs one line "Tests: NAMES" before its diff')
        # For CTest, whose names it is to match as a whole.
        self.tests = f'^({tests[0]})$'
        self.files = re.findall(r'^\+\+\+ b/(\S+)$', mark + diff, re.MULTILINE)

    def apply(self, tree, *, check=False):
        """Changes the files below `tree`; with `check`, none. Returns what git has to say: nothing if it applies."""
        # A repository further up would make git skip, without a word, what lies outside of it.
        environment = {name: value for name, value in os.environ.items() if not name.startswith('GIT_')}
        environment['GIT_CEILING_DIRECTORIES'] = str(pathlib.Path(tree).resolve().parent)
        environment.update(GIT_CONFIG_GLOBAL='/dev/null', GIT_CONFIG_NOSYSTEM='1')
        try:
            done = subprocess.run(['git', 'apply', *(['--check'] if check else []), str(self.path)], cwd=tree,
                                  env=environment, capture_output=True, text=True)
        except FileNotFoundError:
            return 'git is not installed: apt-get install git'
        return '' if done.returncode == 0 else done.stderr.strip() or f'git apply ended with {done.returncode}'


def all_patches():
    return [Patch(path) for path in sorted(FOLDER.glob('*.patch'))]
