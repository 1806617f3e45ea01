#!/usr/bin/env python3
"""`substratee-worker ipfs`: the published imports of files up to 87 MiB, and the commands as people use them."""

import hashlib
import json
import os
import pathlib
import pty
import signal
import socket
import tempfile
import time
import urllib.error
import urllib.request

import support
from support import devnet

VECTORS = support.ROOT / 'tests/vectors/ipfs'
MASK = (1 << 64) - 1
OPENSSL = devnet.shutil.which('openssl')
LARGEST = (1 << 31) if support.IS_LONG else 50 << 20


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
    """The key stream, from the openssl program."""
    if not OPENSSL:
        raise support.unittest.SkipTest('no openssl program, which makes its chacha20 input')
    key = hashlib.sha256(seed.encode()).hexdigest()
    return devnet.subprocess.run([OPENSSL, 'enc', '-chacha20', '-K', key, '-iv', '00' * 16], input=bytes(size),
                                 capture_output=True, timeout=120, check=True).stdout


def make(source, size):
    """The input of a vector (prng.json describes them). Skips the test, with the reason, if it cannot be made here."""
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
    assert kind == 'chacha20', kind
    return chacha(source['seed'], size)


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def field(tag, content):
    return bytes([tag]) + varint(len(content)) + content


class Node:
    """A dag-pb block as Kubo's trickle layout has them: a leaf of UnixFS type Raw, or a file node above others."""

    def __init__(self, content=b'', children=()):
        self.children = children
        self.content_size = len(content) + sum(child.content_size for child in children)
        data = b'\x08\x02' if children else b'\x08\x00' + field(0x12, content)
        data += b'\x18' + varint(self.content_size)
        data += b''.join(b'\x20' + varint(child.content_size) for child in children)
        links = (field(0x0a, child.cid) + field(0x12, b'') + b'\x18' + varint(child.dag_size) for child in children)
        self.block = b''.join(field(0x12, link) for link in links) + field(0x0a, data)
        self.dag_size = len(self.block) + sum(child.dag_size for child in children)
        self.cid = b'\x12\x20' + hashlib.sha256(self.block).digest()

    def sections(self):
        """Of a CAR, depth first."""
        yield varint(len(self.cid) + len(self.block)) + self.cid + self.block
        for child in self.children:
            yield from child.sections()

    def car(self):
        header = b'\xa2\x65roots\x81\xd8\x2a\x58\x23\x00' + self.cid + b'\x67version\x01'
        return varint(len(header)) + header + b''.join(self.sections())


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

    def check(self, vectors):
        """How many were checked; each of the others is skipped by name, with the reason."""
        checked = 0
        for vector in vectors:
            with self.subTest(vector['id']):
                self.check_file(vector)
                checked += 1
        return checked

    def check_file(self, vector):
        params, expect = vector['params'], vector['expect']
        if vector['size'] > LARGEST:
            self.skipTest(f'{vector["size"] >> 20} MiB: with SUBSTRATEE_LONG=1')
        if params.get('layout', 'balanced') != 'balanced':
            self.skipTest('add does not write this layout: read from a CAR by a test of its own')
        data = make(vector['input'], vector['size'])
        self.assertEqual(hashlib.sha256(data).hexdigest(), expect['input_sha256'])
        root = self.text('add', '--cid-version', params['cid_version'], '--chunker', f'size-{params["chunk_size"]}',
                         '--max-links', params['max_links'], '--raw-leaves' if params['raw_leaves'] else '--no-raw-leaves',
                         '-', data=data)
        self.assertEqual(root, expect['root_cid'])
        if vector['size'] <= 8 << 20:
            self.assertEqual(hashlib.sha256(self.ipfs('export', root)).hexdigest(), expect['car_v1_sha256'])
            self.assertEqual(self.ipfs('cat', root), data)

    def test_inputs_are_those_of_the_vectors(self):
        for sample in json.loads((VECTORS / 'prng.json').read_text())['samples']:
            with self.subTest(f'{sample["input"]} {sample["size"]}'):
                data = make(sample['input'], sample['size'])
                self.assertEqual(hashlib.sha256(data).hexdigest(), sample['sha256'])

    def test_files_have_the_published_names(self):
        vectors = json.loads((VECTORS / 'unixfs-files.json').read_text())['vectors']
        self.assertEqual(self.check(vectors), 74 if support.IS_LONG else 71)

    def test_files_have_the_names_that_kubo_published(self):
        vectors = json.loads((VECTORS / 'unixfs-kubo-published.json').read_text())['vectors']
        self.assertEqual(self.check(vectors), (13 if support.IS_LONG else 10) if OPENSSL else 4)

    def test_a_file_of_the_layout_trickle_is_read(self):
        vectors = json.loads((VECTORS / 'unixfs-kubo-published.json').read_text())['vectors']
        vector, = [vector for vector in vectors if vector['params']['layout'] == 'trickle']
        params, expect = vector['params'], vector['expect']
        data = make(vector['input'], vector['size'])
        leaves = [Node(data[at:at + params['chunk_size']]) for at in range(0, len(data), params['chunk_size'])]
        # As many leaves as a node takes, then, below a node of its own, the rest.
        root = Node(children=(*leaves[:params['max_links']], Node(children=leaves[params['max_links']:])))
        self.assertEqual(root.cid.hex(), expect['root_cid_bytes_hex'])
        car = root.car()
        self.assertEqual(hashlib.sha256(car).hexdigest(), expect['car_v1_sha256'])
        self.assertEqual(self.text('import', '-', data=car), expect['root_cid'])
        self.assertEqual(self.ipfs('cat', expect['root_cid']), data)
        self.assertEqual(self.ipfs('export', expect['root_cid']), car)

    def test_folders_have_the_published_names(self):
        vectors = json.loads((VECTORS / 'unixfs-dirs.json').read_text())['vectors']
        checked = 0
        for vector in vectors:
            with self.subTest(vector['id']):
                folder = self.folder / 'folders' / vector['id']
                self.fill(folder, vector['entries'])
                expect = vector['expect']
                version = vector['params'].get('cid_version')
                roots = {0: expect['v0'], 1: expect['v1']} if version is None else {version: expect['root_cid']}
                for number, root in roots.items():
                    self.assertEqual(self.text('add', '-r', '--cid-version', number, folder), root)
                    if 'car_v1_sha256' in expect:
                        self.assertEqual(hashlib.sha256(self.ipfs('export', root)).hexdigest(), expect['car_v1_sha256'])
                    copy = self.folder / 'copies' / root
                    copy.parent.mkdir(exist_ok=True)
                    self.ipfs('get', root, '-o', copy)
                    self.assertEqual(self.contents(copy), self.contents(folder))
                checked += 1
        self.assertEqual(checked, 13)

    @staticmethod
    def fill(folder, entries):
        folder.mkdir(parents=True)
        if isinstance(entries, str):
            assert entries == 'files named %04d for i in 0..499 with content "entry " + decimal i', entries
            entries = [{'path': f'{i:04}', 'input': {'kind': 'hex', 'hex': f'entry {i}'.encode().hex()}, 'size': 0}
                       for i in range(500)]
        for entry in entries:
            path = folder / entry['path']
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(make(entry['input'], entry['size']))

    @staticmethod
    def contents(folder):
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob('*') if path.is_file()}


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

    def test_numbers_and_versions(self):
        self.assertIn('0 or more', self.refused(2, 'cat', '--store', self.folder / 'store', self.root, '--offset', '-1'))
        self.assertIn('0 or more', self.refused(2, 'cat', '--store', self.folder / 'store', self.root, '--length', '-1'))
        said = devnet.subprocess.run(self.command('--version'), capture_output=True, text=True, timeout=60)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertRegex(said.stdout, r'^substratee-worker [0-9.]+\n$')

    def test_a_signal_ends_a_command_that_waits(self):
        store = ('--store', self.folder / 'waiting')
        large = self.text('add', '-', data=splitmix(2, 4 << 20))
        for command in (('add', *store, '-'), ('import', *store, '-'), ('cat', '--store', self.folder / 'store', large),
                        ('export', '--store', self.folder / 'store', large)):
            for number in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(f'{command[0]} {number.name}'):
                    # Nobody writes to its input, nobody reads its output.
                    waiting = devnet.subprocess.Popen(self.command(*command), stdin=devnet.subprocess.PIPE,
                                                      stdout=devnet.subprocess.PIPE, stderr=devnet.subprocess.PIPE)
                    time.sleep(0.5)
                    waiting.send_signal(number)
                    try:
                        self.assertEqual(waiting.wait(5), 1)
                        self.assertIn(b'asked to stop', waiting.stderr.read())
                    finally:
                        waiting.kill()
                        waiting.communicate()

    def test_what_cannot_be_said_is_a_failure(self):
        """The CID would be lost; and a file of the store must not become standard output."""
        command = self.command('add', '--store', self.folder / 'store', self.file)
        for redirection, reason in (('>/dev/full', 'No space left'), ('>&-', 'standard output')):
            done = devnet.subprocess.run(['sh', '-c', f'exec "$@" {redirection}', 'sh', *command], stderr=devnet.subprocess.PIPE,
                                         text=True, timeout=60)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(f'{self.root} is stored and pinned, but cannot', done.stderr)
            self.assertIn(reason, done.stderr)
        self.assertEqual(self.ipfs('cat', self.root), self.file.read_bytes())

    def test_a_store_without_its_list_of_files_is_left_as_it_is(self):
        (self.folder / 'store/CURRENT').rename(self.folder / 'CURRENT')
        for _ in range(2):
            self.assertIn('has lost its file CURRENT', self.refused(1, 'stat', '--store', self.folder / 'store'))
        (self.folder / 'CURRENT').rename(self.folder / 'store/CURRENT')
        self.assertEqual(self.ipfs('cat', self.root), self.file.read_bytes())

    def test_a_killed_import_goes_on_where_it_was(self):
        data = splitmix(3, 3 << 20)
        adding = devnet.subprocess.Popen(self.command('add', '--store', self.folder / 'killed', '-'),
                                         stdin=devnet.subprocess.PIPE)
        adding.stdin.write(data)
        adding.stdin.flush()
        time.sleep(2.5)
        adding.kill()
        adding.wait()
        adding.stdin.close()
        stat = dict(line.split(None, 1) for line in self.text('stat', store='killed').splitlines())
        self.assertGreater(int(stat['bytes']), 2 << 20)

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
            anything = urllib.request.Request(f'{url}{self.root}', headers={'Accept': '*/*'})
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(anything, timeout=10)
            self.assertEqual(refused.exception.code, 400)
            self.assertIn(b'?format=raw or ?format=car', refused.exception.read())
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
