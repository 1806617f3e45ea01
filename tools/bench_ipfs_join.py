"""A join of a large state: served by one worker's gateway, fetched, stored and opened by another's host and enclave."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import devnet

NAME = 'ipfs_join'
TITLE = 'Joining: a state over IPFS'
TARGETS = ['substratee-bench-ipfs-join']
FOLDER = pathlib.Path(__file__).resolve().parent.parent / 'build'  # a disk, where /tmp may be memory
SECONDS = 1800
TARGET_SECONDS = 10  # for a state of 1 GB
TARGET_SHARE = 0.5  # of the bound
TARGET_MOVED = 0.03  # of the bytes, where one leaf in a hundred changed

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

Targets. A state of 1 GB is open within {target_seconds} s ({seconds_verdict}), at {target_percent:.0f} % of the bound at least
({share_verdict}); where one leaf in a hundred changed, less than {target_moved:.0f} % of the bytes move ({moved_verdict}).
'''


def run(programs, _options):
    FOLDER.mkdir(exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix='bench-join-', dir=FOLDER))
    command = [str(pathlib.Path(programs) / 'substratee-bench-ipfs-join'), '--directory', str(folder / 'work')]
    # A session of its own, so that none of the processes that it starts outlives this.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise devnet.Failure(f'the measurement of a join did not end within {SECONDS} s; is the machine busy?') from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    if process.returncode != 0:
        raise devnet.Failure(f'the measurement of a join failed with status {process.returncode}')
    return json.loads(output.splitlines()[-1])


def _verdict(is_met):
    return 'met' if is_met else '**missed**'


def page(figures):
    values = dict(figures, bytes_mb=figures['bytes'] / 1e6)
    for name in ('join', 'join_changed', 'restart'):
        values[f'{name}_percent'] = 100 * figures[name]['share_of_bound']
        values[f'{name}_moved'] = 100 * figures[name]['fetched_share']
    join = figures['join']
    values.update(target_seconds=TARGET_SECONDS, target_percent=100 * TARGET_SHARE, target_moved=100 * TARGET_MOVED,
                  seconds_verdict=_verdict(join['seconds'] * 1e9 / figures['bytes'] <= TARGET_SECONDS),
                  share_verdict=_verdict(join['share_of_bound'] >= TARGET_SHARE),
                  moved_verdict=_verdict(figures['join_changed']['fetched_share'] < TARGET_MOVED))
    return PAGE.format(**values)
