"""deploy/SCALE.md says what is measured, and its tables follow from that. Nothing here is timed."""

import importlib.machinery
import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in
                ('client/python/src', 'tests/e2e', 'tests/sandbox', 'tests/bench')]
os.environ['GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS'] = '100'

from scale_costs import costs  # noqa: E402

PAGE = (ROOT / 'deploy/SCALE.md').read_text()
CALCULATOR = ROOT / 'deploy/scale'
# Allocators round; names and tokens differ by a few bytes.
TOLERANCE = 0.15
# Lines of the log get fields now and then.
LOG_TOLERANCE = 0.25


def load_calculator():
    loader = importlib.machinery.SourceFileLoader('scale_calculator', str(CALCULATOR))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


calculator = load_calculator()


@pytest.fixture(scope='module')
def measured():
    return costs()


def row(name):
    """The cells of the page's row that begins with this name, as text."""
    [line] = re.findall(rf'^\| {re.escape(name)} \|(.*)\|$', PAGE, re.MULTILINE)
    return [cell.strip() for cell in line.split('|')]


def number(name, column=0):
    return int(row(name)[column].replace(',', ''))


def near(value, tolerance=TOLERANCE):
    return pytest.approx(value, rel=tolerance)


@pytest.mark.parametrize('phase', ['PENDING', 'EXCHANGING', 'DONE', 'USED', 'FAILED'])
def test_the_bytes_of_a_record(measured, phase):
    assert number(f'`{phase}`', 0) == near(measured['bytes'][phase])
    assert number(f'`{phase}`', 1) == near(measured['bytes_with_app_state'][phase])


@pytest.mark.parametrize(('name', 'step'), [('a login', 'login'), ('a `SignedRequest`', 'call'),
                                            ('a renewal', 'renewal')])
def test_the_commands_and_the_log_of_a_step(measured, name, step):
    commands = measured[step]['commands']
    assert row(name)[:4] == [f'{commands.get(command, 0):g}' for command in ('evalsha', 'set', 'get', 'pttl')]
    assert number(name, 4) == near(measured[step]['log_bytes'], LOG_TOLERANCE)


def test_a_login_asks_for_nothing_else(measured):
    assert set(measured['login']['commands']) == {'set', 'get', 'evalsha', 'pttl'}
    assert measured['call']['commands'] == {}


def test_the_calculator_reckons_with_what_is_measured(measured):
    login, call = measured['login'], measured['call']
    assert calculator.PENDING_BYTES == near(measured['bytes']['PENDING'])
    assert calculator.DONE_BYTES == near(measured['bytes']['DONE'])
    grown = measured['bytes_with_app_state']['DONE'] - measured['bytes']['DONE']
    assert calculator.APP_STATE_FACTOR == near(grown / 2048)
    assert calculator.START_COMMANDS + calculator.COMPLETE_COMMANDS == login['commands']['evalsha'] + 1
    assert calculator.REDIS_BYTES_PER_LOGIN == near(login['redis_in_bytes'] + login['redis_out_bytes'])
    assert calculator.LOG_BYTES_PER_LOGIN == near(login['log_bytes'], LOG_TOLERANCE)
    assert calculator.LOG_BYTES_PER_CALL == near(call['log_bytes'], LOG_TOLERANCE)
    for cost in ('CPU_US_PER_LOGIN', 'CPU_US_PER_CALL', 'REDIS_CPU_US_PER_LOGIN'):
        assert number(f'`{cost}`') == getattr(calculator, cost), 'the page says what is reckoned with'


@pytest.mark.parametrize('command', re.findall(r'^    (deploy/scale.*)$', PAGE, re.MULTILINE))
def test_each_table_is_what_its_command_prints(command):
    done = subprocess.run([CALCULATOR, *command.split()[1:]], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout in PAGE.split(f'    {command}\n')[1].split('\n    deploy/scale')[0]


def test_the_page_has_tables():
    assert len(re.findall(r'^    deploy/scale', PAGE, re.MULTILINE)) >= 2


@pytest.mark.parametrize('arguments', [['--peak', '0'], ['--abandoned', '1'], ['--logins-per-day', 'many'], ['--what']])
def test_the_calculator_refuses_what_makes_no_sense(arguments):
    done = subprocess.run([CALCULATOR, *arguments], capture_output=True, text=True)
    assert done.returncode == 2 and arguments[0] in done.stderr
