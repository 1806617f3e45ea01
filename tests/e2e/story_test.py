#!/usr/bin/env python3
"""The M4 story, and what comes after it: worker 1 is killed, the service goes on; worker 1 comes back and catches up."""

import json

import support
from support import devnet, m4_story

COUNTER = 2 * m4_story.AMOUNT
MEMBERS = {'genesis_hash', 'blocks', 'enclaves', 'provisioning', 'calls', 'counter', 'answered_by', 'signature_valid', 'seconds'}


class StoryTest(support.NetworkTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = m4_story.Story(cls.network)
        cls.summary = cls.story.play()

    def call(self, amount):
        return self.network.client('client_later', *m4_story.ALICE, 'call', f'increment {amount}', '--wait', 'agreed')

    def query(self, index, mode='agreed'):
        return self.network.client('client_later', *m4_story.ALICE, 'query', 'counter', '--worker-index', index, '--mode', mode)

    def test_1_summary_has_exactly_the_promised_members(self):
        self.assertEqual(set(self.summary), MEMBERS)
        json.dumps(self.summary)
        for enclave in self.summary['enclaves']:
            self.assertEqual(set(enclave), {'account', 'measurement', 'kind', 'hardware', 'tcb_status'})
            self.assertFalse(enclave['hardware'])
            self.assertEqual(enclave['tcb_status'], 'Simulated')
        self.assertEqual(set(self.summary['provisioning']), {'from', 'to', 'epoch', 'millis'})
        for call in self.summary['calls']:
            self.assertEqual(set(call), {'block', 'call_hash', 'confirmed_by', 'state_cid'})

    def test_2_two_enclaves_agree_on_84(self):
        accounts = [enclave['account'] for enclave in self.summary['enclaves']]
        self.assertEqual(len(set(accounts)), 2)
        self.assertEqual(self.summary['counter'], COUNTER)
        self.assertTrue(self.summary['signature_valid'])
        self.assertIn(self.summary['answered_by'], accounts)
        first, second = self.summary['calls']
        self.assertEqual(first['confirmed_by'], [self.story.worker1.account()])
        self.assertEqual(set(second['confirmed_by']), set(accounts))
        self.assertEqual(set(second['state_cid']), set(accounts))
        self.assertEqual(len(set(second['state_cid'].values())), 1)
        self.assertNotEqual(set(first['state_cid'].values()), set(second['state_cid'].values()))
        self.assertEqual((self.summary['provisioning']['from'], self.summary['provisioning']['to']),
                         (self.story.worker1.account(), self.story.worker2.account()))

    def test_3_measurement_is_that_of_the_program(self):
        status, output, _ = self.network.run('measurement', 'substratee-enclave', '--measurement')
        self.assertEqual(status, 0)
        for enclave in self.summary['enclaves']:
            self.assertEqual(enclave['measurement'].removeprefix('0x'), output[0].removeprefix('0x'))

    def test_3_tls_tools_show_the_evidence(self):
        openssl = devnet.shutil.which('openssl')
        if not openssl:
            self.skipTest('there is no openssl program here')
        registered = self.network.client('client_workers', 'workers')
        for worker in registered['workers']:
            address = worker['provisioning_url'].removeprefix('tcp://')
            shown = devnet.subprocess.run([openssl, 's_client', '-connect', address, '-tls1_3'], input='', timeout=30,
                                          capture_output=True, text=True).stdout
            begin, end = '-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'
            self.assertIn(begin, shown)
            certificate = shown[shown.index(begin):shown.index(end) + len(end)]
            text = devnet.subprocess.run([openssl, 'x509', '-noout', '-text'], input=certificate, timeout=30,
                                         capture_output=True, text=True).stdout
            self.assertIn('2.23.133.5.4.9', text)

    def test_4_both_workers_give_the_same_answer(self):
        answers = [self.query(index) for index in (1, 2)]
        self.assertEqual([answer['value'] for answer in answers], [str(COUNTER)] * 2)
        self.assertEqual(len({answer['state_cid'] for answer in answers}), 1)
        self.assertEqual([answer['answered_by'] for answer in answers],
                         [self.story.worker1.account(), self.story.worker2.account()])

    def test_5_without_worker_1_the_service_takes_calls_and_answers(self):
        self.story.worker1.process.kill()
        result = self.call(8)
        self.assertEqual(result['outcome'], 'applied')
        self.assertEqual(result['confirmed_by'], [self.story.worker2.account()])
        answer = self.query(2)
        self.assertEqual(answer['value'], str(COUNTER + 8))
        self.assertTrue(answer['signature_valid'])
        # Nobody has to choose a worker by hand.
        answer = self.network.client('client_later', *m4_story.ALICE, 'query', 'counter')
        self.assertEqual(answer['answered_by'], self.story.worker2.account())

    def test_6_worker_1_comes_back_and_catches_up(self):
        account = self.story.worker1.account()
        self.network.wait_for_status('client_later', account, 'Silent')
        log = self.story.worker1.process.log
        warning = 'Paged state: the enclave holds an index and 1 MiB of it, and this host sees which leaf of the state each'
        self.assertNotIn('Paged state', log.read_text(encoding='utf-8'))
        back = self.network.start_worker('worker1', '--paged', '--state-cache', '1', base=self.story.worker1.base)
        devnet.wait_until('the warning that paging gives something away', lambda: warning in log.read_text(encoding='utf-8'),
                          look_at=log)
        self.assertEqual(back.account(), account)
        self.network.wait_for_status('client_later', account, 'Active')
        self.assertEqual(self.query(1)['value'], str(COUNTER + 8))
        result = self.call(8)
        self.assertEqual(result['active'], 2)
        self.assertEqual(len(result['confirmed_by']), 2)
        devnet.wait_until('the same state on both workers',
                          lambda: back.processed().get(result['block']) == self.story.worker2.processed().get(result['block'])
                          == result['state_cid'], look_at=back.process.log)
        self.assertEqual(self.query(1)['value'], str(COUNTER + 16))

    def verify(self, kind, path, *arguments, genesis=None):
        """A proof file, checked by a client that is given no network: status, result."""
        status, output, _ = self.network.run('client_offline', 'substratee-client', '--json', '--node-url', 'ws://127.0.0.1:1',
                                             '--genesis', genesis or self.network.genesis, kind, 'verify', path, *arguments)
        return status, json.loads(output[-1])

    def test_7_receipts_and_answers_prove_themselves_without_a_network(self):
        result = self.call(1)
        path = self.network.data / 'receipt.proof'
        receipt = self.network.client('client_later', *m4_story.ALICE, 'receipt', 'get', '--block', result['block'],
                                      '--index', result['index'], '--out', path)
        self.assertEqual(receipt['file'], str(path))
        status, proved = self.verify('receipt', path)
        self.assertEqual(status, 0, proved)
        self.assertEqual((proved['call_hash'], proved['outcome']), (result['call_hash'], 'applied'))
        self.assertEqual({enclave['account'] for enclave in proved['confirmed_by']}, set(result['confirmed_by']))
        self.assertEqual({enclave['security'] for enclave in proved['confirmed_by']}, {'SIMULATED - NOT SECURE'})
        for worker in (self.story.worker2, ):
            devnet.wait_until('the proof on the disk of the worker',
                              lambda: (worker.base / 'proofs' / str(result['block'])).is_file(), look_at=worker.process.log)

        answer = self.network.data / 'answer.proof'
        asked = self.network.client('client_later', *m4_story.ALICE, 'query', 'counter', '--proof', answer)
        status, proved = self.verify('answer', answer)
        self.assertEqual(status, 0, proved)
        self.assertEqual((proved['value'], proved['answered_by']['account']), (asked['value'], asked['answered_by']))
        self.assertEqual(proved['asked']['kind'], 'state')

        status, refused = self.verify('receipt', path, genesis='0x' + '11' * 32)
        self.assertEqual((status, refused['reason']), (4, 'wrong_genesis'))
        content, call_hash = path.read_bytes(), bytes.fromhex(result['call_hash'][2:])
        self.assertEqual(content.count(call_hash), 1)
        path.write_bytes(content.replace(call_hash, bytes(32)))
        status, refused = self.verify('receipt', path)
        self.assertEqual((status, refused['reason']), (4, 'not_agreed'))

    def test_8_audit_lists_who_ever_held_the_keys(self):
        audit = self.network.client('client_audit', 'audit')
        self.assertEqual(audit['findings'], [])
        self.assertEqual(len(audit['epochs']), 1)
        first, second = audit['epochs'][0]['holders']
        self.assertEqual((first['account'], first['from']), (self.story.worker1.account(), None))
        self.assertEqual((second['account'], second['from']), (self.story.worker2.account(), self.story.worker1.account()))
        for holder in (first, second):
            self.assertTrue(holder['evidence']['verified'])
            self.assertEqual(holder['evidence']['measurement'], self.summary['enclaves'][0]['measurement'])
            self.assertFalse(holder['evidence']['hardware'])
        shard = self.network.client('client_audit', 'shard')
        self.assertEqual(audit['charter_hash'], shard['charter_hash'])
        self.network.client('client_audit', '--charter', shard['charter_hash'], 'workers')
        status, output, _ = self.network.run('client_audit', 'substratee-client', '--json', '--node-url', self.network.node_url,
                                             '--charter', '0x' + '22' * 32, 'shard')
        self.assertEqual((status, json.loads(output[-1])['error']), (4, 'wrong_charter'))

    def test_8_members_that_time_or_a_policy_would_drop(self):
        now = self.network.client('client_members', 'attestation', 'members')
        self.assertEqual((now['drop'], [one['standing'] for one in now['members']]), (0, ['holds', 'holds']))
        later = self.network.client('client_members', 'attestation', 'members', '--time', now['time'] + 48 * 3600)
        self.assertEqual(later['drop'], 2)
        for one in later['members']:
            self.assertEqual((one['standing'], one['error']), ('lapses', 'Expired'), one['reason'])
        policy = self.network.data / 'policy.json'
        policy.write_text(json.dumps({'allowed_kinds': [], 'simulation_roots': [], 'allowed_statuses': [],
                                      'allowed_advisories': 'any'}), encoding='utf-8')
        strict = self.network.client('client_members', 'attestation', 'members', '--policy', policy)
        self.assertEqual((strict['drop'], {one['standing'] for one in strict['members']}), (2, {'void'}))
        policy.write_text('{"allowed_kinds":[],"allowed_kinds":[]}', encoding='utf-8')
        status, _, errors = self.network.run('client_members', 'substratee-client', '--node-url', self.network.node_url,
                                             'attestation', 'members', '--policy', policy)
        self.assertEqual(status, 2, errors)

    def test_9_nothing_secret_is_in_plain_sight(self):
        """What a worker keeps is for its owner only; the platform's secret is in no log and on no command line."""
        logs = [path.read_bytes().lower() for path in self.network.output.iterdir()]
        self.assertGreater(len(logs), 4)
        for worker in (self.story.worker1, self.story.worker2):
            for folder in ('sealed', 'platform'):
                paths = [worker.base / folder, *(worker.base / folder).iterdir()]
                self.assertGreater(len(paths), 1)
                for path in paths:
                    self.assertEqual(path.stat().st_mode & 0o077, 0, f'{path} can be read by others')
            for secret in (worker.base / 'platform').iterdir():
                content = secret.read_bytes()
                if 32 <= len(content) <= 256:
                    for log in logs:
                        self.assertNotIn(content.hex().encode(), log)
                        self.assertNotIn(content.strip().lower(), log)


if __name__ == '__main__':
    support.main()
