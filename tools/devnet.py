"""A network of node, workers and client: Stage is what any has, Network is one of local processes (containers.py has
the other). Python's standard library only.

Used by m4_story.py, the end-to-end tests and the benchmark. Everything waits for readiness (ready files, event files,
answers), nothing sleeps for time; each wait has an end and names the log to look at. Nothing outlives the network:
its processes end with it, also when this process is killed.
"""

import ctypes
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PROGRAMS = ('substratee-node', 'substratee-worker', 'substratee-enclave', 'substratee-client')
WAIT_SECONDS = 60.0  # for one step; a step takes a few blocks of one second
STOP_SECONDS = 5.0  # between asking a process to end and making it
POLL_SECONDS = 0.02
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """The story cannot go on: one sentence that names what and where to look."""


class Interrupted(BaseException):
    """Ctrl-C or a polite kill. Not an Exception, so that nothing in between swallows it."""

    def __init__(self, number):
        super().__init__(signal.Signals(number).name)
        self.number = number


def stop_on_signals():
    """SIGINT, SIGTERM and SIGHUP raise Interrupted in the main thread."""

    def interrupt(number, _frame):
        raise Interrupted(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def ignore_signals():
    """While cleaning up: a second Ctrl-C must not leave processes behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


class Console:
    """Lines of several streams, each with a name in front; coloured on a terminal."""

    LONGEST = 240
    COLOURS = {'node': 34, 'worker1': 32, 'worker2': 33, 'client': 36, 'story': 35}

    def __init__(self, stream=None, quiet=False, only=()):
        """With `only`: the lines of those names and no others."""
        self._stream = stream or sys.stdout
        self._quiet = quiet
        self._only = only
        self._coloured = self._stream.isatty() and 'NO_COLOR' not in os.environ
        self._lock = threading.Lock()

    def line(self, name, text):
        """With an empty name: not shown."""
        if self._quiet or not name or (self._only and name not in self._only):
            return
        front = f'{name:>8} │'
        if self._coloured:
            front = f'\033[{self.COLOURS.get(name, 37)}m{front}\033[0m'
        if len(text) > self.LONGEST:
            text = text[:self.LONGEST] + '…'  # the log has it whole
        with self._lock:
            try:
                print(f'{front} {text}', file=self._stream, flush=True)
            except (BrokenPipeError, ValueError):
                self._quiet = True


def wait_until(what, condition, seconds=WAIT_SECONDS, alive=(), look_at=''):
    """The first true value of condition(). A process of `alive` that ends, or too long a wait, is a Failure."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        for process in alive:
            if process.has_ended():
                value = condition()  # its last words may have been those
                if value:
                    return value
                raise Failure(f'{process.name} ended (status {process.status()}) before {what}; see {process.log}')
        if time.monotonic() > end:
            raise Failure(f'no sign of {what} after {seconds:.0f} s; see {look_at or ", ".join(str(p.log) for p in alive)}')
        time.sleep(POLL_SECONDS)


class Process:
    """A program with its log. Its output goes to the log and to the console, and is kept. With `hide_output`, standard
    output is only kept: what a program says there is for programs."""

    def __init__(self, name, arguments, log, console, show=None, environment=None, hide_output=False):
        self.name = name
        self.log = pathlib.Path(log)
        self._console = console
        self._show = name if show is None else show
        self._captured = []
        self._errors = []
        self._log_lock = threading.Lock()
        self._log_file = open(self.log, 'a', encoding='utf-8')
        self._log_file.write('$ ' + ' '.join(_quoted(a) for a in arguments) + '\n')
        self._log_file.flush()
        parent = os.getpid()

        def end_with_parent():
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        try:
            self._popen = subprocess.Popen(
                [str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                start_new_session=True, preexec_fn=end_with_parent, env=environment)
        except OSError as error:
            self._log_file.close()
            raise Failure(f'{arguments[0]} cannot be started: {error.strerror}') from error
        self._readers = [
            threading.Thread(target=self._read, args=(self._popen.stdout, self._captured, hide_output), daemon=True),
            threading.Thread(target=self._read, args=(self._popen.stderr, self._errors, False), daemon=True)]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe, kept, hidden):
        for raw in pipe:
            line = raw.decode('utf-8', 'replace').rstrip('\n')
            kept.append(line)
            if hidden:
                continue
            with self._log_lock:
                self._log_file.write(line + '\n')
                self._log_file.flush()
            self._console.line(self._show, line)

    @property
    def pid(self):
        return self._popen.pid

    def output(self):
        """Lines of standard output so far."""
        return list(self._captured)

    def has_ended(self):
        return self._popen.poll() is not None

    def status(self):
        return self._popen.poll()

    def wait(self, seconds):
        """Status and both outputs, as lines."""
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f'{self.name} has not ended after {seconds:.0f} s; see {self.log}') from None
        self._finish()
        return self._popen.returncode, list(self._captured), list(self._errors)

    def _signal(self, number):
        try:
            os.killpg(self._popen.pid, number)
        except ProcessLookupError:
            pass

    def terminate(self):
        if not self.has_ended():
            try:
                self._popen.send_signal(signal.SIGTERM)
            except ProcessLookupError:
                pass

    def kill(self):
        """At once, with all that it started."""
        self._signal(signal.SIGKILL)
        self._popen.wait()
        self._finish()

    def stop(self, seconds=STOP_SECONDS):
        """Politely, then not. Its status."""
        self.terminate()
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        self.kill()
        return self._popen.returncode

    def _finish(self):
        self._signal(signal.SIGKILL)  # what it may have left behind
        for reader in self._readers:
            reader.join(2)
        if any(reader.is_alive() for reader in self._readers):
            return  # somebody else still has the pipe; the readers end with it
        self._popen.stdout.close()
        self._popen.stderr.close()
        self._log_file.close()


