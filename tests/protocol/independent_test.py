#!/usr/bin/env python3
"""The vectors of docs/protocol.md against a second implementation: Python's hashlib and hmac, written from the page."""

import hashlib
import hmac
import json
import pathlib
import unittest

VECTORS = pathlib.Path(__file__).resolve().parent.parent / 'vectors/protocol'


def load(name):
    return json.loads((VECTORS / name).read_text(encoding='utf-8'))


def unhex(text):
    return bytes.fromhex(text[2:])


def blake2_256(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def sha256(data):
    return hashlib.sha256(data).digest()


def hmac_sha256(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def hkdf(key, info):
    """32 bytes, empty salt."""
    return hmac_sha256(hmac_sha256(bytes(32), key), info + b'\x01')


def scale_text(text):
    return bytes([len(text) << 2]) + text.encode()


def merkle_root(leaves):
    if not leaves:
        return sha256(b'')
    if len(leaves) == 1:
        return sha256(b'\x00' + leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b'\x01' + merkle_root(leaves[:split]) + merkle_root(leaves[split:]))


class VectorsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.keys = load('keys.json')
        cls.genesis = unhex(cls.keys['domain']['genesis_hash'])
        cls.shard = unhex(cls.keys['domain']['shard'])

    def test_shard_id(self):
        self.assertEqual(blake2_256(b'substratee/shard/v1' + scale_text('counter') + scale_text('default')), self.shard)

    def test_keys(self):
        secret = unhex(self.keys['epoch_secret'])
        self.assertEqual(hkdf(secret, b'substratee/state-key/v1' + self.shard), unhex(self.keys['state_key']))
        self.assertEqual(hkdf(secret, b'substratee/blind/v1'), unhex(self.keys['blind_key']))
        self.assertEqual(hkdf(secret, b'substratee/receipt-store/v1'), unhex(self.keys['receipt_key']))
        self.assertEqual(b'substratee/shielding-key/v1' + self.genesis + self.shard + (1).to_bytes(4, 'little')
                         + unhex(self.keys['shielding_key']), unhex(self.keys['shielding_key_message']))

    def test_calls(self):
        calls = load('calls.json')
        self.assertEqual(blake2_256(unhex(calls['sealed']['encoded'])), unhex(calls['sealed']['call_hash']))
        for call in calls['signed']:
            body = unhex(call['account']) + call['nonce'].to_bytes(4, 'little') + call['valid_until_block'].to_bytes(4, 'little')
            encoded = unhex(call['call'])
            body += bytes([len(encoded) << 2]) + encoded
            self.assertEqual(b'substratee/signed-call/v1' + self.genesis + self.shard + body, unhex(call['signed_message']))
            self.assertTrue(unhex(call['encoded']).startswith(body))

    def test_receipts(self):
        receipts = load('receipts.json')
        leaves = [unhex(leaf['encoded']) for leaf in receipts['leaves']]
        for tree in receipts['trees']:
            self.assertEqual(merkle_root(leaves[:tree['leaves']]), unhex(tree['root']))
        for leaf in receipts['leaves']:
            identity = unhex(leaf['encoded'])[:32 + 4 + 32 + 4]
            self.assertEqual(hmac_sha256(unhex(self.keys['blind_key']), identity), unhex(leaf['blind']))
            self.assertEqual(unhex(leaf['encoded'])[-32:], unhex(leaf['blind']))

    def test_seal_and_block_hash(self):
        journal = load('journal.json')
        self.assertEqual(b'substratee/seal/v1' + blake2_256(unhex(journal['header_without_seal'])), unhex(journal['seal_message']))
        self.assertEqual(blake2_256(unhex(journal['header'])), unhex(journal['block_hash']))
        self.assertIn(b'\x04STEE' + bytes([33 << 2]) + b'\x01' + unhex(journal['root']), unhex(journal['header']))

    def test_queries(self):
        queries = load('queries.json')
        self.assertEqual(sha256(unhex(queries['sealed']['encoded'])), unhex(queries['sealed']['query_hash']))
        answer = queries['answer']
        message = unhex(answer['signed_message'])
        self.assertTrue(message.startswith(b'substratee/answer/v1' + self.genesis + self.shard + unhex(queries['sealed']['query_hash'])))
        self.assertTrue(message.endswith(b'\x00' + bytes([8 << 2]) + (84).to_bytes(8, 'little')))


if __name__ == '__main__':
    unittest.main()
