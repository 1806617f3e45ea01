"""JSON-RPC of the node over one WebSocket with pipelining; answers for each second of the node's processor time."""

import json
import os
import pathlib
import subprocess
import tempfile

import devnet

NAME = 'node_rpc'
TITLE = 'JSON-RPC of the node'
TARGETS = ['substratee-bench-node-rpc']
SECONDS = 5
ALICE = '0x26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9de1e86a9a8c739864cf3cc5ec2bea59f' \
        'd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d'
METHODS = (('state_getStorage', [ALICE]), ('chain_getHeader', []), ('system_chain', []))

PAGE = '''One connection, 256 requests on their way, blocks of one second meanwhile.

| method | answers/s | answers per second of the node's processor time |
|---|---|---|
{rows}
Target: 20,000 `state_getStorage` for each second of one core.
'''


def processor_seconds(pid):
    """User and system time of all its threads."""
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text(encoding='utf-8').rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def run(programs, _options):
    program = pathlib.Path(programs) / 'substratee-bench-node-rpc'
    figures = {}
    with tempfile.TemporaryDirectory() as output, devnet.Network(programs, output) as network:
        url = network.start_node()
        for method, params in METHODS:
            before = processor_seconds(network.node.pid)
            done = subprocess.run([program, '--url', url, '--method', method, '--params', json.dumps(params), '--seconds',
                                   str(SECONDS)], check=True, capture_output=True, text=True)
            used = processor_seconds(network.node.pid) - before
            result = json.loads(done.stdout)
            figures[method] = {'rate': result['answers'] / result['seconds'], 'per_core': result['answers'] / used}
    return figures


def page(figures):
    rows = ''.join(f'| `{method}` | {one["rate"]:,.0f} | **{one["per_core"]:,.0f}** |\n' for method, one in figures.items())
    return PAGE.format(rows=rows)