def _quoted(argument):
    text = str(argument)
    return text if text and not set(text) & set(' "\'\\$&|;<>()*?') else "'" + text.replace("'", "'\\''") + "'"


class Worker:
    """A worker process and what it reports."""

    def __init__(self, process, base, event_lines):
        """`event_lines()` gives the lines that the worker has reported so far."""
        self.process = process
        self.base = base
        self._event_lines = event_lines

    @property
    def name(self):
        return self.process.name

    def events(self, *names):
        """Reported so far, oldest first; only those of the given names, if any."""
        found = [json.loads(line) for line in self._event_lines()]
        return [event for event in found if not names or event['event'] in names]

    def event(self, name, what='', seconds=WAIT_SECONDS, **members):
        """The first event of that name with those members, once it is there."""

        def find():
            for event in self.events(name):
                if all(event.get(key) == value for key, value in members.items()):
                    return event
            return None

        return wait_until(what or f'"{name}" of {self.name}', find, seconds, alive=[self.process])

    def processed(self):
        """State CID after each block with work that it processed: {block: cid}."""
        return {event['block']: event['state_cid'] for event in self.events('processed')}

    def account(self):
        return self.event('started')['account']


class Stage:
    """Where the story happens: one chain, workers, a client, a log for each. Use it with `with`: nothing outlives it."""

    def __init__(self, output, console=None, keep=False):
        self.output = pathlib.Path(output)
        self.output.mkdir(parents=True, exist_ok=True)
        self.console = console or Console(quiet=True)
        self._keep = keep
        self._processes = []
        self.node = None
        self.node_url = None
        self.genesis = None

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        """Ends every process, the latest first, and removes what they kept."""
        before = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
        in_main = threading.current_thread() is threading.main_thread()
        if in_main:
            ignore_signals()
        try:
            for process in reversed(self._processes):
                if process is not self.node:
                    process.terminate()
            for process in reversed(self._processes):
                process.stop()
            self._processes = []
            self._clean_up()
        finally:
            if in_main:
                for number, handler in before:
                    signal.signal(number, handler)

    def log(self, name):
        return self.output / f'{name}.log'

    # What every kind of stage does in its own way.

    def _clean_up(self):
        """After the processes have ended."""
        raise NotImplementedError

    def start_node(self):
        """A development node; returns once it answers."""
        raise NotImplementedError

    def start_worker(self, name, *arguments, wait=True):
        """A worker of that name; returns once it is live: registered, with keys and state, at the chain's head."""
        raise NotImplementedError

    def run_client(self, log, *arguments, seconds, show):
        """Runs substratee-client to its end: status, lines of standard output, lines of standard error."""
        raise NotImplementedError

    def worker_help(self):
        """What `substratee-worker run --help` says."""
        raise NotImplementedError

    def mounted(self, folder):
        """The path under which programs see a folder with configuration."""
        raise NotImplementedError

    def numbers(self):
        """Of the best block, and of the newest final one."""
        raise NotImplementedError

    # The same everywhere.

    def wait_until_final(self):
        """What is in the best block now is final for everybody. (Workers see a sealed block before clients do.)"""
        best, _ = self.numbers()
        wait_until(f'block {best} being final', lambda: self.numbers()[1] >= best, alive=[self.node])

    def wait_for_status(self, log, account, status, seconds=WAIT_SECONDS):
        """Until the chain says that of the member; its entry in the registry."""

        def find():
            for worker in self.client(log, 'workers', show='')['workers']:
                if worker['account'] == account and worker['status'] == status:
                    return worker
            return None

        return wait_until(f'{account} being {status} on the chain', find, seconds, look_at=self.log(log))

    def client(self, log, *arguments, seconds=90, show='client'):
        """substratee-client --json …: its result, or a Failure in its own words."""
        genesis = ['--genesis', self.genesis] if self.genesis else []
        status, output, errors = self.run_client(log, '--node-url', self.node_url, *genesis, '--json', *arguments,
                                                 seconds=seconds, show=show)
        if status != 0:
            words = errors[-1] if errors else 'no word'
            raise Failure(f'substratee-client {" ".join(map(str, arguments))} failed (status {status}): {words}; '
                          f'see {self.log(log)}')
        return json.loads(output[-1])


