#!/usr/bin/env python3
"""kill -9 of a worker's processes after each thing that it reports on its way from nothing to an Active member. Started
again on the same directory it ends where it would have ended, with the same account, and the state is right."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))
import support  # noqa: E402
from support import devnet, m4_story  # noqa: E402

AMOUNT = 5


class KillTest(support.NetworkTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network.start_node(block_time=250)
        cls.first = cls.network.start_worker('worker1')
        cls.network.client('client', *m4_story.ALICE, 'call', f'increment {AMOUNT}', '--wait', 'agreed')
        # The honest way: what a worker reports until it is Active.
        cls.second = cls.network.start_worker('worker2')
        cls.second.event('member', status='Active')
        cls.steps = list(dict.fromkeys(event['event'] for event in cls.second.events()))

    def test_attack_kill_9_of_a_worker_at_every_event(self):
        self.assertLessEqual({'started', 'registered', 'provisioning', 'member'}, set(self.steps))
        for number, step in enumerate(self.steps):
            with self.subTest(after=step):
                name = f'killed{number}'
                victim = self.network.start_worker(name, wait=False)
                victim.event(step)
                account = victim.account()
                enclaves = pathlib.Path(f'/proc/{victim.process.pid}/task/{victim.process.pid}/children').read_text().split()
                victim.process.kill()
                for enclave in enclaves:
                    devnet.wait_until('the end of the enclave', lambda pid=enclave: not pathlib.Path(f'/proc/{pid}').exists(),
                                      look_at=victim.process.log)
                back = self.network.start_worker(name, base=victim.base)
                self.assertEqual(back.account(), account)
                self.network.wait_for_status('client', account, 'Active')
                self.network.client('client', *m4_story.ALICE, 'call', f'increment {AMOUNT}', '--wait', 'agreed')
                answer = self.network.client('client', *m4_story.ALICE, 'query', 'counter', '--worker-index', 3 + number)
                self.assertEqual(answer['answered_by'], account)
                self.assertEqual(answer['value'], str(AMOUNT * (2 + number)))
                back.process.stop()


if __name__ == '__main__':
    support.main()
