#!/usr/bin/env python3
"""The public conformance suite for gateways (github.com/ipfs/gateway-conformance) against `substratee-worker ipfs serve`.
It is a Go program that runs `go test` in its own sources. Without Go, or without the module proxy: skipped, and why."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import conformance_report
import support
from support import devnet

import gateways

MODULE = 'github.com/ipfs/gateway-conformance'
VERSION = 'v0.13.2'
SPECS = ','.join(spec for _, spec in conformance_report.SPECS)
OLDEST_GO = (1, 25)
PROGRAM = support.ROOT / f'build/tools/gateway-conformance-{VERSION}'
INSTALL_SECONDS = 900
SUITE_SECONDS = 300


def skip(reason):
    print(f'skipped: {reason}')
    sys.exit(support.SKIPPED)


def find_go():
    go = shutil.which('go')
    if not go:
        skip('there is no go on PATH (Go 1.25 or newer runs the suite)')
    text = subprocess.run([go, 'env', 'GOVERSION'], capture_output=True, text=True, timeout=60, check=False).stdout
    version = re.match(r'go(\d+)\.(\d+)', text)
    if not version or tuple(map(int, version.groups())) < OLDEST_GO:
        skip(f'{go} is {text.strip() or "unknown"}; the suite needs Go 1.25 or newer')
    return go


def install(go):
    """Kept in build/tools. Its sources stay in Go's module cache, where the suite runs them."""
    if os.access(PROGRAM, os.X_OK):
        return
    with tempfile.TemporaryDirectory(prefix='substratee-go-') as folder:
        environment = {**os.environ, 'GOBIN': folder, 'GOTOOLCHAIN': 'local', 'CGO_ENABLED': '0', 'GOFLAGS': '-mod=mod',
                       'GOWORK': 'off'}
        try:
            done = subprocess.run([go, 'install', f'{MODULE}/cmd/gateway-conformance@{VERSION}'], env=environment, cwd=folder,
                                  capture_output=True, text=True, timeout=INSTALL_SECONDS, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            skip(f'the suite could not be installed within {INSTALL_SECONDS} s')
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or ['go install said nothing']
            skip(f'the suite cannot be installed: {" ".join(lines[-2:])}')
        PROGRAM.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(pathlib.Path(folder) / 'gateway-conformance', PROGRAM)


class ConformanceTest(support.unittest.TestCase):

    go = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='substratee-conformance-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        cache = subprocess.run([self.go, 'env', 'GOMODCACHE'], capture_output=True, text=True, timeout=60, check=True).stdout
        self.environment = {**os.environ, 'GOTOOLCHAIN': 'local', 'GOWORK': 'off',
                            'GATEWAY_CONFORMANCE_HOME': f'{cache.strip()}/{MODULE}@{VERSION}'}

    def suite(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], env=self.environment, cwd=self.folder, capture_output=True,
                              text=True, timeout=SUITE_SECONDS)

    def test_trustless_gateway(self):
        fixtures = self.folder / 'fixtures'
        done = self.suite('extract-fixtures', '--directory', fixtures, '--ipns=false', '--dnslink=false')
        self.assertEqual(done.returncode, 0, done.stderr)
        cars = sorted(fixtures.rglob('*.car'))
        self.assertGreater(len(cars), 5)
        served = gateways.Served(support.PROGRAMS, cars)
        self.addCleanup(served.close)
        done = self.suite('test', '--gateway-url', served.url, '--specs', SPECS, '--json', self.folder / 'report.json', '--',
                          '-timeout', '4m')
        self.assertEqual(done.returncode, 0, done.stdout[-8000:] + done.stderr[-4000:])
        self.assertEqual(conformance_report.complaints((self.folder / 'report.json').read_text(encoding='utf-8')), [])


if __name__ == '__main__':
    ConformanceTest.go = find_go()
    install(ConformanceTest.go)
    support.main()
