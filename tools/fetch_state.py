#!/usr/bin/env python3
"""Downloads an encrypted state from a worker, block by block, and checks every block: one file each, named by its CID."""

import argparse
import base64
import hashlib
import pathlib
import sys
import urllib.error
import urllib.request

LIMIT = 4 * 1024 * 1024
DAG_PB, RAW, SHA_256 = 0x70, 0x55, b'\x12\x20'


class Wrong(Exception):
    pass


def varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Wrong('a number that does not end')
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(message):
    """(number, bytes or integer) of a protobuf message of dag-pb: wire types 0 and 2 only."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        if key & 7 == 0:
            value, at = varint(message, at)
        elif key & 7 == 2:
            size, at = varint(message, at)
            if at + size > len(message):
                raise Wrong('a field that is cut off')
            value, at = message[at:at + size], at + size
        else:
            raise Wrong('not dag-pb')
        yield key >> 3, value


def links(block):
    return [cid for number, link in fields(block) if number == 2 for field, cid in fields(link) if field == 1]


def to_text(cid):
    return 'b' + base64.b32encode(cid).decode().lower().rstrip('=')


def from_text(text):
    if not text.startswith('b'):
        raise Wrong(f'{text}: a CIDv1 in base32 is needed (bafy…)')
    body = text[1:].upper()
    return base64.b32decode(body + '=' * (-len(body) % 8))


def get(base, cid):
    if len(cid) != 36 or cid[0] != 1 or cid[1] not in (DAG_PB, RAW) or cid[2:4] != SHA_256:
        raise Wrong(f'{to_text(cid)}: not a CID of a state')
    try:
        with urllib.request.urlopen(f'{base}/ipfs/{to_text(cid)}?format=raw', timeout=30) as answer:
            block = answer.read(LIMIT + 1)
    except (urllib.error.URLError, OSError) as error:
        raise Wrong(f'{to_text(cid)}: {base} does not give it ({error})') from error
    if hashlib.sha256(block).digest() != cid[4:]:
        raise Wrong(f'{to_text(cid)}: {base} gives another block')
    return block


def fetch(base, root, folder):
    folder.mkdir(parents=True, exist_ok=True)
    waiting, seen, size = [root], {root}, 0
    while waiting:
        cid = waiting.pop()
        block = get(base, cid)
        (folder / to_text(cid)).write_bytes(block)
        size += len(block)
        if cid[1] == DAG_PB:
            for link in links(block):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)
    return len(seen), size


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--from', dest='base', required=True, metavar='URL', help="the worker's URL, http://host:port")
    parser.add_argument('root', help='CID of the state')
    parser.add_argument('folder', type=pathlib.Path)
    arguments = parser.parse_args()
    try:
        count, size = fetch(arguments.base.rstrip('/'), from_text(arguments.root), arguments.folder)
    except (Wrong, ValueError) as error:
        print(f'fetch_state: {error}', file=sys.stderr)
        return 1
    print(f'{count} blocks, {size} bytes, each as its CID says')
    return 0


if __name__ == '__main__':
    sys.exit(main())
