"""Groups of processes whose memory and number the kernel itself limits, where we may make them."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from .limits import Limits

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "coursework-box-"
_PATIENCE = 30.0  # seconds until a group is empty whose processes were killed: most take none


def sweep() -> None:
    """Remove the groups of graders that were killed before they could."""
    for path in (*_ROOT.glob(f"{_PREFIX}*"), *_ROOT.glob(f"*/{_PREFIX}*")):
        with contextlib.suppress(OSError, ValueError):
            pid = int(path.name.removeprefix(_PREFIX).partition("-")[0])
            if not Path("/proc", str(pid)).exists():
                _remove(path)


class Cgroup:
    """A group for one box, or nothing where none can be made (`paths` is empty then).

    Parameters
    ----------
    name : str
        The number of this process, a dash, and what no other box of it has.
    limits : Limits

    Attributes
    ----------
    paths : list of Path
        Its folders: one, or one for each resource in the older version of cgroups.
    """

    def __init__(self, name: str, limits: Limits) -> None:
        self.paths: list[Path] = []
        name = _PREFIX + name
        try:
            if (_ROOT / "cgroup.controllers").exists():
                at = self._made(_ROOT / name)
                (at / "memory.max").write_text(str(limits.resident))
                (at / "pids.max").write_text(str(limits.processes))
                with contextlib.suppress(OSError):  # there may be no swap to limit
                    (at / "memory.swap.max").write_text("0")
            else:
                at = self._made(_ROOT / "memory" / name)
                (at / "memory.limit_in_bytes").write_text(str(limits.resident))
                at = self._made(_ROOT / "pids" / name)
                (at / "pids.max").write_text(str(limits.processes))
        except OSError:
            self.close()

    def _made(self, path: Path) -> Path:
        path.mkdir()
        self.paths.append(path)
        return path

    def kill(self) -> None:
        """Kill every process of the group."""
        for path in self.paths:
            _kill(path)

    def close(self) -> None:
        """Kill what is left, and remove the group."""
        for path in self.paths:
            _remove(path)
        self.paths = []


def _kill(path: Path) -> None:
    with contextlib.suppress(OSError):
        for pid in map(int, (path / "cgroup.procs").read_text().split()):
            if pid:  # 0 is one that we cannot see from our container
                os.kill(pid, signal.SIGKILL)


def _remove(path: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        _kill(path)
        try:
            path.rmdir()
            return
        except OSError:
            time.sleep(0.01)
