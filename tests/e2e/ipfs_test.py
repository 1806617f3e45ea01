#!/usr/bin/env python3
"""`substratee-worker ipfs`: the published imports of files up to 87 MiB, and the commands as people use them."""

import hashlib
import json
import os
import pathlib
import pty
import socket
import tempfile
import time
import urllib.error
import urllib.request

import support
from support import devnet

VECTORS = support.ROOT / 'tests/vectors/ipfs'
MASK = (1 << 64) - 1


def splitmix(seed, size):
    out = bytearray()
    while len(out) < size:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        out += (z ^ (z >> 31)).to_bytes(8, 'little')
    return bytes(out[:size])


def chacha(seed, size):
    """The key stream, from the openssl program; None if there is none."""
    openssl = devnet.shutil.which('openssl')
    if not openssl:
        return None
    key = hashlib.sha256(seed.encode()).hexdigest()
    done = devnet.subprocess.run([openssl, 'enc', '-chacha20', '-K', key, '-iv', '00' * 16], input=bytes(size),
                                 capture_output=True, timeout=120)
    return done.stdout if done.returncode == 0 else None


def make(source, size):
    """The input of a vector (prng.json describes them)."""
    kind = source['kind']
    if kind == 'hex':
        return bytes.fromhex(source['hex'])
    if kind == 'zero':
        return bytes(size)
    if kind == 'repeat':
        pattern = bytes.fromhex(source['hex'])
        return (pattern * (size // len(pattern) + 1))[:size]
    if kind == 'mod251':
        return (bytes(range(251)) * (size // 251 + 1))[:size]
    if kind == 'splitmix64':
        return splitmix(int(source['seed']), size)
    return chacha(source['seed'], size)


class Commands(support.unittest.TestCase):

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='substratee-e2e-ipfs-'))
        self.addCleanup(devnet.shutil.rmtree, self.folder, ignore_errors=True)

    def command(self, *arguments):
        return [str(word) for word in (support.PROGRAMS / 'substratee-worker', 'ipfs', *arguments)]

    def ipfs(self, name, *arguments, store='store', data=None):
        done = devnet.subprocess.run(self.command(name, '--store', self.folder / store, *arguments), input=data,
                                     capture_output=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(done.stderr, b'')  # no bar where there is no terminal
        return done.stdout

    def text(self, *arguments, **keywords):
        return self.ipfs(*arguments, **keywords).decode().strip()

    def refused(self, status, *arguments):
        done = devnet.subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=60,
                                     stdin=devnet.subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr


class VectorTest(Commands):

    def check(self, vectors, largest):
        checked = 0
        for vector in vectors:
            params = vector['params']
            if vector['size'] > largest or params.get('layout', 'balanced') != 'balanced':
                continue
            with self.subTest(vector['id']):
                data = make(vector['input'], vector['size'])
                if data is None:
                    continue
                expect = vector['expect']
                self.assertEqual(hashlib.sha256(data).hexdigest(), expect['input_sha256'])
                root = self.text('add', '--cid-version', params['cid_version'], '--chunker', f'size-{params["chunk_size"]}',
                                 '--max-links', params['max_links'],
                                 '--raw-leaves' if params['raw_leaves'] else '--no-raw-leaves', '-', data=data)
                self.assertEqual(root, expect['root_cid'])
                if vector['size'] <= 8 << 20:
                    self.assertEqual(hashlib.sha256(self.ipfs('export', root)).hexdigest(), expect['car_v1_sha256'])
                    self.assertEqual(self.ipfs('cat', root), data)
            checked += 1
        return checked

    def test_files_have_the_published_names(self):
        largest = (1 << 31) if support.IS_LONG else 50 << 20
        vectors = json.loads((VECTORS / 'unixfs-files.json').read_text())['vectors']
        self.assertGreater(self.check(vectors, largest), 70)

    def test_files_have_the_names_that_kubo_published(self):
        largest = (1 << 31) if support.IS_LONG else 50 << 20
        vectors = json.loads((VECTORS / 'unixfs-kubo-published.json').read_text())['vectors']
        self.assertGreaterEqual(self.check(vectors, largest), 8)


class CommandTest(Commands):

    def setUp(self):
        super().setUp()
        self.file = self.folder / 'file'
        self.file.write_bytes(splitmix(1, 300000))
        self.root = self.text('add', self.file)

    def test_what_goes_in_comes_out(self):
        self.assertEqual(self.ipfs('cat', self.root), self.file.read_bytes())
        self.assertEqual(self.ipfs('cat', self.root, '--offset', 262140, '--length', 8), self.file.read_bytes()[262140:262148])
        self.ipfs('get', self.root, '-o', self.folder / 'copy')
        self.assertEqual((self.folder / 'copy').read_bytes(), self.file.read_bytes())
        self.assertIn('remove it, or give another path',
                      self.refused(1, 'get', '--store', self.folder / 'store', self.root, '-o', self.folder / 'copy'))
        self.ipfs('export', self.root, '-o', self.folder / 'file.car')
        self.assertEqual(self.text('import', self.folder / 'file.car', store='other'), self.root)
        self.assertEqual(self.ipfs('export', self.root, store='other'), (self.folder / 'file.car').read_bytes())

    def test_stat_and_gc(self):
        stat = dict(line.split(None, 1) for line in self.text('stat', self.root).splitlines())
        self.assertEqual((stat['type'], stat['size'], stat['blocks'], stat['missing']), ('file', '300000', '3', '0'))
        self.assertIn(f'root     {self.root}', self.text('stat'))
        other = self.text('add', '-', data=b'other')
        self.assertEqual(self.text('gc'), 'removed 0 blocks, 0 bytes')
        self.assertEqual(self.text('gc', '--keep', other), f'removed 3 blocks, {stat["bytes"]} bytes')
        self.assertEqual(self.ipfs('cat', other), b'other')

    def test_errors_are_one_sentence(self):
        store = ('--store', self.folder / 'store')
        self.assertIn('is no CID', self.refused(1, 'cat', *store, 'nonsense'))
        self.assertIn('is not in the store', self.refused(1, 'cat', *store,
                                                          'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'))
        self.assertIn('there is no store', self.refused(1, 'cat', '--store', self.folder / 'absent', self.root))
        self.assertFalse((self.folder / 'absent').exists())
        self.assertIn('--store or --base-path', self.refused(2, 'stat'))
        self.assertIn('size-N', self.refused(2, 'add', *store, '--chunker', 'rabin', self.file))
        self.assertIn('No such file', self.refused(1, 'add', *store, self.folder / 'missing'))
        self.assertIn('add it with -r', self.refused(1, 'add', *store, self.folder))
        for value in ('kubo', 'kubo=', 'kubo=ws://127.0.0.1:1', 'other'):
            done = devnet.subprocess.run([support.PROGRAMS / 'substratee-worker', 'run', '--base-path', self.folder / 'base',
                                          '--ipfs', value], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 2)
            self.assertIn('neither embedded nor kubo=http://ADDRESS:PORT', done.stderr)
        (self.folder / 'broken.car').write_bytes(b'no car at all')
        self.assertIn('CAR', self.refused(1, 'import', *store, self.folder / 'broken.car'))

    def test_serve_is_a_gateway_and_has_the_store_to_itself(self):
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        server = devnet.subprocess.Popen(self.command('serve', '--store', self.folder / 'store', '--listen', f'127.0.0.1:{port}'),
                                         stdout=devnet.subprocess.PIPE, text=True)
        try:
            url = server.stdout.readline().strip()
            self.assertEqual(url, f'http://127.0.0.1:{port}/ipfs/')
            with urllib.request.urlopen(f'{url}{self.root}?format=raw', timeout=10) as answer:
                self.assertEqual(answer.headers['Content-Type'], 'application/vnd.ipld.raw')
                self.assertGreater(len(answer.read()), 50)
            with self.assertRaises(urllib.error.HTTPError):
                urllib.request.urlopen(f'{url}bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku?format=raw', timeout=10)
            self.assertIn('gateway', self.refused(1, 'stat', '--store', self.folder / 'store'))
        finally:
            server.terminate()
            self.assertEqual(server.wait(10), 0)
            server.stdout.close()

    def test_a_terminal_sees_how_far_it_is(self):
        """A file that comes slowly; on a terminal there is a line with the rate, which is gone at the end."""
        ours, theirs = pty.openpty()
        adding = devnet.subprocess.Popen(self.command('add', '--store', self.folder / 'slow', '-'), stdin=devnet.subprocess.PIPE,
                                         stdout=devnet.subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        for _ in range(16):
            adding.stdin.write(bytes(300000))
            adding.stdin.flush()
            time.sleep(0.1)
        adding.stdin.close()
        self.assertEqual(adding.wait(30), 0)
        said = b''
        try:
            while chunk := os.read(ours, 4096):
                said += chunk
        except OSError:
            pass  # the other end is closed
        os.close(ours)
        adding.stdout.close()
        self.assertRegex(said.decode(), r'add [0-9.]+ [KM]iB, [0-9.]+ [KM]iB/s')
        self.assertTrue(said.endswith(b'\r\033[K'))


if __name__ == '__main__':
    support.main()
