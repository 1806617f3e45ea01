#!/usr/bin/env python3
"""The benchmarks' frame, without measuring: what the help lists."""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import bench  # noqa: E402


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


if __name__ == '__main__':
    unittest.main(verbosity=2)
