#!/usr/bin/env python3
"""Plays the M4 story, with local processes or in containers, and checks it. See --help, and docs/architecture.md for
what happens."""

import argparse
import json
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import containers  # noqa: E402
import devnet  # noqa: E402
import engine as engines  # noqa: E402
import panes  # noqa: E402

AMOUNT = 42
ALICE = ('--uri', '//Alice')
COLLATERAL_OPTION = '--collateral-config'
ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ('node', 'worker1', 'worker2', 'client_first', 'client_second', 'client_counter')

# The original's delays: seconds after another step.
ORIGINAL_PACE = {
    'worker1': ('node', 3),
    'client_first': ('node', 30),
    'worker2': ('node', 60),
    'client_second': ('client_first', 30),
    'client_counter': ('client_second', 30),
}


def check(condition, complaint, log):
    if not condition:
        raise devnet.Failure(f'{complaint}; see {log}')


class Pace:
    """When steps happen. Without delays: as soon as the step before is done."""

    def __init__(self, delays=None, clock=time.monotonic, sleep=time.sleep):
        """`delays` says for a step after which other one it waits for how many seconds."""
        self._delays = delays or {}
        self._clock = clock
        self._sleep = sleep
        self._done = {}

    def wait_for(self, step):
        after, seconds = self._delays.get(step, (None, 0))
        left = self._done[after] + seconds - self._clock() if after in self._done else 0
        if left > 0:
            self._sleep(left)

    def done(self, step):
        self._done[step] = self._clock()


class Story:
    """The six steps, in order. After play() the network still runs, and `summary` says what happened."""

    def __init__(self, network, pace=None, intel_cert=ROOT / 'intel_cert', ipfs=None):
        """`intel_cert` may hold collateral.toml, for real hardware. `ipfs` says where workers keep the state (their
        --ipfs); the default is theirs."""
        self.network = network
        self.pace = pace or Pace()
        self._intel_cert = intel_cert
        self.worker_arguments = []
        self._ipfs = ['--ipfs', ipfs] if ipfs else []
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
        self.choose_platform()
        self.network.start_node()
        self.pace.done('node')

    def choose_platform(self):
        """Workers learn where collateral comes from, if somebody has said so."""
        file = self._intel_cert / 'collateral.toml'
        if not file.exists():
            self.say('no intel_cert/collateral.toml: on the simulated platform (SIMULATED - NOT SECURE)')
        elif COLLATERAL_OPTION not in self.network.worker_help():
            self.say(f'this worker has no {COLLATERAL_OPTION}: intel_cert/collateral.toml is not read')
        else:
            self.worker_arguments = [COLLATERAL_OPTION, f'{self.network.mounted(self._intel_cert)}/collateral.toml']
            self.say('attestation collateral as intel_cert/collateral.toml says')

    def start_first_worker(self):
        self.pace.wait_for('worker1')
        self.say('2. worker 1 starts: attested, verified on the chain, registered; founds the shard')
        self.worker1 = self.network.start_worker('worker1', *self.worker_arguments, *self._ipfs)
        self.worker1.event('registered', 'the registration of worker 1')
        self.worker1.event('founded', 'the founding of the shard')
        self.worker1.event('member', 'worker 1 being Active', status='Active')
        self.network.wait_until_final()

    def start_second_worker(self):
        self.pace.wait_for('worker2')
        self.say('4. worker 2 starts: registers, attests worker 1 and is attested, receives the keys, fetches the state')
        self.worker2 = self.network.start_worker('worker2', *self.worker_arguments, *self._ipfs)
        self.worker2.event('registered', 'the registration of worker 2')
        self.worker2.event('provisioning', 'the keys from worker 1', role='joiner')
        self.worker2.event('member', 'worker 2 being Active', status='Active')
        self.network.wait_until_final()

    def workers(self, log):
        return self.network.client(log, 'workers')['workers']

    def call(self, log):
        number = len(self.calls) + 1
        self.pace.wait_for(log)
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
        self.pace.done(log)

    def ask(self, *arguments):
        self.pace.wait_for('client_counter')
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


