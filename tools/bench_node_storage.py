"""The node's storage: state roots, cold start of a long chain, import of blocks."""

import json
import shutil
import tempfile
import time

import devnet

NAME = 'node_storage'
TITLE = "The node's storage"
TARGETS = ['substratee-bench-node-storage', 'substratee-node']

PAGE = '''| State of {keys} keys (112 bytes of key, 80 of value) | |
|---|---|
| **root of a block with {changes} changes** | **{root_milliseconds:.0f} ms** |
| root and commit | {root_and_commit_milliseconds:.0f} ms |
| reads, uniformly random, one thread | {reads_per_second:.0f} /s |
| read proof of one key | {proof_microseconds:.0f} µs |
| memory, disk for each key | {memory_bytes_per_key:.0f} bytes, {disk_bytes_per_key:.0f} bytes |

| A chain of {blocks} blocks | |
|---|---|
| **cold start, until JSON-RPC answers** | **{cold_start_milliseconds:.0f} ms** |
| of that, opening the database | {open_milliseconds:.0f} ms |
| disk for each empty block | {disk_bytes_per_block:.0f} bytes |

| Import of {extrinsics} transfers (sr25519) in blocks of 100 | |
|---|---|
| **rate** | **{extrinsics_per_second:.0f} /s** |
| bound: signatures on {cores} cores | {bound_per_second:.0f} /s |
| share of the bound | {percent:.0f} % |

Nine of ten changes give an old key a new value. Memory is what the process grows by while the state is filled: nodes
are kept in a cache of at most 384 MiB, whatever the state. The bound is measured in the same run.
'''


def cold_start(programs, base_path):
    """Milliseconds from the start of the process until it has written where it answers."""
    with devnet.Network(programs, tempfile.mkdtemp(prefix='substratee-bench-')) as network:
        ready = network.data / 'ready'
        start = time.monotonic()
        process = network.start('node', 'substratee-node', '--base-path', base_path, '--rpc-port', '0', '--ready-file', ready,
                                '--block-time', '3600000')
        while not ready.exists():
            if process.has_ended() or time.monotonic() - start > 60:
                raise devnet.Failure(f'the node does not start; see {network.log("node")}')
            time.sleep(0.001)
        milliseconds = 1000 * (time.monotonic() - start)
        process.stop()
        shutil.rmtree(network.output, ignore_errors=True)
    return milliseconds


def run(programs, _options):
    directory = tempfile.mkdtemp(prefix='substratee-bench-storage-')
    try:
        with devnet.Network(programs, tempfile.mkdtemp(prefix='substratee-bench-')) as network:
            status, output, errors = network.run('bench', 'substratee-bench-node-storage', '--directory', directory,
                                                 seconds=3600)
            if status != 0:
                raise devnet.Failure(f'the measurement failed: {errors[-1] if errors else status}; logs in {network.output}')
            shutil.rmtree(network.output, ignore_errors=True)
        result = json.loads(output[-1])
        result['chain']['cold_start_milliseconds'] = sorted(cold_start(programs, result['chain']['base_path'])
                                                            for _ in range(3))[1]
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return result


def page(result):
    imported = result['import']
    bound = imported['verifications_per_second_per_core'] * imported['cores']
    return PAGE.format(**result['state'], **{**result['chain'], **imported, 'blocks': result['chain']['blocks']},
                       bound_per_second=bound, percent=100 * imported['share_of_bound'])
