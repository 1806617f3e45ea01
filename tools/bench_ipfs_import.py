"""Import of a file: beside it, in the same run, what bounds it (SHA-256 on one core, a sequential synced write of the same
bytes) and `ipfs add` of Kubo, on the same file and disk. Ours is on the disk when it returns; Kubo's is with the setting
"sync" of its block store, so it is measured with it, and as it comes. Medians of three rounds."""

import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

import devnet
import kubo as kubos

NAME = 'ipfs_import'
TITLE = 'Importing a file'
TARGETS = ['substratee-worker']
SIZE = 1 << 30
ROUNDS = 3
CHUNK = 1 << 20
FOLDER = pathlib.Path(__file__).resolve().parent.parent / 'build'  # a disk, where /tmp may be memory


def _timed(work):
    os.sync()  # what others left to be written is not ours
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _chunks(path):
    with open(path, 'rb') as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _hash(path):
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)


def _write(path, copy):
    with open(copy, 'wb') as out:
        for chunk in _chunks(path):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())


def _ours(programs, path, store):
    done = subprocess.run([pathlib.Path(programs) / 'substratee-worker', 'ipfs', 'add', '--store', store, path], check=True,
                          capture_output=True, text=True)
    return done.stdout.strip()


def _kubo(program, path, folder, is_synced):
    """Seconds of `ipfs add` into a new repository, and the CID."""
    environment = {**os.environ, 'IPFS_PATH': str(folder), 'IPFS_TELEMETRY': 'off'}
    subprocess.run([program, 'init', '--empty-repo'], env=environment, check=True, capture_output=True)
    config = json.loads((folder / 'config').read_text(encoding='utf-8'))
    config['Datastore']['Spec']['mounts'][0]['sync'] = is_synced
    (folder / 'config').write_text(json.dumps(config), encoding='utf-8')
    cids = []

    def add():
        done = subprocess.run([program, 'add', '-Q', '--cid-version=1', '--chunker=size-262144', '--max-file-links=174', path],
                              env=environment, check=True, capture_output=True, text=True)
        cids.append(done.stdout.strip())

    took = _timed(add)
    shutil.rmtree(folder)
    return took, cids[0]


def _find_kubo():
    try:
        return kubos.build(), ''
    except kubos.Missing as missing:
        return None, str(missing)


def run(programs, _options):
    program, reason = _find_kubo()
    FOLDER.mkdir(exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix='bench-ipfs-', dir=FOLDER))
    seconds = {'hash': [], 'write': [], 'ours': [], 'kubo': [], 'kubo_loose': []}
    try:
        source = folder / 'source'
        with open(source, 'wb') as out:
            for _ in range(SIZE // CHUNK):
                out.write(os.urandom(CHUNK))
        _hash(source)  # once unmeasured: the source is in memory from now on
        for _ in range(ROUNDS):
            seconds['hash'].append(_timed(lambda: _hash(source)))
            seconds['write'].append(_timed(lambda: _write(source, folder / 'copy')))
            (folder / 'copy').unlink()
            cids = []
            seconds['ours'].append(_timed(lambda: cids.append(_ours(programs, source, folder / 'store'))))
            shutil.rmtree(folder / 'store')
            for name, is_synced in (('kubo', True), ('kubo_loose', False)) if program else ():
                took, theirs = _kubo(program, source, folder / name, is_synced)
                seconds[name].append(took)
                if theirs != cids[0]:
                    raise devnet.Failure(f'ours is {cids[0]}, Kubo\'s is {theirs}')
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures = {name: SIZE / statistics.median(times) / 1e6 for name, times in seconds.items() if times}
    figures['no_kubo'] = reason
    return figures


def page(figures):
    bound = min(figures['hash'], figures['write'])
    rows = ['| Import of 1 GiB; medians of 3 rounds | MB/s |', '|---|---|',
            f'| SHA-256, one core | {figures["hash"]:.0f} |',
            f'| sequential synced write of the same bytes | {figures["write"]:.0f} |',
            f'| `substratee-worker ipfs add`, on the disk | {figures["ours"]:.0f}: {100 * figures["ours"] / bound:.0f} % of the slower |']
    if 'kubo' in figures:
        for name, what in (('kubo', 'on the disk ("sync": true)'), ('kubo_loose', 'as it comes: the system writes later')):
            rows.append(f'| `ipfs add` of Kubo v0.39.0, {what} | {figures[name]:.0f}: ours is '
                        f'{figures["ours"] / figures[name]:.1f} times as fast |')
    else:
        rows.append(f'| `ipfs add` of Kubo | not measured: {figures["no_kubo"]} |')
    return '\n'.join(rows) + '\n'
