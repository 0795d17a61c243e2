"""Exhaustion: time, memory, processes, descriptors, disk, output, deep and huge values."""

from . import ALL, RIGHT, Attack, among, answer, answered

_WORDY = """import os
def entry_bytes(*a):
    while True:
        for fd in range(3, 64):
            try: os.write(fd, b"x" * 65536)
            except OSError: pass
"""

ATTACKS = [
    answer(
        "never ends",
        """def entry_bytes(*a):
    while True: pass""",
    ),
    answer(
        "never ends, and catches everything",
        """def entry_bytes(*a):
    while True:
        try:
            while True: pass
        except BaseException: pass""",
    ),
    answer(
        "ignores every signal",
        """import signal
def entry_bytes(*a):
    for n in range(1, 65):
        try: signal.signal(n, signal.SIG_IGN)
        except (OSError, ValueError): pass
    while True: pass""",
    ),
    answer(
        "never comes back out of C",
        """def entry_bytes(*a):
    import itertools
    return sum(itertools.count())""",
    ),
    answer(
        "sleeps",
        """import time
def entry_bytes(*a): time.sleep(3600)""",
        waits=True,
    ),
    answer(
        "burns time in many processes",
        """import os
def entry_bytes(*a):
    for n in range(4): os.fork()
    while True: pass""",
    ),
    answer(
        "takes memory without end",
        """def entry_bytes(*a):
    kept = []
    while True: kept.append(bytearray(1 << 26))""",
    ),
    answer(
        "takes memory in many processes",
        """import os
def entry_bytes(*a):
    for n in range(4): os.fork()
    kept = []
    while True: kept.append(bytearray(1 << 26))""",
    ),
    answer(
        "maps memory that no limit counts",
        """import os, mmap
def entry_bytes(*a):
    for n in range(40):
        fd = os.memfd_create(str(n)); os.posix_fallocate(fd, 0, 1 << 30)
    return -1""",
    ),
    answer(
        "maps memory that is not resident",
        """import mmap, os
def entry_bytes(*a):
    for n in range(4): os.fork()
    kept = mmap.mmap(-1, 1 << 30)
    for at in range(0, 1 << 30, 4096): kept[at] = 1; kept.madvise(mmap.MADV_DONTNEED)
    while True: pass""",
    ),
    answer(
        "takes memory in processes whose parent has gone",
        """import os
def entry_bytes(*a):
    for n in range(4):
        if os.fork(): os._exit(0)
    kept = []
    while True: kept.append(bytearray(1 << 24))""",
    ),
    answer(
        "takes memory while it talks",
        _WORDY
        + """import threading
say = entry_bytes
def entry_bytes(*a):
    os.write = lambda fd, text, write=os.write: write(fd, text[:1])
    threading.Thread(target=say).start()
    kept = []
    while True: kept.append(bytearray(1 << 20))""",
    ),
    answer(
        "starts processes without end",
        """import os
def entry_bytes(*a):
    while True:
        try: os.fork()
        except OSError: pass""",
        waits=True,
    ),
    answer(
        "starts threads without end",
        """import threading, time
def entry_bytes(*a):
    while True: threading.Thread(target=time.sleep, args=(600,)).start()""",
    ),
    answer(
        "opens files without end",
        """def entry_bytes(*a):
    kept = []
    while True: kept.append(open('/dev/null'))""",
    ),
    answer(
        "fills the disk",
        """def entry_bytes(*a):
    n = 0
    while True:
        n += 1
        open('/tmp/%d' % n, 'wb').write(bytes(1 << 22))""",
    ),
    answer(
        "makes files without end",
        """def entry_bytes(*a):
    n = 0
    while n < 20000:
        n += 1
        open('/tmp/%d' % n, 'wb').close()
    return -1""",
    ),
    answer(
        "makes empty files in many processes",
        """import os
def entry_bytes(*a):
    for n in range(3): os.fork()
    n = 0
    while True:
        n += 1
        os.mknod('/tmp/%d-%d' % (os.getpid(), n))""",
    ),
    answer(
        "makes a file with a hole of a terabyte",
        """import os
def entry_bytes(*a):
    with open('/tmp/x', 'wb') as file: os.ftruncate(file.fileno(), 1 << 40)
    return -1""",
    ),
    answer(
        "waits at a pipe with a name",
        """import os
def entry_bytes(*a):
    os.mkfifo('/tmp/fifo')
    open('/tmp/fifo')""",
        waits=True,
    ),
    answer(
        "stops itself",
        """import os, signal
def entry_bytes(*a): os.kill(os.getpid(), signal.SIGSTOP)""",
        waits=True,
    ),
    answer(
        "leaves zombies without end",
        """import os
def entry_bytes(*a):
    while True:
        try: os.fork() or os._exit(0)
        except OSError: pass""",
    ),
    answer(
        "closes everything",
        """import os
def entry_bytes(*a):
    os.closerange(0, 4096)
    return -1""",
    ),
    among(
        "a cell that closes everything",
        """import os
os.closerange(0, 4096)""",
    ),
    answer(
        "writes one endless file",
        """def entry_bytes(*a):
    with open('/tmp/x', 'wb') as file:
        while True: file.write(bytes(1 << 20))""",
    ),
    answer("talks without end", _WORDY),
    answer(
        "prints without end",
        """def entry_bytes(*a):
    while True: print('x' * 10000)""",
    ),
    answer("returns a huge list", "def entry_bytes(*a): return [0] * (1 << 24)"),
    answer("returns a huge string", "def entry_bytes(*a): return 'x' * (1 << 28)"),
    answer("returns a huge number", "def entry_bytes(*a): return 1 << (1 << 26)"),
    answer(
        "returns a list in a list, and so on",
        """def entry_bytes(*a):
    x = []
    for n in range(100000): x = [x]
    return x""",
    ),
    answer(
        "returns a list that holds itself",
        """def entry_bytes(*a):
    x = []; x.append(x); return {1: x, 2: (x,)}""",
    ),
    answer(
        "returns keys that hash alike",
        "def entry_bytes(*a): return {n * (2**61 - 1): n for n in range(1, 20000)}",
    ),
    answer("calls itself without end", "def entry_bytes(*a): return entry_bytes(*a)"),
    answer(
        "overflows the stack of C",
        """import sys
def entry_bytes(*a):
    sys.setrecursionlimit(1 << 30)
    f = lambda n: f(n + 1)
    x = 'a'
    return eval('(' * 90 + ')' * 90) or f(0)""",
    ),
    answer(
        "leaves by os._exit",
        """import os
def entry_bytes(*a): os._exit(0)""",
    ),
    answer("leaves by an exception of Python's own", "def entry_bytes(*a): raise SystemExit(0)"),
    answer(
        "crashes",
        """import ctypes
def entry_bytes(*a): ctypes.string_at(0)""",
    ),
    among("a cell that never ends", "while True: pass"),
    among(
        "a cell that sleeps",
        """import time
time.sleep(3600)""",
        waits=True,
    ),
    among(
        "a cell that leaves",
        """import os
os._exit(0)""",
    ),
    among(
        "a cell that kills",
        """import os
os.kill(os.getpid(), 9)""",
    ),
    among(
        "a cell with a thread that leaves later",
        """import os, threading
threading.Timer(.05, lambda: None).start()""",
    ),
    among("a cell that asks", "input('a secret? ')"),
    Attack(
        "an answer's cell that leaves",
        answered(
            {
                **RIGHT,
                "smallest-entry": """import os
os._exit(3)""",
            }
        ),
        ALL - 3,
    ),
    Attack(
        "an answer's cell that never ends",
        answered({**RIGHT, "smallest-entry": "while True: pass"}),
        ALL - 3,
    ),
]
