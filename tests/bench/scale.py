#!/usr/bin/python3
"""What a login costs: bytes and commands in Redis, bytes of log; and, with --load, CPU, memory and latency at a rate.

    OAUTH1D_BIN_DIR=build/release/bin tests/bench/scale.py
    OAUTH1D_BIN_DIR=build/release/bin tests/bench/scale.py --load 350 --calls 20 --seconds 30

deploy/SCALE.md quotes it. --load needs bench_scale, of the preset `release`.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ('client/python/src', 'tests/e2e', 'tests/sandbox')]

from scale_costs import costs  # noqa: E402

from binaries import bound_to_us, program  # noqa: E402
from configuration import CONSUMER_SECRET, configuration, grant, provider  # noqa: E402
from oauth1d_process import write_configuration  # noqa: E402
from redis_server import RedisServer  # noqa: E402
from waiting import eventually  # noqa: E402


class Generator:
    """bench_scale: the stand-in provider, and the load."""

    def __enter__(self):
        self._process = subprocess.Popen(bound_to_us([program('bench_scale')]), stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        self.url = f'http://127.0.0.1:{self._process.stdout.readline().strip()}'
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()

    def load(self, address, logins, calls, seconds):
        print(address, logins, calls, seconds, file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


class Replica:
    """One oauth1d as it is shipped, whose log goes to a file."""

    def __init__(self, config, environment):
        self._folder = tempfile.TemporaryDirectory(prefix='oauth1d-scale-')
        self._log = pathlib.Path(self._folder.name) / 'log'
        path = write_configuration(self._folder.name, config)
        with open(self._log, 'wb') as stderr:
            self.process = subprocess.Popen(
                bound_to_us([program('oauth1d'), '--config', str(path)]), stdin=subprocess.DEVNULL, stderr=stderr,
                env={**os.environ, 'DEMO_SECRET': CONSUMER_SECRET, **environment})
        self.address = eventually(self._address, 'oauth1d listens')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self._folder.cleanup()

    def _address(self):
        assert self.process.poll() is None, self._log.read_text()
        lines = [json.loads(line) for line in self._log.read_text().splitlines(True) if line.endswith('\n')]
        return next((line['address'] for line in lines if line['event'] == 'listening'), None)

    def log_bytes(self):
        return self._log.stat().st_size

    def cpu_seconds(self):
        user, system = pathlib.Path(f'/proc/{self.process.pid}/stat').read_text().rpartition(')')[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf('SC_CLK_TCK')

    def megabytes(self, field):
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(field))


def redis_cpu(redis):
    lines = dict(line.split(':') for line in redis.command('INFO', 'cpu').decode().splitlines() if ':' in line)
    return float(lines['used_cpu_user']) + float(lines['used_cpu_sys'])


def redis_memory(redis):
    lines = dict(line.split(':', 1) for line in redis.command('INFO', 'memory').decode().splitlines() if ':' in line)
    return int(lines['used_memory'])


def load(logins, calls, seconds):
    with RedisServer() as redis, Generator() as generator:
        record = provider(generator.url, 'stand-in')
        callback = 'http://127.0.0.1:8000/auth/stand-in'
        limits = {'pending_flows_per_owner': 100_000_000}
        config = {**json.loads(configuration(record, grants=[grant('stand-in', callback_urls=[callback])],
                                             store=redis.store)), 'limits': limits}
        with Replica(json.dumps(config), redis.environment) as replica:
            generator.load(replica.address, 50, 1, 1)  # warm
            log, cpu, redis_before = replica.log_bytes(), replica.cpu_seconds(), redis_cpu(redis)
            memory, keys, idle = redis_memory(redis), len(redis.keys()), replica.megabytes('VmRSS')
            told = generator.load(replica.address, logins, calls, seconds)
            rpcs = told['logins'] * (2 + calls)
            told['cpu_us_per_login'] = round((replica.cpu_seconds() - cpu) * 1e6 / told['logins'])
            told['cpu_us_per_rpc'] = round((replica.cpu_seconds() - cpu) * 1e6 / rpcs)
            told['redis_cpu_us_per_login'] = round((redis_cpu(redis) - redis_before) * 1e6 / told['logins'])
            told['redis_bytes_per_flow'] = round((redis_memory(redis) - memory) / (len(redis.keys()) - keys))
            told['log_bytes_per_rpc'] = round((replica.log_bytes() - log) / rpcs)
            told['megabytes'] = {'idle': round(idle), 'peak': round(replica.megabytes('VmHWM'))}
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--load', type=int, metavar='LOGINS', help='logins a second')
    parser.add_argument('--calls', type=int, default=20, help='SignedRequests after each login')
    parser.add_argument('--seconds', type=int, default=30)
    options = parser.parse_args()
    told = load(options.load, options.calls, options.seconds) if options.load else costs()
    print(json.dumps(told, indent=1))
    return 1 if told.get('failed') else 0


if __name__ == '__main__':
    sys.exit(main())
