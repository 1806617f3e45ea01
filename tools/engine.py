"""A container engine, Docker or podman, through its command line."""

import json
import os
import shutil
import subprocess

import devnet

KINDS = ('docker', 'podman')
COMMAND_SECONDS = 120.0
LABEL = 'org.substratee.project'


class Engine:
    """One engine that answers. Commands that fail are a devnet.Failure with the engine's own words."""

    def __init__(self, kind, command=None, environment=None):
        self.kind = kind
        self.command = command or [kind]
        self.environment = {**os.environ, **(environment or {})}

    @classmethod
    def find(cls, wanted=''):
        """Docker if it answers, else podman; or the wanted one and no other."""
        reasons = []
        for kind in [wanted] if wanted else KINDS:
            engine = cls(kind)
            reason = engine.why_not()
            if not reason:
                return engine
            reasons.append(f'{kind}: {reason}')
        raise devnet.Failure(f'no container engine can be used ({"; ".join(reasons)}). Start Docker (systemctl start docker), or install '
                             'one (tools/install.sh --containers), or play the story without --containers')

    def why_not(self):
        """The reason why it cannot be used; nothing if it can."""
        if not shutil.which(self.command[0]):
            return 'not installed'
        try:
            result = self._result('info', seconds=30)
        except subprocess.TimeoutExpired:
            return 'does not answer'
        if result.returncode == 0:
            return ''
        return last_line(result.stderr) or last_line(result.stdout) or f'status {result.returncode}'

    def _result(self, *arguments, seconds=COMMAND_SECONDS):
        return subprocess.run([*self.command, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=seconds, env=self.environment)

    def run(self, *arguments, seconds=COMMAND_SECONDS):
        """Standard output of a command."""
        try:
            result = self._result(*arguments, seconds=seconds)
        except subprocess.TimeoutExpired:
            raise devnet.Failure(f'{self.kind} {arguments[0]} has not ended after {seconds:.0f} s; is the engine busy?') from None
        if result.returncode != 0:
            raise devnet.Failure(f'{self.kind} {" ".join(map(str, arguments))} failed: {last_line(result.stderr)}')
        return result.stdout

    def attempt(self, *arguments, seconds=COMMAND_SECONDS):
        """Whether a command succeeds."""
        try:
            return self._result(*arguments, seconds=seconds).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def lines(self, *arguments):
        return [line for line in self.run(*arguments).splitlines() if line]

    def inspect(self, kind, name):
        return json.loads(self.run(kind, 'inspect', name))[0]

    def has_image(self, name):
        return self.attempt('image', 'inspect', name)

    def image_size(self, name):
        """Bytes."""
        return int(self.inspect('image', name)['Size'])

    def build_command(self, file, context, tag):
        # podman's own image format has no health check.
        form = ['--format', 'docker'] if self.kind == 'podman' else []
        return [*self.command, 'build', *form, '--tag', tag, '--file', str(file), str(context)]

    def remove_project(self, project):
        """Containers, networks and volumes that carry the project's label."""
        wanted = f'label={LABEL}={project}'
        for listed, remove in ((['ps', '--all', '--quiet', '--filter', wanted], ['rm', '--force', '--volumes']),
                               (['network', 'ls', '--quiet', '--filter', wanted], ['network', 'rm']),
                               (['volume', 'ls', '--quiet', '--filter', wanted], ['volume', 'rm', '--force'])):
            names = self.lines(*listed)
            if names:
                self.run(*remove, *names)


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ''
