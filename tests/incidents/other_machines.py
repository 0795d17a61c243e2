"""Machines that have the troubles which no incident has: each a few lines, the real thing.

A mechanism that is nowhere would be easy to contradict. So each of those that only stand among the
candidates is made here, on a machine of its own, with the files that are shown of such a family.
"""

from pagesim.incidents import Evidence, Series
from pagesim.incidents.looking import groups, look, nodes, of
from pagesim.incidents.probing import perf, probe
from pagesim.kernel import Kernel


def _seen(kernel, *paths, **files):
    shown = look(kernel, paths) | {name.replace("_", " "): text for name, text in files.items()}
    return Evidence(shown, Series("", "", "", ()), "", "")


def heap():
    kernel = Kernel(ram="4 MiB")
    process = kernel.spawn()
    process.touch(process.mmap(1 << 20))
    return _seen(kernel, *of(process.pid, "status", "smaps_rollup"))


def tmpfs():
    kernel = Kernel(ram="4 MiB")
    process = kernel.spawn()
    process.touch(process.mmap(1 << 20, kind="shared"))
    return _seen(kernel, *of(process.pid, "status", "smaps_rollup"))


def lazy():
    kernel = Kernel(ram="4 MiB")
    process = kernel.spawn()
    area = process.mmap(1 << 20)
    process.touch(area)
    process.madvise(area, "free")
    return _seen(kernel, *of(process.pid, "status", "smaps_rollup"))


def swap_in():
    kernel = Kernel(ram="256 KiB", swap="1 MiB")
    process = kernel.spawn()
    area = process.mmap(320 << 10)
    process.touch(area)
    process.touch(area)
    return _seen(kernel, *of(process.pid, "status", "smaps_rollup"))


def write_back():
    kernel = Kernel(ram="256 KiB")
    process = kernel.spawn()
    file = kernel.file("/data", bytes(320 << 10))
    process.touch(process.mmap(320 << 10, kind="shared", file=file), "w")
    return _seen(kernel, *of(process.pid, "status", "smaps_rollup"))


def limit_met():
    kernel = Kernel(ram="16 MiB", swap="4 MiB", nodes=2)
    process = kernel.spawn("x", kernel.cgroup("x", limit="512 KiB"))
    process.touch(process.mmap(1 << 20))
    return _seen(kernel, *of(process.pid, "status"), *nodes(2), *groups("x"))


def remote():
    kernel = Kernel(ram="4 MiB", nodes=2)
    process = kernel.spawn()
    process.set_mempolicy("bind", (1,))
    process.touch(process.mmap(1 << 20))
    return _seen(kernel, *of(process.pid, "status"), *nodes(2))


def faulting():
    kernel = Kernel(ram="4 MiB", nodes=2)
    process = kernel.spawn()
    area = process.mmap(512 << 10)
    process.touch(area)
    before = process.minflt
    process.madvise(area, "dontneed")
    process.touch(area)
    counts = perf(probe(128, 12, 1), process.minflt - before, 0)
    return _seen(kernel, *of(process.pid, "smaps"), *nodes(2), perf_stat=counts)


def overcommit():
    kernel = Kernel(ram="16 MiB")
    kernel.vm.overcommit_memory = 2
    process = kernel.spawn("x", kernel.cgroup("x"))
    mode = f"vm.max_map_count = 65530\nvm.overcommit_memory = {kernel.vm.overcommit_memory}\n"
    return _seen(kernel, *of(process.pid, "status", "maps"), *groups("x"), sysctl=mode)


OTHERS = {
    "heap": heap,
    "tmpfs": tmpfs,
    "lazy": lazy,
    "swap-in": swap_in,
    "write-back": write_back,
    "limit-met": limit_met,
    "remote": remote,
    "faulting": faulting,
    "overcommit": overcommit,
}
