"""What the pictures of notebook 10 say, against published numbers and the simulated kernel."""

from __future__ import annotations

import contextlib
import itertools
import random

import numpy as np
import pytest

from pagesim import scenes
from pagesim.kernel import Kernel, SystemCallError
from pagesim.scenes.incidents.fork_writes import HUGE, SMALL, written
from pagesim.scenes.incidents.shared_tables import tables
from pagesim.scenes.incidents.small_machines import MACHINES, STEPS, run
from pagesim.scenes.incidents.two_limits import charged, reached

from .seen import Told

PAGE, GIB = 4096, 1 << 30


# -- page tables of many processes -----------------------------------------------------------------


def test_five_hundred_connections_to_16_gib_have_15_6_gib_of_tables() -> None:
    """16 GiB x 500 x 8 / 4096: the last level alone; what lies above it is a 500th of that."""
    leaves = 16 * GIB // PAGE // 512 * 500 * PAGE
    assert leaves == 500 * 32 << 20
    assert round(leaves / GIB, 1) == 15.6
    whole = tables(16 * GIB, "4 KiB").total(500) * PAGE
    assert leaves < whole < leaves * 1.003
    picture = Told(scenes.SharedTables())
    assert "500" not in picture.readout
    assert "15.66 GiB of tables" in picture.move(clients=10)


def test_300_gb_with_1500_clients_have_878_9_gb_of_tables() -> None:
    """The figure of the mshare patches, in its own units: 300 GB, of which 1 GB is 2**30 bytes."""
    leaves = 300 * GIB // PAGE * 8 * 1500
    assert round(leaves / GIB, 1) == 878.9
    assert leaves <= tables(300 * GIB, "4 KiB").total(1500) * PAGE <= leaves * 1.003


@pytest.mark.parametrize("kind", ["4 KiB", "2 MiB, hugetlb"])
@pytest.mark.parametrize("clients", [1, 3])
def test_tables_are_those_that_the_kernel_s_processes_have(kind: str, clients: int) -> None:
    """Below 1 GiB nothing is shared, and VmPTE grows by what each process needs."""
    huge = kind != "4 KiB"
    kernel = Kernel(ram="64 MiB", hugepages=4 if huge else 0)
    server = kernel.spawn()
    area = server.mmap(8 << 20, kind="shared", addr=0x100000000000, hugetlb=huge)
    touched = range(0, 2048, 512)
    before = server.counters.VmPTE
    server.touch(area, "w", touched)
    people = [server, *(server.fork() for _ in range(clients - 1))]
    for one in people[1:]:
        one.touch(area, "r", touched)
    found = tables(8 << 20, kind)
    assert found.shared == 0
    assert before == 0
    assert [one.counters.VmPTE for one in people] == [found.own * 4] * clients


def test_only_hugetlb_shares_tables_and_only_those_that_are_full() -> None:
    assert tables(GIB - (2 << 20), "2 MiB, hugetlb").shared == 0
    assert tables(GIB, "2 MiB, hugetlb") == (1, 1)
    assert tables(16 * GIB, "2 MiB, hugetlb") == (1, 16)
    for kind in ("4 KiB", "2 MiB, transparent"):
        assert tables(16 * GIB, kind).shared == 0
    assert tables(16 * GIB, "4 KiB").own == 512 * 16 + 16 + 1


# -- a fork, and writes ----------------------------------------------------------------------------


def test_first_writes_are_as_many_as_chance_has_it() -> None:
    """Of n pages w writes reach n (1 - (1 - 1/n) ** w) on average."""
    for pages, writes in ((512, 300), (4096, 4096), (262_144, 200_000)):
        expected = pages * (1 - (1 - 1 / pages) ** writes)
        assert written(pages, np.array([writes]))[0] == pytest.approx(expected, rel=0.06)
    assert written(512, np.array([0, 1, 10**7])).tolist() == [0, 1, 512]


def test_the_kernel_copies_once_for_each_page_that_is_written() -> None:
    """4 KiB pages and split ones copy 4 KiB for each; those of hugetlb 2 MiB."""
    rng = random.Random(10)
    wanted = [rng.randrange(256) for _ in range(300)]
    for huge in (False, True):
        kernel = Kernel(ram="32 MiB")
        process = kernel.spawn()
        area = process.mmap(2 << 20)
        if huge:
            process.madvise(area, "hugepage")
        process.touch(area, "w", range(256))
        process.fork()
        before = kernel.memory.free_frames, process.minflt
        process.touch(area, "w", wanted)
        copied = before[0] - kernel.memory.free_frames
        assert process.minflt - before[1] == len(set(wanted))
        assert copied * PAGE == len(set(wanted)) * SMALL
    kernel = Kernel(ram="32 MiB", hugepages=4)
    process = kernel.spawn()
    area = process.mmap(4 << 20, hugetlb=True)
    process.touch(area, "w", (0, 512))
    process.fork()
    free = kernel.pool.hugetlb.free
    process.touch(area, "w", (3, 7, 11))
    assert (free - kernel.pool.hugetlb.free) * (2 << 20) == HUGE


