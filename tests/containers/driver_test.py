#!/usr/bin/env python3
"""What drives the story, without an engine: its pace, the choice of an engine, of the platform, of the mirror."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from engines import ROOT, SKIPPED, containers, devnet, engines
import m4_story

FAKE = '''#!/bin/sh
echo "$*" >>"$FAKE/$(basename "$0").log"
[ -e "$FAKE/$(basename "$0").answers" ] && exit 0
echo "Cannot connect to $(basename "$0")" >&2; exit 1
'''


class PaceTest(unittest.TestCase):

    def setUp(self):
        self.now = 100.0
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(round(seconds, 3))
        self.now += seconds

    def pace(self, delays):
        return m4_story.Pace(delays, lambda: self.now, self.sleep)

    def play(self, pace, durations):
        """Steps that take so long; when each begins, counted from the node's start."""
        begins = {}
        for step, seconds in durations.items():
            pace.wait_for(step)
            begins[step] = self.now - 100.0
            self.now += seconds
            pace.done(step)
        return begins

    def test_original_delays(self):
        begins = self.play(self.pace(m4_story.ORIGINAL_PACE), {
            'node': 0, 'worker1': 5, 'client_first': 4, 'worker2': 6, 'client_second': 4, 'client_counter': 1})
        self.assertEqual(begins, {'node': 0, 'worker1': 3, 'client_first': 30, 'worker2': 60, 'client_second': 66, 'client_counter': 100})

    def test_second_call_waits_for_its_thirty_seconds(self):
        begins = self.play(self.pace({'client_second': ('client_first', 30)}), {'client_first': 4, 'client_second': 1})
        self.assertEqual(begins['client_second'], 34)

    def test_without_delays_nothing_sleeps(self):
        self.play(self.pace({}), {'node': 0, 'worker1': 1, 'client_counter': 1})
        self.assertEqual(self.slept, [])


class EngineTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        before = os.environ['PATH']
        self.addCleanup(os.environ.__setitem__, 'PATH', before)
        os.environ['PATH'] = f'{folder.name}:/usr/bin:/bin'
        os.environ['FAKE'] = folder.name
        for name in engines.KINDS:
            (self.folder / name).write_text(FAKE, encoding='utf-8')
            (self.folder / name).chmod(0o755)

    def answers(self, *names):
        for name in names:
            (self.folder / f'{name}.answers').touch()

    def test_docker_before_podman(self):
        self.answers('docker', 'podman')
        self.assertEqual(engines.Engine.find().kind, 'docker')
        self.assertEqual(engines.Engine.find('podman').kind, 'podman')

    def test_podman_where_docker_does_not_answer(self):
        self.answers('podman')
        self.assertEqual(engines.Engine.find().kind, 'podman')
        with self.assertRaisesRegex(devnet.Failure, 'Cannot connect to docker'):
            engines.Engine.find('docker')

    def test_without_any_the_reasons_and_the_next_step_are_said(self):
        with self.assertRaisesRegex(devnet.Failure, 'docker: Cannot connect to docker; podman: Cannot connect to podman.*--containers'):
            engines.Engine.find()

    def test_failure_of_a_command_carries_the_words_of_the_engine(self):
        with self.assertRaisesRegex(devnet.Failure, 'docker network create x failed: Cannot connect to docker'):
            engines.Engine('docker').run('network', 'create', 'x')
        self.assertFalse(engines.Engine('docker').attempt('pull', 'x'))

    def test_names_that_no_container_can_have_are_refused(self):
        for name in ('', 'a b', '-x', 'Ä', 'x' * 60, 'a/b', '$(id)'):
            with self.assertRaisesRegex(devnet.Failure, 'cannot name containers'):
                containers.ContainerNetwork(engines.Engine('docker'), 'image', self.folder, project=name)


class FakeStage:
    """As much of a stage as choosing a platform needs."""

    def __init__(self, worker_help):
        self._help = worker_help
        self.said = []
        self.console = self

    def line(self, _name, text):
        self.said.append(text)

    def worker_help(self):
        return self._help

    def mounted(self, folder):
        return f'/inside/{folder.name}'


