"""Engines for the container tests: the one that answers, or one of our own that leaves nothing behind."""

import ctypes
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import containers  # noqa: E402
import devnet  # noqa: E402
import engine as engines  # noqa: E402

SKIPPED = 77
BASE_TAR = ROOT / 'build/containers/debian-bookworm-slim.tar'  # kept: debootstrap takes a while
START_SECONDS = 30


class Unavailable(Exception):
    """The reason why a test cannot run here."""


def firewall_drops():
    """Whether what passes through this machine is dropped: then Docker has to add rules for its networks."""
    if not shutil.which('iptables'):
        return False
    rules = subprocess.run(['iptables', '-S', 'FORWARD'], capture_output=True, text=True)
    return '-P FORWARD DROP' in rules.stdout


def is_running(program):
    """Anywhere on this machine."""
    for comm in pathlib.Path('/proc').glob('[0-9]*/comm'):
        try:
            if comm.read_text(encoding='utf-8').strip() == program:
                return True
        except OSError:
            pass  # it has ended meanwhile
    return False


class OwnDocker:
    """dockerd with directories of its own, without a default bridge; hands off the firewall, if that lets it."""

    def __init__(self):
        if os.geteuid() != 0:
            raise Unavailable('no engine answers, and only root may start dockerd')
        for program in ('dockerd', 'docker'):
            if not shutil.which(program):
                raise Unavailable(f'no engine answers, and there is no {program} to start one (tools/install.sh --containers)')
        # Without a default bridge, dockerd takes that of any other away.
        if is_running('dockerd'):
            raise Unavailable('a dockerd runs here but does not answer; is DOCKER_HOST right?')
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='substratee-engine-'))
        host = f'unix://{self.folder}/docker.sock'
        self._log = open(self.folder / 'dockerd.log', 'w', encoding='utf-8')
        prctl = ctypes.CDLL(None).prctl
        firewall = [] if firewall_drops() else ['--iptables=false', '--ip-masq=false']
        self._dockerd = subprocess.Popen(
            ['dockerd', '--data-root', self.folder / 'data', '--exec-root', self.folder / 'exec', '--host', host,
             '--pidfile', self.folder / 'dockerd.pid', '--bridge', 'none', *firewall],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, start_new_session=True,
            preexec_fn=lambda: prctl(devnet.PR_SET_PDEATHSIG, signal.SIGTERM))
        self.engine = engines.Engine('docker', environment={'DOCKER_HOST': host})
        end = time.monotonic() + START_SECONDS
        while self.engine.why_not():
            if self._dockerd.poll() is not None or time.monotonic() > end:
                words = engines.last_line((self.folder / 'dockerd.log').read_text(encoding='utf-8', errors='replace'))
                self.close()
                raise Unavailable(f'no engine answers, and dockerd does not start: {words}')
            time.sleep(0.2)

    def close(self):
        self._dockerd.terminate()
        try:
            self._dockerd.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self._dockerd.kill()
            self._dockerd.wait()
        self._log.close()
        unmount(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)


class FoundDocker:
    """Somebody else's: only what a test has made is removed."""

    def __init__(self):
        self.engine = engines.Engine('docker')
        reason = self.engine.why_not()
        if reason:
            raise Unavailable(reason)

    def close(self):
        pass


def firewall_rules(mark):
    """[(table, rule)] of the machine's firewall that name it, chains first."""
    table, found = '', []
    saved = subprocess.run(['iptables-save'], capture_output=True, text=True).stdout if shutil.which('iptables-save') else ''
    for line in saved.splitlines():
        if line.startswith('*'):
            table = line[1:]
        elif mark in line and not line.startswith('#'):
            found.append((table, line))
    return found


def remove_firewall_rules(mark):
    rules = firewall_rules(mark)
    chains = [(table, line[1:].split()[0]) for table, line in rules if line.startswith(':')]
    commands = [(table, ['-D', *shlex.split(line)[1:]]) for table, line in rules if line.startswith('-A')]
    commands += [(table, ['-X', chain]) for table, chain in chains]
    for table, command in commands:
        subprocess.run(['iptables', '--wait', '--table', table, *command], capture_output=True)


class OwnPodman:
    """podman with directories of its own; where there is no systemd, with the configuration for that."""

    MARK = 'NETAVARK'  # in the names of the chains that podman makes and leaves

    def __init__(self):
        if os.geteuid() != 0 or not shutil.which('podman'):
            raise Unavailable('podman is not installed, or this is not root')
        self._had_rules = bool(firewall_rules(self.MARK))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='substratee-podman-'))
        environment = {}
        if not pathlib.Path('/run/systemd/system').is_dir():
            environment['CONTAINERS_CONF'] = str(ROOT / 'deploy/podman/containers.conf')
        self.engine = engines.Engine('podman', ['podman', '--root', str(self.folder / 'root'), '--runroot', str(self.folder / 'run'),
                                                '--network-config-dir', str(self.folder / 'networks')], environment)
        (self.folder / 'networks').mkdir()
        reason = self.engine.why_not()
        if reason:
            self.close()
            raise Unavailable(f'podman: {reason}')

    def close(self):
        self.engine.attempt('system', 'reset', '--force')
        if not self._had_rules:
            remove_firewall_rules(self.MARK)
        unmount(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)


def unmount(folder):
    """What an engine has left mounted, innermost first."""
    mounts = [line.split()[1] for line in pathlib.Path('/proc/mounts').read_text(encoding='utf-8').splitlines()]
    for path in sorted((path for path in mounts if path.startswith(str(folder))), reverse=True):
        subprocess.run(['umount', '--lazy', path], capture_output=True)


def any_docker():
    try:
        return FoundDocker()
    except Unavailable:
        return OwnDocker()


def make_base(engine):
    """The engine has debian:bookworm-slim afterwards."""
    if engine.has_image(containers.BASE_IMAGE):
        return
    reason = 'debootstrap is not installed, or this is not root'
    if BASE_TAR.exists() or (os.geteuid() == 0 and shutil.which('debootstrap')):
        BASE_TAR.parent.mkdir(parents=True, exist_ok=True)
        made = subprocess.run([ROOT / 'tools/offline-base-image.sh', '--tar', BASE_TAR, '--no-import'], capture_output=True, text=True)
        if made.returncode == 0:
            engine.run('import', '--change', 'CMD ["bash"]', BASE_TAR, f'docker.io/library/{containers.BASE_IMAGE}')
            return
        reason = engines.last_line(made.stderr)
    if not engine.attempt('pull', containers.BASE_IMAGE, seconds=120):
        raise Unavailable(f'{containers.BASE_IMAGE} can neither be pulled nor made ({reason})')
