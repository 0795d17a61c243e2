"""A memory cgroup of one's own: found where this user may make one, and removed afterwards.

Version 2 is there in the parts of the tree that were delegated to a user (systemd does that for
`user@UID.service`), version 1 for root as a rule.

    version 2    memory.max             memory.swap.max               memory.events: oom_kill
    version 1    memory.limit_in_bytes  memory.memsw.limit_in_bytes   memory.oom_control: oom_kill

Source: Linux 6.18 Documentation/admin-guide/cgroup-v2.rst (delegation, "no internal processes"),
Documentation/admin-guide/cgroup-v1/memory.rst.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .linux import Unavailable, proc

_ROOT = Path("/sys/fs/cgroup")
_WAIT, _TRIES = 0.01, 200  # for the last process to be gone


@dataclass(frozen=True)
class Group:
    """A memory cgroup: its directory, and which version's files are in it."""

    path: Path
    version: int

    def limit(self, size: int) -> None:
        """Set its limit in bytes, swap included where the kernel counts that."""
        if self.version == 2:
            self._write("memory.max", size)
            with suppress(OSError):  # a kernel without swap has no such file
                self._write("memory.swap.max", 0)
        else:
            self._write("memory.limit_in_bytes", size)
            with suppress(OSError):  # swapaccount=0
                self._write("memory.memsw.limit_in_bytes", size)
            with suppress(OSError):
                self._write("memory.swappiness", 0)

    def join(self) -> None:
        """Move this process into it; what it has stays charged to where it was."""
        self._write("cgroup.procs", os.getpid())

    @property
    def kills(self) -> int:
        """How many of its processes the OOM killer has ended."""
        name = "memory.events" if self.version == 2 else "memory.oom_control"
        found = re.search(r"^oom_kill (\d+)$", (self.path / name).read_text(), re.MULTILINE)
        if not found:
            raise Unavailable("its memory cgroups do not count kills (Linux before 4.13)")
        return int(found[1])

    def _write(self, name: str, value: int) -> None:
        (self.path / name).write_text(str(value))


@contextmanager
def own_group() -> Iterator[Group]:
    """Make a memory cgroup, and remove it when all its processes have ended.

    Raises
    ------
    Unavailable
        If there is no place where this user may make one.
    """
    group = _made()
    try:
        yield group
    finally:
        for _ in range(_TRIES):
            try:
                group.path.rmdir()
                break
            except OSError:  # a process that was killed is not quite gone
                time.sleep(_WAIT)


def may_have_one() -> None:
    """Raise `Unavailable` unless this user can make a memory cgroup."""
    with own_group():
        pass


def _made() -> Group:
    name = f"pagesim-{os.getpid()}"
    for parent, version in places(proc("self/cgroup"), _ROOT):
        path = parent / name
        try:
            path.mkdir()
        except OSError:
            continue
        procs = path / "cgroup.procs"
        limit = path / ("memory.max" if version == 2 else "memory.limit_in_bytes")
        if os.access(procs, os.W_OK) and os.access(limit, os.W_OK) and _may_move(parent):
            return Group(path, version)
        path.rmdir()
    raise Unavailable("it has no memory cgroup below which this user may make one (root may)")


def _may_move(parent: Path) -> bool:
    """Tell whether a process may come in: whoever moves one needs to write up there, too."""
    return os.access(parent / "cgroup.procs", os.W_OK)


def places(mine: str, root: Path) -> Iterator[tuple[Path, int]]:
    """List where a memory cgroup could be made, best first, and of which version it would be.

    Parameters
    ----------
    mine : str
        What /proc/self/cgroup says.
    root : Path
        Where cgroups are mounted.

    Examples
    --------
    >>> list(places("4:memory:/x\\n0::/\\n", Path("/nowhere")))
    [(PosixPath('/nowhere/memory'), 1), (PosixPath('/nowhere/memory/x'), 1)]
    """
    found = re.search(r"^0::/(.*)$", mine, re.MULTILINE)
    if found:
        below = Path(found[1])
        for part in (below, *below.parents):
            # a group that has processes cannot have children with controllers: its parents can
            with suppress(OSError):
                if "memory" in (root / part / "cgroup.subtree_control").read_text().split():
                    yield root / part, 2
    old = re.search(r"^\d+:(?:.*,)?memory(?:,.*)?:/(.*)$", mine, re.MULTILINE)
    if old:
        yield root / "memory", 1
        if old[1]:
            yield root / "memory" / old[1], 1
