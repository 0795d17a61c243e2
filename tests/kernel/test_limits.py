"""Promises and limits: overcommit, CommitLimit, max_map_count."""

import re

import pytest

from pagesim.kernel import Kernel, SystemCallError

PAGE = 4096


def kernel_with(overcommit, ram="64 MiB", swap="16 MiB"):
    kernel = Kernel(ram=ram, swap=swap)
    kernel.vm.overcommit_memory = overcommit
    return kernel, kernel.spawn()


def until_refused(call):
    """Call until the kernel refuses; return how often it did not, and why it did."""
    for done in range(10_000):
        try:
            call(done)
        except SystemCallError as refused:
            return done, str(refused)
    raise AssertionError("nothing was refused")


def line(kernel, name):
    return int(re.search(rf"^{name}: +(\d+)", kernel.cat("/proc/meminfo"), re.MULTILINE)[1])


def test_anything_goes_where_all_is_promised():
    _, process = kernel_with(1)
    process.mmap(1 << 40)


def test_what_can_never_fit_is_refused_by_the_heuristic():
    kernel, process = kernel_with(0)
    process.mmap(80 << 20)  # RAM and swap
    process.mmap(80 << 20)  # again: only single mappings are looked at
    with pytest.raises(SystemCallError, match=r"ENOMEM: mmap: .*RAM and swap are 80 MiB"):
        process.mmap((80 << 20) + PAGE)
    process.mmap(1 << 40, noreserve=True)
    process.mmap(1 << 40, "r")
    assert line(kernel, "Committed_AS") > 2 * 80 * 1024


def test_a_limit_is_a_limit():
    kernel, process = kernel_with(2)
    limit = line(kernel, "CommitLimit")
    assert limit == (32 + 16) << 10
    with pytest.raises(SystemCallError, match="overcommit_memory is 2"):
        process.mmap(1 << 40, noreserve=True)
    promised, admin = line(kernel, "Committed_AS"), 2048  # 3 % of RAM
    areas = []
    until_refused(lambda done: areas.append(process.mmap(1 << 20)))
    user = process.counters.VmSize // 32
    now = line(kernel, "Committed_AS")
    assert (now - promised) % 1024 == 0
    assert now < limit - admin - user <= now + 1024
    process.munmap(areas[-1])
    process.mmap(1 << 20)
    process.mmap(1 << 30, "r")  # nobody can write to it
    with pytest.raises(SystemCallError, match="ENOMEM: mprotect"):
        process.mprotect(process.mmap(8 << 20, "r"), "rw")


def test_fork_promises_everything_again():
    kernel, process = kernel_with(2)
    process.mmap(24 << 20)
    with pytest.raises(SystemCallError, match="ENOMEM: fork"):
        process.fork()
    assert list(kernel.processes) == [1]
    kernel.vm.overcommit_memory = 0
    child = process.fork()
    assert line(kernel, "Committed_AS") == 2 * (24 * 1024 + 144)
    child.exit()


def test_more_swap_or_a_higher_ratio_is_the_way_out():
    kernel, process = kernel_with(2)
    with pytest.raises(SystemCallError):
        process.mmap(50 << 20)
    kernel.vm.overcommit_ratio = 80
    process.mmap(50 << 20)


# -- areas -----------------------------------------------------------------------------------------


@pytest.fixture
def process():
    kernel = Kernel()
    kernel.vm.max_map_count = 50
    return kernel.spawn()


def test_mmap_may_go_one_above_the_limit(process):
    _, why = until_refused(lambda done: process.mmap(PAGE, "r" if done % 2 else "rw"))
    assert why == "ENOMEM: mmap: the process has 51 areas, vm.max_map_count is 50"
    assert len(process.areas) == 51
    with pytest.raises(SystemCallError):  # even one that would be merged
        process.mmap(PAGE)


def test_mprotect_stops_at_the_limit_and_so_does_munmap(process):
    area = process.mmap(200 * PAGE)
    _, why = until_refused(
        lambda done: process.mprotect(area.start + (2 * done + 1) * PAGE, "r", PAGE)
    )
    assert why.startswith("ENOMEM: mprotect")
    assert len(process.areas) in (49, 50)
    while len(process.areas) < 50:
        process.mmap(PAGE, "x")
    with pytest.raises(SystemCallError, match="ENOMEM: munmap"):
        process.munmap(area.start + 150 * PAGE, PAGE)
    process.munmap(area.start + 199 * PAGE, PAGE)  # at an end nothing is split
    process.mprotect(area.start + PAGE, "rw", PAGE)  # and what merges is no split either
    assert len(process.areas) == 48
    process.munmap(area.start + 150 * PAGE, PAGE)


def test_clickhouse_s_4_gib_and_a_half():
    """65,530 areas of 72 KiB each (ClickHouse #5369), in units of a thousandth."""
    kernel = Kernel()
    kernel.vm.max_map_count = 65
    process = kernel.spawn()
    mine = len(process.areas)
    mapped, _ = until_refused(lambda done: process.mmap(72 << 10, "rw" if done % 2 else "r"))
    assert mapped == 65 + 1 - mine
    assert kernel.memory.free_frames > kernel.ram_frames * 0.9
    assert pytest.approx(4.5, abs=0.001) == 65530 * 72 * 1024 / 2**30
