#!/usr/bin/env python3
"""Compares the list of attacks in docs/threat-model.md with the tests: each attack has tests of those names, each test
named attack_* stands in the list, and each reason that the list names is one that those tests assert.

Tests are GoogleTest's in files attack_*_test.cpp (TEST_F(Suite, attack_x) is `Suite.attack_x`) and methods test_attack_x
of classes in Python tests (`Class.attack_x`). Status 1 if something is wrong.
"""

import re
import sys

import sources

DOCUMENT = 'docs/threat-model.md'
BEGIN, END = '<!-- attacks: compared with the tests by tools/check_attacks.py -->', '<!-- end of attacks -->'
CPP_TEST = re.compile(r'^TEST(?:_F|_P)?\(\s*(\w+),\s*(attack_\w+)\)', re.MULTILINE)
PYTHON_TEST = re.compile(r'^class (\w+)|^    def test_(attack_\w+)\(', re.MULTILINE)
INCLUDE = re.compile(r'^#include "(tests/[^"]+)\.hpp"', re.MULTILINE)
CODE = re.compile(r'`([^`]+)`')


def tests():
    """{`Suite.attack_x`: file}, and complaints."""
    found, complaints = {}, []
    for name in sources.files('_test.cpp', '_test.py'):
        text = sources.text(name)
        suite = ''
        for first, second in (CPP_TEST if name.endswith('.cpp') else PYTHON_TEST).findall(text):
            if not second:
                suite = first
                continue
            test = f'{first or suite}.{second}'
            if test in found:
                complaints.append(f'{name}: {test} is also in {found[test]}')
            found[test] = name
            if name.endswith('.cpp') and not name.rsplit('/', 1)[-1].startswith('attack_'):
                complaints.append(f'{name}: {test} has no label attacks there; its file is to be named attack_*_test.cpp')
    return found, complaints


def text_of(test_file):
    """A test's file, and the sources of what it includes from tests/."""
    text = sources.text(test_file)
    included = tuple(INCLUDE.findall(text))
    return text + '\n'.join(sources.text(name) for name in sources.files('.cpp') if included and name.startswith(included))


def rows():
    """(line, attack, tests, reasons) of each row, and complaints."""
    text = sources.text(DOCUMENT)
    if BEGIN not in text or END not in text:
        return [], [f'{DOCUMENT}: the list of attacks is not between its two marks']
    found, complaints = [], []
    start = text[:text.index(BEGIN)].count('\n') + 1
    for number, line in enumerate(text[text.index(BEGIN):text.index(END)].splitlines(), start):
        cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
        if not line.startswith('|') or cells[0] == 'Attack' or set(cells[0]) <= set('-: '):
            continue
        if len(cells) != 4:
            complaints.append(f'{DOCUMENT}:{number}: {len(cells)} cells, not 4: attack, tests, refused by, reason')
            continue
        found.append((number, cells[0], CODE.findall(cells[1]), CODE.findall(cells[3])))
    return found, complaints


def main():
    known, complaints = tests()
    listed, more = rows()
    complaints += more
    seen, named = {}, set()
    for number, attack, names, reasons in listed:
        where = f'{DOCUMENT}:{number}'
        if attack in named:
            complaints.append(f'{where}: "{attack}" stands in the list twice')
        named.add(attack)
        if not names:
            complaints.append(f'{where}: "{attack}" names no test')
        for name in names:
            if name not in known:
                complaints.append(f'{where}: "{attack}": there is no test {name}')
            elif name in seen:
                complaints.append(f'{where}: {name} stands in line {seen[name]} already')
            seen.setdefault(name, number)
        text = '\n'.join(text_of(known[name]) for name in names if name in known)
        for reason in reasons:
            if not re.search(rf'\b{re.escape(reason)}\b', text):
                complaints.append(f'{where}: "{attack}": none of its tests\' files asserts {reason}')
    for name in sorted(set(known) - set(seen)):
        complaints.append(f'{known[name]}: {name} does not stand in the list of {DOCUMENT}')
    print('\n'.join(complaints), end='\n' if complaints else '')
    print(f'{len(named)} attacks, {len(known)} tests')
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
