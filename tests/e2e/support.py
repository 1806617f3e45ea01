"""What the end-to-end tests share: the programs, a network for a test class, and how to end."""

import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import devnet  # noqa: E402
import m4_story  # noqa: E402

SKIPPED = 77
PROGRAMS = pathlib.Path(os.environ.get('SUBSTRATEE_BIN', ROOT / 'build/release/bin'))
IS_LONG = os.environ.get('SUBSTRATEE_LONG') == '1'


def new_network(quiet=False):
    """A network whose logs go to a temporary directory, and to the test's output."""
    output = pathlib.Path(tempfile.mkdtemp(prefix='substratee-e2e-'))
    return devnet.Network(PROGRAMS, output, devnet.Console(quiet=quiet))


class NetworkTest(unittest.TestCase):
    """One network for all tests of a class, which run in alphabetical order."""

    @classmethod
    def setUpClass(cls):
        cls.network = new_network()
        cls.addClassCleanup(cls.remove)

    @classmethod
    def remove(cls):
        cls.network.close()
        devnet.shutil.rmtree(cls.network.output, ignore_errors=True)

    def assert_one_sentence(self, status, output, errors, *words):
        """Non-zero status, and on standard error one clear sentence that names what is wrong."""
        said = [line for line in errors if line.strip()]
        self.assertGreater(status, 0, f'status {status}; it said {said}')
        self.assertLess(status, 128, f'killed; it said {said}')
        self.assertTrue(said, 'nothing on standard error')
        for word in words:
            self.assertIn(word.lower(), ' '.join(said).lower())
        for trace in ('terminate called', 'what():', 'Sanitizer', 'Assertion', 'report this'):
            self.assertNotIn(trace, ' '.join(said))


def main():
    """Runs the tests of the calling file. Without the programs: skipped, with the reason on its line."""
    missing = [name for name in devnet.PROGRAMS if not os.access(PROGRAMS / name, os.X_OK)]
    if missing:
        print(f'skipped: no {", ".join(missing)} in {PROGRAMS}; build them: cmake --build --preset release')
        sys.exit(SKIPPED)
    devnet.stop_on_signals()
    try:
        unittest.main(module='__main__', verbosity=2)
    except devnet.Interrupted as interruption:
        sys.exit(128 + interruption.number)
