#!/usr/bin/env python3
"""Checks of all texts: no TODO without an issue number, no link in the documents to what does not exist.

Usage: tools/check_sources.py [todo] [links]   (both without an argument). Status 1 if something is wrong.
"""

import re
import sys

import sources

TODO = re.compile(r'\b(TODO|FIXME|XXX)\b(?!\(#\d+\))')
OF_OTHERS = ('tests/vectors/', 'LICENSE')
ABOUT_TODOS = ('tools/check_sources.py', 'tools/check.sh')
TEXTS = ('.hpp', '.cpp', '.py', '.sh', '.md', '.txt', '.cmake', '.json', '.js')

LINK = re.compile(r'\[[^\]\n]*\]\(([^)\s]+)\)')
CODE = re.compile(r'^```.*?^```', re.MULTILINE | re.DOTALL)
HEADING = re.compile(r'^#+\s+(.+?)\s*$', re.MULTILINE)


def todos():
    for name in sources.files(*TEXTS):
        if name.startswith(OF_OTHERS) or name in ABOUT_TODOS:
            continue
        for number, line in enumerate(sources.text(name).splitlines(), 1):
            if TODO.search(line):
                yield f'{name}:{number}: a TODO names its issue, as TODO(#12), or is not there'


def anchors(text):
    """As the usual renderers make them from headings."""
    found = set()
    for heading in HEADING.findall(CODE.sub('', text)):
        plain = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading).replace('`', '').lower()
        anchor = base = re.sub(r'[^\w\- ]', '', plain).replace(' ', '-')
        repeat = 0
        while anchor in found:
            repeat += 1
            anchor = f'{base}-{repeat}'
        found.add(anchor)
    return found


def links():
    for name in sources.files('.md'):
        if name.startswith(OF_OTHERS):
            continue
        folder = (sources.ROOT / name).parent
        for target in LINK.findall(CODE.sub('', sources.text(name))):
            if re.match(r'[a-z]+:', target):
                continue
            path, _, anchor = target.partition('#')
            file = (folder / path).resolve() if path else sources.ROOT / name
            if not file.exists():
                yield f'{name}: {target}: there is no such file'
            elif anchor and file.suffix == '.md' and anchor not in anchors(file.read_text(encoding='utf-8')):
                yield f'{name}: {target}: there is no such heading'


def main():
    checks = {'todo': todos, 'links': links}
    chosen = sys.argv[1:] or list(checks)
    if unknown := [name for name in chosen if name not in checks]:
        print(f'unknown check {unknown[0]}; there are: {", ".join(checks)}', file=sys.stderr)
        return 2
    complaints = [complaint for name in chosen for complaint in checks[name]()]
    print('\n'.join(complaints), end='\n' if complaints else '')
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
