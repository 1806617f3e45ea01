"""Four titled panes of tmux around a story: node upper left, client upper right, worker 1 lower left, worker 2 lower right."""

import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

import devnet

TITLES = {'node': 'node', 'client': 'client', 'worker1': 'worker 1', 'worker2': 'worker 2'}
COLOURS = {'node': 'blue', 'client': 'cyan', 'worker1': 'green', 'worker2': 'yellow'}
POLL_SECONDS = 0.2


def why_not():
    """The reason why panes cannot be shown here; nothing if they can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return 'this is no terminal'
    if not shutil.which('tmux'):
        return 'tmux is not installed (tools/install.sh --containers)'
    return ''


class Panes:
    """A tmux server of its own, whose client pane runs the story and whose other panes follow the logs."""

    def __init__(self, name, story, output, environment=None):
        """`story` is the command that plays it."""
        self.name = name
        self._tmux = ['tmux', '-L', name, '-f', '/dev/null']
        self._story = story
        self._output = pathlib.Path(output)
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix='substratee-panes-'))
        self._status = self._folder / 'status'
        self._environment = {key: value for key, value in {**os.environ, **(environment or {})}.items() if key != 'TMUX'}

    def _run(self, *arguments):
        result = subprocess.run([*self._tmux, *arguments], capture_output=True, text=True, env=self._environment)
        if result.returncode != 0:
            raise devnet.Failure(f'tmux {arguments[0]} failed: {result.stderr.strip()}')
        return result.stdout.strip()

    def _follow(self, log):
        path = self._output / f'{log}.log'
        path.write_text('', encoding='utf-8')
        return f'exec tail -n +1 -F {shlex.quote(str(path))} 2>/dev/null'

    def _play(self):
        """The story, its status for us, and time to look at it."""
        status = shlex.quote(str(self._status))
        return (f'{shlex.join(map(str, self._story))}; s=$?; '
                f'printf "\\nEnter ends this session, Ctrl-B D leaves it. "; echo $s >{status}.new; mv {status}.new {status}; '
                f'read -r _; {shlex.join(self._tmux)} kill-server')

    def open(self):
        """Makes the panes; the story begins."""
        columns, lines = shutil.get_terminal_size((160, 48))
        panes = {'node': self._run('new-session', '-d', '-P', '-F', '#{pane_id}', '-s', self.name, '-n', 'M4',
                                   '-x', str(columns), '-y', str(lines), self._follow('node'))}
        self._run('set-option', '-g', 'pane-border-status', 'top')
        self._run('set-option', '-g', 'mouse', 'on')
        split = ('split-window', '-d', '-P', '-F', '#{pane_id}', '-t')
        panes['worker1'] = self._run(*split, panes['node'], '-v', self._follow('worker1'))
        panes['worker2'] = self._run(*split, panes['worker1'], '-h', self._follow('worker2'))
        panes['client'] = self._run(*split, panes['node'], '-h', self._play())
        for name, pane in panes.items():
            self._run('select-pane', '-t', pane, '-T', TITLES[name])
            self._run('set-option', '-p', '-t', pane, 'pane-border-format', f' #[fg={COLOURS[name]},bold]#{{pane_title}} ')
        self._run('select-pane', '-t', panes['client'])

    def attach(self):
        """Returns when the session has ended, or the user has left it."""
        subprocess.run([*self._tmux, 'attach-session', '-t', self.name], env=self._environment)

    def _lives(self):
        return subprocess.run([*self._tmux, 'has-session', '-t', self.name], capture_output=True,
                              env=self._environment).returncode == 0

    def is_playing(self):
        return self._lives() and not self._status.exists()

    def wait(self):
        """Until the story has ended: its status."""
        while self.is_playing():
            time.sleep(POLL_SECONDS)
        return int(self._status.read_text(encoding='utf-8')) if self._status.exists() else 128 + 1

    def close(self):
        """Ends the session; a story that still plays cleans up after itself (SIGHUP)."""
        subprocess.run([*self._tmux, 'kill-server'], capture_output=True, env=self._environment)
        shutil.rmtree(self._folder, ignore_errors=True)


def show(name, story, output):
    """Plays the story in panes: its status."""
    panes = Panes(name, story, output)
    try:
        panes.open()
        panes.attach()
        if panes.is_playing():
            print(f'The story goes on. Back to its panes: tmux -L {name} attach', flush=True)
        return panes.wait()
    finally:
        panes.close()
