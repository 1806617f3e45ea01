#!/usr/bin/env python3
"""The four panes of tmux, and the local story in them, in a terminal of our own."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))
import support  # noqa: E402
from support import ROOT, devnet  # noqa: E402
from terminal import Terminal, Tmux, check_layout  # noqa: E402

NAME = f'substratee-panes-{os.getpid()}'


tmux = Tmux(NAME)


class PanesTest(unittest.TestCase):

    def setUp(self):
        if not shutil.which('tmux'):
            self.skipTest('tmux is not installed')
        self.output = pathlib.Path(tempfile.mkdtemp(prefix='substratee-panes-'))
        self.addCleanup(shutil.rmtree, self.output, ignore_errors=True)
        self.addCleanup(tmux, 'kill-server')
        self.command = [sys.executable, ROOT / 'tools/m4_story.py', '--programs', support.PROGRAMS, '--output', self.output, '--tmux',
                        '--project', NAME]

    def wait_for(self, what, condition, terminal):
        return devnet.wait_until(what, condition, look_at=terminal.shown()[-500:] or 'the terminal')

    def test_layout_titles_logs_and_status(self):
        terminal = Terminal(*self.command)
        self.addCleanup(terminal.process.kill)
        panes = self.wait_for('four titled panes', lambda: 'client' in tmux.panes() and len(tmux.panes()) == 4 and tmux.panes(), terminal)
        check_layout(self, panes)
        node, client, worker1, worker2 = (panes[title] for title in ('node', 'client', 'worker 1', 'worker 2'))
        content = tmux.content
        self.wait_for('the end of the story', lambda: 'Enter ends' in content(client), terminal)
        self.assertIn('Imported #1', content(node))
        self.assertIn('Shard founded', content(worker1))
        self.assertIn('keys received', content(worker2))
        self.assertIn('call "increment 42"', content(client))
        self.assertNotIn('Imported', content(client))
        terminal.type('\r')
        self.assertEqual(terminal.wait(), 0)
        self.assertIn('The M4 story in ', terminal.shown())
        self.assertEqual(json.loads((self.output / 'summary.json').read_text(encoding='utf-8'))['counter'], 84)
        self.assertEqual(tmux('list-sessions'), '')

    def test_leaving_the_panes_lets_the_story_go_on(self):
        terminal = Terminal(*self.command)
        self.addCleanup(terminal.process.kill)
        self.wait_for('four panes', lambda: len(tmux.panes()) == 4, terminal)
        time.sleep(0.5)  # the client has to be attached
        tmux('detach-client', '-s', NAME)
        self.wait_for('a word on how to come back', lambda: 'The story goes on' in terminal.shown(), terminal)
        self.assertEqual(terminal.wait(), 0)
        self.assertIn('counter       84', terminal.shown())

    def test_killing_the_panes_ends_the_story(self):
        terminal = Terminal(*self.command)
        self.addCleanup(terminal.process.kill)
        self.wait_for('the worker', lambda: (self.output / 'worker1.log').exists()
                      and 'substraTEE Worker' in (self.output / 'worker1.log').read_text(encoding='utf-8'), terminal)
        tmux('kill-server')
        self.assertNotEqual(terminal.wait(), 0)
        running = subprocess.run(['pgrep', '-f', str(self.output)], capture_output=True, text=True).stdout.split()
        devnet.wait_until('the processes being gone', lambda: not [pid for pid in running if pathlib.Path(f'/proc/{pid}').exists()],
                          look_at='ps')

    def test_without_a_terminal_it_just_runs(self):
        result = subprocess.run([*map(str, self.command), '--quiet'], capture_output=True, text=True, timeout=120,
                                stdin=subprocess.DEVNULL)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('without panes: this is no terminal', result.stdout)
        self.assertIn('counter       84', result.stdout)


if __name__ == '__main__':
    support.main()
