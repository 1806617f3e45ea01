"""The story's stage in four containers on a private network: node, client, worker 1, worker 2. See docs/containers.md.

The same programs, logs and checks as with local processes (devnet.py). Each container runs without root, without
capabilities, with a read-only root; what it keeps stands in a volume. Events of a worker are its standard output.
"""

import fcntl
import ipaddress
import json
import os
import pathlib
import re
import subprocess
import tempfile

import devnet
import engine as engines

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASE_IMAGE = 'debian:bookworm-slim'
NODE_PORT = 9944
API_PORT = 2000
PROVISIONING_PORT = 3443
STATE = '/var/lib/substratee'
PLATFORM = '/var/lib/substratee-platform'
CONFIGURATION = '/etc/substratee'
BUILD_SECONDS = 7200.0
PROJECT = re.compile(r'[a-z0-9][a-z0-9-]{0,40}')

# compose.yaml says the same.
HARDENED = ('--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges',
            '--pids-limit', '256', '--ulimit', 'memlock=8388608:8388608', '--ulimit', 'nofile=4096:4096')
# podman's own limit on processes is above what many machines permit.
HARDENED_PODMAN = (*HARDENED, '--ulimit', 'nproc=4096:4096')
# Within the network, as the original had them. For podman only: its name service fails now and then while a container joins.
HOSTS = {'node': 10, 'worker1': 21, 'worker2': 22, 'client': 30}



