#!/usr/bin/env python3
"""Plays the M4 story with local processes and checks it. See --help, and docs/architecture.md for what happens."""

import argparse
import json
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import devnet  # noqa: E402

AMOUNT = 42
ALICE = ('--uri', '//Alice')
LOGS = ('node', 'worker1', 'worker2', 'client_first', 'client_second', 'client_counter')


def check(condition, complaint, log):
    if not condition:
        raise devnet.Failure(f'{complaint}; see {log}')


class Story:
    """The six steps, in order. After play() the network still runs, and `summary` says what happened."""

    def __init__(self, network):
        self.network = network
        self.worker1 = None
        self.worker2 = None
        self.calls = []
        self.summary = {}

    def say(self, text):
        self.network.console.line('story', text)

    def play(self):
        started = time.monotonic()
        self.start_chain()
        self.start_first_worker()
        self.call('client_first')
        self.start_second_worker()
        self.call('client_second')
        answer = self.ask()
        self.summarise(answer)
        self.summary['seconds'] = round(time.monotonic() - started, 2)
        return self.summary

    def start_chain(self):
        self.say('1. the node starts in development mode and makes blocks')
        self.network.start_node()

    def start_first_worker(self):
        self.say('2. worker 1 starts: attested, verified on the chain, registered; founds the shard')
        self.worker1 = self.network.start_worker('worker1')
        self.worker1.event('registered', 'the registration of worker 1')
        self.worker1.event('founded', 'the founding of the shard')
        self.worker1.event('member', 'worker 1 being Active', status='Active')
        self.network.wait_until_final()

    def start_second_worker(self):
        self.say('4. worker 2 starts: registers, attests worker 1 and is attested, receives the keys, fetches the state')
        self.worker2 = self.network.start_worker('worker2')
        self.worker2.event('registered', 'the registration of worker 2')
        self.worker2.event('provisioning', 'the keys from worker 1', role='joiner')
        self.worker2.event('member', 'worker 2 being Active', status='Active')
        self.network.wait_until_final()

    def workers(self, log):
        return self.network.client(log, 'workers')['workers']

    def call(self, log):
        number = len(self.calls) + 1
        self.say(f'{"3" if number == 1 else "5"}. the client sends encrypted call {number}: increment {AMOUNT}')
        self.workers(log)
        result = self.network.client(log, *ALICE, 'call', f'increment {AMOUNT}', '--wait', 'agreed')
        check(result['outcome'] == 'applied', f'call {number} was not applied: {result["outcome"]}', self.network.log(log))
        everybody = [worker for worker in (self.worker1, self.worker2) if worker]
        check(result['active'] == len(everybody) and len(result['confirmed_by']) == len(everybody),
              f'call {number}: StateAgreed names {len(result["confirmed_by"])} of {result["active"]} workers, '
              f'not {len(everybody)} of {len(everybody)}', self.network.log(log))
        cids = {}
        for worker in everybody:
            event = worker.event('processed', f'block {result["block"]} at {worker.name}', block=result['block'])
            cids[worker.account()] = event['state_cid']
        check(set(cids.values()) == {result['state_cid']},
              f'call {number}: the workers\' state differs from the agreed one: {cids}', self.worker1.process.log)
        self.calls.append({'block': result['block'], 'call_hash': result['call_hash'],
                           'confirmed_by': result['confirmed_by'], 'state_cid': cids})

    def ask(self, *arguments):
        self.say('6. the client asks with a signed query; the enclave verifies it and signs its answer')
        return self.network.client('client_counter', *ALICE, 'query', 'counter', *arguments)

    def check_equal_states(self):
        """Every block with work since the join: the same CID on both workers."""
        first, second = self.worker1.processed(), self.worker2.processed()
        check(second, 'worker 2 has processed no block', self.worker2.process.log)
        for block, cid in second.items():
            check(first.get(block) == cid, f'block {block}: state {first.get(block)} on worker 1, {cid} on worker 2',
                  self.worker2.process.log)

    def summarise(self, answer):
        log = self.network.log('client_counter')
        check(answer['value'] == str(2 * AMOUNT), f'the counter is {answer["value"]}, not {2 * AMOUNT}', log)
        check(answer['signature_valid'] is True, 'the signature of the answer is not valid', log)
        self.check_equal_states()
        status = self.network.client('client_counter', 'status')
        enclaves = self.workers('client_counter')
        check(len(enclaves) == 2, f'{len(enclaves)} enclaves are registered, not 2', log)
        provisioning = self.worker2.events('provisioning')[0]
        self.summary = {
            'genesis_hash': status['genesis'],
            'blocks': status['finalized']['number'],
            'enclaves': [{key: enclave[key] for key in ('account', 'measurement', 'kind', 'hardware', 'tcb_status')}
                         for enclave in enclaves],
            'provisioning': {key: provisioning[key] for key in ('from', 'to', 'epoch', 'millis')},
            'calls': self.calls,
            'counter': int(answer['value']),
            'answered_by': answer['answered_by'],
            'signature_valid': answer['signature_valid'],
        }


