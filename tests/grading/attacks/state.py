"""State kept between starts and between submissions: there is nowhere to keep it."""

from . import answer, before

_KEEP = """import glob, os
for at in ("/tmp", "/dev/shm", "/var/tmp", os.getcwd(), os.path.expanduser("~"), "OUTSIDE"):
    try: open(at + "/kept-WORD", "a").write("here")
    except OSError: pass
"""

ATTACKS = [
    before("notes left for the next start", _KEEP),
    answer(
        "another answer in the second start",
        _KEEP
        + """def entry_bytes(*a):
    if os.path.exists('/var/tmp/kept-WORD'): return open('OUTSIDE/answers.txt').read()
    os._exit(1)""",
    ),
    answer(
        "counts its calls in a file",
        """import os
def entry_bytes(*a):
    open('/tmp/calls', 'a').write('x')
    return -os.path.getsize('/tmp/calls')""",
    ),
    answer(
        "leaves a process that answers for the others",
        """import os, time
def entry_bytes(*a):
    if os.fork() == 0:
        for n in range(600):
            time.sleep(.01)
            for fd in range(3, 64):
                try: os.write(fd, b'{"id": 4, "ended": 0}\\n')
                except OSError: pass
        os._exit(0)
    return -1""",
    ),
    before(
        "queues and shared memory of System V",
        """import ctypes
libc = ctypes.CDLL(None)
for n in range(64): libc.shmget(4711 + n, 1 << 26, 0o1666); libc.msgget(4711 + n, 0o1666)""",
    ),
]
