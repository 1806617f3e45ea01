"""The files of the repository, for the checks: tracked ones and new ones that are not ignored."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ('core', 'net', 'rpc', 'node', 'enclave', 'worker', 'client', 'tests', 'bench', 'fuzz')


def _all_files():
    listed = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], cwd=ROOT,
                            capture_output=True, text=True)
    if listed.returncode == 0:
        return listed.stdout.split('\0')
    found = (path.relative_to(ROOT) for path in ROOT.rglob('*'))  # not a clone: an archive of the sources
    return [str(path) for path in found if path.parts[0] not in ('build', 'output', '.git')]


def files(*endings):
    """Paths relative to the root, sorted."""
    names = _all_files()
    return [name for name in sorted(set(names)) if name.endswith(endings) and (ROOT / name).is_file()]


def cpp_files():
    return [name for name in files('.hpp', '.cpp') if name.split('/')[0] in ROOMS]


def is_test(name):
    """Tests, what only they use, and programs that exist for them."""
    path = pathlib.PurePosixPath(name)
    return (name.startswith(('tests/', 'bench/', 'fuzz/')) or path.stem.endswith(('_test', '_testing'))
            or path.stem == 'testing' or any(part in ('testing', 'probe') for part in path.parts[:-1]))


def text(name):
    return (ROOT / name).read_text(encoding='utf-8', errors='replace')