class Network(Stage):
    """Local processes and their directories."""

    def __init__(self, programs, output, console=None, keep=False):
        self.programs = pathlib.Path(programs)
        missing = [name for name in PROGRAMS if not os.access(self.programs / name, os.X_OK)]
        if missing:
            raise Failure(f'{", ".join(missing)} not found in {self.programs}; build them: cmake --preset release '
                          '&& cmake --build --preset release')
        super().__init__(output, console, keep)
        self.data = pathlib.Path(tempfile.mkdtemp(prefix='substratee-'))
        self._runs = 0

    def _clean_up(self):
        if self._keep:
            self.console.line('story', f'data of the processes: {self.data}')
        else:
            shutil.rmtree(self.data, ignore_errors=True)

    def start(self, name, program, *arguments, show=None):
        """One of the four programs; or, with an absolute path, any other."""
        process = Process(name, [self.programs / program, *arguments], self.log(name), self.console, show)
        self._processes.append(process)
        return process

    def _ready_file(self, name):
        self._runs += 1
        return self.data / f'{name}.ready.{self._runs}'

    @staticmethod
    def _ready(path):
        def read():
            try:
                return path.read_text(encoding='utf-8').strip()
            except FileNotFoundError:
                return None
        return read

    def start_node(self, *arguments, block_time=None):
        """A development node on any free port; returns once it answers."""
        ready = self._ready_file('node')
        time_of_block = ['--block-time', block_time] if block_time else []
        self.node = self.start('node', 'substratee-node', '--dev', '--base-path', self.data / 'node', '--rpc-port', '0',
                               '--ready-file', ready, *time_of_block, *arguments)
        self.node_url = wait_until('the node\'s address', self._ready(ready), alive=[self.node])
        self.genesis = self.rpc('chain_getBlockHash', 0)
        return self.node_url

    def start_worker(self, name, *arguments, base=None, wait=True, api_port=0, provisioning_port=0):
        """A worker on any free ports, or given ones; returns once it is live: registered, with keys and state, at the
        chain's head."""
        ready = self._ready_file(name)
        base = base or self.data / name
        events = self.data / f'{name}.events.{self._runs}'
        process = self.start(name, 'substratee-worker', 'run', '--node-url', self.node_url, '--base-path', base,
                             '--api-port', str(api_port), '--provisioning-port', str(provisioning_port), '--ready-file', ready,
                             '--events-file', events, *arguments)
        worker = Worker(process, base, lambda: _whole_lines(events))
        if wait:
            wait_until(f'{name} being live', self._ready(ready), alive=[process])
        return worker

    def run(self, name, program, *arguments, seconds=WAIT_SECONDS, show='client'):
        """Runs a program to its end: status, lines of standard output, lines of standard error."""
        process = self.start(name, program, *arguments, show=show)
        try:
            return process.wait(seconds)
        finally:
            if process.has_ended():
                self._processes.remove(process)

    def rpc(self, method, *parameters):
        """One JSON-RPC call to the node, over HTTP."""
        request = urllib.request.Request(
            self.node_url.replace('ws://', 'http://', 1), headers={'Content-Type': 'application/json'},
            data=json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': method, 'params': parameters}).encode())
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                answer = json.load(response)
        except OSError as error:
            raise Failure(f'the node does not answer {method}: {error}; see {self.log("node")}') from error
        if 'error' in answer:
            raise Failure(f'{method}: {answer["error"]}; see {self.log("node")}')
        return answer['result']

    def numbers(self):
        head = self.rpc('chain_getHeader', self.rpc('chain_getFinalizedHead'))
        return int(self.rpc('chain_getHeader')['number'], 16), int(head['number'], 16)

    def run_client(self, log, *arguments, seconds=90, show='client'):
        return self.run(log, 'substratee-client', *arguments, seconds=seconds, show=show)

    def worker_help(self):
        return subprocess.run([self.programs / 'substratee-worker', 'run', '--help'], capture_output=True, text=True,
                              timeout=WAIT_SECONDS, check=True).stdout

    def mounted(self, folder):
        return folder


def _whole_lines(path):
    """Of a file that somebody is still writing; none if it is not there yet."""
    try:
        return path.read_text(encoding='utf-8').split('\n')[:-1]
    except FileNotFoundError:
        return []
