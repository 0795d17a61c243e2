"""NUMA placement: first touch, bind, interleave, preferred; and what is counted for it."""

import re
from collections import Counter
from pathlib import Path

import pytest

from pagesim.kernel import Kernel, OutOfMemory

PAGE = 4096


def machine(ram="8 MiB", nodes=2, **arguments):
    kernel = Kernel(ram=ram, nodes=nodes, **arguments)
    return kernel, kernel.spawn()


def on_nodes(kernel, process, area):
    """How many pages of an area lie on each node, as numa_maps says."""
    for line in kernel.cat(f"/proc/{process.pid}/numa_maps").splitlines():
        if line.startswith(f"{area.start:08x} "):
            found = dict(re.findall(r"N(\d+)=(\d+)", line))
            return [int(found.get(str(node), 0)) for node in range(kernel.memory.nodes)]
    raise AssertionError(f"no line for {area}")


def stat(kernel, node):
    text = kernel.cat(f"/sys/devices/system/node/node{node}/numastat")
    return {name: int(value) for name, value in (line.split() for line in text.splitlines())}


def test_a_page_comes_from_the_node_of_its_first_touch():
    kernel, process = machine()
    area = process.mmap(100 * PAGE)
    process.touch(area, "w", range(60))
    process.run_on(1)
    process.touch(area)
    assert on_nodes(kernel, process, area) == [60, 40]
    process.run_on(0)
    process.touch(area)
    assert on_nodes(kernel, process, area) == [60, 40]


def test_a_full_node_borrows_from_the_next():
    kernel, process = machine()
    area = process.mmap(1200 * PAGE)
    before = stat(kernel, 0), stat(kernel, 1)
    process.touch(area)
    here, there = on_nodes(kernel, process, area)
    assert here + there == 1200
    assert 1000 < here < 1025
    change = [Counter(stat(kernel, node)) for node in (0, 1)]
    for counts, earlier in zip(change, before, strict=True):
        counts.subtract(earlier)
    assert change[0]["numa_foreign"] == change[1]["numa_miss"] == change[1]["other_node"] >= there
    assert change[0]["numa_hit"] == change[0]["local_node"] >= here
    assert change[0]["numa_miss"] == change[1]["numa_hit"] == 0


def test_interleaved_pages_alternate():
    kernel, process = machine(nodes=4)
    process.set_mempolicy("interleave", (0, 1, 3))
    area = process.mmap(99 * PAGE)
    before = sum(stat(kernel, node)["interleave_hit"] for node in range(4))
    process.touch(area)
    assert on_nodes(kernel, process, area) == [33, 33, 0, 33]
    assert sum(stat(kernel, node)["interleave_hit"] for node in range(4)) - before == 99


def test_an_area_may_say_otherwise_than_its_process():
    kernel, process = machine()
    one, other = process.mmap(10 * PAGE), process.mmap(10 * PAGE, "r")
    process.set_mempolicy("bind", (1,))
    process.mbind(one, "preferred", (0,))
    process.touch(one)
    process.mprotect(other, "rw")
    process.touch(other)
    assert on_nodes(kernel, process, one) == [10, 0]
    assert on_nodes(kernel, process, other) == [0, 10]
    text = kernel.cat("/proc/1/numa_maps")
    assert f"{one.start:08x} prefer:0 anon=10 dirty=10 active=0 N0=10 kernelpagesize_kB=4\n" in text
    assert f"{other.start:08x} bind:1 anon=10" in text
    child = process.fork()
    assert child.space.policy == process.space.policy
    assert "anon=10 dirty=10 mapmax=2 active=0 N0=10" in kernel.cat("/proc/2/numa_maps")


def test_policies_split_areas():
    _, process = machine()
    area = process.mmap(10 * PAGE, addr=0x1000_0000_0000)
    process.mbind(area.start, "bind", (1,), 4 * PAGE)
    assert len([one for one in process.areas if area.start <= one.start < area.end]) == 2
    process.mbind(area.start, length=4 * PAGE)
    assert len([one for one in process.areas if area.start <= one.start < area.end]) == 1


