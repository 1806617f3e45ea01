#!/usr/bin/env python3
"""`substratee-worker ipfs serve` against the published requests to Trustless Gateways, read by a CAR reader of its own."""

import hashlib
import http.client
import json
import urllib.parse

import support
from support import devnet

import gateways

VECTORS = support.ROOT / 'tests/vectors/ipfs'
BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'


def varint(data, place):
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7f) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def base32(data):
    bits = ''.join(f'{byte:08b}' for byte in data)
    return ''.join(BASE32[int(bits[i:i + 5].ljust(5, '0'), 2)] for i in range(0, len(bits), 5))


def base58(data):
    number, out = int.from_bytes(data, 'big'), ''
    while number:
        number, digit = divmod(number, 58)
        out = BASE58[digit] + out
    return out


def read_car(data):
    """The CIDs of a CARv1's sections; each block is hashed."""
    size, place = varint(data, 0)
    header = data[place:place + size]
    assert header.endswith(b'\x67version\x01') and header.startswith(b'\xa2\x65roots'), header
    place += size
    cids = []
    while place < len(data):
        size, place = varint(data, place)
        section, place = data[place:place + size], place + size
        assert len(section) == size, 'cut inside a section'
        length = 34 if section[:2] == b'\x12\x20' else 36
        cid, block = section[:length], section[length:]
        assert cid[-32:] == hashlib.sha256(block).digest(), 'a block that is not what its CID names'
        cids.append(base58(cid) if length == 34 else 'b' + base32(cid))
    return cids


class GatewayTest(support.unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.vectors = json.loads((VECTORS / 'trustless-gateway.json').read_text())
        cls.served = gateways.Served(support.PROGRAMS, [VECTORS / each['file'] for each in cls.vectors['fixtures']])
        cls.addClassCleanup(cls.served.close)

    def ask(self, request):
        """Status, headers, body; the body is None if it was cut."""
        query = urllib.parse.urlencode(request['query'], safe=':*')
        connection = http.client.HTTPConnection('127.0.0.1', self.served.port, timeout=20)
        try:
            connection.request(request['method'], request['path'] + ('?' + query if query else ''), headers=request['headers'])
            answer = connection.getresponse()
            try:
                body = answer.read()
            except http.client.IncompleteRead:
                body = None
            return answer.status, answer.headers, body
        finally:
            connection.close()

    def test_published_requests(self):
        for case in self.vectors['cases']:
            with self.subTest(case['id']):
                expect = case['expect']
                status, headers, body = self.ask(case['request'])
                self.assertIn(status, [expect['status'], *expect.get('alternative_statuses', [])])
                if status != expect['status']:
                    continue
                for name, value in expect.get('headers', {}).items():
                    if '<' not in value and '…' not in value and value != 'present' and not value.startswith('contains'):
                        self.assertEqual(headers[name], value)
                if 'body_hex' in expect:
                    self.assertEqual(body.hex(), expect['body_hex'])
                wanted = expect.get('car', {})
                if 'blocks_prefix' in wanted:
                    self.assertIsNone(body, 'an incomplete CAR ends as if it were complete')
                if 'blocks' in wanted:
                    self.assertEqual(read_car(body), wanted['blocks'])
                if 'cids_sha256' in wanted:
                    lines = ''.join(f'{cid}\n' for cid in read_car(body))
                    self.assertEqual(hashlib.sha256(lines.encode()).hexdigest(), wanted['cids_sha256'])


if __name__ == '__main__':
    support.main()