def parse_arguments():
    parser = argparse.ArgumentParser(
        description='Plays the M4 story with local processes, or in containers, checks it, writes logs and summary.json.')
    parser.add_argument('--programs', metavar='DIR', default=os.environ.get('SUBSTRATEE_BIN', ROOT / 'build/release/bin'),
                        help='where the four programs are (default: build/release/bin)')
    parser.add_argument('--output', metavar='DIR', default=ROOT / 'output', help='logs and summary.json (default: output)')
    parser.add_argument('--keep', action='store_true', help='keep the data of node and workers, and say where')
    parser.add_argument('--quiet', action='store_true', help='only the summary on the terminal')
    parser.add_argument('--pace', choices=('fast', 'original'), default='fast', help='original: the delays of the original demo')
    parser.add_argument('--ipfs', metavar='embedded|kubo=URL', help='where the workers keep the encrypted state (default: embedded)')
    parser.add_argument('--tmux', action='store_true', help='in a terminal, four panes')
    parser.add_argument('--only', metavar='NAME', action='append', default=[], help='show only these lines (client, story, …)')
    parser.add_argument('--containers', action='store_true', help='in four containers on a private network')
    parser.add_argument('--engine', choices=engines.KINDS, default='', help='which container engine (default: docker, else podman)')
    parser.add_argument('--image', choices=('source', 'prebuilt', 'existing'), default='source',
                        help='source: build it with the Dockerfile; prebuilt: pack the programs of --programs; existing: as it is')
    parser.add_argument('--tag', default='substratee', help='the name of the image (default: substratee)')
    parser.add_argument('--project', default='substratee', help='beginning of the names of containers (default: substratee)')
    return parser.parse_args()


def make_stage(arguments, output, console):
    if not arguments.containers:
        return devnet.Network(arguments.programs, output, console, arguments.keep)
    engine = engines.Engine.find(arguments.engine)
    if arguments.image != 'existing':
        programs = arguments.programs if arguments.image == 'prebuilt' else None
        containers.build_image(engine, programs, arguments.tag, output, console)
    elif not engine.has_image(arguments.tag):
        raise devnet.Failure(f'{engine.kind} has no image {arguments.tag}; without --no-build it is built')
    return containers.ContainerNetwork(engine, arguments.tag, output, console, arguments.keep, arguments.project,
                                       intel_cert=ROOT / 'intel_cert')


def play(arguments, output):
    """Status for the shell."""
    console = devnet.Console(quiet=arguments.quiet, only=arguments.only)
    devnet.stop_on_signals()
    try:
        with make_stage(arguments, output, console) as network:
            summary = Story(network, Pace(ORIGINAL_PACE if arguments.pace == 'original' else {}),
                            ipfs=arguments.ipfs).play()
        (output / 'summary.json').write_text(json.dumps(summary, indent=2) + '\n', encoding='utf-8')
    except devnet.Failure as failure:
        print(f'The M4 story failed: {failure}', file=sys.stderr)
        return 1
    except devnet.Interrupted as interruption:
        print(f'Stopped by {interruption}; all processes have ended', file=sys.stderr)
        return 128 + interruption.number
    print(f'\n{readable(summary)}\n  logs          {output}', flush=True)
    return 0


def play_in_panes(arguments, output):
    """The same, in four panes; the summary once more when they are gone."""
    story = [sys.executable, __file__, *(word for word in sys.argv[1:] if word != '--tmux'), '--only', 'client', '--only', 'story',
             '--only', 'image']
    try:
        status = panes.show(arguments.project, story, output)
    except devnet.Failure as failure:
        print(f'The M4 story failed: {failure}', file=sys.stderr)
        return 1
    if status == 0:
        print(readable(json.loads((output / 'summary.json').read_text(encoding='utf-8'))))
    print(f'  logs          {output}')
    return status


def main():
    arguments = parse_arguments()
    output = pathlib.Path(arguments.output).absolute()
    output.mkdir(parents=True, exist_ok=True)
    for name in [f'{log}.log' for log in LOGS] + ['summary.json']:
        (output / name).unlink(missing_ok=True)
    if arguments.tmux:
        reason = panes.why_not()
        if not reason:
            return play_in_panes(arguments, output)
        print(f'without panes: {reason}', flush=True)
    return play(arguments, output)


if __name__ == '__main__':
    sys.exit(main())
