#!/usr/bin/env python3
"""Processes begin and end well: kill -9 of the node loses nothing, M4's script leaves nothing behind, two runs at once."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile

import support
from support import devnet

ROUNDS = 30 if support.IS_LONG else 3


def processes_with(text):
    """Process ids whose command line contains the text."""
    found = []
    for entry in pathlib.Path('/proc').iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if text.encode() in (entry / 'cmdline').read_bytes():
                    found.append(int(entry.name))
            except OSError:
                pass
    return found


class NodeTest(support.NetworkTest):

    def test_kill_9_loses_no_final_block(self):
        self.network.start_node(block_time=100)
        known = {}
        for _ in range(ROUNDS):
            goal = max(known, default=0) + 5
            status = devnet.wait_until('five more blocks', lambda: self.status_from(goal), look_at=self.network.log('node'))
            final = status['finalized']
            for number in range(max(known, default=0) + 1, final['number'] + 1):
                known[number] = self.network.client('client', 'block', number)['hash']
            self.assertEqual(known[final['number']], final['hash'])
            self.network.node.kill()
            self.network.start_node(block_time=100)
            for number, block_hash in known.items():
                self.assertEqual(self.network.client('client', 'block', number)['hash'], block_hash)

    def status_from(self, number):
        status = self.network.client('client', 'status')
        return status if status['finalized']['number'] >= number else None


class ScriptTest(support.unittest.TestCase):

    def start(self, output):
        return subprocess.Popen([str(support.ROOT / 'M4.sh'), '--no-build', '--output', output], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env={**os.environ, 'SUBSTRATEE_BIN': str(support.PROGRAMS)})

    def test_interrupted_it_leaves_no_process_and_no_directory(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number), tempfile.TemporaryDirectory() as output:
                script = self.start(output)
                data = None
                for line in script.stdout:
                    if '--base-path' not in line and 'Base path' in line:
                        data = line.split('Base path:')[1].split()[0].removesuffix('/node')
                    if 'Registered enclave' in line or 'Shard founded' in line:
                        break
                self.assertIsNotNone(data)
                self.assertTrue(processes_with(data))
                script.send_signal(number)
                script.communicate(timeout=30)
                self.assertEqual(script.returncode, 128 + number)
                self.assertEqual(processes_with(data), [])
                self.assertFalse(pathlib.Path(data).exists())

    def test_two_at_once(self):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            runs = [(self.start(output), pathlib.Path(output)) for output in (one, two)]
            for script, output in runs:
                said, complaints = script.communicate(timeout=300)
                self.assertEqual(script.returncode, 0, complaints)
                self.assertIn('counter       84', said)
                self.assertEqual(json.loads((output / 'summary.json').read_text())['counter'], 84)
                for name in support.m4_story.LOGS:
                    self.assertGreater((output / f'{name}.log').stat().st_size, 0)


if __name__ == '__main__':
    support.main()
