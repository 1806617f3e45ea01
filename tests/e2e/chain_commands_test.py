#!/usr/bin/env python3
"""The node's other commands: a chain of one's own, keys, blocks out of one base path and into another."""

import json
import os
import pathlib
import re
import stat
import tempfile

import support
from support import devnet, m4_story

SEED = '0x' + '11' * 32


class ChainCommandsTest(support.NetworkTest):

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='substratee-chain-'))
        self.addCleanup(devnet.shutil.rmtree, self.folder, ignore_errors=True)

    def node(self, *arguments, status=0, text=None):
        done = devnet.subprocess.run([support.PROGRAMS / 'substratee-node', *map(str, arguments)], input=text or '',
                                     capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, status, f'{arguments}: {done.stdout}{done.stderr}')
        return done.stdout if status == 0 else done.stderr

    def public(self, output):
        return dict(re.findall(r'^([A-Z][A-Za-z0-9 ]+): +(\S+)$', output, re.MULTILINE))

    def own_chain(self, name='chain.json', *arguments):
        phrase = self.folder / 'authority.phrase'
        if not phrase.exists():
            self.node('key', 'generate', '--scheme', 'ed25519', '--file', phrase)
        address = self.public(self.node('key', 'inspect', '--scheme', 'ed25519', '--file', phrase))['SS58 address']
        path = self.folder / name
        path.write_text(self.node('build-spec', '--name', 'Mine', '--id', 'mine', '--authority', f'me={address}',
                                  '--sealing', 'instant', *arguments))
        return path, phrase

    def test_1_keys_are_those_of_substrate(self):
        alice = self.public(self.node('key', 'inspect', text='//Alice\n'))
        self.assertEqual(alice['SS58 address'], '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY')
        ed25519 = self.public(self.node('key', 'inspect', '--scheme', 'ed25519', text='//Alice\n'))
        self.assertEqual(ed25519['SS58 address'], '5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu')
        ecdsa = self.public(self.node('key', 'inspect', '--scheme', 'ecdsa', text='//Alice\n'))
        self.assertEqual(ecdsa['Public key'], '0x020a1091341fe5664bfa1782d5e04779689068c916b04cb365ec3153755684d9a1')
        self.assertEqual(ecdsa['SS58 address'], '5C7C2Z5sWbytvHpuLTvzKunnnRwQxft1jiqrLD5rhucQ5S9X')
        phrase = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice'
        self.assertEqual(self.public(self.node('key', 'inspect', text=phrase))['Account'], alice['Account'])
        shown = self.public(self.node('key', 'inspect', '--address', alice['SS58 address']))
        self.assertEqual((shown['Account'], shown['SS58 prefix']), (alice['Account'], '42'))
        for wrong in ('bottom drive', '0x12', '', phrase + '//'):
            self.assertIn('secret', self.node('key', 'inspect', text=wrong, status=1))

    def test_2_a_generated_secret_is_nobody_else_s(self):
        path = self.folder / 'phrase'
        output = self.node('key', 'generate', '--words', '24', '--file', path)
        phrase = path.read_text().strip()
        self.assertEqual(len(phrase.split()), 24)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertNotIn(phrase.split()[0] + ' ' + phrase.split()[1], output)
        self.assertEqual(self.public(self.node('key', 'inspect', '--file', path))['Account'], self.public(output)['Account'])
        self.assertIn('choose another', self.node('key', 'generate', '--file', path, status=1))
        self.assertEqual(path.read_text().strip(), phrase)
        printed = self.node('key', 'generate')
        said = re.search(r'^Secret phrase: (.*)$', printed, re.MULTILINE).group(1)
        self.assertEqual(self.public(self.node('key', 'inspect', text=said))['Account'], self.public(printed)['Account'])

    def test_3_a_chain_of_one_s_own(self):
        spec, phrase = self.own_chain()
        base = self.folder / 'base'
        self.assertNotIn('sudo', spec.read_text())
        self.assertIn('key insert', self.node('--chain', spec, '--base-path', base, '--rpc-port', '0', status=1))
        self.node('key', 'insert', '--base-path', base, '--file', phrase)
        self.assertEqual(stat.S_IMODE(os.stat(base / 'keystore/authority').st_mode), 0o600)
        self.assertIn('another key', self.node('key', 'insert', '--base-path', base, text=SEED, status=1))
        for flags in (['--chain', spec], []):
            ready = self.folder / 'ready'
            ready.unlink(missing_ok=True)
            process = self.network.start('own', 'substratee-node', *flags, '--base-path', base, '--rpc-port', '0',
                                         '--ready-file', ready)
            self.network.node_url = devnet.wait_until('the node', lambda: ready.exists() and ready.read_text().strip(),
                                                      alive=[process])
            self.assertEqual(self.network.rpc('system_chain'), 'Mine')
            self.assertEqual(self.network.rpc('system_chainType'), 'Local')
            process.stop()
        other, _ = self.own_chain('other.json', '--endow', '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY=5000000')
        self.assertIn('purge-chain', self.node('--chain', other, '--base-path', base, '--rpc-port', '0', status=1))
        self.assertIn('leave --dev out', self.node('--dev', '--base-path', base, '--rpc-port', '0', status=1))
        self.assertIn('--yes', self.node('purge-chain', '--base-path', base, status=1))
        self.assertTrue((base / 'db').exists())
        self.assertIn('key is kept', self.node('purge-chain', '--base-path', base, '-y'))
        self.assertEqual(sorted(path.name for path in base.iterdir()), ['LOCK', 'keystore'])
        again = self.node('build-spec', '--chain', spec)
        self.assertEqual(json.loads(again), json.loads(spec.read_text()))
        self.assertIn('"colour" is not a member', self.node('build-spec', '--chain', self.changed(spec, '"id"', '"colour"'),
                                                            status=1))

    def changed(self, spec, old, new):
        path = self.folder / 'changed.json'
        path.write_text(spec.read_text().replace(old, new))
        return path

    def test_4_the_story_s_blocks_executed_again_give_the_same_state(self):
        story = m4_story.Story(self.network)
        story.play()
        best = self.network.rpc('chain_getHeader')
        base = self.network.data / 'node'
        for process in (story.worker1.process, story.worker2.process, self.network.node):
            process.stop()
        blocks, copy = self.folder / 'blocks', self.folder / 'copy'
        exported = self.node('export-blocks', '--base-path', base, blocks)
        self.assertRegex(exported, r'Exported \d+ blocks, #1 to #\d+')
        imported = self.node('import-blocks', '--base-path', copy, '--pruning', 'archive', blocks)
        last = int(re.search(r'Best block: #(\d+)', imported).group(1))
        self.assertGreaterEqual(last, int(best['number'], 16))
        for path in (base, copy):
            self.assertIn('The database is in order', self.node('check', '--base-path', path))
        whole = self.folder / 'again'
        self.node('export-blocks', '--base-path', copy, whole)
        self.assertEqual(whole.read_bytes(), blocks.read_bytes())
        self.assertIn('Nothing to import', self.node('import-blocks', '--base-path', copy, blocks))
        self.assertIn('--pruning', self.node('import-blocks', '--base-path', copy, '--pruning', '5', blocks, status=1))
        self.assertIn('key', self.node('--base-path', copy, '--rpc-port', '0', status=1))
        self.refuses_damage(blocks, copy)

    def refuses_damage(self, blocks, copy):
        damaged = self.folder / 'damaged'
        content = bytearray(blocks.read_bytes())
        content[-70] ^= 1
        damaged.write_bytes(content)
        self.assertRegex(self.node('import-blocks', '--base-path', self.folder / 'new', damaged, status=1), r'block #\d+')
        damaged.write_bytes(content[:len(content) // 2])
        self.assertIn('ends within', self.node('import-blocks', '--base-path', self.folder / 'new2', damaged, status=1))
        spec, _ = self.own_chain()
        self.assertIn('genesis', self.node('import-blocks', '--base-path', self.folder / 'new3', '--chain', spec, blocks,
                                           status=1))
        database = sorted((copy / 'db').glob('*.log')) + sorted((copy / 'db').glob('*.sst'))
        for path in database:
            path.write_bytes(path.read_bytes()[:-64])
        self.assertIn('damaged', self.node('check', '--base-path', copy, status=1))


if __name__ == '__main__':
    support.main()
