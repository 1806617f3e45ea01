#!/usr/bin/env python3
"""Secrets stay where they belong. The story is played with real processes, every byte between them is recorded, and then
the memory of node and hosts, logs, data directories, the recordings and /proc are searched for what only enclaves (or
only the client) may know. Usage: secrets_test.py KNOWN_SECRETS, the program that opens simulated enclaves' blobs.

Run by root, the programs run without root's rights, so that what a process of the same user can see is seen; and the
enclave's memory is searched too: no secret may stand on a page that would go into a dump.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / 'e2e'))
import recorder  # noqa: E402
import search  # noqa: E402
import support  # noqa: E402
from support import devnet, m4_story  # noqa: E402

KNOWN_SECRETS = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else None
# Unmistakable amounts: nobody else counts like that.
AMOUNTS = (0x3A71C9E2D5B8F6A3, 0x2B64D8F1A3C7E95D)
PLAINTEXT = 'plaintext of a call or an answer'
ALICE_MINI_SECRET = bytes.fromhex('e5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a')
OWN = ('signing seed', 'signing scalar', 'encryption key', 'sealing key', 'platform secret')
SHARED = ('cut key', 'secret of epoch 1', 'state key of epoch 1', 'blind key of epoch 1', 'receipt key of epoch 1',
          'shielding key of epoch 1')
WITHOUT_RIGHTS = ('setpriv', '--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all')
IS_ROOT = os.geteuid() == 0
CAN_DROP = IS_ROOT and shutil.which('setpriv') is not None


def without_rights(programs, folder):
    """Programs of the same names that give up root's rights first."""
    folder.mkdir()
    for name in devnet.PROGRAMS:
        path = folder / name
        path.write_text(f'#!/bin/sh\nexec {" ".join(WITHOUT_RIGHTS)} {programs / name} "$@"\n', encoding='utf-8')
        path.chmod(0o755)
    return folder


def alice_forms():
    """The mini secret, and scalar and nonce of the expanded key (schnorrkel's ed25519 mode)."""
    expanded = bytearray(hashlib.sha512(ALICE_MINI_SECRET).digest())
    expanded[0] &= 248
    expanded[31] = expanded[31] & 63 | 64
    scalar = (int.from_bytes(expanded[:32], 'little') >> 3).to_bytes(32, 'little')
    return ALICE_MINI_SECRET, scalar, bytes(expanded[32:])


def children(pid):
    return [int(child) for child in pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()]


