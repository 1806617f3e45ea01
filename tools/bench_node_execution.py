"""Blocks imported by a node: everything in them executed, against the verification of their signatures alone."""

import json
import pathlib
import subprocess

NAME = 'node_execution'
TITLE = 'Execution of blocks'
TARGETS = ['substratee-bench-node-execution']

PAGE = '''{extrinsics} sr25519 extrinsics of each kind, in {blocks} blocks, are imported into a fresh chain on disk: seals, roots and
signatures verified, every call executed, every state root compared, every block written. The bound is the verification
of the signatures alone, on all cores, in the same run.

| | Transfers | call_worker (300 bytes) |
|---|---|---|
| **rate** | **{transfers[extrinsics_per_second]:.0f}/s** | **{calls[extrinsics_per_second]:.0f}/s** |
| bound | {transfers[bound_per_second]:.0f}/s | {calls[bound_per_second]:.0f}/s |
| share of the bound | {transfers[percent]:.0f} % | {calls[percent]:.0f} % |
'''


def run(programs, _options):
    output = subprocess.run([pathlib.Path(programs) / 'substratee-bench-node-execution'], check=True,
                            capture_output=True, text=True).stdout
    return json.loads(output)


def page(result):
    for kind in result.values():
        kind['percent'] = 100 * kind['share_of_bound']
    return PAGE.format(**result, extrinsics=result['transfers']['extrinsics'], blocks=result['transfers']['blocks'])