class ContainerProcess(devnet.Process):
    """The engine's client, attached to a container. Ending it ends the container too."""

    def __init__(self, engine, container, name, arguments, log, console, hide_output=False):
        self._engine = engine
        self.container = container
        super().__init__(name, arguments, log, console, hide_output=hide_output, environment=engine.environment)

    def kill(self):
        """At once. (The client's death alone would leave the container.)"""
        if not self.has_ended():
            self._engine.attempt('kill', self.container)
            try:
                self._popen.wait(devnet.STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        super().kill()


class ProjectLock:
    """Held by the story that plays, so that another one does not take its containers for leftovers."""

    def __init__(self, project):
        self._path = os.path.join(tempfile.gettempdir(), f'substratee-containers-{os.getuid()}-{project}.lock')
        while True:
            self._file = open(self._path, 'w', encoding='utf-8')
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.stat(self._path).st_ino == os.fstat(self._file.fileno()).st_ino:
                    return
            except FileNotFoundError:
                pass  # its holder has just gone: once more
            except OSError:
                self._file.close()
                raise devnet.Failure(f'another story plays in the containers {project}-*; wait for it, or give this one '
                                     '--project NAME') from None
            self._file.close()

    def release(self):
        os.unlink(self._path)
        self._file.close()


class ContainerNetwork(devnet.Stage):
    """Four containers named <project>-node, -client, -worker1, -worker2 on the network <project>-net."""

    def __init__(self, engine, image, output, console=None, keep=False, project='substratee', ipv6=False, intel_cert=None):
        if not PROJECT.fullmatch(project):
            raise devnet.Failure(f'"{project}" cannot name containers; use small letters, digits and -')
        super().__init__(output, console, keep)
        self.engine = engine
        self.image = image
        self.project = project
        self._intel_cert = intel_cert
        self._ipv6 = ipv6
        self._hardened = HARDENED_PODMAN if engine.kind == 'podman' else HARDENED
        self._lock = ProjectLock(project)
        try:
            self.engine.remove_project(project)  # what a story that was killed has left
            self._create('network', f'{project}-net', *self._prefix())
            self._hosts = self._fixed_addresses() if engine.kind == 'podman' else {}
        except devnet.Failure:
            self._lock.release()
            raise

    def _prefix(self):
        """Of the network: the engine's choice, and for IPv6 a private one of this process."""
        return ['--ipv6', '--subnet', f'fd5b:5374:{os.getpid() % 0xffff:x}::/64'] if self._ipv6 else []

    def _fixed_addresses(self):
        subnet = ipaddress.ip_network(self.engine.inspect('network', f'{self.project}-net')['subnets'][0]['subnet'])
        return {name: str(subnet[number]) for name, number in HOSTS.items()}

    def _addressing(self, name):
        """Who is where, without a name service; nothing where the engine has a reliable one."""
        own = ['--ip', self._hosts[name]] if name in self._hosts else []
        return own + [word for host, address in self._hosts.items() for word in ('--add-host', f'{host}:{address}')]

    def _create(self, kind, name, *arguments):
        self.engine.run(kind, 'create', '--label', f'{engines.LABEL}={self.project}', *arguments, name)

    def _clean_up(self):
        if self._keep:
            names = self.engine.lines('volume', 'ls', '--quiet', '--filter', f'label={engines.LABEL}={self.project}')
            self.console.line('story', f'data of the containers, until the next story: volumes {", ".join(names)}')
            self._remove_containers()
        else:
            self.engine.remove_project(self.project)
        self._lock.release()

    def _remove_containers(self):
        names = self.engine.lines('ps', '--all', '--quiet', '--filter', f'label={engines.LABEL}={self.project}')
        if names:
            self.engine.run('rm', '--force', *names)
        self.engine.run('network', 'rm', f'{self.project}-net')

    def container(self, name):
        return f'{self.project}-{name}'

    def volume(self, name, what):
        return f'{self.project}-{name}-{what}'

    def _run_command(self, name, *options):
        """Up to the image's name."""
        return [*self.engine.command, 'run', '--name', self.container(name), '--hostname', name,
                '--label', f'{engines.LABEL}={self.project}', '--network', f'{self.project}-net', '--network-alias', name,
                *self._addressing(name), *self._hardened, *options]

    def _volumes(self, name, **paths):
        options = []
        for what, path in paths.items():
            volume = self.volume(name, what)
            if volume not in self.engine.lines('volume', 'ls', '--quiet'):
                self._create('volume', volume)
            options += ['--volume', f'{volume}:{path}']
        return options

    def _configuration(self):
        return ['--volume', f'{self._intel_cert}:{self.mounted(self._intel_cert)}:ro'] if self._intel_cert else []

    def _start(self, name, command, hide_output=False):
        process = ContainerProcess(self.engine, self.container(name), name, command, self.log(name), self.console, hide_output)
        self._processes.append(process)
        return process

    @property
    def _any(self):
        return '::' if self._ipv6 else '0.0.0.0'

    def start_node(self, *arguments):
        """The node and, beside it, the client's container, which waits for commands."""
        self.node = self._start('node', [
            *self._run_command('node', '--rm', *self._volumes('node', state=STATE), *self._configuration()), self.image,
            'substratee-node', '--dev', '--base-path', f'{STATE}/node', '--rpc-address', self._any,
            '--rpc-port', str(NODE_PORT), *arguments])
        self.node_url = f'ws://node:{NODE_PORT}'
        node_url = ['--env', f'SUBSTRATEE_NODE_URL={self.node_url}']
        self.engine.run(*self._run_command('client', '--detach', *node_url)[len(self.engine.command):], self.image,
                        'sleep', 'infinity')
        devnet.wait_until('the node answering', lambda: self._is_healthy('node'), alive=[self.node])
        self.genesis = self._status()['genesis']
        return self.node_url

    def start_worker(self, name, *arguments, wait=True):
        process = self._start(name, [
            *self._run_command(name, '--rm', *self._volumes(name, state=STATE, platform=PLATFORM), *self._configuration()),
            self.image, 'substratee-worker', 'run', '--node-url', self.node_url, '--genesis', self.genesis,
            '--base-path', STATE, '--platform-dir', PLATFORM,
            '--api-address', self._any, '--api-port', str(API_PORT), '--public-api-url', f'http://{name}:{API_PORT}',
            '--provisioning-address', self._any, '--provisioning-port', str(PROVISIONING_PORT),
            '--public-provisioning-url', f'tcp://{name}:{PROVISIONING_PORT}',
            '--events-file', '/dev/stdout', *arguments], hide_output=True)
        worker = devnet.Worker(process, None, process.output)
        if wait:
            worker.event('live', f'{name} being live')
        return worker

    def _is_healthy(self, name):
        return self.engine.attempt('exec', self.container(name), 'substratee-health')

    def run_client(self, log, *arguments, seconds=90, show='client'):
        process = devnet.Process(
            log, [*self.engine.command, 'exec', self.container('client'), 'substratee-client', *arguments],
            self.log(log), self.console, show, environment=self.engine.environment)
        self._processes.append(process)
        try:
            return process.wait(seconds)
        finally:
            if process.has_ended():
                self._processes.remove(process)

    def worker_help(self):
        return self.engine.run('run', '--rm', '--network', 'none', *self._hardened, self.image, 'substratee-worker', 'run', '--help')

    def mounted(self, folder):
        return f'{CONFIGURATION}/{pathlib.Path(folder).name}'

    def numbers(self):
        status = self._status()
        return status['best']['number'], status['finalized']['number']

    def _status(self):
        """As the client shows it; in no log, as it is no step of the story."""
        return json.loads(self.engine.run('exec', self.container('client'), 'substratee-client', '--node-url', self.node_url,
                                          '--json', 'status').splitlines()[-1])


def build_image(engine, programs, tag, output, console):
    """Builds the image: from source, or where `programs` names their folder, by packing those."""
    if not engine.has_image(BASE_IMAGE) and not engine.attempt('pull', BASE_IMAGE, seconds=600):
        raise devnet.Failure(f'{engine.kind} has no image {BASE_IMAGE} and cannot pull it. What to do: make it with '
                             f'tools/offline-base-image.sh --engine {engine.kind}')
    if not programs:
        return _build(engine, ROOT / 'Dockerfile', ROOT, tag, output, console)
    with tempfile.TemporaryDirectory(prefix='substratee-image-') as folder:
        context = pathlib.Path(folder) / 'image'
        packed = subprocess.run([ROOT / 'deploy/pack.sh', programs, context], capture_output=True, text=True)
        if packed.returncode != 0:
            raise devnet.Failure(f'the programs of {programs} cannot be packed: {engines.last_line(packed.stderr)}')
        return _build(engine, ROOT / 'deploy/Dockerfile.prebuilt', context, tag, output, console)


def _build(engine, file, context, tag, output, console):
    log = pathlib.Path(output) / 'image.log'
    log.unlink(missing_ok=True)
    console.line('story', f'{engine.kind} builds the image {tag} with {file.relative_to(ROOT)}; its words are in {log}')
    build = devnet.Process('image', engine.build_command(file, context, tag), log, console, environment=engine.environment)
    try:
        status, output_lines, errors = build.wait(BUILD_SECONDS)
    finally:
        build.stop()
    if status != 0:
        raise devnet.Failure(f'the image {tag} cannot be built: {engines.last_line(chr(10).join(errors or output_lines))}; see {log}')
