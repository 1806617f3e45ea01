#!/usr/bin/env python3
"""The Node.js example and the lines of docs/substrate.md, against a node with a worker.

`docs_test.py example` runs examples/polkadot-js, `docs_test.py docs` the page's blocks of JavaScript, in order, as one
program."""

import os
import pathlib
import re
import subprocess
import sys

import clients_test
from clients_test import ROOT

sys.path.insert(0, str(ROOT / 'tools'))
import devnet  # noqa: E402

EXAMPLE = ROOT / 'examples/polkadot-js'
PAGE = ROOT / 'docs/substrate.md'
URL = 'ws://127.0.0.1:9944'
SECONDS = 90


def page_program(url):
    """The page's blocks; imports stand in front, as the language wants them."""
    blocks = re.findall(r'^```js\n(.*?)^```', PAGE.read_text(encoding='utf-8'), re.MULTILINE | re.DOTALL)
    text = '\n'.join(blocks)
    if URL not in text:
        raise devnet.Failure(f'{PAGE} no longer names {URL}')
    return text.replace(URL, url)


def run(node, arguments):
    done = subprocess.run([node, *arguments], cwd=EXAMPLE, capture_output=True, text=True, timeout=SECONDS, check=False)
    print(done.stdout + done.stderr)
    if done.returncode != 0:
        raise devnet.Failure(f'{arguments[0]} failed (status {done.returncode})')
    return done.stdout


def run_example(node, url):
    for _ in range(2):
        said = run(node, ['main.mjs', url, '//Alice', '42'])
    if 'counter 84' not in said:
        raise devnet.Failure('two calls of 42 do not make 84')


def run_page(node, url):
    program = EXAMPLE / f'.page-{os.getpid()}.mjs'
    try:
        program.write_text(page_program(url), encoding='utf-8')
        said = run(node, [program.name])
    finally:
        program.unlink(missing_ok=True)
    for wanted in ('is Active', 'registered http', 'refused: ', 'counter 42'):
        if wanted not in said:
            raise devnet.Failure(f'the page does not print "{wanted}"')


def main():
    node = clients_test.node_js()
    missing = [name for name in devnet.PROGRAMS if not os.access(clients_test.PROGRAMS / name, os.X_OK)]
    if missing:
        clients_test.skip(f'no {", ".join(missing)} in {clients_test.PROGRAMS}; cmake --build --preset release')
    clients_test.install(EXAMPLE)
    devnet.stop_on_signals()
    output = pathlib.Path(os.environ.get('TMPDIR', '/tmp')) / f'substratee-docs-{os.getpid()}'
    try:
        with devnet.Network(clients_test.PROGRAMS, output, devnet.Console(quiet=True)) as network:
            url = network.start_node()
            network.start_worker('worker1')
            {'example': run_example, 'docs': run_page}[sys.argv[1]](node, url)
    except (devnet.Failure, subprocess.TimeoutExpired) as failure:
        print(f'failed: {failure}; see {output}')
        return 1
    devnet.shutil.rmtree(output, ignore_errors=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
