#!/usr/bin/env python3
"""Strangers on the node's JSON-RPC: many, busy, deaf and rude ones. The node stays small and goes on for the others."""

import os
import random
import resource
import selectors
import sys
import threading
import time
import unittest

import support
from support import devnet
from websocket import WebSocket

IDLE = 1000
BUSY = 100
MEBIBYTE = 1 << 20
BUSY_SECONDS = 20 if support.IS_LONG else 4
PROMPT_SECONDS = 2.0  # for an answer to a polite client, meanwhile
LIMITS = ('--rpc-max-connections', '3000', '--rpc-max-connections-per-address', '3000')


def resident(pid):
    """Bytes of memory."""
    with open(f'/proc/{pid}/status', encoding='utf-8') as status:
        for line in status:
            if line.startswith('VmRSS:'):
                return int(line.split()[1]) * 1024
    raise devnet.Failure(f'process {pid} has no memory')


class Watch(threading.Thread):
    """The most memory that a process takes, and the longest that a polite client waits."""

    def __init__(self, url, pid):
        super().__init__(daemon=True)
        self._url, self._pid = url, pid
        self._ended = threading.Event()
        self.most_memory = resident(pid)
        self.longest_wait = 0.0
        self.failure = None

    def run(self):
        try:
            with WebSocket(self._url) as client:
                while not self._ended.wait(0.1):
                    begin = time.monotonic()
                    client.call('state_getStorage', '0x3a636f6465')
                    self.longest_wait = max(self.longest_wait, time.monotonic() - begin)
                    self.most_memory = max(self.most_memory, resident(self._pid))
        except Exception as error:  # pylint: disable=broad-except
            self.failure = error

    def end(self):
        self._ended.set()
        self.join()


class RpcLoad(unittest.TestCase):
    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = IDLE + BUSY + 500
        if hard != resource.RLIM_INFINITY and hard < wanted:
            self.skipTest(f'{wanted} open files are needed; the limit is {hard}')
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        self.network = support.new_network(quiet=True)
        self.addCleanup(self.network.close)
        self.url = self.network.start_node(*LIMITS)
        self.pid = self.network.node.pid
        self.watch = Watch(self.url, self.pid)
        self.watch.start()
        self.before = resident(self.pid)

    def finish(self, most_mebibytes):
        """Nobody was disturbed, and memory stayed within bounds."""
        self.watch.end()
        self.assertIsNone(self.watch.failure)
        grown = (self.watch.most_memory - self.before) / MEBIBYTE
        print(f'memory grew by {grown:.0f} MiB; the longest wait was {self.watch.longest_wait * 1000:.0f} ms')
        self.assertLess(grown, most_mebibytes)
        self.assertLess(self.watch.longest_wait, PROMPT_SECONDS)
        best, _ = self.network.numbers()
        devnet.wait_until('another block', lambda: self.network.numbers()[0] > best, 5)

    def test_a_thousand_idle_and_a_hundred_busy_connections(self):
        idle = [WebSocket(self.url) for _ in range(IDLE)]
        for client in idle[:100]:
            client.send('chain_subscribeNewHeads')
        busy = [WebSocket(self.url) for _ in range(BUSY)]
        answered = [0] * BUSY
        selector = selectors.DefaultSelector()
        for number, client in enumerate(busy):
            for _ in range(10):
                client.send('state_getStorage', '0x3a636f6465')
            selector.register(client.socket, selectors.EVENT_READ, number)
        end = time.monotonic() + BUSY_SECONDS
        while time.monotonic() < end:
            for key, _ in selector.select(0.1):
                client = busy[key.data]
                self.assertIn('result', client.receive())
                answered[key.data] += 1
                client.send('state_getStorage', '0x3a636f6465')
        print(f'{sum(answered)} answers to {BUSY} connections in {BUSY_SECONDS} s, beside {IDLE} idle ones')
        self.assertGreater(min(answered), 0)
        for client in idle[-5:]:
            self.assertIn('result', client.call('system_chain'))
        self.finish(200)
        for client in idle + busy:
            client.close()

    def test_clients_that_do_not_read(self):
        deaf = [WebSocket(self.url, seconds=1, receive_buffer=4096) for _ in range(40)]
        for client in deaf:
            try:
                client.send('chain_subscribeNewHeads')
                for _ in range(2000):
                    client.send('state_getMetadata')
            except OSError:
                pass  # the node takes no more from it, or has ended it
        time.sleep(2)
        self.finish(400)
        for client in deaf:
            client.close()

    def test_a_flood_of_subscriptions(self):
        clients = [WebSocket(self.url) for _ in range(20)]
        accepted = 0
        for client in clients:
            for number in range(400):
                method = ('chain_subscribeNewHeads', 'state_subscribeStorage', 'chainHead_v1_follow')[number % 3]
                params = {'state_subscribeStorage': [['0x3a636f6465'] * 100], 'chainHead_v1_follow': [True]}.get(method, [])
                answer = client.call(method, *params)
                accepted += 'result' in answer
                if 'error' in answer:
                    self.assertIn(answer['error']['code'], (-32006, -32800))
        self.assertLessEqual(accepted, len(clients) * 256)
        time.sleep(3)
        self.finish(300)
        for client in clients:
            client.close()

    def test_rudeness(self):
        rude = random.Random(7)
        deep = b'[' * 200_000
        half = WebSocket.frame(b'x' * 1000)[:500]
        messages = [os.urandom(300), WebSocket.frame(os.urandom(300)), WebSocket.frame(deep), half,
                    WebSocket.frame(b'{"jsonrpc":"2.0","id":1,"method":"' + b'm' * 100_000 + b'"}'),
                    WebSocket.frame(b'[' + b'{},' * 5000 + b'{}]'), b'\x81\xff' + b'\xff' * 8, b'\x81\x05hello',
                    WebSocket.frame(b'a', final=False) * 50, WebSocket.frame(b'', kind=9) * 1000,
                    WebSocket.frame(b'\xff\xfe'), WebSocket.frame(b'', kind=8)]
        for _ in range(300):
            client = WebSocket(self.url)
            try:
                client.socket.sendall(rude.choice(messages))
                if rude.random() < 0.3:
                    client.socket.settimeout(0.05)
                    client.receive()
            except (OSError, ValueError):
                pass
            client.close()
        self.finish(100)


if __name__ == '__main__':
    sys.path.insert(0, os.path.dirname(__file__))
    support.main()