def test_at_redis_s_rate_large_pages_copy_all_of_a_gigabyte_at_once() -> None:
    """1 GB, 150,000 writes a second: each of 512 pages is hit in a twentieth of a second."""
    picture = Told(scenes.ForkWrites())
    assert "no page is copied" in picture.readout
    assert "1 GiB of 1 GiB are copied" in picture.move(seconds=1, rate=6, kind="2 MiB, copied")
    assert "512 faults" in picture.readout
    small = picture.move(kind="4 KiB")
    assert "MiB of 1 GiB" in small
    assert small.replace("4 KiB", "") == picture.move(kind="2 MiB, split").replace(
        "2 MiB, split", ""
    )


# -- limits ----------------------------------------------------------------------------------------


def test_areas_of_72_kib_end_at_4_5_gib() -> None:
    """ClickHouse, 2019: 65,530 areas of 72 KiB."""
    assert round(65530 * (72 << 10) / GIB, 1) == 4.5
    found = reached(80_000, 72 << 10, 8 * GIB)
    assert (found.met, found.areas) == ("areas", 65531)
    assert round(found.got * (72 << 10) / GIB, 1) == 4.5
    picture = Told(scenes.TwoLimits())
    assert "no limit met" in picture.readout
    assert "65,531 areas: mmap fails, and 3.492 GiB" in picture.move(asked=80)
    assert "Memory is at its limit" in picture.move(limit=4)


@pytest.mark.parametrize("most", [20, 33])
def test_the_kernel_refuses_the_piece_that_is_an_area_too_many(most: int) -> None:
    kernel = Kernel(ram="8 MiB")
    kernel.vm.max_map_count = most
    process = kernel.spawn()
    own, got = len(process.areas), 0
    with contextlib.suppress(SystemCallError):
        for number in range(100):
            process.mmap(2 * PAGE, "rw" if number % 2 else "r")
            got += 1
    with pytest.raises(SystemCallError, match="ENOMEM"):
        process.mmap(2 * PAGE, "rw" if got % 2 else "r")
    assert got == reached(100, 2 * PAGE, GIB, areas=most, own=own).got
    assert len(process.areas) == most + 1  # as Linux: refused are those who have more already


def test_a_group_is_charged_pieces_and_tables() -> None:
    kernel = Kernel(ram="16 MiB")
    group = kernel.cgroup("web")
    process = kernel.spawn("web", group)
    before = group.pages
    area = process.mmap(40 * 8 * PAGE, addr=0x100000000000)
    process.touch(area)
    assert (group.pages - before) * PAGE == charged(40, 8 * PAGE)
    limit = charged(40, 8 * PAGE)
    assert reached(100, 8 * PAGE, limit).got == 40
    assert reached(100, 8 * PAGE, limit - 1).got == 39


# -- two dashboards --------------------------------------------------------------------------------


def test_graphs_of_the_small_machines_are_what_their_stories_say() -> None:
    leak, shared = run("a leak"), run("tables of shared memory")
    assert [m.rss for m in leak] == [m.rss for m in shared] == [16 * n for n in range(1, 18)]
    assert {m.pss for m in shared} == {16}
    # four tables of the last level, and one of each above, for each process
    assert [m.tables for m in shared] == [24 * n for n in range(1, 18)]
    forked = run("writes after a fork")
    assert forked[STEPS].rss == forked[4].rss == 2 * forked[0].rss == forked[STEPS].pss
    assert sum(m.faults for m in forked) == forked[0].rss // 4
    cold = run("a cold file")
    assert sum(m.major for m in cold[1:]) == cold[STEPS].rss // 4 - 4
    little = run("too little memory")
    assert little[STEPS].rss < 96
    assert all(m.major == m.faults == 4 for m in little[8:])


def test_two_troubles_differ_in_some_graph_but_for_one_pair() -> None:
    """Memory that was given back with MADV_FREE looks like memory in use: LazyFree alone tells."""
    same = [pair for pair in itertools.combinations(MACHINES, 2) if run(pair[0]) == run(pair[1])]
    assert same == [("given back, MADV_FREE", "first touches")]
    picture = Told(scenes.TwoCauses())
    assert "nothing has happened" in picture.readout
    told = picture.move(left=same[0][0], right=same[0][1], step=STEPS)
    assert "no graph tells them apart" in told
    told = picture.move(left="a leak", right="tables of shared memory")
    assert "Not by RSS, but by page tables: 12 KiB against 408 KiB" in told
