#!/usr/bin/env python3
"""Runs the benchmark of sealed calls on a network of local processes and writes docs/benchmarks.md."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import devnet  # noqa: E402
import m4_story  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent

PAGE = '''# Benchmarks

Written by `./bench.sh`; figures of one run on {cpu}, {cores} cores.

| Sealed calls, end to end | |
|---|---|
| calls, of accounts | {calls}, {accounts} |
| until agreed by {active_workers} workers | {seconds:.1f} s, {blocks} blocks |
| **rate** | **{calls_per_second:.0f} calls/s** |
| bound of the same run | {bound_calls_per_second:.0f} calls/s |
| share of the bound | {percent:.1f} % |
| submitted after, included after | {seconds_submitted:.1f} s, {seconds_included:.1f} s |

| One core, for each call | |
|---|---|
| node: signature of the extrinsic (sr25519) | {verify_microseconds:.0f} µs |
| worker: HPKE open | {open_microseconds:.0f} µs |
| worker: signature of the call (sr25519) | {inner_microseconds:.0f} µs |
| worker: one state block, AES-SIV and SHA-256 of 16 KiB | {state_microseconds:.0f} µs |

| Headers of the development engine, one core | |
|---|---|
| **rate** | **{headers_per_second:.0f} headers/s** |
| bound of the same run: Ed25519 alone | {bound_headers_per_second:.0f} headers/s |
| share of the bound | {header_percent:.1f} % |
| sealed place after 1,000 and after {headers} headers | {snapshot_bytes_at_1000}, {snapshot_bytes_at_end} bytes |

| Verification of genuine evidence, one core; median of 5 | cold | warm collateral |
|---|---|---|
{evidence}

| The M4 story | |
|---|---|
| whole story after the build | {story_seconds:.1f} s |
| provisioning: MU-RA with the key release on the chain | {provisioning_millis} ms |

The bound: cores / (extrinsic's signature + 2 × (open + call's signature + state block)), for one node and two workers, if
nothing but cryptography cost time. All processes and the sender share the machine. Calls are prepared before the clock
starts; it stops when the chain says that the workers agree on the last block. Blocks come once a second, so the last
call alone waits about three of them.
'''


def cpu():
    for line in pathlib.Path('/proc/cpuinfo').read_text(encoding='utf-8').splitlines():
        if line.startswith('model name'):
            return line.split(':', 1)[1].strip()
    return 'an unnamed processor'


def evidence_rows(programs):
    """One line for each sample: microseconds with everything verified anew, and with collateral that was opened before."""
    output = subprocess.run([pathlib.Path(programs) / 'substratee-bench-attestation', '--benchmark_format=json',
                             '--benchmark_repetitions=5', '--benchmark_min_time=0.2',
                             '--benchmark_report_aggregates_only=true'],
                            check=True, capture_output=True, text=True).stdout
    times = {}
    for run in json.loads(output)['benchmarks']:
        if run.get('error_occurred'):
            raise devnet.Failure(f'{run["name"]}: {run["error_message"]}')
        if run['aggregate_name'] == 'median':
            times.setdefault(run['label'], {})[run['name'].split('/')[0]] = run['cpu_time']
    rows = []
    for label, of in sorted(times.items()):
        cold = of.get('cold', of.get('snp_cold'))
        warm = f'{of["warm"]:.0f} µs, {1e6 / of["warm"]:.0f}/s' if 'warm' in of else 'none needed'
        rows.append(f'| {label} | {cold:.0f} µs | {warm} |')
    return '\n'.join(rows)


def measure(arguments):
    with devnet.Network(arguments.programs, tempfile.mkdtemp(prefix='substratee-bench-')) as network:
        print('the M4 story, up to two Active workers', flush=True)
        summary = m4_story.Story(network).play()
        print(f'{arguments.calls} calls of {arguments.accounts} accounts', flush=True)
        status, output, errors = network.run('bench', 'substratee-bench-calls', '--node-url', network.node_url, '--calls', arguments.calls,
                                             '--accounts', arguments.accounts, seconds=1800)
        if status != 0:
            raise devnet.Failure(f'the measurement failed: {errors[-1] if errors else status}; logs in {network.output}')
        devnet.shutil.rmtree(network.output, ignore_errors=True)
    result = json.loads(output[-1])
    if result['counter'] != result['counter_expected']:
        raise devnet.Failure(f'an account counts {result["counter"]} instead of {result["counter_expected"]}: calls were lost')
    print('headers', flush=True)
    headers = json.loads(subprocess.run([pathlib.Path(arguments.programs) / 'substratee-bench-finality'], check=True,
                                        capture_output=True, text=True).stdout)
    headers['header_percent'] = 100 * headers.pop('share_of_bound')
    del headers['seconds']
    result.update(headers)
    print('evidence', flush=True)
    result['evidence'] = evidence_rows(arguments.programs)
    result.update(cpu=cpu(), percent=100 * result['share_of_bound'], story_seconds=summary['seconds'],
                  provisioning_millis=summary['provisioning']['millis'])
    return result


def main():
    parser = argparse.ArgumentParser(description='Measures sealed calls per second; writes docs/benchmarks.md.')
    parser.add_argument('--programs', default=os.environ.get('SUBSTRATEE_BIN', ROOT / 'build/release/bin'))
    parser.add_argument('--calls', type=int, default=20000)
    parser.add_argument('--accounts', type=int, default=1000)
    parser.add_argument('--no-write', action='store_true')
    arguments = parser.parse_args()
    devnet.stop_on_signals()
    try:
        result = measure(arguments)
    except devnet.Failure as failure:
        print(f'bench: {failure}', file=sys.stderr)
        return 1
    except devnet.Interrupted as interruption:
        return 128 + interruption.number
    page = PAGE.format(**result)
    print(page)
    if not arguments.no_write:
        (ROOT / 'docs/benchmarks.md').write_text(page, encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
