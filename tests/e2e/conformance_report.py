"""Reads the report of the conformance suite for gateways: one event of `go test -json` on each line.

The report names tests, not specifications; the names say which one a test belongs to. Tests of specifications that were
not asked for are skipped by the suite, and no concern of ours."""

import json

# The first prefix that fits decides.
SPECS = (('TestTrustlessRaw', 'trustless-block-gateway'),
         ('TestTrustlessCarOrderAndDuplicates', 'trustless-car-gateway-optional'),
         ('TestTrustlessCar', 'trustless-car-gateway'))
ENDS = ('pass', 'fail', 'skip')


def spec_of(test):
    """None for a test of something else."""
    return next((spec for prefix, spec in SPECS if test.startswith(prefix)), None)


def read(text):
    """What became of each test, by name: pass, fail, skip, or None if it began and has no end. ValueError for what is no
    report."""
    ends = {}
    for line in text.splitlines():
        event = json.loads(line)
        test = event.get('Test')
        if not test:
            continue
        ends.setdefault(test, None)
        if event['Action'] in ENDS:
            ends[test] = event['Action']
    return ends


def complaints(text):
    """Why this report is not that of a gateway that passes: one sentence each."""
    try:
        ends = read(text)
    except (ValueError, KeyError, AttributeError) as error:
        return [f'the report cannot be read: {error!r}']
    out = [f'{test} failed' for test, end in ends.items() if end == 'fail']
    out += [f'{test} was skipped' for test, end in ends.items() if end == 'skip' and spec_of(test)]
    out += [f'{test} did not end' for test, end in ends.items() if end is None]
    for _, spec in SPECS:
        # A test without cases passes as well: only cases count.
        if not any(end == 'pass' and '/' in test and spec_of(test) == spec for test, end in ends.items()):
            out.append(f'nothing of {spec} was tested')
    return out
