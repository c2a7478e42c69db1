"""Who may include whom, and nothing else: the table of CONTRIBUTING.md, read against the #include lines."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)

# What each room may include besides itself, Abseil, the standard library and the C library. A room's name stands for
# its headers; a path for that header alone.
TABLE = {
    'server/base': ['asio', 'openssl'],
    'server/oauth1': ['server/base', 'openssl', 'json', 'expat'],
    'server/sealing': ['server/base', 'openssl'],
    'server/providers': ['server/oauth1', 'server/base', 're2'],
    'server/callers': ['server/providers', 'server/base', 'openssl'],
    'server/egress': ['server/base', 'asio', 'beast', 'openssl', 'c-ares'],
    'storage': ['server/base', 'asio', 'hiredis', 'openssl'],
    'server/config': ['server/callers', 'server/providers', 'server/sealing', 'server/oauth1', 'server/base', 'yaml-cpp',
                      'protobuf', 'oauth1d/config', 'openssl'],
    'server/flow': ['server/oauth1', 'server/providers', 'server/sealing', 'server/base', 'oauth1d/records', 'asio',
                    'openssl', 'server/callers/quotas.h', 'server/egress/http_client.h',
                    'server/ops/metrics.h', 'server/ops/span.h', 'storage/key_value_store.h'],
    'server/doctor': ['server/flow', 'server/config', 'server/egress', 'server/callers', 'server/providers',
                      'server/oauth1', 'server/sealing', 'server/base', 'storage/memory_store.h',
                      'server/ops/metrics.h', 'asio', 'openssl'],
    'server/ops': ['server/base', 'prometheus', 'asio'],
    'server/rpc': ['server/flow', 'server/callers', 'server/providers', 'server/oauth1', 'server/sealing', 'server/egress/http_client.h',
                   'server/base', 'server/ops', 'oauth1d/v1', 'oauth1d/status', 'oauth1d/records', 'grpc', 'protobuf',
                   'asio'],
    'client/cpp/oauth1d': ['oauth1d/v1', 'oauth1d/status', 'grpc', 'protobuf'],
    'client/cli': ['client/cpp/oauth1d', 'server/oauth1', 'server/sealing', 'server/base', 'oauth1d/v1',
                   'oauth1d/status', 'grpc', 'protobuf', 'cli11', 'json', 'server/config/keyring_text.h', 'server/config/file_watch.h',
                   'server/config/findings.h', 'server/callers/sha256.h', 'server/doctor'],
}

# Beast's templates are slow to compile: they are instantiated in two files and hidden from all others.
MOST_BEAST_SOURCES = 2


def rooms():
    for room, allowed in TABLE.items():
        files = [path for path in sorted((ROOT / room).iterdir()) if path.suffix in ('.h', '.cc')]
        assert files, f'{room} is empty: is the table out of date?'
        yield room, allowed, files


def kind_of(header):
    """Which row of the table a header belongs to; None: the standard library or Abseil, free for all."""
    for prefix, kind in (('boost/beast', 'beast'), ('boost/asio', 'asio'), ('boost/system', 'asio'),
                         ('boost/intrusive_ptr', 'asio'), ('boost/', 'boost'), ('openssl/', 'openssl'),
                         ('hiredis', 'hiredis'), ('ares', 'c-ares'), ('yaml-cpp/', 'yaml-cpp'),
                         ('google/protobuf/', 'protobuf'), ('grpc', 'grpc'), ('CLI/', 'cli11'),
                         ('nlohmann/', 'json'), ('expat.h', 'expat'), ('re2/', 're2'), ('prometheus/', 'prometheus')):
        if header.startswith(prefix):
            return kind
    if re.fullmatch(r'oauth1d/\w+\.h', header):
        return f'client/cpp/{header}'  # as applications spell the library's headers
    if header.startswith(('server/', 'storage/', 'client/', 'oauth1d/', 'tests/')):
        return header
    return None


def may_include(room, allowed, header):
    kind = kind_of(header)
    if kind is None or str(pathlib.PurePosixPath(kind).parent) == room:
        return True
    return any(kind == entry or kind.startswith(entry + '/') for entry in allowed)


def test_every_room_knows_only_what_the_table_allows():
    strangers = []
    for room, allowed, files in rooms():
        for path in files:
            for header in INCLUDE.findall(path.read_text()):
                if not may_include(room, allowed, header):
                    strangers.append(f'{path.relative_to(ROOT)} includes {header}')
    assert not strangers, '\n'.join(strangers)


def test_every_folder_of_sources_is_a_room_of_the_table():
    folders = {str(path.parent.relative_to(ROOT)) for top in ('server', 'storage', 'client/cli', 'client/cpp/oauth1d')
               for path in (ROOT / top).rglob('*.cc')}
    assert folders - {'server'} == set(TABLE), 'server/ itself holds main and its wiring, which may know every room'


def test_beast_stays_in_two_sources():
    users = [path.name for path in sorted((ROOT / 'server/egress').iterdir())
             if path.suffix in ('.h', '.cc') and 'boost/beast' in path.read_text()]
    assert 0 < len(users) <= MOST_BEAST_SOURCES, users


def test_the_test_itself_finds_a_stranger():
    assert not may_include('server/oauth1', TABLE['server/oauth1'], 'boost/asio/post.hpp')
    assert not may_include('server/flow', TABLE['server/flow'], 'server/egress/http_pool.h')
    assert may_include('server/flow', TABLE['server/flow'], 'server/egress/http_client.h')


def test_abseils_string_view_is_the_only_one():
    users = [str(path.relative_to(ROOT)) for top in ('server', 'storage', 'client', 'tests')
             for suffix in ('*.h', '*.cc') for path in (ROOT / top).rglob(suffix)
             if 'std::' + 'string_view' in path.read_text()]
    assert not users, users


def test_only_the_environment_asks_for_time_and_randomness():
    askers = []
    for _, _, files in rooms():
        for path in files:
            for call in ('absl::Now()', 'RAND_bytes(', 'system_clock::now()', 'steady_clock::now()'):
                if call in path.read_text():
                    askers.append((str(path.relative_to(ROOT)), call))
    # The deadline of a gRPC call is told in wall-clock time, and a log line carries it.
    allowed = {('server/base/environment.cc', 'absl::Now()'), ('server/base/environment.cc', 'RAND_bytes('),
               ('server/base/environment.cc', 'steady_clock::now()'), ('server/ops/event_line.cc', 'absl::Now()'), ('server/ops/line_writer.cc', 'absl::Now()'),
               ('server/rpc/visit.cc', 'system_clock::now()'),
               ('server/rpc/server.cc', 'system_clock::now()'), ('client/cli/connection.cc', 'system_clock::now()')}
    assert set(askers) <= allowed, set(askers) - allowed
