"""Reading a machine's files, as somebody on call would who logs in."""

from __future__ import annotations

from collections.abc import Iterable

from ..kernel import Kernel

MACHINE = ("/proc/meminfo", "/proc/vmstat", "/proc/buddyinfo")


def look(kernel: Kernel, paths: Iterable[str] = ()) -> dict[str, str]:
    """Read the files of the machine, and others."""
    return {path: kernel.cat(path) for path in (*MACHINE, *paths)}


def of(pid: int, *names: str) -> list[str]:
    """Name files of a process.

    >>> of(7, "status", "smaps_rollup")
    ['/proc/7/status', '/proc/7/smaps_rollup']
    """
    return [f"/proc/{pid}/{name}" for name in names]


def groups(name: str) -> list[str]:
    """Name the files of a memory cgroup."""
    return [f"/sys/fs/cgroup/{name}/memory.{end}" for end in ("current", "max", "events")]


def nodes(count: int) -> list[str]:
    """Name the files of the machine's nodes."""
    return [f"/sys/devices/system/node/node{node}/numastat" for node in range(count)]


def unseen(kernel: Kernel) -> int:
    """Tell how many kB are in use that no process has as pages of its own, of files or the pool."""
    found, pool = kernel.counters, kernel.pool.hugetlb
    used = found["MemTotal"] - found["MemFree"] - found["AnonPages"] - found["Cached"]
    return used - (pool.total - pool.free) * 4 * pool.frames


def sysctl(kernel: Kernel, *names: str) -> str:
    """Write settings as sysctl prints them."""
    return "".join(f"vm.{name} = {getattr(kernel.vm, name)}\n" for name in names)
