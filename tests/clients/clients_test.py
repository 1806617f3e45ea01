#!/usr/bin/env python3
"""The clients of the Substrate world (@polkadot/api, polkadot-api, dedot), unchanged, against a running node.

Needs Node.js 20 or newer, the release programs (SUBSTRATEE_BIN, else build/release/bin), and the npm registry for the
first time: `npm ci` of the pinned packages. Without one of these: skipped, with the reason. `clients_test.py NAME…`
runs only those files (polkadot_js, papi, dedot, hpke)."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXAMPLE = ROOT / 'examples/polkadot-js'
PROGRAMS = pathlib.Path(os.environ.get('SUBSTRATEE_BIN', ROOT / 'build/release/bin'))
SKIPPED = 77
LEAST_NODE = 20
INSTALL_SECONDS = 240
TEST_SECONDS = 240


def skip(reason):
    print(f'skipped: {reason}')
    sys.exit(SKIPPED)


def node_js():
    """The path of a Node.js that is new enough."""
    found = shutil.which('node')
    if not found or not shutil.which('npm'):
        skip('no Node.js (node, npm) in PATH')
    version = subprocess.run([found, '--version'], capture_output=True, text=True, check=False).stdout
    number = re.match(r'v(\d+)\.', version)
    if not number or int(number[1]) < LEAST_NODE:
        skip(f'Node.js {LEAST_NODE} or newer is needed; PATH has {version.strip() or "one that does not start"}')
    return found


def install(folder):
    """The packages of the lock file, unless they are there already."""
    wanted = hashlib.sha256((folder / 'package-lock.json').read_bytes()).hexdigest()
    mark = folder / 'node_modules' / '.installed'
    if mark.exists() and mark.read_text(encoding='utf-8') == wanted:
        return
    command = ['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        skip(f'npm ci in {folder} took more than {INSTALL_SECONDS} s')
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if 'error' in line] or done.stderr.splitlines()[-1:]
        what = f'npm ci in {folder} failed: {said[0] if said else "no word"}'
        if re.search(r'npm error code (E[45]\d\d|ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|ERR_SOCKET\w*)',
                     done.stderr):
            skip(f'{what} (the npm registry)')
        print(f'{what}\n{done.stderr}')
        sys.exit(1)
    mark.write_text(wanted, encoding='utf-8')


def main():
    node = node_js()
    if not os.access(PROGRAMS / 'substratee-node', os.X_OK):
        skip(f'no substratee-node in {PROGRAMS}; build it: cmake --build --preset release')
    install(HERE)
    names = sys.argv[1:] or ['polkadot_js', 'papi', 'dedot']
    files = [str(EXAMPLE / 'hpke.test.mjs' if name == 'hpke' else HERE / f'{name}.test.mjs') for name in names]
    environment = dict(os.environ, SUBSTRATEE_BIN=str(PROGRAMS))
    command = [node, '--test', '--test-timeout=60000', '--test-reporter=spec', *files]
    try:
        sys.exit(subprocess.run(command, cwd=HERE, env=environment, timeout=TEST_SECONDS, check=False).returncode)
    except subprocess.TimeoutExpired:
        print(f'the tests have not ended after {TEST_SECONDS} s')
        sys.exit(1)


if __name__ == '__main__':
    main()
