"""Sealed calls, end to end, on a network of local processes; on the way the M4 story."""

import json
import shutil
import tempfile

import devnet
import m4_story

NAME = 'calls'
TITLE = 'Sealed calls, end to end'
TARGETS = ['substratee-bench-calls']

PAGE = '''| Sealed calls | |
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

| The M4 story | |
|---|---|
| whole story after the build | {story_seconds:.1f} s |
| provisioning: MU-RA with the key release on the chain | {provisioning_millis} ms |

The bound: cores / (extrinsic's signature + 2 × (open + call's signature + state block)), for one node and two workers, if
nothing but cryptography cost time. All processes and the sender share the machine. Calls are prepared before the clock
starts; it stops when the chain says that the workers agree on the last block. Blocks come once a second, so the last
call alone waits about three of them.
'''


def run(programs, options):
    with devnet.Network(programs, tempfile.mkdtemp(prefix='substratee-bench-')) as network:
        print('the M4 story, up to two Active workers', flush=True)
        summary = m4_story.Story(network).play()
        print(f'{options.calls} calls of {options.accounts} accounts', flush=True)
        status, output, errors = network.run('bench', 'substratee-bench-calls', '--node-url', network.node_url,
                                             '--calls', options.calls, '--accounts', options.accounts, seconds=1800)
        if status != 0:
            raise devnet.Failure(f'the measurement failed: {errors[-1] if errors else status}; logs in {network.output}')
        shutil.rmtree(network.output, ignore_errors=True)
    result = json.loads(output[-1])
    if result['counter'] != result['counter_expected']:
        raise devnet.Failure(f'an account counts {result["counter"]} instead of {result["counter_expected"]}: calls were lost')
    result.update(percent=100 * result['share_of_bound'], story_seconds=summary['seconds'],
                  provisioning_millis=summary['provisioning']['millis'])
    return result


def page(result):
    return PAGE.format(**result)
