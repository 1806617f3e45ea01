"""A gateway for tests: `substratee-worker ipfs serve` over a store of its own, filled from CAR files."""

import pathlib
import shutil
import socket
import subprocess
import tempfile

import devnet

IMPORT_SECONDS = 120


def _free_port():
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        return free.getsockname()[1]


class Served:
    """Serves what the CARs hold, until close(). `refused` says of which CARs not all could be read, and why: those with
    codecs that are not ours, or whose DAG is not complete (the blocks before are kept)."""

    def __init__(self, programs, cars):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='substratee-gateway-'))
        self._worker = pathlib.Path(programs) / 'substratee-worker'
        self._server = None
        try:
            self.refused = {car: reason for car in cars if (reason := self._import(car))}
            self.port = _free_port()
            self.url = f'http://127.0.0.1:{self.port}'
            self._serve()
        except BaseException:
            self.close()
            raise

    def _command(self, name, *arguments):
        return [str(word) for word in (self._worker, 'ipfs', name, '--store', self.folder / 'store', *arguments)]

    def _import(self, car):
        done = subprocess.run(self._command('import', car), capture_output=True, text=True, timeout=IMPORT_SECONDS)
        if done.returncode not in (0, 1):
            raise devnet.Failure(f'import of {car}: status {done.returncode}: {done.stderr}')
        return done.stderr.strip()

    def _serve(self):
        self._server = devnet.Process('gateway', self._command('serve', '--listen', f'127.0.0.1:{self.port}'),
                                      self.folder / 'log', devnet.Console(quiet=True))
        devnet.wait_until('the gateway answering', self._answers, alive=[self._server])

    def _answers(self):
        try:
            with socket.create_connection(('127.0.0.1', self.port), timeout=1):
                return True
        except OSError:
            return False

    def close(self):
        if self._server:
            self._server.stop()
            self._server = None
        shutil.rmtree(self.folder, ignore_errors=True)
