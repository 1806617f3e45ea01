#!/usr/bin/env python3
"""Checks the dependency law (docs/architecture.md) on every #include. Prints each breach; status 1 if there is one."""

import re
import sys

import sources

# Inside core: a library sees itself and those of lower rank; neighbours do not see each other.
CORE_RANK = {
    'base': 0,
    'scale': 1, 'crypto': 1, 'cbor': 1,
    'primitives': 2,
    'trie': 3, 'attestation': 3, 'ipld': 3,
    'registry': 4,
    'finality': 5, 'stf': 5,
    'protocol': 6,
    'proof': 7,
}

# Which rooms a room may enter, besides itself.
ROOMS = {
    'core': (),
    'net': ('core/base',),
    'rpc': ('core', 'net'),
    'enclave': ('core',),
    'node': ('core', 'net', 'rpc'),
    'worker': ('core', 'net', 'rpc'),
    'client': ('core', 'net', 'rpc'),
}

# Folders that see less than their room: what verifies proof files cannot reach a network.
NARROW = {'client/offline': ('core', 'client/offline')}

# Folders that only the named folders and tests may enter: the forge of simulated evidence.
RESERVED = {'core/attestation/simulation': ('core/attestation/simulation', 'enclave/platform/simulation')}

# No third party's header in a public header of the trusted rooms. A header that only the sources of its own folder
# include is private.
VENDORS = ('openssl/', 'sodium', 'rocksdb/', 'boost/', 'secp256k1', 'seccomp', 'xxhash', 'fmt/', 'spdlog/', 'CLI/')

# Standard headers that bring files, streams, threads, clocks: not in profile T...
IMPURE = {'iostream', 'fstream', 'filesystem', 'thread', 'mutex', 'condition_variable', 'future', 'chrono', 'ctime', 'time.h',
          'random', 'cstdio', 'stdio.h', 'unistd.h', 'fcntl.h', 'sys/socket.h', 'sys/stat.h', 'sys/time.h', 'netdb.h', 'pthread.h'}
# ...except where the enclave meets its platform and its process.
IMPURE_ALLOWED = ('enclave/platform/', 'enclave/process/', 'enclave/main.cpp',
                  'core/base/check.cpp',  # says what is broken before it aborts
                  'core/crypto/system_random.', 'core/crypto/secret')

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def is_below(path, folder):
    return path == folder or path.startswith(folder + '/')


def core_breach(source, target):
    here, there = source.split('/')[1], target.split('/')[1]
    for library in (here, there):
        if library not in CORE_RANK:
            return f'core/{library} has no place in the law (tools/check_layers.py)'
    if here != there and CORE_RANK[there] >= CORE_RANK[here]:
        return f'core/{here} stands no higher than core/{there}'
    return None


def own_breach(source, target):
    """Why `source` may not include our header `target`; None if it may."""
    for folder, guests in RESERVED.items():
        if is_below(target, folder) and not any(is_below(source, guest) for guest in guests):
            return f'{folder} is for {", ".join(guests)} and tests only'
    for folder, allowed in NARROW.items():
        if is_below(source, folder) and not any(is_below(target, one) for one in allowed):
            return f'{folder} may enter {", ".join(allowed)} only'
    room = source.split('/')[0]
    if is_below(target, room):
        return core_breach(source, target) if room == 'core' else None
    if not any(is_below(target, allowed) for allowed in ROOMS[room]):
        return f'{room} may enter {", ".join(ROOMS[room]) or "nothing else"} only'
    return None


def public_headers():
    """Headers that another folder's file or another header includes."""
    found = set()
    for name in sources.cpp_files():
        for own, _ in INCLUDE.findall(sources.text(name)):
            if name.endswith('.hpp') or own.rpartition('/')[0] != name.rpartition('/')[0]:
                found.add(own)
    return found


def breaches(name, public):
    is_trusted = name.startswith(('core/', 'enclave/'))
    for own, foreign in INCLUDE.findall(sources.text(name)):
        if own.split('/')[0] in sources.ROOMS:
            if not (sources.ROOT / own).is_file():
                yield own, 'there is no such file'
            elif reason := own_breach(name, own):
                yield own, reason
        elif own and not (sources.ROOT / 'cmake' / own).is_file():
            yield own, 'our own headers are included with their path from the root'
        elif foreign and is_trusted:
            if name in public and foreign.startswith(VENDORS):
                yield foreign, 'no third party\'s header in a public header of core and enclave'
            if foreign in IMPURE and not name.startswith(IMPURE_ALLOWED):
                yield foreign, 'profile T has no files, streams, threads or clocks of its own'


def main():
    count = 0
    public = public_headers()
    for name in sources.cpp_files():
        if sources.is_test(name):
            continue
        for target, reason in breaches(name, public):
            print(f'{name}: {target}: {reason}')
            count += 1
    if count:
        print(f'{count} breaches of the dependency law (docs/architecture.md)')
    return 1 if count else 0


if __name__ == '__main__':
    sys.exit(main())
