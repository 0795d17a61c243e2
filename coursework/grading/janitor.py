"""A process that outlives this one, however it ends, and removes what it leaves behind.

A grader that is killed can clean nothing up. So it tells of every box and folder while it has it,
and when it is gone, its janitor kills the first and removes the second. This file is also the
janitor's program: it imports nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

_TRIES = 100  # what was killed is gone a moment later
_DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_lock = threading.Lock()
_pipe: int | None = None  # to this process's janitor; only its end closes it


def hire() -> None:
    """Start this process's janitor, if it has none."""
    global _pipe
    with _lock:
        if _pipe is not None:
            return
        ours, _pipe = os.pipe()
        command = [sys.executable, "-I", "-S", __file__]
        quiet = subprocess.DEVNULL
        subprocess.Popen(
            command, stdin=ours, stdout=quiet, stderr=quiet, cwd="/", env={}, start_new_session=True
        )
        os.close(ours)


def tell(name: str, *, pid: int | None = None, paths: Iterable[Path] = ()) -> None:
    """Tell the janitor, if there is one, what is there under a name; nothing is, if it is bare.

    Parameters
    ----------
    name : str
        One that nothing else of this process has.
    pid : int, optional
        The first process of a session of its own, which is to be killed.
    paths : iterable of Path
        Folders to be removed, and groups of processes to be ended.
    """
    if _pipe is not None:
        said = {"name": name, "pid": pid, "paths": [str(path) for path in paths]}
        line = json.dumps(said).encode() + b"\n"
        with contextlib.suppress(BrokenPipeError):  # somebody has killed it
            os.write(_pipe, line)  # short enough to be written at once


def work(source: BinaryIO) -> None:
    """Listen until the other end is gone; then clean up what it has not."""
    there: dict[str, dict[str, Any]] = {}
    for line in source:
        said = json.loads(line)
        there.pop(said["name"], None)
        if said["pid"] is not None or said["paths"]:
            there[said["name"]] = said
    for said in there.values():
        if said["pid"] is not None:
            with contextlib.suppress(OSError):  # it may have ended
                os.killpg(said["pid"], signal.SIGKILL)
        for path in said["paths"]:
            _remove(path)


def _remove(path: str) -> None:
    for _ in range(_TRIES):
        try:
            if not os.path.exists(os.path.join(path, "cgroup.procs")):
                shutil.rmtree(path)
                return
            with open(os.path.join(path, "cgroup.procs")) as file:
                for pid in file.read().split():
                    os.kill(int(pid), signal.SIGKILL)
            os.rmdir(path)
            return
        except FileNotFoundError:
            return
        except OSError:  # something in it is still about to go
            time.sleep(0.02)


if __name__ == "__main__":
    for number in _DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    work(sys.stdin.buffer)