class SecretsTest(support.NetworkTest):
    """One story for all tests of the class."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recorder = recorder.Recorder()
        cls.addClassCleanup(cls.recorder.close)
        if CAN_DROP:
            cls.network.programs = without_rights(support.PROGRAMS, cls.network.data / 'programs')
        cls.play()
        cls.secrets = search.Searcher()
        cls.public = search.Searcher()
        cls.learn()

    # --- the story ---

    @classmethod
    def play(cls):
        network = cls.network
        network.start_node()
        network.node_url = f'ws://127.0.0.1:{cls.recorder.relay_to(int(network.node_url.rsplit(":", 1)[1]))}'
        cls.workers = [cls.start_worker('worker1')]
        cls.calls = [cls.call(AMOUNTS[0])]
        cls.workers.append(cls.start_worker('worker2'))
        cls.calls.append(cls.call(AMOUNTS[1]))
        cls.answers = [network.client('client_query', *m4_story.ALICE, 'query', 'counter', '--worker-index', index)
                       for index in (1, 2)]
        cls.receipt = network.client('client_receipt', *m4_story.ALICE, 'receipt', 'get', '--block', cls.calls[0]['block'],
                                     '--index', 0, '--out', network.data / 'receipt.proof')
        cls.enclaves = [children(worker.process.pid)[0] for worker in cls.workers]

    @classmethod
    def start_worker(cls, name):
        api, provisioning = recorder.free_ports(2)
        worker = cls.network.start_worker(
            name, '--log-level', 'debug', '--public-api-url', f'http://127.0.0.1:{cls.recorder.relay_to(api)}',
            '--public-provisioning-url', f'tcp://127.0.0.1:{cls.recorder.relay_to(provisioning)}',
            api_port=api, provisioning_port=provisioning)
        worker.event('member', f'{name} being Active', status='Active')
        cls.network.wait_until_final()
        return worker

    @classmethod
    def call(cls, amount):
        return cls.network.client('client_call', *m4_story.ALICE, 'call', f'increment {amount}', '--wait', 'agreed')

    # --- what is looked for ---

    @classmethod
    def learn(cls):
        status, output, _ = cls.network.run('measurement', 'substratee-enclave', '--measurement')
        assert status == 0
        for index, worker in enumerate(cls.workers, 1):
            known = subprocess.run(
                [KNOWN_SECRETS, worker.base / 'platform', worker.base / 'sealed', output[0].removeprefix('0x'),
                 cls.network.genesis.removeprefix('0x')], capture_output=True, text=True, timeout=30)
            if known.returncode != 0:
                raise devnet.Failure(known.stderr)
            for line in known.stdout.splitlines():
                name, _, value = line.rpartition(' ')
                owner = 'the shard' if name in SHARED else f'worker {index}'
                cls.secrets.add(f'{owner}: {name}', bytes.fromhex(value))
        for secret in alice_forms():
            cls.secrets.add('//Alice\'s signing key', secret)
        for amount in (*AMOUNTS, sum(AMOUNTS)):
            cls.secrets.add(PLAINTEXT, amount.to_bytes(8, 'little'))
            cls.secrets.add(PLAINTEXT, str(amount))
        cls.public.add('genesis hash', bytes.fromhex(cls.network.genesis.removeprefix('0x')))

    def assert_no_secret(self, found, where):
        self.assertFalse(found, f'{where} holds {found}')

    # --- the search itself ---

    def test_0_honest_path(self):
        self.assertEqual([answer['value'] for answer in self.answers], [str(sum(AMOUNTS))] * 2)
        self.assertTrue(all(answer['signature_valid'] for answer in self.answers))
        self.assertEqual([call['outcome'] for call in self.calls], ['applied'] * 2)
        names = {*(f'worker {index}: {kind}' for index in (1, 2) for kind in OWN), *(f'the shard: {kind}' for kind in SHARED)}
        self.assertLessEqual(names, set(self.secrets.names()))

    def test_0_the_search_finds_what_is_planted(self):
        """In a file, in hex, in base64, under a mask, in memory, on a command line, in an environment."""
        planted = search.Searcher()
        secret = os.urandom(32)
        planted.add('planted', secret)
        for form in (secret, secret[:16], secret.hex().encode(), secret.hex().upper().encode(),
                     *(search.base64.b64encode(b'x' * skipped + secret + b'y') for skipped in range(4)),
                     bytes(20_000) + secret + bytes(20_000)):
            self.assertEqual(planted.find(b'before ' + form + b' after'), ['planted'], form)
        self.assertEqual(planted.find(os.urandom(100)), [])
        mask = b'\x11\x22\x33\x44'
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(secret))
        stream = b'GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x82\xa0' + mask + masked
        self.assertEqual(planted.find(stream), [])
        self.assertEqual(planted.find(recorder.websocket_payloads(stream)), ['planted'])
        hex_text = secret.hex()
        holder = subprocess.Popen([sys.executable, '-c', 'import sys; kept = bytes.fromhex(sys.argv[1]); print("ready", flush=True); '
                                   'sys.stdin.read()', hex_text], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  env={**os.environ, 'PLANTED': hex_text})
        try:
            holder.stdout.readline()
            self.assertIn('planted', planted.find_in_memory(holder.pid))
            self.assertEqual(planted.find_in_file(f'/proc/{holder.pid}/cmdline'), ['planted'])
            self.assertEqual(planted.find_in_file(f'/proc/{holder.pid}/environ'), ['planted'])
        finally:
            holder.communicate()

    # --- the attacks ---

    def test_attack_secrets_in_memory_of_hosts_and_node(self):
        for process in (self.network.node, *(worker.process for worker in self.workers)):
            with self.subTest(process=process.name):
                self.assertIn('genesis hash', self.public.find_in_memory(process.pid), 'the search sees nothing')
                self.assert_no_secret(self.secrets.find_in_memory(process.pid), f'the memory of {process.name}')

    def dump(self, pid, name, control):
        """What a dump of that process holds. `control` is something public that must be in it."""
        base = self.network.output / f'core-{name}'
        subprocess.run(['gcore', '-o', base, str(pid)], capture_output=True, timeout=120)
        dump = pathlib.Path(f'{base}.{pid}')
        self.assertTrue(dump.exists() or control is None, 'gcore gave no dump')
        found = self.secrets.find_in_file(dump) if dump.exists() else []
        if control:
            self.assertEqual(self.public.find_in_file(dump), [control], 'the search sees nothing')
        dump.unlink(missing_ok=True)
        return found

    @support.unittest.skipIf(shutil.which('gcore') is None, 'no gcore (package gdb)')
    def test_attack_secrets_in_core_dumps_of_hosts(self):
        for name, pid in (('node', self.network.node.pid), ('host', self.workers[0].process.pid)):
            with self.subTest(process=name):
                self.assert_no_secret(self.dump(pid, name, 'genesis hash'), f'the core dump of {name}')

    def test_attack_secrets_in_captures(self):
        streams = self.recorder.streams()
        self.assertGreater(len(streams), 10)
        self.assertTrue(any(self.public.find(stream) for stream in streams), 'the recordings hold nothing')
        for stream in streams:
            self.assert_no_secret(self.secrets.find(stream), f'a stream that begins {stream[:60]!r}')

    def test_attack_secrets_in_logs_and_files(self):
        """All that was written, except the platform's own directory, and what the client tells its user."""
        paths = [path for folder in (self.network.output, self.network.data) for path in folder.rglob('*') if path.is_file()]
        ours = [path for path in paths if 'platform' not in path.parts and not path.name.startswith(('client_', 'core-'))]
        self.assertGreater(len(ours), 20)
        self.assertTrue(any(self.public.find_in_file(path) for path in ours))
        for path in ours:
            self.assert_no_secret(self.secrets.find_in_file(path), path)
        told = b''.join(path.read_bytes() for path in paths if path.name.startswith('client_'))
        self.assertEqual(self.secrets.find(told), [PLAINTEXT])

    def test_attack_secrets_in_proc(self):
        for pid in (self.network.node.pid, *(worker.process.pid for worker in self.workers), *self.enclaves):
            for name in ('cmdline', 'environ', 'comm', 'status', 'limits', 'maps', 'wchan', 'io'):
                try:
                    data = pathlib.Path(f'/proc/{pid}/{name}').read_bytes()
                except OSError:
                    continue
                self.assert_no_secret(self.secrets.find(data), f'/proc/{pid}/{name}')

    def test_attack_enclave_is_looked_into_by_its_own_user(self):
        """Memory, environment and registers of a host are open to a process of its user; those of an enclave are not."""
        drop = WITHOUT_RIGHTS if CAN_DROP else ()

        def seen(pid):
            looked = subprocess.run([*drop, sys.executable, FOLDER / 'look.py', str(pid)], capture_output=True, text=True,
                                    timeout=30)
            self.assertEqual(looked.returncode, 0, looked.stderr)
            return looked.stdout.split()

        for worker, enclave in zip(self.workers, self.enclaves):
            self.assertIn('maps', seen(worker.process.pid))
            self.assertIn('environ', seen(worker.process.pid))
            self.assertEqual(seen(enclave), [])
            limits = pathlib.Path(f'/proc/{enclave}/limits').read_text()
            self.assertRegex(limits, r'Max core file size +0 +0 ')

    def test_attack_secrets_in_dumps_of_enclaves(self):
        """Against root a simulated enclave is open. Still no dump that root takes holds a secret: keys stand on pages that
        are left out of dumps, or nowhere; and for the rest, the state and plaintexts, the process is left out as a whole."""
        if not IS_ROOT:
            self.skipTest('only root can look into an enclave')
        try:
            kept = [self.secrets.find_in_memory(pid, lambda mapping: 'dd' in mapping.flags) for pid in self.enclaves]
        except OSError:
            self.skipTest('this root has no right to trace processes')
        for pid, found in zip(self.enclaves, kept):
            self.assertIn('the shard: secret of epoch 1', found, 'the search sees nothing')
            ordinary = self.secrets.find_in_memory(pid, lambda mapping: 'dd' not in mapping.flags)
            ordinary.pop(PLAINTEXT, None)
            self.assert_no_secret(ordinary, f'the ordinary memory of enclave {pid}')
            self.assertEqual(int(pathlib.Path(f'/proc/{pid}/coredump_filter').read_text(), 16), 0)
            if shutil.which('gcore'):
                self.assert_no_secret(self.dump(pid, 'enclave', None), f'a dump of enclave {pid}')


if __name__ == '__main__':
    if KNOWN_SECRETS is None:
        sys.exit('usage: secrets_test.py KNOWN_SECRETS')
    support.main()
