#!/usr/bin/env python3
"""What goes wrong is said in one clear sentence, with a non-zero status."""

import socket

import support
from support import m4_story

OTHER_CHAIN = '0x' + '11' * 32


def unused_url():
    """The address of a port on which nobody answers, and what keeps it so."""
    holder = socket.socket()
    holder.bind(('127.0.0.1', 0))
    return f'ws://127.0.0.1:{holder.getsockname()[1]}', holder


class ErrorsTest(support.NetworkTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network.start_node()

    def run_worker(self, *arguments, base=None):
        return self.network.run('worker_error', 'substratee-worker', 'run', '--base-path', base or self.network.data / 'worker_error',
                                *arguments, seconds=30)

    def run_client(self, *arguments, url=None):
        return self.network.run('client_error', 'substratee-client', '--node-url', url or self.network.node_url, *arguments, seconds=90)

    # --- wrong chain ---

    def test_client_refuses_another_chain(self):
        self.assert_one_sentence(*self.run_client('--genesis', OTHER_CHAIN, 'status'), OTHER_CHAIN)

    def test_worker_refuses_another_chain(self):
        self.assert_one_sentence(*self.run_worker('--node-url', self.network.node_url, '--genesis', OTHER_CHAIN,
                                               base=self.network.data / 'worker_fresh'), OTHER_CHAIN)

    # --- unreachable node ---

    def test_client_names_an_unreachable_node(self):
        url, holder = unused_url()
        with holder:
            self.assert_one_sentence(*self.run_client('status', url=url), url)

    def test_worker_names_an_unreachable_node(self):
        url, holder = unused_url()
        with holder:
            self.assert_one_sentence(*self.run_worker('--node-url', url), url)

    def test_client_without_a_worker_says_so(self):
        self.assert_one_sentence(*self.run_client(*m4_story.ALICE, 'query', 'counter'))

    # --- wrong arguments ---

    def test_unknown_arguments(self):
        for program in support.devnet.PROGRAMS:
            with self.subTest(program=program):
                status, output, errors = self.network.run('arguments', program, '--no-such-flag')
                self.assert_one_sentence(status, output, errors)
                self.assertEqual(status, 2)

    def test_no_arguments(self):
        for program in ('substratee-node', 'substratee-worker', 'substratee-enclave', 'substratee-client'):
            with self.subTest(program=program):
                self.assert_one_sentence(*self.network.run('arguments', program))

    def test_values_that_are_none(self):
        for arguments in (('substratee-node', '--dev', '--allow-measurement', 'xyz'), ('substratee-node', '--dev', '--rpc-port', '70000'),
                          ('substratee-worker', 'run', '--base-path', '/tmp/x', '--genesis', '12'),
                          ('substratee-client', '--shard', 'nonsense', 'status'), ('substratee-client', 'block', 'many'),
                          ('substratee-client', '--timeout', '0', 'status')):
            with self.subTest(arguments=arguments):
                self.assert_one_sentence(*self.network.run('arguments', *arguments))

    def test_missing_enclave_program(self):
        missing = self.network.data / 'no-enclave'
        self.assert_one_sentence(*self.run_worker('--node-url', self.network.node_url, '--enclave', missing), str(missing))

    # --- damaged files ---

    def test_worker_names_a_corrupt_sealed_blob(self):
        base = self.network.data / 'worker_damaged'
        worker = self.network.start_worker('worker_damaged', base=base)
        worker.process.stop()
        blobs = sorted((base / 'sealed').iterdir())
        self.assertTrue(blobs)
        for blob in blobs:
            good = blob.read_bytes()
            with self.subTest(blob=blob.name, damage='one bit'):
                blob.write_bytes(good[:-20] + bytes([good[-20] ^ 1]) + good[-19:])
                self.assert_one_sentence(*self.run_worker('--node-url', self.network.node_url, base=base))
            with self.subTest(blob=blob.name, damage='cut short'):
                blob.write_bytes(good[:len(good) // 2])
                self.assert_one_sentence(*self.run_worker('--node-url', self.network.node_url, base=base))
            blob.write_bytes(good)

    def test_worker_keeps_to_its_chain(self):
        """A data directory belongs to one chain; another node is refused, and no blob is touched."""
        with support.new_network(quiet=True) as other:
            other.start_node()
            worker = other.start_worker('worker_moved')
            worker.process.stop()
            before = {path.name: path.read_bytes() for path in (worker.base / 'sealed').iterdir()}
            self.assert_one_sentence(*self.run_worker('--node-url', self.network.node_url, base=worker.base), 'genesis')
            self.assertEqual(before, {path.name: path.read_bytes() for path in (worker.base / 'sealed').iterdir()})
        support.devnet.shutil.rmtree(other.output)

    def test_node_refuses_a_flag_that_contradicts_its_chain(self):
        base = self.network.data / 'node_other'
        ready = self.network.data / 'node_other.ready'
        node = self.network.start('node_other', 'substratee-node', '--dev', '--base-path', base, '--rpc-port', '0', '--ready-file', ready)
        support.devnet.wait_until('the other node', ready.exists, alive=[node])
        node.stop()
        self.assert_one_sentence(*self.network.run('node_other', 'substratee-node', '--dev', '--base-path', base, '--rpc-port', '0',
                                                   '--allow-measurement', '22' * 32, seconds=20), 'purge-chain')


if __name__ == '__main__':
    support.main()
