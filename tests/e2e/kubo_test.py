#!/usr/bin/env python3
"""A real Kubo: it names files as we do, takes our states and gives them back, keeps the state of workers in the M4
story, and exchanges states with workers that keep their own. Built by tools/kubo.py (e2e.kubo_build); without it, skipped."""

import hashlib
import json
import os
import pathlib
import re
import sys
import tempfile

import support
from support import devnet, m4_story

import kubo as kubos

CHUNK = 262144
LINKS = 174
# Around the ends of a chunk and of a full node.
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 7, 1000003, LINKS * CHUNK, LINKS * CHUNK + 1)
# (version, raw leaves, chunk, links): Kubo's defaults, those for CIDv1, and the mixtures.
PARAMETERS = ((0, False, CHUNK, LINKS), (1, True, CHUNK, LINKS), (0, True, CHUNK, LINKS), (1, False, CHUNK, LINKS),
              (1, True, 1048576, 1024), (1, True, 65536, 16))


def content(size):
    """Bytes that do not repeat, the same each time."""
    return hashlib.shake_128(b'substratee %d' % size).digest(size)


class KuboTest(support.unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='substratee-e2e-kubo-'))
        cls.addClassCleanup(devnet.shutil.rmtree, cls.folder, ignore_errors=True)
        cls.kubo = kubos.Kubo(kubos.find(), cls.folder / 'kubo.log').__enter__()
        cls.addClassCleanup(cls.kubo.close)

    def ours(self, command, *arguments, store='store', data=None):
        done = devnet.subprocess.run([support.PROGRAMS / 'substratee-worker', 'ipfs', command, '--store', self.folder / store,
                                      *map(str, arguments)], input=data, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def file(self, size):
        path = self.folder / f'{size}.bin'
        if not path.exists():
            path.write_bytes(content(size))
        return path

    def test_1_files_have_the_same_names(self):
        for size in SIZES:
            for version, raw, chunk, links in PARAMETERS:
                if size > 10 * CHUNK and (version, raw, chunk) not in ((0, False, CHUNK), (1, True, CHUNK)):
                    continue
                with self.subTest(size=size, version=version, raw=raw, chunk=chunk):
                    shape = [f'--cid-version={version}', f'--chunker=size-{chunk}']
                    theirs = self.kubo.line('add', '-Q', '--only-hash', f'--raw-leaves={str(raw).lower()}',
                                            f'--max-file-links={links}', *shape, self.file(size))
                    mine = self.ours('add', *shape, f'--max-links={links}', '--raw-leaves' if raw else '--no-raw-leaves',
                                     self.file(size)).decode().strip()
                    self.assertEqual(mine, theirs)

    def test_2_folders_have_the_same_names(self):
        tree = self.folder / 'tree'
        (tree / 'sub/empty').mkdir(parents=True)
        (tree / 'a.txt').write_text('a')
        (tree / 'sub/b.txt').write_text('b' * 300000)
        (tree / 'sub/.hidden').write_text('left out')
        for version in (0, 1):
            theirs = self.kubo.line('add', '-Q', '-r', f'--cid-version={version}', tree)
            mine = self.ours('add', '-r', f'--cid-version={version}', tree).decode().strip()
            self.assertEqual(mine, theirs)
        self.ours('get', mine, '-o', self.folder / 'copy')
        self.assertEqual((self.folder / 'copy/sub/b.txt').read_text(), 'b' * 300000)

    def test_3_archives_go_both_ways(self):
        size = 5 * CHUNK + 7
        for version in (0, 1):
            with self.subTest(version=version):
                root = self.ours('add', f'--cid-version={version}', self.file(size)).decode().strip()
                car = self.ours('export', root)
                imported = json.loads(self.kubo.line('dag', 'import', '--enc=json', data=car).splitlines()[0])
                self.assertEqual((imported['Root']['Cid']['/'], imported['Root']['PinErrorMsg']), (root, ''))
                self.assertEqual(self.kubo.run('cat', root), content(size))
                exported = self.kubo.run('dag', 'export', '--progress=false', root)
                self.assertEqual(exported, car)
                store = f'back{version}'
                self.assertEqual(self.ours('import', '-', store=store, data=exported).decode().strip(), root)
                self.assertEqual(self.ours('cat', root, '--offset', CHUNK - 5, '--length', 10, store=store),
                                 content(size)[CHUNK - 5:CHUNK + 5])

    def test_4_pins_decide_what_stays(self):
        keep = self.kubo.line('add', '-Q', '--cid-version=1', self.file(CHUNK + 1))
        lose = self.kubo.line('add', '-Q', '--cid-version=1', self.file(1000003))
        self.kubo.run('pin', 'rm', lose)
        self.kubo.run('repo', 'gc', '--quiet')
        self.assertEqual(self.kubo.run('cat', keep), content(CHUNK + 1))
        with self.assertRaises(devnet.Failure):
            self.kubo.run('cat', lose)
        for cid in (keep, lose):
            path = self.file(CHUNK + 1 if cid == keep else 1000003)
            self.assertEqual(self.ours('add', path, store='gc').decode().strip(), cid)
        self.ours('gc', '--keep', keep, store='gc')
        self.assertIn(f'root     {keep}', self.ours('stat', store='gc').decode())
        self.assertNotIn(lose, self.ours('stat', store='gc').decode())
        self.assertIn('missing  1', self.ours('stat', lose, store='gc').decode())

    def test_5_a_node_pinned_under_the_codec_raw_is_held_alone(self):
        """What a worker relies on to hold blocks whose DAG is not complete yet (worker/ipfs/kubo/pin_ledger.hpp)."""
        node = self.kubo.line('add', '-Q', '--cid-version=1', self.file(1000003))
        leaf = self.kubo.line('refs', node).splitlines()[0]
        block = self.kubo.run('block', 'get', node)
        raw = self.kubo.line('cid', 'format', '-v=1', '--mc=raw', node)
        hold = json.dumps({'Data': {'/': {'bytes': 'b3duZXI'}}, 'Links': [{'Hash': {'/': raw}}]}).encode()
        held = self.kubo.line('dag', 'put', '--store-codec=dag-pb', '--input-codec=dag-json', '--pin', data=hold)
        self.kubo.run('pin', 'rm', node)
        self.kubo.run('repo', 'gc', '--quiet')
        self.assertEqual(self.kubo.run('block', 'get', node), block)
        with self.assertRaises(devnet.Failure):
            self.kubo.run('block', 'get', leaf)
        self.kubo.run('pin', 'rm', held)
        self.kubo.run('repo', 'gc', '--quiet')
        with self.assertRaises(devnet.Failure):
            self.kubo.run('block', 'get', node)


class KuboStoryTest(support.NetworkTest):
    """The story with both workers in one daemon; then a worker with its own store joins them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kubo = kubos.Kubo(kubos.find(), cls.network.log('kubo'), cls.network.console).__enter__()
        cls.addClassCleanup(cls.kubo.close)
        cls.story = m4_story.Story(cls.network, ipfs=f'kubo={cls.kubo.url}')
        cls.summary = cls.story.play()
        cls.root = next(iter(cls.summary['calls'][-1]['state_cid'].values()))

    def test_1_the_counter_is_84(self):
        self.assertEqual(self.summary['counter'], 2 * m4_story.AMOUNT)

    def test_2_the_state_is_a_directory_that_kubo_lists_reads_and_exports(self):
        names = [line.split()[-1] for line in self.kubo.line('ls', self.root).splitlines()]
        self.assertEqual(names, sorted(names))
        self.assertIn('manifest', names)
        self.assertEqual(len(self.kubo.run('cat', f'{self.root}/manifest')), 16384)
        car = self.kubo.run('dag', 'export', '--progress=false', self.root)
        self.assertGreater(len(car), 16384)
        self.assertIn('indirect', self.kubo.line('pin', 'ls', self.root))

    def test_3_garbage_collection_keeps_the_state(self):
        self.kubo.run('repo', 'gc', '--quiet')
        self.assertEqual(len(self.kubo.run('cat', f'{self.root}/manifest')), 16384)

    def test_4_a_worker_with_its_own_store_joins_them(self):
        worker = self.network.start_worker('worker3')
        worker.event('member', 'worker 3 being Active', status='Active')
        self.network.wait_until_final()
        result = self.network.client('client_later', *m4_story.ALICE, 'call', f'increment {m4_story.AMOUNT}', '--wait',
                                     'agreed')
        self.assertEqual((result['outcome'], result['active']), ('applied', 3))
        event = worker.event('processed', f'block {result["block"]} at worker 3', block=result['block'])
        self.assertEqual(event['state_cid'], result['state_cid'])

    def test_5_a_daemon_that_restarts_is_waited_for(self):
        port = self.kubo.url.rsplit(':', 1)[1]
        self.kubo.stop_daemon()
        self.kubo.run('config', 'Addresses.API', f'/ip4/127.0.0.1/tcp/{port}')
        self.kubo.start_daemon()
        amount = self.network.client('client_last', *m4_story.ALICE, 'call', 'increment 1', '--wait', 'agreed')
        self.assertEqual(amount['outcome'], 'applied')


class KuboExchangeTest(support.NetworkTest):
    """The story with embedded stores; then their state goes into a Kubo by the commands of docs/protocol.md, and a worker
    that keeps its state in Kubo joins them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kubo = kubos.Kubo(kubos.find(), cls.network.log('kubo'), cls.network.console).__enter__()
        cls.addClassCleanup(cls.kubo.close)
        cls.story = m4_story.Story(cls.network)
        cls.root = next(iter(cls.story.play()['calls'][-1]['state_cid'].values()))
        cls.folder = cls.network.data / 'exchange'
        cls.folder.mkdir()

    def documented(self):
        """The commands, with this network's gateway; the last line apart, which removes all again."""
        text = (support.ROOT / 'docs/protocol.md').read_text(encoding='utf-8')
        block, = [block for block in re.findall(r'^```sh\n(.*?)^```', text, re.MULTILINE | re.DOTALL) if 'dag import' in block]
        url = self.network.client('client_workers', 'workers')['workers'][0]['worker_url']
        self.assertIn('http://127.0.0.1:9955/', block)
        *lines, last = block.replace('http://127.0.0.1:9955/', url.rstrip('/') + '/').splitlines()
        return '\n'.join(lines), last

    def shell(self, commands):
        done = devnet.subprocess.run(['bash', '-euc', commands], cwd=self.folder, capture_output=True, text=True, timeout=120,
                                     env={**self.kubo.environment, 'CID': self.root,
                                          'PATH': f'{self.kubo.program.parent}:{os.environ["PATH"]}'})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def ours(self, command, *arguments):
        return devnet.subprocess.run([support.PROGRAMS / 'substratee-worker', 'ipfs', command, '--store', self.folder / 'store',
                                      *arguments], check=True, capture_output=True, text=True, timeout=60).stdout

    def test_1_the_documented_commands_bring_a_state_into_kubo_and_back(self):
        if not devnet.shutil.which('curl'):
            self.skipTest('there is no curl program here')
        commands, remove = self.documented()
        for word in ('curl ', 'ipfs dag import', 'ipfs ls', 'ipfs cat', 'ipfs dag export'):
            self.assertIn(word, commands)
        said = self.shell(commands)
        self.assertIn('manifest', said)
        self.assertEqual((self.folder / 'manifest').stat().st_size, 16384)
        self.assertIn('recursive', self.kubo.line('pin', 'ls', '--type=recursive', self.root))
        # Kubo's copy is the same archive, and all that a store of one's own needs.
        self.assertEqual((self.folder / 'copy.car').read_bytes(), (self.folder / 'state.car').read_bytes())
        self.assertEqual(self.ours('import', self.folder / 'copy.car').strip(), self.root)
        self.ours('get', f'{self.root}/manifest', '-o', self.folder / 'ours')
        self.assertEqual((self.folder / 'ours').read_bytes(), (self.folder / 'manifest').read_bytes())
        self.assertIn('ipfs pin rm', remove)
        self.assertIn('repo gc', remove)
        self.shell(remove)
        with self.assertRaises(devnet.Failure):
            self.kubo.run('block', 'get', self.root)

    def test_2_a_worker_in_kubo_joins_embedded_ones(self):
        worker = self.network.start_worker('worker3', '--ipfs', f'kubo={self.kubo.url}')
        worker.event('member', 'worker 3 being Active', status='Active')
        self.network.wait_until_final()
        result = self.network.client('client_later', *m4_story.ALICE, 'call', f'increment {m4_story.AMOUNT}', '--wait', 'agreed')
        self.assertEqual((result['outcome'], result['active']), ('applied', 3))
        event = worker.event('processed', f'block {result["block"]} at worker 3', block=result['block'])
        self.assertEqual(event['state_cid'], result['state_cid'])
        devnet.wait_until('the new state in Kubo', lambda: self.kubo_has(result['state_cid']), look_at=worker.process.log)
        self.kubo.run('repo', 'gc', '--quiet')
        self.assertEqual(len(self.kubo.run('cat', f'{result["state_cid"]}/manifest')), 16384)
        # What held the blocks while they came is gone.
        self.assertNotIn('hold', (worker.base / 'kubo-pins').read_text(encoding='utf-8'))

    def kubo_has(self, cid):
        try:
            return self.kubo.line('pin', 'ls', cid)
        except devnet.Failure:
            return None


if __name__ == '__main__':
    if not kubos.find():
        print('skipped: no Kubo was built; e2e.kubo_build (tools/kubo.py) says why')
        sys.exit(support.SKIPPED)
    support.main()