def test_a_bound_process_swaps_while_another_node_is_empty():
    """MySQL and its swap: one node fills, the other stays free; interleaving cures it."""
    kernel, process = machine(swap="8 MiB")
    process.set_mempolicy("bind", (0,))
    area = process.mmap(1200 * PAGE)
    process.touch(area)
    assert kernel.memory.free_on(1) > 1000
    assert process.counters.VmSwap > 180 * 4
    assert on_nodes(kernel, process, area)[1] == 0

    kernel, process = machine(swap="8 MiB")
    process.set_mempolicy("interleave", (0, 1))
    area = process.mmap(1200 * PAGE, populate=True)
    assert process.counters.VmSwap == 0
    assert on_nodes(kernel, process, area) == [600, 600]


def test_zone_reclaim_swaps_before_it_goes_further():
    swapped = {}
    for mode in (0, 1, 7):
        kernel, process = machine(swap="8 MiB")
        kernel.vm.zone_reclaim_mode = mode
        process.touch(process.mmap(1200 * PAGE))
        swapped[mode] = process.counters.VmSwap
    assert swapped[0] == swapped[1] == 0 < swapped[7]


def test_zone_reclaim_drops_files_that_nobody_maps():
    kernel, process = machine()
    kernel.file("/data", bytes(900 * PAGE), cache=True)
    kernel.vm.zone_reclaim_mode = 1
    area = process.mmap(500 * PAGE)
    process.touch(area)
    assert on_nodes(kernel, process, area) == [500, 0]
    assert kernel.counters["Cached"] < 900 * 4


def test_a_bound_process_without_swap_ends():
    kernel, process = machine()
    process.set_mempolicy("bind", (1,))
    area = process.mmap(1200 * PAGE)
    with pytest.raises(OutOfMemory, match="no frame of nodes 1 is free"):
        process.touch(area)
    assert kernel.memory.free_on(0) > 900


def test_huge_pages_alternate_as_wholes():
    kernel, process = machine(ram="32 MiB")
    area = process.mmap(8 << 20)
    process.madvise(area, "hugepage")
    process.mbind(area, "interleave", (0, 1))
    process.touch(area)
    assert on_nodes(kernel, process, area) == [1024, 1024]


def test_buddyinfo_has_a_line_for_each_zone_of_each_node():
    kernel, _ = machine(ram="64 MiB")
    rows = [line.split()[:4] for line in kernel.cat("/proc/buddyinfo").splitlines()]
    assert [(row[1], row[3]) for row in rows] == [("0,", "DMA"), ("0,", "DMA32"), ("1,", "DMA32")]


@pytest.mark.parametrize(
    ("mode", "nodes", "message"),
    [
        ("weighted", (0,), "policy 'weighted' is not one of default, bind, interleave, preferred"),
        ("bind", (2,), r"node 2 is outside 0\.\.1"),
        ("bind", (), "default has none"),
        ("default", (0,), "default has none"),
        ("preferred", (0, 1), "preferred one"),
    ],
)
def test_what_is_no_policy_is_refused(mode, nodes, message):
    _, process = machine()
    with pytest.raises(ValueError, match=message):
        process.set_mempolicy(mode, nodes)


@pytest.mark.skipif(not Path("/proc/self/numa_maps").exists(), reason="no numa_maps here")
def test_a_line_of_numa_maps_reads_as_this_machine_s():
    counts = "anon dirty mapped mapmax swapcache active writeback"
    line = re.compile(
        r"[0-9a-f]{8,} (default|local|\w+:[\d,-]+)( file=\S+| heap| stack)?( huge)?"
        + "".join(rf"( {name}=\d+)?" for name in counts.split())
        + r"( N\d+=\d+)*( kernelpagesize_kB=\d+)?"
    )
    kernel, process = machine()
    process.exec(process.areas[0].start)
    process.stack_touch(0)
    for text in (Path("/proc/self/numa_maps").read_text(), kernel.cat("/proc/1/numa_maps")):
        for one in text.splitlines():
            assert line.fullmatch(one), one


@pytest.mark.skipif(
    not Path("/sys/devices/system/node/node0/numastat").exists(), reason="no numastat here"
)
def test_numastat_has_the_lines_of_this_machine():
    real = Path("/sys/devices/system/node/node0/numastat").read_text()
    kernel, _ = machine()
    assert list(stat(kernel, 1)) == [row.split()[0] for row in real.splitlines()]