class PlatformTest(unittest.TestCase):

    def choose(self, worker_help, with_configuration):
        with tempfile.TemporaryDirectory() as folder:
            intel_cert = pathlib.Path(folder) / 'intel_cert'
            intel_cert.mkdir()
            if with_configuration:
                (intel_cert / 'collateral.toml').touch()
            stage = FakeStage(worker_help)
            story = m4_story.Story(stage, intel_cert=intel_cert)
            story.choose_platform()
            self.assertEqual(len(stage.said), 1)
            return story.worker_arguments, stage.said[0]

    def test_nothing_there_means_simulated(self):
        arguments, said = self.choose('--collateral-config', False)
        self.assertEqual(arguments, [])
        self.assertIn('simulated platform (SIMULATED - NOT SECURE)', said)

    def test_configuration_is_given_to_the_worker(self):
        arguments, said = self.choose('  --collateral-config FILE', True)
        self.assertEqual(arguments, ['--collateral-config', '/inside/intel_cert/collateral.toml'])
        self.assertIn('as intel_cert/collateral.toml says', said)

    def test_a_worker_that_cannot_read_it_is_not_given_it(self):
        arguments, said = self.choose('', True)
        self.assertEqual(arguments, [])
        self.assertIn('is not read', said)

    def test_example_has_the_promised_keys(self):
        text = (ROOT / 'intel_cert/collateral.toml.example').read_text(encoding='utf-8')
        keys = {line.lstrip('# ').split(' = ')[0] for line in text.splitlines() if ' = ' in line}
        self.assertEqual(keys, {'source', 'url', 'subscription_key_file', 'ca_file', 'refresh_hours'})
        for key in keys:
            self.assertIn(f'`{key}`', (ROOT / 'intel_cert/README.md').read_text(encoding='utf-8'))

    def test_git_ignores_keys(self):
        if subprocess.run(['git', 'rev-parse'], cwd=ROOT, capture_output=True).returncode != 0:
            self.skipTest('not a clone')
        names = ['intel_cert/collateral.toml', 'intel_cert/subscription-key.txt', 'intel_cert/README.md']
        ignored = subprocess.run(['git', 'check-ignore', *names], cwd=ROOT, capture_output=True, text=True).stdout.split()
        self.assertEqual(ignored, names[:2])


class CommandLineTest(unittest.TestCase):

    def refusal(self, script, *arguments):
        result = subprocess.run([ROOT / script, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(result.returncode, 2, result.stdout)
        return result.stderr

    def test_wrong_arguments_are_named(self):
        self.assertIn("'--frobnicate'", self.refusal('M4.sh', '--frobnicate'))
        self.assertIn('--output needs a value', self.refusal('M4.sh', '--output'))
        self.assertIn('--engine needs a value', self.refusal('M4.sh', '--engine'))
        self.assertIn("not 'x'", self.refusal('M4.sh', '--image', 'x'))
        self.assertIn("not 'x'", self.refusal('tools/offline-base-image.sh', '--engine', 'x'))
        self.assertIn('--tar', self.refusal('tools/offline-base-image.sh', '--no-import'))
        self.assertIn("'x'", self.refusal('tools/offline-base-image.sh', 'x'))

    def test_pack_names_what_is_missing(self):
        with tempfile.TemporaryDirectory() as folder:
            result = subprocess.run([ROOT / 'deploy/pack.sh', folder, f'{folder}/image'], capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 1)
        self.assertIn('no substratee-node', result.stderr)


class SkippedTest(unittest.TestCase):

    def test_without_an_engine_the_container_tests_say_why_they_are_skipped(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in devnet.PROGRAMS:
                (pathlib.Path(folder) / name).touch(mode=0o755)
            result = subprocess.run([sys.executable, ROOT / 'tests/containers/containers_test.py'], capture_output=True, text=True,
                                    timeout=60, env={'PATH': folder, 'SUBSTRATEE_BIN': folder})
        self.assertEqual(result.returncode, SKIPPED, result.stderr)
        self.assertRegex(result.stdout, r'^skipped: no engine answers, and ')


if __name__ == '__main__':
    unittest.main(verbosity=2)
