#!/usr/bin/env python3
"""Checks that the libraries of profile T (core, enclave) call nothing that reaches out of the enclave.

Reads the undefined symbols of the Release libraries. Usage: tools/check_symbols.py [BUILD DIRECTORY]
Status: 0 clean, 1 something is called, 77 the libraries are not built.
"""

import pathlib
import re
import shutil
import subprocess
import sys

import sources

SKIPPED = 77

# What the trusted half must not call; regular expressions for whole demangled names.
FORBIDDEN = [
    r'(secure_)?getenv', r'setenv|putenv|unsetenv|environ',
    r'f?open(at)?(64)?|creat(64)?|fdopen|freopen(64)?|tmpfile(64)?|remove|rename(at)?|unlink(at)?|mkdir|opendir|readlink(at)?',
    r'f(read|write|puts|printf|getc|gets|scanf)|v?printf|puts|putchar|stdin|stdout|stderr',
    r'read|write|pread(64)?|pwrite(64)?|ioctl',
    r'socket(pair)?|bind|listen|accept4?|connect|send(to|msg)?|recv(from|msg)?|getaddrinfo|gethostby.*',
    r'time|gettimeofday|clock(_gettime|_getres)?|ftime|localtime(_r)?|gmtime(_r)?|strftime',
    r'(nano|u)?sleep|clock_nanosleep',
    r'pthread_create|fork|vfork|clone|exec[vl].*|posix_spawnp?|system|popen|signal|sigaction|kill|raise',
    r's?rand(om)?(_r)?|[de]rand48',
    r'std::(basic_)?[io]?fstream.*|std::basic_filebuf<.*', r'std::(c(in|out|err|log)|ios_base::Init::.*)',
    r'std::chrono::_V2::(system|steady)_clock::now\(\)', r'std::random_device::.*', r'std::thread::.*', r'std::filesystem::.*',
    r'__cxa_throw|__cxa_allocate_exception|__dynamic_cast',
]

# Who may, and why.
ALLOWED = [
    # library suffix, object, symbol, reason
    (r'core_base', r'check.*', r'stderr|f(write|printf|puts)', 'says what is broken before it aborts'),
    (r'enclave_platform(_.*)?', r'.*', r'.*', 'the platform owns files and devices'),
    (r'enclave_process', r'.*', r'.*', 'the process owns its lock-in and its frames'),
    (r'core_crypto', r'(system_random|secret|initialise|openssl).*', r'.*', 'entropy, and memory that is locked and wiped'),
]

_forbidden = re.compile('|'.join(f'(?:{name})' for name in FORBIDDEN))


def libraries(build):
    return [path for path in sorted(build.rglob('libsubstratee_*.a'))
            if re.match(r'libsubstratee_(core|enclave)(_|\.)', path.name)]


def undefined(library, nm):
    """(object, demangled symbol) of every undefined symbol."""
    lines = subprocess.run([nm, '-uC', str(library)], check=True, capture_output=True, text=True).stdout.splitlines()
    current = ''
    for line in lines:
        if line.endswith(':'):
            current = line[:-1]
        elif match := re.match(r'\s+[Uw] (.+)', line):
            yield current, re.sub(r'@.*', '', match.group(1))


def is_allowed(library, current, symbol):
    name = library.name.removeprefix('libsubstratee_').removesuffix('.a')
    return any(re.fullmatch(who, name) and re.match(where, current) and re.fullmatch(what, symbol)
               for who, where, what, _ in ALLOWED)


def main():
    build = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else sources.ROOT / 'build/release'
    nm = shutil.which('nm') or shutil.which('llvm-nm-19')
    found = libraries(build)
    if not found or not nm:
        print(f'skipped: no libraries of profile T in {build}; build them: cmake --build --preset release')
        return SKIPPED
    breaches = [(library, current, symbol) for library in found for current, symbol in undefined(library, nm)
                if _forbidden.fullmatch(symbol) and not is_allowed(library, current, symbol)]
    for library, current, symbol in breaches:
        print(f'{library.name}: {current}: {symbol} reaches out of the enclave')
    return 1 if breaches else 0


if __name__ == '__main__':
    sys.exit(main())
