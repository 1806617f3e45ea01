"""Genuine evidence, verified on one core: everything anew, and with collateral that was opened before."""

import json
import pathlib
import subprocess

import devnet

NAME = 'attestation'
TITLE = 'Verification of genuine evidence'
TARGETS = ['substratee-bench-attestation']


def run(programs, _options):
    output = subprocess.run([pathlib.Path(programs) / 'substratee-bench-attestation', '--benchmark_format=json',
                             '--benchmark_repetitions=5', '--benchmark_min_time=0.2',
                             '--benchmark_report_aggregates_only=true'],
                            check=True, capture_output=True, text=True).stdout
    times = {}
    for measured in json.loads(output)['benchmarks']:
        if measured.get('error_occurred'):
            raise devnet.Failure(f'{measured["name"]}: {measured["error_message"]}')
        if measured['aggregate_name'] == 'median':
            times.setdefault(measured['label'], {})[measured['name'].split('/')[0]] = measured['cpu_time']
    return times


def page(result):
    rows = ['| One core; median of 5 | cold | warm collateral |', '|---|---|---|']
    for label, of in sorted(result.items()):
        cold = of.get('cold', of.get('snp_cold'))
        warm = f'{of["warm"]:.0f} µs, {1e6 / of["warm"]:.0f}/s' if 'warm' in of else 'none needed'
        rows.append(f'| {label} | {cold:.0f} µs | {warm} |')
    return '\n'.join(rows) + '\n'
