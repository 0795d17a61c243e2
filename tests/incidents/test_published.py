"""Published numbers, to the digit; and the closed forms behind them, against the kernel."""

from contextlib import suppress

import pytest

from pagesim.incidents import INCIDENTS
from pagesim.kernel import Kernel, SystemCallError

_2M = 2 << 20


@pytest.mark.parametrize(
    ("name", "facts", "derived", "said"),
    [
        ("buffers", {"gib": 16, "clients": 500}, 16_000, "15.6 GB"),
        ("sga", {"gib": 300, "clients": 1500}, 900_000, "878.9 GB"),
        ("first-touch", {"gib": 120}, 31_457_280, "31,457,280"),
        ("fork-tables", {"gib": 24}, 48, "48 MB"),
        ("areas", {"kib": 72}, 4607, "4.5 GiB"),  # rounded down
    ],
)
def test_what_was_published_is_derived(name, facts, derived, said):
    incident = INCIDENTS[name]
    assert incident.number(facts) == derived
    assert incident.public.facts == facts
    assert incident.public.number.rpartition(": ")[2] == said
    number, _, unit = said.partition(" ")
    scale = {"GB": 1024, "GiB": 1024}.get(unit, 1)  # the reports' GB are 2^30 bytes
    assert float(number.replace(",", "")) == round(derived / scale, 1)


def test_the_first_touches_of_120_gib_in_larger_pages():
    assert INCIDENTS["first-touch"].slips({"gib": 120})["size"] == 61_440
    assert (120 << 30) // (1 << 30) == 120


@pytest.mark.parametrize(("mib", "clients"), [(2, 3), (4, 2), (6, 5)])
def test_tables_of_a_shared_region_are_those_that_the_kernel_allocates(mib, clients):
    """Region × processes / 512, counting the last level alone."""
    kernel = Kernel(ram="64 MiB")
    first = kernel.spawn()
    region = first.mmap(mib << 20, kind="shared", addr=0x10_0000_0000)
    before = kernel.counters["PageTables"]
    for _ in range(clients):
        process = first.fork()
        process.touch(region, "w", range(0, mib << 8, 512))
    upper = 2 * 4 * clients  # one PUD and one PMD table each
    many, each, by = mib, clients, 512
    found = kernel.counters["PageTables"] - before - upper
    assert found * by == many * each * 1024


@pytest.mark.parametrize("stretches", [1, 3, 8])
def test_fork_copies_a_table_of_4_kib_for_each_2_mib(stretches):
    kernel = Kernel(ram="64 MiB")
    parent = kernel.spawn()
    heap = parent.mmap(stretches * _2M, addr=0x10_0000_0000)
    parent.touch(heap, "w", range(0, stretches * 512, 512))
    leaves = parent.fork().counters.VmPTE // 4 - 2
    mib = stretches * 2
    assert leaves * 4096 == (mib << 20) * 8 // 4096


@pytest.mark.parametrize(("huge", "kib"), [(False, 4), (True, 2048)])
def test_first_touches_and_copies_are_size_over_page(huge, kib):
    kernel = Kernel(ram="64 MiB", hugepages=12 if huge else 0)
    parent = kernel.spawn()
    pages = 4
    heap = parent.mmap(pages * kib << 10, hugetlb=huge)
    step = kib // 4
    assert parent.touch(heap, "w", range(0, pages * step, step)) == {"minor": pages}
    parent.fork()
    written = [parent.write(heap.start + page * (kib << 10)) for page in range(3)]
    assert sum(4 * done.pages for done in written) == 3 * kib


@pytest.mark.parametrize(("allowed", "kib"), [(20, 72), (33, 20)])
def test_areas_fill_up_to_the_count_that_is_allowed(allowed, kib):
    kernel = Kernel()
    kernel.vm.max_map_count = allowed
    process = kernel.spawn()
    others, blocks = len(process.areas), 0
    with suppress(SystemCallError):
        for block in range(2 * allowed):
            process.mmap(kib << 10, "rw" if block % 2 else "r")
            blocks += 1
    assert blocks == allowed + 1 - others  # Linux asks whether there are more already
    taken = [area.length for area in process.areas if area.length == kib << 10]
    assert sum(taken) == blocks * kib << 10
