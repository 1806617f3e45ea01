"""Looks for secrets in bytes: as they are, in hex, in base64. And in the memory of processes."""

import base64
import pathlib
import re

PIECE = 16  # a half of a key is as bad as the whole
_CHUNK = 64 * 1024 * 1024
_PAGE = 4096


def _base64_forms(secret):
    """What is left of the secret in base64 at each of its three alignments; both alphabets."""
    for offset in range(3):
        encoded = base64.b64encode(b'\0' * offset + secret)
        start = (0, 2, 3)[offset]
        end = len(encoded) - (0 if (offset + len(secret)) % 3 == 0 else 4)
        yield encoded[start:end]
        yield encoded[start:end].replace(b'+', b'-').replace(b'/', b'_')


def forms(secret):
    """Every way in which bytes might be written down. Of a long secret: each half."""
    pieces = [secret[:PIECE], secret[PIECE:]] if len(secret) >= 2 * PIECE else [secret]
    found = set()
    for piece in pieces:
        found.update((piece, piece.hex().encode(), piece.hex().upper().encode()))
    found.update(_base64_forms(pieces[0]))
    return {form for form in found if len(form) >= 8}


def without_empty_pages(data):
    """Most memory is zeros, in which no secret is."""
    return data.replace(bytes(_PAGE), b'')


class Searcher:
    """Secrets by name, and where they were found."""

    def __init__(self):
        self._patterns = {}

    def add(self, name, secret):
        """Bytes, or a text that is looked for as it is."""
        for form in [secret.encode()] if isinstance(secret, str) else forms(secret):
            self._patterns[form] = name

    def names(self):
        return sorted(set(self._patterns.values()))

    def find(self, data):
        """Names of what is in the bytes."""
        data = without_empty_pages(data)
        return sorted({name for form, name in self._patterns.items() if form in data})

    def find_in_file(self, path):
        return self.find(pathlib.Path(path).read_bytes())

    def find_in_memory(self, pid, only=lambda mapping: True):
        """{name of a secret: names of the mappings in which it stands}. Needs the right to trace the process."""
        found = {}
        with open(f'/proc/{pid}/mem', 'rb', buffering=0) as memory:
            for mapping in mappings(pid):
                if not only(mapping):
                    continue
                for data in _pieces(memory, mapping):
                    for name in self.find(data):
                        found.setdefault(name, set()).add(mapping.name)
        return found


class Mapping:
    """A line of /proc/PID/smaps, with its flags (dd: not in dumps, lo: locked)."""

    def __init__(self, line):
        matched = re.match(r'([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)', line)
        self.start, self.end = int(matched[1], 16), int(matched[2], 16)
        self.is_readable = matched[3].startswith('r')
        self.name = matched[4] or 'anonymous'
        self.flags = set()


def mappings(pid):
    found = []
    for line in pathlib.Path(f'/proc/{pid}/smaps').read_text().splitlines():
        if re.match(r'[0-9a-f]+-[0-9a-f]+ ', line):
            found.append(Mapping(line))
        elif line.startswith('VmFlags:'):
            found[-1].flags = set(line.split()[1:])
    return [mapping for mapping in found if mapping.is_readable and mapping.name not in ('[vvar]', '[vsyscall]')]


def _pieces(memory, mapping):
    """The mapping in pieces that overlap by more than the longest form."""
    at = mapping.start
    while at < mapping.end:
        size = min(_CHUNK, mapping.end - at)
        try:
            memory.seek(at)
            data = memory.read(size)
        except (OSError, ValueError):
            return
        yield data
        if not data or at + size >= mapping.end:
            return
        at += size - _PAGE
