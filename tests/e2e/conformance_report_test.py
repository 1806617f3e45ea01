#!/usr/bin/env python3
"""The report of the conformance suite is read as it is meant: made by hand here, since the suite may be missing."""

import json
import unittest

import conformance_report

BLOCK = 'TestTrustlessRaw/GET_with_format=raw_param_returns_a_raw_block'
CAR = 'TestTrustlessCarDagScopeAll/GET_CAR_with_dag-scope=all_of_a_chunked_UnixFS_file_(format=car)'
OPTIONAL = 'TestTrustlessCarOrderAndDuplicates/GET_CAR_smoke-test_with_order=unk_of_UnixFS_Directory'
OTHER = 'TestUnixFSDirectoryListing'


def report(**ends):
    """`go tool test2json` of cases of each specification, their parents, and a test of something else."""
    ends = {BLOCK: 'pass', CAR: 'pass', OPTIONAL: 'pass', OTHER: 'skip', 'TestMetadata': 'pass', **ends}
    events = [{'Action': 'start', 'Package': 'Gateway Tests'}]
    for test, end in ends.items():
        if end is None:
            continue
        names = [test.split('/')[0], test] if '/' in test else [test]
        events += [{'Action': 'run', 'Package': 'Gateway Tests', 'Test': name} for name in names]
        if end == 'skip':
            events.append({'Action': 'output', 'Package': 'Gateway Tests', 'Test': test,
                           'Output': '    test.go:47: skipping tests, missing specs: [{path-unixfs-gateway stable}]\n'})
        if end != 'run':
            events += [{'Action': end, 'Package': 'Gateway Tests', 'Test': name, 'Elapsed': 0.01} for name in reversed(names)]
    events.append({'Action': 'pass', 'Package': 'Gateway Tests', 'Elapsed': 1.2})
    return ''.join(json.dumps(event) + '\n' for event in events)


class ConformanceReportTest(unittest.TestCase):

    def test_a_report_of_a_gateway_that_passes(self):
        self.assertEqual(conformance_report.complaints(report()), [])
        self.assertEqual(conformance_report.read(report())[CAR], 'pass')

    def test_each_specification_needs_a_case_that_passed(self):
        for test, spec in ((BLOCK, 'trustless-block-gateway'), (CAR, 'trustless-car-gateway'),
                           (OPTIONAL, 'trustless-car-gateway-optional')):
            with self.subTest(spec=spec):
                self.assertEqual(conformance_report.complaints(report(**{test: None})), [f'nothing of {spec} was tested'])
                # The test itself passes even if it has no cases.
                self.assertEqual(conformance_report.complaints(report(**{test: None, test.split('/')[0]: 'pass'})),
                                 [f'nothing of {spec} was tested'])

    def test_our_cases_must_not_be_skipped(self):
        said = conformance_report.complaints(report(**{'TestTrustlessRawRanges': 'skip'}))
        self.assertEqual(said, ['TestTrustlessRawRanges was skipped'])
        said = conformance_report.complaints(report(**{f'{OPTIONAL}_2': 'skip'}))
        self.assertIn(f'{OPTIONAL}_2 was skipped', said)

    def test_failures_and_what_did_not_end(self):
        self.assertIn(f'{CAR}_2 failed', conformance_report.complaints(report(**{f'{CAR}_2': 'fail'})))
        self.assertIn(f'{OTHER} failed', conformance_report.complaints(report(**{OTHER: 'fail'})))
        self.assertIn('TestTrustlessRawRanges did not end',
                      conformance_report.complaints(report(**{'TestTrustlessRawRanges': 'run'})))

    def test_what_is_no_report(self):
        self.assertEqual(len(conformance_report.complaints('')), 3)
        for text in ('PASS\n', '[]\n', '{"Test": "TestTrustlessRaw"}\n'):
            said, = conformance_report.complaints(text)
            self.assertIn('cannot be read', said)


if __name__ == '__main__':
    unittest.main(verbosity=2)
