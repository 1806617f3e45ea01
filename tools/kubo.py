#!/usr/bin/env python3
"""Kubo for tests and benchmarks: builds the daemon pinned by tests/kubo, starts one without any network.

As a program: builds it, prints its path. Status 77 with the reason if there is no Go, or no module proxy."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import devnet

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULE = ROOT / 'tests/kubo'
PROGRAM = ROOT / 'build/tools/ipfs'
STAMP = ROOT / 'build/tools/ipfs.from'
PACKAGE = 'github.com/ipfs/kubo/cmd/ipfs'
OLDEST_GO = (1, 25)
SKIPPED = 77
LOOK_SECONDS = 600  # for the modules to come
BUILD_SECONDS = 1800


class Missing(Exception):
    """Kubo cannot be had here; says why."""


def _environment():
    return {**os.environ, 'GOFLAGS': '-mod=readonly -tags=untested_go_version', 'GOTOOLCHAIN': 'local', 'CGO_ENABLED': '0',
            'GOWORK': 'off'}


def _go():
    go = shutil.which('go')
    if not go:
        raise Missing('there is no go on PATH (Go 1.25 or newer builds Kubo)')
    text = subprocess.run([go, 'env', 'GOVERSION'], capture_output=True, text=True, timeout=60, check=False).stdout
    version = re.match(r'go(\d+)\.(\d+)', text)
    if not version or tuple(map(int, version.groups())) < OLDEST_GO:
        raise Missing(f'{go} is {text.strip() or "unknown"}; Kubo needs Go 1.25 or newer')
    return go


def _run(go, seconds, *arguments):
    try:
        return subprocess.run([go, *arguments], cwd=MODULE, env=_environment(), capture_output=True, text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, 1, '', f'no end after {seconds} s')


def _last_line(text):
    return (text.strip().splitlines() or ['it said nothing'])[-1]


def _pinned():
    return (MODULE / 'go.mod').read_text(encoding='utf-8') + (MODULE / 'go.sum').read_text(encoding='utf-8')


def find():
    """The program if it was built before; None otherwise."""
    if os.access(PROGRAM, os.X_OK) and STAMP.exists() and STAMP.read_text(encoding='utf-8') == _pinned():
        return PROGRAM
    return None


def build():
    """The program, built now if need be. Missing if that is not possible here; devnet.Failure if it does not compile."""
    if find():
        return PROGRAM
    go = _go()
    # Fetches what is needed, compiles nothing: what fails here is the network.
    looked = _run(go, LOOK_SECONDS, 'list', '-deps', '-f', '{{.ImportPath}}', PACKAGE)
    if looked.returncode != 0:
        raise Missing(f'the Go modules of Kubo cannot be fetched: {_last_line(looked.stderr)}')
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    built = _run(go, BUILD_SECONDS, 'build', '-o', str(PROGRAM), PACKAGE)
    if built.returncode != 0:
        raise devnet.Failure(f'Kubo does not compile: {_last_line(built.stderr)}')
    STAMP.write_text(_pinned(), encoding='utf-8')
    return PROGRAM


class Kubo:
    """A daemon with a folder of its own that speaks with nobody: no peers, no routing, loopback only. Use it with `with`."""

    def __init__(self, program, log, console=None):
        self.program = program
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='substratee-kubo-'))
        self.environment = {**os.environ, 'IPFS_PATH': str(self.folder / 'repo'), 'IPFS_TELEMETRY': 'off', 'GOLOG_LOG_LEVEL': 'error'}
        self._log = log
        self._console = console or devnet.Console(quiet=True)
        self._process = None
        self.url = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_exception):
        self.close()

    def _start(self):
        self.run('init', '--profile=test', '--empty-repo')
        subprocess.run(['sh', ROOT / 'deploy/kubo-quiet.sh'], check=True, timeout=60, stdout=subprocess.DEVNULL,
                       env={**self.environment, 'PATH': f'{self.program.parent}:{os.environ["PATH"]}'})
        self.start_daemon()

    def start_daemon(self):
        address = self.folder / 'repo/api'
        address.unlink(missing_ok=True)
        self._process = devnet.Process('kubo', [self.program, 'daemon', '--offline'], self._log, self._console,
                                       environment=self.environment)
        text = devnet.wait_until('Kubo being ready', lambda: address.exists() and address.read_text(encoding='utf-8'),
                                 alive=[self._process])
        parts = text.strip().split('/')  # /ip4/127.0.0.1/tcp/5001
        self.url = f'http://{parts[2]}:{parts[4]}'
        devnet.wait_until('Kubo answering', self._answers, alive=[self._process])

    def _answers(self):
        try:
            return self.rpc('version')
        except OSError:
            return None

    def stop_daemon(self):
        if self._process:
            self._process.stop()
            self._process = None

    def close(self):
        self.stop_daemon()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *arguments, data=None, seconds=120):
        """`ipfs ...`: its standard output as bytes."""
        done = subprocess.run([self.program, *map(str, arguments)], env=self.environment, input=data, capture_output=True,
                              timeout=seconds)
        if done.returncode != 0:
            raise devnet.Failure(f'ipfs {arguments[0]}: {_last_line(done.stderr.decode("utf-8", "replace"))}')
        return done.stdout

    def line(self, *arguments, data=None):
        return self.run(*arguments, data=data).decode().strip()

    def rpc(self, command):
        request = urllib.request.Request(f'{self.url}/api/v0/{command}', method='POST')
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)


def main():
    started = time.monotonic()
    try:
        program = build()
    except Missing as missing:
        print(f'skipped: {missing}')
        return SKIPPED
    except devnet.Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f'{program} ({time.monotonic() - started:.0f} s)')
    return 0


if __name__ == '__main__':
    sys.exit(main())
