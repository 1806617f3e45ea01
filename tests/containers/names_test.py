#!/usr/bin/env python3
"""Node, workers and client by IPv6 address and by name, on any port."""

import pathlib
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))
import support  # noqa: E402
from support import devnet, m4_story  # noqa: E402


def free_port(digits):
    """A free port with that many digits. (The original knew four and no other.)"""
    for port in range(10 ** (digits - 1) + 1024, 10 ** digits):
        if port > 65535:
            break
        with socket.socket(socket.AF_INET6) as probe:
            try:
                probe.bind(('::', port))  # takes IPv4 too
                return port
            except OSError:
                pass
    raise unittest.SkipTest(f'no free port with {digits} digits')


class NamesTest(support.NetworkTest):

    def test_1_everything_on_ipv6(self):
        try:
            five, four, other = free_port(5), free_port(4), free_port(5) + 1
        except OSError:
            self.skipTest('this machine has no IPv6')
        url = self.network.start_node('--rpc-address', '::1')
        self.assertRegex(url, r'^ws://\[::1\]:\d+$')
        self.network.start_worker('worker1', '--api-address', '::1', '--provisioning-address', '::1', api_port=five)
        # By name, on addresses of both kinds: "::" listens on IPv4 too.
        self.network.start_worker('worker2', '--api-address', '::', '--public-api-url', f'http://localhost:{four}',
                                  '--provisioning-address', '::', '--public-provisioning-url', f'tcp://localhost:{other}',
                                  api_port=four, provisioning_port=other)
        self.network.wait_until_final()
        urls = [worker['worker_url'] for worker in self.network.client('client', 'workers')['workers']]
        self.assertEqual(urls, [f'http://[::1]:{five}', f'http://localhost:{four}'])

    def test_2_calls_and_queries_reach_both(self):
        result = self.network.client('client', *m4_story.ALICE, 'call', 'increment 42', '--wait', 'agreed')
        self.assertEqual(len(result['confirmed_by']), 2)
        for index in (1, 2):
            answer = self.network.client('client', *m4_story.ALICE, 'query', 'counter', '--worker-index', str(index))
            self.assertEqual(answer['value'], '42')


if __name__ == '__main__':
    support.main()
