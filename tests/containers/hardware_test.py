#!/usr/bin/env python3
"""What of deploy/ for real hardware can be tried without it: the manifest, the VM's file system, an enclave behind a socket."""

import gzip
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))
import support  # noqa: E402
from support import ROOT, devnet, m4_story  # noqa: E402

DEPLOY = ROOT / 'deploy'
VM = DEPLOY / 'confidential-vm'


class PagesTest(unittest.TestCase):

    def test_what_has_not_run_says_so(self):
        for path in (DEPLOY / 'gramine/README.md', VM / 'README.md', DEPLOY / 'gramine/substratee-enclave.manifest.template',
                     VM / 'launch.sh', *VM.glob('*.service')):
            self.assertIn('not yet run on hardware', path.read_text(encoding='utf-8').lower(), path)

    def test_scripts_parse(self):
        for path in (*VM.glob('*.sh'), *DEPLOY.glob('*.sh'), *DEPLOY.glob('gramine/*.sh'), VM / 'init', DEPLOY / 'substratee-health'):
            shell = 'bash' if 'bash' in path.read_text(encoding='utf-8').splitlines()[0] else 'sh'
            result = subprocess.run([shell, '-n', path], capture_output=True, text=True)
            self.assertEqual(result.returncode, 0, result.stderr)


class ManifestTest(unittest.TestCase):

    def test_nothing_unmeasured_comes_in(self):
        try:
            import tomllib
        except ImportError:
            self.skipTest('this Python has no tomllib')
        text = (DEPLOY / 'gramine/substratee-enclave.manifest.template').read_text(encoding='utf-8')
        manifest = tomllib.loads(re.sub(r'\{\{.*?\}\}', 'x', text))
        self.assertEqual(manifest['loader']['argv'], ['substratee-enclave', '--platform', 'gramine'])
        self.assertEqual(manifest['sgx']['remote_attestation'], 'dcap')
        self.assertFalse(manifest['sgx']['debug'])
        self.assertNotIn('allowed_files', manifest['sgx'])
        self.assertNotIn('insecure', text)
        self.assertNotIn('passthrough', text.replace('no passthrough', ''))
        self.assertTrue(manifest['sys']['disallow_subprocesses'])


class InitramfsTest(unittest.TestCase):

    def test_same_bytes_each_time_and_what_it_needs(self):
        missing = [name for name in ('cpio', 'socat', 'busybox') if not shutil.which(name)]
        if missing:
            self.skipTest(f'{", ".join(missing)} not installed')
        with tempfile.TemporaryDirectory() as folder:
            images = []
            for name in ('one', 'two'):
                subprocess.run([VM / 'make-initramfs.sh', support.PROGRAMS, f'{folder}/{name}'], check=True)
                images.append(pathlib.Path(folder, name).read_bytes())
            self.assertEqual(images[0], images[1])
            listed = subprocess.run(['cpio', '--list', '--quiet'], input=gzip.decompress(images[0]), capture_output=True).stdout
            names = set(listed.decode().split())
            self.assertLessEqual({'init', 'bin/busybox', 'usr/bin/socat', 'usr/local/bin/substratee-enclave'}, names)
            self.assertTrue([name for name in names if 'libstdc++.so.6' in name])
            # It runs with nothing but that.
            root = pathlib.Path(folder, 'root')
            root.mkdir()
            subprocess.run(['cpio', '--extract', '--make-directories', '--quiet'], input=gzip.decompress(images[0]), cwd=root, check=True)
            for program in ('/usr/local/bin/substratee-enclave', '/usr/bin/socat'):
                result = subprocess.run(['unshare', '--map-root-user', 'chroot', root, program, '--version' if 'enclave' in program else '-V'],
                                        capture_output=True, text=True)
                if 'unshare failed' in result.stderr:
                    self.skipTest('this machine permits no user namespaces')
                self.assertEqual(result.returncode, 0, result.stderr)


class SocketTest(support.NetworkTest):
    """The worker with its enclave behind a socket, as with a confidential VM."""

    def test_worker_serves_with_an_enclave_behind_a_socket(self):
        if not pathlib.Path('/usr/bin/socat').exists():
            self.skipTest('socat is not installed')
        folder = self.network.data / 'vm'
        (folder / 'platform').mkdir(parents=True, mode=0o700)
        shutil.copy(VM / 'enclave-over-socket.sh', folder)
        (folder / 'enclave-address').write_text(f'UNIX-CONNECT:{folder}/vsock\n', encoding='utf-8')
        listening = self.network.start('vm', '/usr/bin/socat', f'UNIX-LISTEN:{folder}/vsock',
                                       f'EXEC:{support.PROGRAMS}/substratee-enclave --platform-dir {folder}/platform,nofork')
        devnet.wait_until('the VM listening', (folder / 'vsock').exists, alive=[listening])
        self.network.start_node()
        self.network.start_worker('worker1', '--enclave', folder / 'enclave-over-socket.sh')
        self.network.wait_until_final()
        result = self.network.client('client', *m4_story.ALICE, 'call', 'increment 42', '--wait', 'agreed')
        self.assertEqual(len(result['confirmed_by']), 1)
        self.assertEqual(self.network.client('client', *m4_story.ALICE, 'query', 'counter')['value'], '42')


if __name__ == '__main__':
    support.main()
