"""A join of a large state: served by one worker's gateway, fetched, stored and opened by another's host and enclave."""

import json
import pathlib
import subprocess

import devnet

NAME = 'ipfs_join'
TITLE = 'Joining: a state over IPFS'
TARGETS = ['substratee-bench-ipfs-join']

PAGE = '''| Join over loopback | whole state | one leaf in a hundred changed | nothing changed (a restart) |
|---|---|---|---|
| state | {bytes_mb:.0f} MB, {records} records of {value_size} bytes, {leaves} leaves | | |
| until it is open | **{join[seconds]:.2f} s** | {join_changed[seconds]:.2f} s | {restart[seconds]:.2f} s |
| rate | {join[megabytes_per_second]:.0f} MB/s | {join_changed[megabytes_per_second]:.0f} MB/s | {restart[megabytes_per_second]:.0f} MB/s |
| bound of the same run | {join[bound_seconds]:.2f} s | {join_changed[bound_seconds]:.2f} s | {restart[bound_seconds]:.2f} s |
| share of the bound | **{join_percent:.0f} %** | {join_changed_percent:.0f} % | {restart_percent:.0f} % |
| blocks and bytes that moved | {join[fetched_blocks]}, {join_moved:.2f} % | {join_changed[fetched_blocks]}, **{join_changed_moved:.2f} %** | {restart[fetched_blocks]}, {restart_moved:.2f} % |
| processor time of the joiner's host, of its enclave | {join[host_cpu_seconds]:.1f} s, {join[enclave_cpu_seconds]:.1f} s | {join_changed[host_cpu_seconds]:.1f} s, {join_changed[enclave_cpu_seconds]:.1f} s | {restart[host_cpu_seconds]:.1f} s, {restart[enclave_cpu_seconds]:.1f} s |

The bound: one core that hashes each block, opens it (AES-SIV) and hashes its content, {microseconds_per_block:.0f} µs a block, and nothing
else. The serving worker, the joining one and its enclave share the machine's {cores} cores.
'''


def run(programs, options):
    del options
    command = [str(pathlib.Path(programs) / 'substratee-bench-ipfs-join')]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=1800, check=False)
    if done.returncode != 0:
        raise devnet.Failure(f'the measurement failed with status {done.returncode}')
    return json.loads(done.stdout.splitlines()[-1])


def page(figures):
    values = dict(figures, bytes_mb=figures['bytes'] / 1e6)
    for name in ('join', 'join_changed', 'restart'):
        values[f'{name}_percent'] = 100 * figures[name]['share_of_bound']
        values[f'{name}_moved'] = 100 * figures[name]['fetched_share']
    return PAGE.format(**values)
