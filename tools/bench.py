#!/usr/bin/env python3
"""Runs the benchmarks and writes docs/benchmarks.md.

A section is a module with NAME, TITLE, TARGETS (of CMake), run(programs, options) -> dict of figures, and
page(figures) -> its text; also add_options(parser) if it has some, and files(figures) -> {path below docs: text} if it
draws. Sections that do not run keep their text."""

import argparse
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench_attestation  # noqa: E402
import bench_calls  # noqa: E402
import bench_finality  # noqa: E402
import bench_ipfs_import  # noqa: E402
import bench_ipfs_join  # noqa: E402
import bench_node_execution  # noqa: E402
import bench_node_rpc  # noqa: E402
import bench_node_storage  # noqa: E402
import bench_state  # noqa: E402
import devnet  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / 'docs/benchmarks.md'
SECTIONS = [bench_calls, bench_node_execution, bench_node_storage, bench_node_rpc, bench_state, bench_ipfs_import,
            bench_ipfs_join, bench_finality, bench_attestation]


def cpu():
    for line in pathlib.Path('/proc/cpuinfo').read_text(encoding='utf-8').splitlines():
        if line.startswith('model name'):
            return line.split(':', 1)[1].strip()
    return 'an unnamed processor'


def read_page():
    """The sections' texts of the last run, by title."""
    if not PAGE.exists():
        return {}
    parts = PAGE.read_text(encoding='utf-8').split('\n## ')[1:]
    return {title: text.strip('\n') + '\n' for title, _, text in (part.partition('\n') for part in parts)}


def write_page(texts):
    out = f'# Benchmarks\n\nWritten by `./bench.sh`; figures of one machine: {cpu()}, {os.cpu_count()} cores.\n'
    for section in SECTIONS:
        if section.TITLE in texts:
            out += f'\n## {section.TITLE}\n\n{texts[section.TITLE]}'
    PAGE.write_text(out, encoding='utf-8')


def measure(sections, options):
    texts = read_page()
    for section in sections:
        print(f'== {section.TITLE}', flush=True)
        figures = section.run(options.programs, options)
        text = section.page(figures)
        print(text, flush=True)
        texts[section.TITLE] = text
        if options.no_write:
            continue
        for name, content in getattr(section, 'files', lambda _: {})(figures).items():
            (ROOT / 'docs' / name).write_text(content, encoding='utf-8')
        write_page(texts)


def main():
    names = [section.NAME for section in SECTIONS]
    parser = argparse.ArgumentParser(description='Measures, and writes docs/benchmarks.md.')
    parser.add_argument('--programs', default=os.environ.get('SUBSTRATEE_BIN', ROOT / 'build/release/bin'))
    parser.add_argument('--only', action='append', choices=names, help='this section; may be given again')
    parser.add_argument('--calls', type=int, default=20000)
    parser.add_argument('--accounts', type=int, default=1000)
    parser.add_argument('--no-write', action='store_true')
    parser.add_argument('--targets', action='store_true', help='print what has to be built, and measure nothing')
    for section in SECTIONS:
        getattr(section, 'add_options', lambda _: None)(parser)
    options = parser.parse_args()
    sections = [section for section in SECTIONS if not options.only or section.NAME in options.only]
    if options.targets:
        print(' '.join(dict.fromkeys(target for section in sections for target in section.TARGETS)))
        return 0
    devnet.stop_on_signals()
    try:
        measure(sections, options)
    except (devnet.Failure, subprocess.CalledProcessError) as failure:
        print(f'bench: {failure}', file=sys.stderr)
        return 1
    except devnet.Interrupted as interruption:
        return 128 + interruption.number
    return 0


if __name__ == '__main__':
    sys.exit(main())
