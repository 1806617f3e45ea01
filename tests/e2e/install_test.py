#!/usr/bin/env python3
"""tools/install.sh against a fake package manager: it says what it needs, waits, and reports conflicts. Installs nothing."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent.parent / 'tools/install.sh'
SKIPPED = 77

FAKES = {
    'id': 'echo "${FAKE_UID:-0}"',
    'sudo': '[ "$1" = -n ] && shift; [ -n "${FAKE_SUDO:-}" ] || exit 1; exec "$@"',
    'sleep': ':',
    'dpkg-query': 'while read -r p; do echo "installed $p"; done <"$FAKE/installed"',
    'apt-cache': '[ -e "$FAKE/lists" ] && echo "  Candidate: 1.0" || echo "  Candidate: (none)"',
    'apt-get': '''echo "$*" >>"$FAKE/log"
case "$*" in *" -s "*|"-s "*) [ -n "${FAKE_REMOVES:-}" ] && echo "Remv $FAKE_REMOVES [1]"; exit 0 ;; esac
if [ -s "$FAKE/locked" ]; then
  sed -i 1d "$FAKE/locked"; echo "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1"; exit 100
fi
case "$*" in
  *update*) touch "$FAKE/lists" ;;
  *install*)
    if [ -n "${FAKE_REMOVES:-}" ]; then echo "E: Packages need to be removed but remove is disabled."; exit 100; fi
    if [ -s "$FAKE/stale" ]; then sed -i 1d "$FAKE/stale"; echo "E: Failed to fetch: 404 Not Found"; exit 100; fi
    for word; do case $word in -*|install|Dpkg*) ;; *) echo "$word" >>"$FAKE/installed" ;; esac; done ;;
esac''',
}


class InstallTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.fake = pathlib.Path(folder.name)
        (self.fake / 'bin').mkdir()
        for name, body in FAKES.items():
            path = self.fake / 'bin' / name
            path.write_text(f'#!/bin/bash\n{body}\n', encoding='utf-8')
            path.chmod(0o755)
        (self.fake / 'installed').write_text('git\npython3\n', encoding='utf-8')
        (self.fake / 'lists').touch()

    def run_script(self, *arguments, **environment):
        return subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              env={**os.environ, 'PATH': f'{self.fake}/bin:{os.environ["PATH"]}', 'FAKE': str(self.fake),
                                   'SUBSTRATEE_INSTALL': '', **environment})

    def log(self):
        path = self.fake / 'log'
        return path.read_text(encoding='utf-8').splitlines() if path.exists() else []

    def test_installs_only_what_is_missing_and_says_why(self):
        result = self.run_script()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r'clang-19 +the compiler')
        [install] = self.log()
        self.assertIn('--no-remove', install)
        self.assertIn('--no-install-recommends', install)
        self.assertNotIn(' git', install)
        self.assertEqual(self.run_script().stdout.count('are there'), 1)
        self.assertEqual(len(self.log()), 1)

    def test_check_installs_nothing(self):
        self.assertEqual(self.run_script('--check').returncode, 1)
        self.assertEqual(self.log(), [])

    def test_fetches_missing_lists_once(self):
        (self.fake / 'lists').unlink()
        self.assertEqual(self.run_script().returncode, 0)
        self.assertEqual([('update' in line) for line in self.log()], [True, False])

    def test_fetches_lists_that_are_too_old(self):
        (self.fake / 'stale').write_text('once\n', encoding='utf-8')
        self.assertEqual(self.run_script().returncode, 0)
        self.assertEqual([('update' in line) for line in self.log()], [False, True, False])

    def test_waits_for_another_package_manager(self):
        (self.fake / 'locked').write_text('x\nx\n', encoding='utf-8')
        result = self.run_script()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.count('another package manager is at work'), 1)
        self.assertEqual(len(self.log()), 3)

    def test_names_what_conflicts(self):
        result = self.run_script(FAKE_REMOVES='libboost1.74-dev')
        self.assertEqual(result.returncode, 1)
        self.assertIn('libboost1.74-dev', result.stderr)
        self.assertIn('What to do', result.stderr)

    def test_without_root_and_terminal_it_asks_nothing(self):
        result = self.run_script(FAKE_UID='1000')
        self.assertEqual(result.returncode, 1)
        self.assertIn('Run as root', result.stderr)
        self.assertIn('clang-19', result.stderr)
        self.assertEqual(self.log(), [])

    def test_uses_sudo_that_asks_nothing(self):
        self.assertEqual(self.run_script(FAKE_UID='1000', FAKE_SUDO='1').returncode, 0)
        self.assertEqual(len(self.log()), 1)

    def test_installs_for_programs_or_for_containers_only(self):
        self.assertEqual(self.run_script('--programs').returncode, 0)
        self.assertEqual(self.run_script('--containers').returncode, 0)
        programs, containers = self.log()
        for package, is_in in (('librocksdb-dev', programs), ('docker.io', containers)):
            self.assertIn(f' {package}', is_in)
        self.assertNotIn('libgtest-dev', programs)
        self.assertNotIn('clang', containers)

    def test_can_be_told_to_do_nothing(self):
        self.assertEqual(self.run_script(SUBSTRATEE_INSTALL='no').returncode, 0)
        self.assertEqual(self.log(), [])


if __name__ == '__main__':
    release = pathlib.Path('/etc/os-release')
    if not release.exists() or 'bookworm' not in release.read_text(encoding='utf-8'):
        print('skipped: the script installs on Debian 12 only')
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
