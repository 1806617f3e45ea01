#!/usr/bin/env python3
"""The benchmarks' frame, without measuring: what the help lists, and where a measurement of a join leaves its gigabytes."""

import json
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import bench  # noqa: E402
import bench_ipfs_join  # noqa: E402
import devnet  # noqa: E402

JOINED = {'seconds': 9.0, 'megabytes_per_second': 111, 'bound_seconds': 4.6, 'share_of_bound': 0.51, 'fetched_blocks': 62000,
          'fetched_share': 1.0, 'host_cpu_seconds': 7, 'enclave_cpu_seconds': 6}
FIGURES = {'bytes': 1000000000, 'records': 700000, 'value_size': 1024, 'leaves': 60000, 'microseconds_per_block': 45, 'cores': 2,
           'join': JOINED, 'join_changed': {**JOINED, 'fetched_share': 0.0173}, 'restart': {**JOINED, 'fetched_share': 0.0}}


def is_running(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text(encoding='utf-8').rsplit(')', 1)[1].split()[0] != 'Z'
    except FileNotFoundError:
        return False


class HelpTest(unittest.TestCase):

    def test_the_help_lists_each_section(self):
        helped = subprocess.run([ROOT / 'bench.sh', '--help'], capture_output=True, text=True, timeout=30)
        self.assertEqual(re.findall(r'^  ([a-z][a-z_]*)  +\S', helped.stdout, re.MULTILINE),
                         [section.NAME for section in bench.SECTIONS])

    def test_each_section_can_be_chosen(self):
        for section in bench.SECTIONS:
            built = subprocess.run([sys.executable, ROOT / 'tools/bench.py', '--targets', '--only', section.NAME],
                                   capture_output=True, text=True, timeout=30)
            self.assertEqual(built.stdout.split(), section.TARGETS)


class JoinTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='substratee-bench-test-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_with(self, then):
        """A stand-in for the program: notes and uses the directory that it is given, then does something."""
        program = self.folder / 'substratee-bench-ipfs-join'
        program.write_text(f'''#!/bin/sh
[ "$1" = --directory ] || exit 2
echo "$2" > {self.folder}/given
mkdir -p "$2" && echo state > "$2/blocks"
{then}
''', encoding='utf-8')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return bench_ipfs_join.run(self.folder, None)

    def given(self):
        return pathlib.Path((self.folder / 'given').read_text(encoding='utf-8').strip())

    def assert_clean(self):
        self.assertTrue(self.given().is_relative_to(ROOT / 'build'), 'not in /tmp, which may be memory')
        self.assertFalse(self.given().exists())
        self.assertFalse(self.given().parent.exists() and self.given().parent != ROOT / 'build')

    def test_what_it_stores_is_below_build_and_goes_afterwards(self):
        self.assertEqual(self.run_with(f"echo '{json.dumps(FIGURES)}'"), FIGURES)
        self.assert_clean()
        first = self.given()
        self.run_with(f"echo '{json.dumps(FIGURES)}'")
        self.assertNotEqual(self.given(), first)

    def test_a_failure_leaves_nothing(self):
        with self.assertRaisesRegex(devnet.Failure, 'status 3'):
            self.run_with('exit 3')
        self.assert_clean()

    def test_a_measurement_without_end_is_said_and_leaves_nothing(self):
        patched = unittest.mock.patch.object(bench_ipfs_join, 'SECONDS', 0.5)
        with patched, self.assertRaisesRegex(devnet.Failure, 'did not end within 0.5 s'):
            self.run_with(f'sleep 60 & echo $! > {self.folder}/child; wait')
        self.assert_clean()
        child = int((self.folder / 'child').read_text(encoding='utf-8'))
        devnet.wait_until('the end of what it started', lambda: not is_running(child), seconds=10)

    def test_the_page_says_which_targets_are_met(self):
        page = bench_ipfs_join.page(FIGURES)
        self.assertIn('A state of 1 GB is open within 10 s (met)', ' '.join(page.split()))
        self.assertIn('at 50 % of the bound at least (met)', ' '.join(page.split()))
        self.assertIn('less than 3 % of the bytes move (met)', ' '.join(page.split()))
        slow = {**FIGURES, 'join': {**JOINED, 'seconds': 10.1, 'share_of_bound': 0.49}, 'join_changed': JOINED}
        self.assertEqual(bench_ipfs_join.page(slow).count('**missed**'), 3)


if __name__ == '__main__':
    unittest.main(verbosity=2)
