#!/usr/bin/env python3
"""Commands in the documents exist: programs, subcommands and flags of every ```sh block, without running them.

A block is checked line by line: a program of ours must know the flags and the subcommand (by its --help), a script must
exist and know its flags. Other commands (cmake, git, curl) must name a preset, file or program that exists, if any.
"""

import re
import shlex

import support

BLOCK = re.compile(r'^```sh\n(.*?)^```', re.MULTILINE | re.DOTALL)
SUBCOMMAND = re.compile(r'^  ([a-z][a-z-]+)\s', re.MULTILINE)


def documents():
    return [support.ROOT / 'README.md', support.ROOT / 'SECURITY.md', *sorted((support.ROOT / 'docs').rglob('*.md'))]


def commands(path):
    """Each command as words; continued lines joined, comments dropped."""
    for block in BLOCK.findall(path.read_text(encoding='utf-8')):
        for line in block.replace('\\\n', ' ').splitlines():
            words = shlex.split(line, comments=True)
            while words and re.fullmatch(r'[A-Z_]+=.*', words[0]):
                words = words[1:]
            for end in ('&', '|', '>', '&&'):
                if end in words:
                    words = words[:words.index(end)]
            if words:
                yield words


class CommandsTest(support.unittest.TestCase):
    _help = {}

    @classmethod
    def setUpClass(cls):
        cls.network = support.new_network(quiet=True)
        cls.addClassCleanup(cls.network.close)

    def help_of(self, *command):
        if command not in self._help:
            path = support.PROGRAMS / command[0]
            result = support.devnet.subprocess.run([path, *command[1:], '--help'], capture_output=True, text=True, timeout=30,
                                                   stdin=support.devnet.subprocess.DEVNULL)
            self.assertEqual(result.returncode, 0, f'{" ".join(command)} --help: {result.stderr}')
            self.assertGreater(len(result.stdout.splitlines()), 3, f'{" ".join(command)} --help says little')
            self._help[command] = result.stdout
        return self._help[command]

    def subcommands(self, *command):
        return SUBCOMMAND.findall(self.help_of(*command).split('ubcommands:', 1)[-1]) if 'ubcommands:' in self.help_of(*command) else []

    def check_program(self, words):
        program = words[0].rsplit('/', 1)[-1]
        text = self.help_of(program)
        path = [program]
        for word in words[1:]:
            if word in self.subcommands(*path):
                path.append(word)
                text += self.help_of(*path)
        for word in words[1:]:
            if word.startswith('--'):
                self.assertRegex(text, re.escape(word.split('=')[0]) + r'\b', f'{program} does not know {word}')

    def check_script(self, words):
        path = support.ROOT / words[0]
        self.assertTrue(path.is_file(), f'{words[0]} does not exist')
        text = path.read_text(encoding='utf-8')
        for word in words[1:]:
            if word == '--':
                break
            if word.startswith('-'):
                self.assertIn(word.split('=')[0], text, f'{words[0]} does not know {word}')

    def test_documented_commands_exist(self):
        checked = 0
        for path in documents():
            for words in commands(path):
                with self.subTest(document=path.name, command=' '.join(words)):
                    if words[0].rsplit('/', 1)[-1] in support.devnet.PROGRAMS:
                        self.check_program(words)
                        checked += 1
                    elif words[0].startswith(('./', 'tools/')):
                        self.check_script(words)
                        checked += 1
                    elif words[0] == 'cmake' and '--preset' in words:
                        preset = words[words.index('--preset') + 1]
                        self.assertIn(f'"{preset}"', (support.ROOT / 'CMakePresets.json').read_text())
        self.assertGreater(checked, 5)

    def test_help_of_every_program_and_subcommand(self):
        for program in support.devnet.PROGRAMS:
            with self.subTest(program=program):
                self.help_of(program)
                for name in self.subcommands(program):
                    for deeper in self.subcommands(program, name):
                        self.help_of(program, name, deeper)
        self.assertIn('run', self.subcommands('substratee-worker'))
        self.assertIn('query', self.subcommands('substratee-client'))
        self.assertIn('purge-chain', self.subcommands('substratee-node'))

    def test_scripts_have_help_and_refuse_nonsense(self):
        run = support.devnet.subprocess.run
        for script in ('M4.sh', 'test.sh', 'bench.sh', 'tools/install.sh', 'tools/check.sh', 'tools/reproducible.sh'):
            with self.subTest(script=script):
                helped = run([support.ROOT / script, '--help'], capture_output=True, text=True, timeout=30)
                self.assertEqual(helped.returncode, 0)
                self.assertIn('Usage:', helped.stdout)
                refused = run([support.ROOT / script, '--nonsense'], capture_output=True, text=True, timeout=30)
                self.assertEqual(refused.returncode, 2)
                self.assertIn('--nonsense', refused.stderr)

    def test_ci_runs_the_tests_and_nothing_else(self):
        lines = (support.ROOT / '.ci/run').read_text().splitlines()
        self.assertEqual(lines, ['#!/bin/bash', 'exec ./test.sh'])


if __name__ == '__main__':
    support.main()
