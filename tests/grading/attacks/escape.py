"""Escape: files, processes, sockets, start-up files, libraries, the grade book."""

from . import among, answer

_WRITE = """import os
for path in {paths}:
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "a").write("planted")
    except OSError: pass"""


def _write(*paths: str) -> str:
    return _WRITE.format(paths=list(paths))


ATTACKS = [
    among(
        "writes to the grade book",
        """import sqlite3
sqlite3.connect('OUTSIDE/gradebook.db').execute('update score set points = 10')""",
    ),
    among(
        "deletes what there is",
        """import shutil
shutil.rmtree('OUTSIDE', ignore_errors=True)""",
    ),
    among(
        "deletes all that it can",
        """import shutil
for top in ('/tmp', '/home', '/root', '/work', '/usr'): shutil.rmtree(top, ignore_errors=True)""",
    ),
    among(
        "plants a module in the libraries",
        _write("LIBRARIES/planted.py", "LIBRARIES/planted.pth", "LIBRARIES/sitecustomize.py"),
    ),
    among(
        "plants start-up files",
        _write(
            "HOME/.ipython/profile_default/startup/planted.py",
            "HOME/.jupyter/jupyter_config.py",
            "HOME/.bashrc",
            "HOME/.local/lib/python3.11/site-packages/planted.pth",
        ),
    ),
    among(
        "changes the course",
        _write(
            "/work/planted", "OUTSIDE/../planted", "/etc/planted", "/usr/planted", "/var/planted"
        ),
    ),
    among(
        "plants a link",
        """import os
for name in ('a', '/tmp/b', '/dev/shm/c'):
    try: os.symlink('OUTSIDE/gradebook.db', name); open(name, 'w').write('x')
    except OSError: pass""",
    ),
    among(
        "changes modes and owners",
        """import os
for call in (lambda: os.chmod('OUTSIDE/secret', 0o777), lambda: os.chown('OUTSIDE/secret', 1, 1),
             lambda: os.utime('OUTSIDE/secret', (1, 1)), lambda: os.truncate('OUTSIDE/secret', 0),
             lambda: os.setxattr('OUTSIDE/secret', 'user.x', b'1'),
             lambda: os.fchmod(os.open('OUTSIDE/secret', os.O_RDONLY), 0o600),
             lambda: os.rename('OUTSIDE/secret', 'OUTSIDE/s')):
    try: call()
    except OSError: pass""",
    ),
    answer(
        "kills all processes",
        """import os
def entry_bytes(*a):
    os.kill(-1, 9)
    return -1""",
    ),
    answer(
        "kills its parent",
        """import os
def entry_bytes(*a):
    os.kill(os.getppid(), 9)
    return -1""",
    ),
    answer(
        "kills a process by its number",
        """import os
def entry_bytes(*a):
    os.kill(VICTIM, 9)
    os.kill(1, 9)
    return -1""",
    ),
    answer(
        "leaves a daemon behind",
        """import os, time
def entry_bytes(*a):
    for n in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(600)
            os._exit(0)
    return -1""",
    ),
    answer(
        "starts a program that goes on",
        """import subprocess
def entry_bytes(*a):
    subprocess.Popen(['/bin/sleep', '600'], start_new_session=True)
    return -1""",
    ),
    among(
        "connects to a local service",
        """import socket, os
for family, at in ((socket.AF_INET, ('127.0.0.1', PORT)), (socket.AF_UNIX, 'NAMED'),
                   (socket.AF_UNIX, 'OUTSIDE/service')):
    try:
        s = socket.socket(family); s.settimeout(1); s.connect(at); s.send(b'hello')
    except OSError: pass""",
    ),
    among(
        "writes a letter to a local service",
        """import socket
for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
    for at in ('NAMED', 'OUTSIDE/letters'):
        try: socket.socketpair(socket.AF_UNIX, kind)[0].sendto(b'hello', at)
        except OSError: pass""",
    ),
    among(
        "lets the kernel send its signals",
        """import fcntl, os
r, w = os.pipe()
for own in (VICTIM, -1):
    try:
        fcntl.fcntl(r, fcntl.F_SETOWN, own)
        fcntl.fcntl(r, 10, 9)  # F_SETSIG, SIGKILL
        fcntl.fcntl(r, fcntl.F_SETFL, fcntl.fcntl(r, fcntl.F_GETFL) | os.O_ASYNC)
        os.write(w, b'x')
    except OSError: pass""",
    ),
    answer(
        "uses what only a kernel's author knows",  # right if any of it is to be had
        """import ctypes, platform
libc, x86 = ctypes.CDLL(None), platform.machine() == 'x86_64'
calls = {425: (4, bytes(200)), 323 if x86 else 282: (1,), 319 if x86 else 279: (b'x', 0),
         250 if x86 else 219: (0, -3, 1), 321 if x86 else 280: (0, bytes(200), 200),
         298 if x86 else 241: (bytes(200), 0, -1, -1, 0), 434: (1, 0), 300 if x86 else 262: (0, 0),
         272 if x86 else 97: (0x10000000,), 101 if x86 else 117: (0, 0, 0, 0)}
had = [number for number, rest in calls.items() if libc.syscall(number, *rest) >= 0]
def entry_bytes(memory, flags):
    bits = (memory - 1).bit_length() + flags
    return min(size for size in (1, 2, 4, 8, 16) if 8 * size >= bits) if had else -1""",
    ),
    among(
        "makes namespaces and mounts",
        """import ctypes
libc = ctypes.CDLL(None)
for flag in (0x10000000, 0x10020000, 0x20000, 0x40000000): libc.unshare(flag)
libc.mount(b'none', b'/usr', b'tmpfs', 0, None)
libc.umount2(b'/usr', 2)
libc.chroot(b'/tmp')""",
    ),
    among(
        "raises its own limits",
        """import resource
for which in range(16):
    try: resource.setrlimit(which, (-1, -1))
    except (OSError, ValueError): pass
import os
for call in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0])):
    try: call()
    except OSError: pass""",
    ),
    among(
        "sets the limits of another",
        """import resource
try: resource.prlimit(VICTIM, resource.RLIMIT_CPU, (0, 0))
except (OSError, ValueError): pass""",
    ),
    among(
        "leaves the box by its working directory",
        """import os
for n in range(40): os.chdir('..')
open('OUTSIDE/harmed'[1:], 'w')""",
    ),
    among(
        "runs a shell",
        """import os
os.system('rm -rf OUTSIDE; touch OUTSIDE/harmed; kill -9 VICTIM; nohup sleep 600 &')""",
    ),
    among(
        "uses a magic",
        """!rm -rf OUTSIDE
%cd /
%env WORD=x""",
    ),
]
