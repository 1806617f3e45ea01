"""IPFS: what it costs to bring bytes into a store."""

import bench_ipfs_import

NAME = 'ipfs'
TITLE = 'IPFS'
PARTS = [bench_ipfs_import]
TARGETS = [target for part in PARTS for target in part.TARGETS]


def run(programs, options):
    return [part.run(programs, options) for part in PARTS]


def page(figures):
    return '\n'.join(part.page(of) for part, of in zip(PARTS, figures))
