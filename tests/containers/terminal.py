"""A terminal of our own for programs that want one, and a look into the panes that they open there."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading


class Terminal:
    """A program in a pseudo-terminal, and what it shows."""

    def __init__(self, *command, environment=None):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 48, 180, 0, 0))
        environment = {key: value for key, value in (environment or os.environ).items() if key != 'TMUX'}
        self.process = subprocess.Popen(list(map(str, command)), stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                                        env={**environment, 'TERM': 'xterm-256color'},
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self._shown = bytearray()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            if not data:
                return
            self._shown += data

    def shown(self):
        return self._shown.decode('utf-8', 'replace')

    def type(self, text):
        os.write(self._master, text.encode())

    def wait(self, seconds=120):
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()


class Tmux:
    """The session of that name, on a server of that name."""

    def __init__(self, name):
        self.name = name

    def __call__(self, *arguments):
        result = subprocess.run(['tmux', '-L', self.name, *arguments], capture_output=True, text=True)
        return result.stdout if result.returncode == 0 else ''

    def panes(self):
        """{title: (left, top, id)}"""
        lines = self('list-panes', '-t', self.name, '-F', '#{pane_title}|#{pane_left}|#{pane_top}|#{pane_id}').splitlines()
        return {title: (int(left), int(top), pane) for title, left, top, pane in (line.split('|') for line in lines)}

    def content(self, pane):
        return self('capture-pane', '-p', '-J', '-S', '-2000', '-t', pane[2])


def check_layout(test, panes):
    """Node upper left, client upper right, worker 1 lower left, worker 2 lower right."""
    test.assertEqual(set(panes), {'node', 'client', 'worker 1', 'worker 2'})
    node, client, worker1, worker2 = (panes[title] for title in ('node', 'client', 'worker 1', 'worker 2'))
    test.assertEqual((node[0], worker1[0]), (0, 0))
    test.assertEqual((node[1], worker1[1]), (client[1], worker2[1]))
    test.assertGreater(client[0], node[0])
    test.assertGreater(worker2[0], worker1[0])
    test.assertGreater(worker1[1], node[1])