def readable(summary):
    """The summary for people."""
    names = {enclave['account']: f'worker {index + 1}' for index, enclave in enumerate(summary['enclaves'])}
    provisioning = summary['provisioning']
    lines = [f'The M4 story in {summary["seconds"]:.1f} s', f'  chain         {summary["genesis_hash"]}, {summary["blocks"]} blocks']
    for enclave in summary['enclaves']:
        safety = 'hardware' if enclave['hardware'] else 'SIMULATED - NOT SECURE'
        lines.append(f'  {names[enclave["account"]]}      {enclave["account"]} ({safety}, TCB {enclave["tcb_status"]})')
    lines.append(f'  measurement   {summary["enclaves"][0]["measurement"]}')
    lines.append(f'  provisioning  {names[provisioning["from"]]} gave {names[provisioning["to"]]} the keys of epoch '
                 f'{provisioning["epoch"]} in {provisioning["millis"]} ms')
    for index, call in enumerate(summary['calls']):
        lines.append(f'  call {index + 1}        block {call["block"]}, agreed by '
                     f'{" and ".join(names[account] for account in call["confirmed_by"])}, '
                     f'state {next(iter(call["state_cid"].values()))}')
    lines.append(f'  counter       {summary["counter"]}, answered by {names[summary["answered_by"]]}, '
                 'signature of its enclave valid')
    return '\n'.join(lines)


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description='Plays the M4 story with local processes, checks it, writes logs and summary.json.')
    parser.add_argument('--programs', metavar='DIR', default=os.environ.get('SUBSTRATEE_BIN', root / 'build/release/bin'),
                        help='where the four programs are (default: build/release/bin)')
    parser.add_argument('--output', metavar='DIR', default=root / 'output', help='logs and summary.json (default: output)')
    parser.add_argument('--keep', action='store_true', help='keep the data directories of node and workers, and say where')
    parser.add_argument('--quiet', action='store_true', help='only the summary on the terminal')
    arguments = parser.parse_args()
    output = pathlib.Path(arguments.output).absolute()
    output.mkdir(parents=True, exist_ok=True)
    for name in [f'{log}.log' for log in LOGS] + ['summary.json']:
        (output / name).unlink(missing_ok=True)
    devnet.stop_on_signals()
    try:
        with devnet.Network(arguments.programs, output, devnet.Console(quiet=arguments.quiet), arguments.keep) as network:
            summary = Story(network).play()
        (output / 'summary.json').write_text(json.dumps(summary, indent=2) + '\n', encoding='utf-8')
    except devnet.Failure as failure:
        print(f'The M4 story failed: {failure}', file=sys.stderr)
        return 1
    except devnet.Interrupted as interruption:
        print(f'Stopped by {interruption}; all processes have ended', file=sys.stderr)
        return 128 + interruption.number
    print(f'\n{readable(summary)}\n  logs          {output}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
