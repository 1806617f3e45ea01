#!/usr/bin/env python3
"""Tries to look into a process as its user, without further rights: look.py PID. Prints what it could see, one word each."""

import ctypes
import sys

PTRACE_SEIZE = 0x4206

pid = sys.argv[1]
for name in ('maps', 'environ', 'mem', 'auxv', 'smaps', 'syscall', 'stack'):
    try:
        with open(f'/proc/{pid}/{name}', 'rb', buffering=0) as file:
            if name == 'mem':
                with open(f'/proc/{pid}/maps', encoding='ascii') as maps:
                    file.seek(int(maps.readline().split('-')[0], 16))
            file.read(16)
        print(name)
    except OSError:
        pass
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
if libc.ptrace(PTRACE_SEIZE, int(pid), None, None) == 0:
    print('ptrace')
