"""Groups of processes whose memory and number the kernel itself limits, where we may make them."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from .limits import Limits

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "coursework-box-"
_TRIES = 100  # a group is empty a moment after its last process was killed


def sweep() -> None:
    """Remove the groups of graders that were killed before they could."""
    for path in (*_ROOT.glob(f"{_PREFIX}*"), *_ROOT.glob(f"*/{_PREFIX}*")):
        with contextlib.suppress(OSError, ValueError):
            pid = int(path.name.removeprefix(_PREFIX).partition("-")[0])
            if not Path("/proc", str(pid)).exists():
                path.rmdir()


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
            with contextlib.suppress(OSError):
                for pid in (path / "cgroup.procs").read_text().split():
                    os.kill(int(pid), 9)

    def close(self) -> None:
        """Kill what is left, and remove the group."""
        for path in self.paths:
            for _ in range(_TRIES):
                self.kill()
                try:
                    path.rmdir()
                    break
                except OSError:
                    time.sleep(0.01)
        self.paths = []
