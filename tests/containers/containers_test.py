#!/usr/bin/env python3
"""The M4 story in containers: image, hardening, what volumes hold, a stopped worker, IPv6, compose.yaml, podman.

Takes the Docker that answers, or starts one of its own; skipped, with the reason, where none can run."""

import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import unittest

import engines as own
from engines import ROOT, SKIPPED, containers, devnet, engines
from terminal import Terminal, Tmux, check_layout
import m4_story

PROGRAMS = pathlib.Path(os.environ.get('SUBSTRATEE_BIN', ROOT / 'build/release/bin'))
TAG = f'substratee-test-{os.getpid()}'
PROJECT = f'substratee-test-{os.getpid()}'
NAMES = ('node', 'client', 'worker1', 'worker2')
MAX_IMAGE = 150_000_000
MAX_BASE = 80_000_000
MAX_STORY_SECONDS = 60
ALICE_KEY = bytes.fromhex('d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d')
ALICE = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY'

docker = None


def setUpModule():
    output = tempfile.mkdtemp(prefix='substratee-test-')
    unittest.addModuleCleanup(shutil.rmtree, output, ignore_errors=True)
    containers.build_image(docker, PROGRAMS, TAG, output, devnet.Console())
    unittest.addModuleCleanup(docker.attempt, 'image', 'rm', '--force', TAG)


def file_names(engine, image):
    """Every file of an image."""
    container = engine.run('create', image, 'true').strip()
    try:
        exported = subprocess.run([*engine.command, 'export', container], capture_output=True, check=True, env=engine.environment)
    finally:
        engine.run('rm', container)
    with tarfile.open(fileobj=io.BytesIO(exported.stdout)) as archive:
        return {member.name: member for member in archive}, exported.stdout


class ImageTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.files, cls.bytes = file_names(docker, TAG)

    def test_base_and_image_are_small(self):
        self.assertLessEqual(docker.image_size(containers.BASE_IMAGE), MAX_BASE)
        self.assertLessEqual(docker.image_size(TAG), MAX_IMAGE)

    def test_runs_as_somebody_and_looks_after_itself(self):
        configuration = docker.inspect('image', TAG)['Config']
        self.assertEqual(configuration['User'], '10001:10001')
        self.assertEqual(configuration['Healthcheck']['Test'], ['CMD', 'substratee-health'])

    def test_holds_the_four_programs_and_no_compiler(self):
        for name in devnet.PROGRAMS:
            self.assertIn(f'usr/local/bin/{name}', self.files)
        programs = {path.name for path in map(pathlib.PurePosixPath, self.files) if path.parent.name in ('bin', 'sbin')}
        self.assertIn('bash', programs)
        unwanted = {'gcc', 'cc', 'g++', 'c++', 'cpp', 'clang', 'clang-19', 'ld', 'lld', 'as', 'ar', 'make', 'ninja', 'cmake', 'curl',
                    'wget', 'python3'}
        self.assertEqual(programs & unwanted, set())
        self.assertEqual([name for name in self.files if name.endswith(('.a', '.h', '.hpp'))], [])

    def test_holds_no_lists_caches_pages_translations(self):
        for folder in ('var/lib/apt/lists/', 'var/cache/apt/archives/', 'usr/share/man/', 'usr/share/info/', 'usr/share/locale/'):
            found = [name for name, member in self.files.items() if name.startswith(folder) and member.isfile() and member.size > 0]
            self.assertEqual(found, [], folder)
        documents = [name for name, member in self.files.items() if name.startswith('usr/share/doc/') and member.isfile()]
        self.assertTrue(documents)
        self.assertEqual([name for name in documents if not name.endswith('/copyright')], [])

    def test_holds_nothing_of_intel_cert(self):
        self.assertEqual([name for name in self.files if 'intel_cert' in name or 'collateral.toml' in name], [])
        for path in (ROOT / 'intel_cert').iterdir():
            if path.is_file():
                self.assertFalse(path.read_bytes().strip() in self.bytes, f'{path} is in the image')

    def test_build_context_holds_sources_but_no_keys(self):
        """What .dockerignore lets through, seen by an image of everything that a build sees."""
        with tempfile.TemporaryDirectory() as folder:
            context = pathlib.Path(folder)
            for name in ('.dockerignore', 'CMakeLists.txt', 'CMakePresets.json', 'cmake', 'core/base', 'tools', 'deploy', 'intel_cert'):
                source = ROOT / name
                (context / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copytree(source, context / name) if source.is_dir() else shutil.copy(source, context / name)
            secret = os.urandom(16).hex()
            for name in ('intel_cert/subscription-key.txt', 'build/x', 'output/x', '.git/x', 'secret.pem'):
                (context / name).parent.mkdir(exist_ok=True)
                (context / name).write_text(secret, encoding='utf-8')
            (context / 'Everything').write_text('FROM scratch\nCOPY . /\n', encoding='utf-8')
            subprocess.run(docker.build_command(context / 'Everything', context, f'{TAG}-context'), check=True,
                           env=docker.environment, capture_output=True)
        self.addCleanup(docker.attempt, 'image', 'rm', '--force', f'{TAG}-context')
        files, everything = file_names(docker, f'{TAG}-context')
        self.assertIn('core/base/bytes.hpp', files)
        self.assertIn('tools/install.sh', files)
        self.assertNotIn('tools/devnet.py', files)
        self.assertFalse(secret.encode() in everything)

    def test_both_dockerfiles_end_alike(self):
        ends = [(ROOT / name).read_text(encoding='utf-8').partition('\nRUN ldconfig')[2] for name in ('Dockerfile', 'deploy/Dockerfile.prebuilt')]
        self.assertTrue(ends[0])
        self.assertEqual(*ends)


class ContainerTest(unittest.TestCase):
    """One network for all tests of a class, which run in alphabetical order."""

    engine = None
    ipv6 = False

    @classmethod
    def setUpClass(cls):
        output = tempfile.mkdtemp(prefix='substratee-test-')
        cls.addClassCleanup(shutil.rmtree, output, ignore_errors=True)
        cls.network = containers.ContainerNetwork(cls.engine or docker, TAG, output, devnet.Console(), project=PROJECT, ipv6=cls.ipv6,
                                                  intel_cert=ROOT / 'intel_cert')
        cls.addClassCleanup(cls.network.close)

    def inside(self, name, *command):
        return self.network.engine.run('exec', self.network.container(name), *command)

    def check_story(self, summary):
        accounts = [enclave['account'] for enclave in summary['enclaves']]
        self.assertEqual(len(set(accounts)), 2)
        self.assertEqual(summary['counter'], 2 * m4_story.AMOUNT)
        self.assertTrue(summary['signature_valid'])
        self.assertEqual(set(summary['calls'][1]['confirmed_by']), set(accounts))
        self.assertLessEqual(summary['seconds'], MAX_STORY_SECONDS)

    def processes(self, name):
        """Of a container, from its /proc: {name: {line's name: value}}."""
        script = 'for p in /proc/[0-9]*; do [ -r $p/status ] && cat $p/status && echo; done; true'
        found = {}
        for text in self.inside(name, 'sh', '-c', script).split('\n\n'):
            status = dict(line.split(':', 1) for line in text.splitlines() if ':' in line)
            if status:
                found[status['Name'].strip()] = {key: value.split() for key, value in status.items()}
        return found

    def check_confinement(self):
        for name in NAMES:
            for process, status in self.processes(name).items():
                with self.subTest(container=name, process=process):
                    self.assertEqual(set(status['Uid'] + status['Gid']), {'10001'})
                    for capabilities in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'):
                        self.assertEqual(int(status[capabilities][0], 16), 0, capabilities)
                    self.assertEqual(status['NoNewPrivs'], ['1'])
                    self.assertEqual(status['Seccomp'], ['2'])

    def check_lock_in(self):
        """The enclave's own filter on top of the engine's, and memory that its host cannot read."""
        for name in ('worker1', 'worker2'):
            processes = self.processes(name)
            filters = {process: int(status['Seccomp_filters'][0]) for process, status in processes.items()}
            self.assertEqual(filters['substratee-encl'], filters['substratee-work'] + 1)
            pid = processes['substratee-encl']['Pid'][0]
            readable = self.inside(name, 'sh', '-c', f'head -c 1 /proc/{pid}/maps >/dev/null 2>&1 && echo yes || echo no').strip()
            self.assertEqual(readable, 'no')


class StoryTest(ContainerTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = m4_story.Story(cls.network)
        cls.summary = cls.story.play()

    def client(self, *arguments):
        return self.network.client('client_later', *m4_story.ALICE, *arguments)

    def test_1_story_holds(self):
        self.check_story(self.summary)
        urls = [(worker['worker_url'], worker['provisioning_url']) for worker in self.client('workers')['workers']]
        self.assertEqual(urls, [(f'http://{name}:2000', f'tcp://{name}:3443') for name in ('worker1', 'worker2')])

    def test_2_nobody_is_root_or_privileged(self):
        for name in NAMES:
            container = docker.inspect('container', self.network.container(name))
            host = container['HostConfig']
            self.assertFalse(host['Privileged'])
            self.assertFalse(host['CapAdd'])
            self.assertEqual(host['CapDrop'], ['ALL'])
            self.assertTrue(host['ReadonlyRootfs'])
            self.assertIn('no-new-privileges', host['SecurityOpt'])
            self.assertFalse(host['Devices'])
            self.assertFalse(host['PidMode'] or host['UsernsMode'] == 'host' or host['NetworkMode'] == 'host')
            self.assertFalse(container['NetworkSettings']['Ports'] and any(container['NetworkSettings']['Ports'].values()))
            self.assertEqual(self.inside(name, 'sh', '-c', 'touch /usr/local/bin/x 2>/dev/null && echo yes || echo no').strip(), 'no')
        self.check_confinement()

    def test_3_lock_in_of_the_enclave_works(self):
        self.check_lock_in()

    def test_4_each_is_healthy(self):
        for name in NAMES:
            devnet.wait_until(f'{name} being healthy', lambda: docker.inspect('container', self.network.container(name))
                              ['State']['Health']['Status'] == 'healthy', look_at=self.network.log(name))

    def volume(self, name, path):
        # proofs/ is what the chain shows to everybody.
        packed = subprocess.run([*docker.command, 'exec', self.network.container(name), 'tar', '-C', path, '--exclude=./proofs',
                                 '-cf', '-', '.'],
                                capture_output=True, env=docker.environment)
        self.assertIn(packed.returncode, (0, 1), packed.stderr)  # 1: a file has changed while it was read
        return packed.stdout

    def test_5_state_volume_holds_no_plaintext(self):
        # An account's records stand under its key, so that is in the state; the chain, which is public, shows the search.
        self.assertTrue(ALICE_KEY in self.volume('node', containers.STATE))
        for name in ('worker1', 'worker2'):
            state = self.volume(name, containers.STATE)
            self.assertTrue(b'sealed/shard' in state)
            for needle in (ALICE_KEY, ALICE_KEY.hex().encode(), ALICE.encode(), f'increment {m4_story.AMOUNT}'.encode()):
                self.assertFalse(needle in state, needle)
            with tarfile.open(fileobj=io.BytesIO(self.volume(name, containers.PLATFORM))) as archive:
                secrets = [archive.extractfile(member).read() for member in archive if member.isfile()]
            self.assertTrue(secrets)
            for secret in secrets:
                self.assertFalse(secret in state or secret.hex().encode() in state, 'the platform\'s secret')

    def test_6_a_story_of_the_same_name_is_refused(self):
        with self.assertRaisesRegex(devnet.Failure, 'another story'):
            containers.ContainerNetwork(docker, TAG, self.network.output, project=PROJECT)

    def test_7_without_worker_1_the_service_takes_calls(self):
        docker.run('stop', self.network.container('worker1'))
        result = self.client('call', 'increment 8', '--wait', 'agreed')
        self.assertEqual(result['outcome'], 'applied')
        self.assertEqual(result['confirmed_by'], [self.story.worker2.account()])
        answer = self.client('query', 'counter')
        self.assertEqual((answer['value'], answer['answered_by']), ('92', self.story.worker2.account()))

    def test_8_worker_1_comes_back_with_its_volume(self):
        account = self.story.worker1.account()
        self.network.wait_for_status('client_later', account, 'Silent')
        back = self.network.start_worker('worker1')
        self.assertEqual(back.account(), account)
        self.network.wait_for_status('client_later', account, 'Active')
        self.assertEqual(len(self.client('call', 'increment 8', '--wait', 'agreed')['confirmed_by']), 2)

    def test_9_logs_are_those_of_the_local_story(self):
        logs = {path.stem for path in self.network.output.glob('*.log')}
        self.assertEqual(logs - {'client_later'}, set(m4_story.LOGS))
        for log in m4_story.LOGS:
            self.assertTrue(self.network.log(log).read_text(encoding='utf-8').strip(), log)


class Ipv6Test(ContainerTest):
    """Everything listens on and is reached by IPv6; one worker is registered by address instead of name."""

    ipv6 = True

    @classmethod
    def setUpClass(cls):
        try:
            super().setUpClass()
        except devnet.Failure as failure:
            raise unittest.SkipTest(f'this engine makes no IPv6 network: {failure}') from None

    def address(self, name):
        networks = docker.inspect('container', self.network.container(name))['NetworkSettings']['Networks']
        return next(iter(networks.values()))['GlobalIPv6Address']

    def test_story_over_ipv6(self):
        self.network.start_node()
        self.network.node_url = f'ws://[{self.address("node")}]:{containers.NODE_PORT}'
        self.network.start_worker('worker1')
        self.network.start_worker('worker2', '--shard', self.network.client('client_first', 'status')['shard']['id'])
        self.network.wait_until_final()
        result = self.network.client('client_first', *m4_story.ALICE, 'call', 'increment 42', '--wait', 'agreed')
        self.assertEqual(len(result['confirmed_by']), 2)
        by_address = f'http://[{self.address("worker2")}]:{containers.API_PORT}'
        answer = self.network.client('client_first', *m4_story.ALICE, 'query', 'counter', '--worker', by_address)
        self.assertEqual(answer['value'], '42')


class CommandTest(unittest.TestCase):
    """M4.sh itself."""

    def run_command(self, *arguments, environment=None):
        output = pathlib.Path(tempfile.mkdtemp(prefix='substratee-test-'))
        self.addCleanup(shutil.rmtree, output, ignore_errors=True)
        result = subprocess.run([ROOT / 'M4.sh', '--containers', '--no-build', '--tag', TAG, '--project', PROJECT, '--output', output,
                                 *arguments], capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
                                env={**docker.environment, **(environment or {})})
        return result, output

    def left(self):
        wanted = f'label={engines.LABEL}={PROJECT}'
        return [line for kind in (['ps', '--all'], ['network', 'ls'], ['volume', 'ls'])
                for line in docker.lines(*kind, '--quiet', '--filter', wanted)]

    def test_plays_the_story_and_leaves_nothing(self):
        """Not even what a story that was killed has left."""
        wanted = f'{engines.LABEL}={PROJECT}'
        docker.run('network', 'create', '--label', wanted, f'{PROJECT}-net')
        docker.run('volume', 'create', '--label', wanted, f'{PROJECT}-node-state')
        docker.run('run', '--detach', '--init', '--label', wanted, '--name', f'{PROJECT}-node', '--network', f'{PROJECT}-net',
                   '--volume', f'{PROJECT}-node-state:{containers.STATE}', TAG, 'sleep', 'infinity')
        self.assertEqual(len(self.left()), 3)
        result, output = self.run_command('--engine', 'docker')
        self.assertEqual(result.returncode, 0, result.stderr)
        summary = json.loads((output / 'summary.json').read_text(encoding='utf-8'))
        self.assertEqual(summary['counter'], 84)
        self.assertIn('simulated platform', result.stdout)
        self.assertIn('The M4 story in ', result.stdout)
        self.assertEqual(self.left(), [])

    def test_interrupted_story_takes_its_containers_along(self):
        output = pathlib.Path(tempfile.mkdtemp(prefix='substratee-test-'))
        self.addCleanup(shutil.rmtree, output, ignore_errors=True)
        story = subprocess.Popen([ROOT / 'M4.sh', '--containers', '--no-build', '--tag', TAG, '--project', PROJECT, '--output', output],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                                 env=docker.environment)
        self.addCleanup(story.stderr.close)
        self.addCleanup(story.kill)
        log = output / 'worker1.log'
        devnet.wait_until('worker 1', lambda: log.exists() and 'Registering' in log.read_text(encoding='utf-8'), look_at=log)
        story.send_signal(signal.SIGINT)
        self.assertEqual(story.wait(60), 128 + signal.SIGINT)
        self.assertIn('Stopped by SIGINT', story.stderr.read())
        self.assertEqual(self.left(), [])

    def test_terminal_shows_four_panes(self):
        if not shutil.which('tmux'):
            self.skipTest('tmux is not installed')
        output = pathlib.Path(tempfile.mkdtemp(prefix='substratee-test-'))
        self.addCleanup(shutil.rmtree, output, ignore_errors=True)
        tmux = Tmux(PROJECT)
        self.addCleanup(tmux, 'kill-server')
        terminal = Terminal(ROOT / 'M4.sh', '--containers', '--no-build', '--tag', TAG, '--project', PROJECT, '--output', output,
                            environment=docker.environment)
        self.addCleanup(terminal.process.kill)
        devnet.wait_until('four panes', lambda: len(tmux.panes()) == 4, look_at='tmux')
        devnet.wait_until('the end of the story', lambda: 'client' in tmux.panes()
                          and 'Enter ends' in tmux.content(tmux.panes()['client']), look_at=output)
        panes = tmux.panes()
        check_layout(self, panes)
        self.assertIn('Shard founded', tmux.content(panes['worker 1']))
        terminal.type('\r')
        self.assertEqual(terminal.wait(), 0)
        self.assertIn('counter       84', terminal.shown())
        self.assertEqual(self.left(), [])

    def test_missing_image_is_said(self):
        result, _ = self.run_command('--tag', f'{TAG}-none')
        self.assertEqual(result.returncode, 1)
        self.assertIn(f'no image {TAG}-none', result.stderr)

    def test_no_engine_is_said(self):
        result, _ = self.run_command('--engine', 'docker', environment={'DOCKER_HOST': 'unix:///nonexistent.sock'})
        self.assertEqual(result.returncode, 1)
        self.assertIn('no container engine can be used', result.stderr)


class ComposeTest(unittest.TestCase):

    def compose(self, *arguments, seconds=180):
        result = subprocess.run([*self.command, '--project-name', PROJECT, '--file', ROOT / 'compose.yaml', *arguments],
                                capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL,
                                env={**docker.environment, 'SUBSTRATEE_IMAGE': TAG})
        self.assertEqual(result.returncode, 0, result.stderr[-2000:])
        return result.stdout

    def setUp(self):
        if docker.attempt('compose', 'version'):
            self.command = [*docker.command, 'compose']
        elif shutil.which('docker-compose'):
            self.command = ['docker-compose']
        else:
            self.skipTest('neither docker compose nor docker-compose is installed')

    def test_services_wait_for_health_and_serve(self):
        self.addCleanup(self.compose, 'down', '--volumes')
        self.compose('up', '--detach', '--no-build')
        containers_of = self.compose('ps', '--quiet').split()
        self.assertEqual(len(containers_of), 4)
        for name in containers_of:
            host = docker.inspect('container', name)['HostConfig']
            self.assertTrue(host['ReadonlyRootfs'] and host['CapDrop'] == ['ALL'] and not host['Privileged'])
        client = ('exec', '-T', 'client', 'substratee-client', '--node-url', 'ws://node:9944', '--json', '--uri', '//Alice')

        def both_are_active():
            return [worker['status'] for worker in json.loads(self.compose(*client, 'workers'))['workers']] == ['Active'] * 2

        devnet.wait_until('both workers being Active', both_are_active, look_at='the containers\' logs')
        result = json.loads(self.compose(*client, 'call', 'increment 42'))
        self.assertEqual(len(result['confirmed_by']), 2)
        self.assertEqual(json.loads(self.compose(*client, 'query', 'counter'))['value'], '42')

    def test_kubo_beside_each_worker(self):
        self.assertNotIn('kubo=', self.compose('config'))
        with_kubo = ('--env-file', str(ROOT / 'deploy/kubo.env'), '--profile', 'kubo', 'config')
        self.assertEqual(set(self.compose(*with_kubo, '--services').split()), {*NAMES, 'kubo1', 'kubo2'})
        self.assertIn('kubo=http://kubo2:5001', self.compose(*with_kubo))


class PodmanTest(ContainerTest):
    """The same image, built and played by podman."""

    @classmethod
    def setUpClass(cls):
        try:
            podman = own.OwnPodman()
        except own.Unavailable as reason:
            raise unittest.SkipTest(str(reason)) from None
        cls.addClassCleanup(podman.close)
        cls.engine = podman.engine
        try:
            own.make_base(cls.engine)
        except own.Unavailable as reason:
            raise unittest.SkipTest(str(reason)) from None
        output = tempfile.mkdtemp(prefix='substratee-test-')
        cls.addClassCleanup(shutil.rmtree, output, ignore_errors=True)
        containers.build_image(cls.engine, PROGRAMS, TAG, output, devnet.Console())
        super().setUpClass()

    def test_story(self):
        self.check_story(m4_story.Story(self.network).play())
        self.check_confinement()
        self.check_lock_in()
        image = self.engine.inspect('image', TAG)
        self.assertEqual((image.get('Healthcheck') or image['Config']['Healthcheck'])['Test'], ['CMD', 'substratee-health'])


def main():
    """Skipped, with the reason on its line, where the programs, an engine or the base image cannot be had."""
    global docker
    missing = [name for name in devnet.PROGRAMS if not os.access(PROGRAMS / name, os.X_OK)]
    if missing:
        print(f'skipped: no {", ".join(missing)} in {PROGRAMS}; build them: cmake --build --preset release')
        return SKIPPED
    devnet.stop_on_signals()
    found = None
    try:
        found = own.any_docker()
        docker = found.engine
        own.make_base(docker)
        return 0 if unittest.main(module='__main__', verbosity=2, exit=False).result.wasSuccessful() else 1
    except own.Unavailable as reason:
        print(f'skipped: {reason}')
        return SKIPPED
    except devnet.Interrupted as interruption:
        return 128 + interruption.number
    finally:
        if found:
            devnet.ignore_signals()
            found.close()


if __name__ == '__main__':
    sys.exit(main())
