"""What Linux 6.18 was seen to do with faults, counted by its own counters."""

from collections import Counter

import pytest

from pagesim import X86_64
from pagesim.kernel import Found, Kernel, Why

PAGE = 4096
MIB = 1 << 20
ALONE = 0x1000_0000_0000  # an address with no other mapping in its 512 GiB


@pytest.fixture
def process():
    return Kernel(ram="128 MiB", swap="16 MiB").spawn()


def faults_of(process, action):
    before = process.counters
    action()
    change = process.counters - before
    return change.minflt, change.majflt


# -- first touch -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pages", [1, 64, 1000])
def test_first_write_of_n_pages_is_n_minor_faults(process, pages):
    area = process.mmap(pages * PAGE)
    assert faults_of(process, lambda: process.touch(area, "w")) == (pages, 0)
    assert process.smaps(area).Rss == pages * 4
    assert faults_of(process, lambda: process.touch(area, "w")) == (0, 0)


def test_read_then_write_is_two_faults_a_page_and_no_memory_in_between(process):
    area = process.mmap(1000 * PAGE)
    assert faults_of(process, lambda: process.touch(area, "r")) == (1000, 0)
    assert process.smaps(area).Rss == 0
    assert faults_of(process, lambda: process.touch(area, "r")) == (0, 0)
    assert faults_of(process, lambda: process.touch(area, "w")) == (1000, 0)
    assert process.smaps(area).Rss == 4000


def test_after_dontneed_all_faults_come_again(process):
    area = process.mmap(100 * PAGE)
    process.write(area.start, 77)
    process.touch(area, "w", range(1, 100))
    process.madvise(area, "dontneed")
    assert process.smaps(area).Rss == 0
    assert faults_of(process, lambda: process.touch(area, "w")) == (100, 0)
    process.madvise(area, "dontneed")
    assert process.read(area.start).value == 0


def test_populate_takes_the_faults_at_once(process):
    before = process.counters
    area = process.mmap(1000 * PAGE, populate=True)
    assert (process.counters - before).minflt == 1000  # counted while mmap ran
    assert faults_of(process, lambda: process.touch(area, "w")) == (0, 0)


def test_populating_read_only_memory_maps_the_zero_page(process):
    area = process.mmap(10 * PAGE, "r", populate=True)
    assert faults_of(process, lambda: process.touch(area, "r")) == (0, 0)
    assert process.smaps(area).Rss == 0


def test_shared_anonymous_memory_is_written_without_a_second_fault(process):
    area = process.mmap(64 * PAGE, kind="shared")
    assert faults_of(process, lambda: process.touch(area, "r")) == (64, 0)
    assert process.smaps(area).Rss == 256
    assert faults_of(process, lambda: process.touch(area, "w")) == (0, 0)


def test_a_terabyte_costs_nothing_until_it_is_touched(process):
    before = process.counters
    area = process.mmap(1 << 40)
    change = process.counters - before
    assert (change.VmSize, change.VmRSS, change.VmPTE) == (1 << 30, 0, 0)
    process.write(area.start + (1 << 39))
    change = process.counters - before
    assert change.VmRSS == 4


# -- page tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pages", "stride", "kib"),
    [
        (1, PAGE, 12),
        (512, PAGE, 12),
        (512, 2 * MIB, 2056),
        (512, 1 << 30, 4100),
        (64, 1 << 39, 768),
        (1024, PAGE, 16),
    ],
)
def test_vmpte_is_pte_pmd_and_pud_tables(process, pages, stride, kib):
    area = process.mmap(pages * stride, addr=ALONE)
    before = process.counters.VmPTE
    process.touch(area, "r", range(0, pages * stride // PAGE, stride // PAGE))
    assert process.counters.VmPTE - before == kib
    process.munmap(area)
    assert process.counters.VmPTE == before


def test_a_dense_gibibyte_needs_514_tables(process):
    """1 GiB of pages does not fit into the simulated RAM, but one read per table does."""
    area = process.mmap(1 << 30, addr=ALONE)
    process.touch(area, "r", range(0, 1 << 18, 512))
    assert process.counters.VmPTE == 2056


def test_a_table_stays_while_a_neighbour_might_use_it(process):
    """munmap frees a table only if no other area reaches into the 2 MiB that it covers."""
    area = process.mmap(8 * PAGE, addr=ALONE)
    process.touch(area)
    process.munmap(area.start, 4 * PAGE)
    assert process.counters.VmPTE == 12
    process.munmap(area.start + 4 * PAGE, 4 * PAGE)
    assert process.counters.VmPTE == 0


# -- huge pages ------------------------------------------------------------------------------------


@pytest.mark.long
def test_sixteen_mebibytes_are_4096_faults_or_8():
    process = Kernel(ram="64 MiB").spawn()
    small, huge = (process.mmap(16 * MIB) for _ in range(2))
    process.madvise(huge, "hugepage")
    assert process.touch(small) == Counter(minor=4096)
    tables = process.counters.VmPTE
    assert process.touch(huge) == Counter(minor=8, hit=4096 - 8)
    assert process.smaps(huge).AnonHugePages == process.smaps(huge).Rss == 16384
    # the tables of small pages are kept for a split, so huge pages save none in VmPTE
    assert process.counters.VmPTE - tables == 8 * 4


def test_misaligned_window_is_31_huge_and_512_small_pages(process):
    area = process.mmap(68 * MIB, addr=ALONE)
    process.madvise(area.start + MIB, "hugepage", 64 * MIB)
    start = MIB // PAGE
    assert process.touch(area, "w", range(start, start + 64 * MIB // PAGE))["minor"] == 543
    assert process.smaps(area).AnonHugePages == 63488


def test_one_byte_per_two_mebibytes_takes_512_times_the_memory(process):
    sparse = range(0, 16384, 512)
    small = process.mmap(64 * MIB)
    assert process.touch(small, "w", sparse) == Counter(minor=32)
    assert process.smaps(small).Rss == 128
    huge = process.mmap(64 * MIB)
    process.madvise(huge, "hugepage")
    assert process.touch(huge, "w", sparse) == Counter(minor=32)
    assert process.smaps(huge).Rss == 65536


def test_reading_then_writing_huge_pages(process):
    area = process.mmap(16 * MIB)
    process.madvise(area, "hugepage")
    assert process.touch(area, "r")["minor"] == 8
    assert process.smaps(area).Rss == 0
    assert process.touch(area, "w")["minor"] == 8
    assert process.smaps(area).AnonHugePages == 16384


def test_dontneed_of_one_page_splits_its_huge_page(process):
    area = process.mmap(8 * MIB)
    process.madvise(area, "hugepage")
    process.touch(area)
    process.madvise(area.start, "dontneed", PAGE)
    assert process.smaps(area).AnonHugePages == 6144
    assert process.smaps(area).Rss == 8188
    assert process.write(area.start).kind == "minor"
    assert process.read(area.start + PAGE).value == 1


def test_copy_on_write_of_a_huge_page_splits_it(process):
    area = process.mmap(4 * MIB)
    process.madvise(area, "hugepage")
    process.touch(area)
    child = process.fork()
    assert process.write(area.start).pages == 1
    assert process.touch(area, "w", range(1, 512)) == Counter(minor=511)
    assert process.smaps(area).AnonHugePages == 2048
    assert child.smaps(area).AnonHugePages == 4096  # the child's entries are as they were
    assert child.read(area.start).kind == "hit"


def test_the_last_owner_takes_a_whole_huge_page_over(process):
    area = process.mmap(2 * MIB)
    process.madvise(area, "hugepage")
    process.touch(area)
    process.fork().exit()
    assert process.touch(area) == Counter(minor=1, hit=511)
    assert process.smaps(area).AnonHugePages == 2048


def test_no_room_for_a_huge_page_falls_back_to_small_ones():
    process = Kernel(ram="1 MiB").spawn()
    area = process.mmap(2 * MIB)
    process.madvise(area, "hugepage")
    outcome = process.write(area.start)
    assert (outcome.kind, outcome.pages) == ("minor", 1)
    assert process.kernel.counters["thp_fault_fallback"] == 1


@pytest.mark.parametrize(
    ("thp", "advice", "huge"),
    [
        ("never", "hugepage", False),
        ("madvise", None, False),
        ("madvise", "hugepage", True),
        ("always", None, True),
        ("always", "nohugepage", False),
    ],
)
def test_who_gets_huge_pages(thp, advice, huge):
    process = Kernel(ram="8 MiB", thp=thp).spawn()
    area = process.mmap(2 * MIB)
    if advice:
        process.madvise(area, advice)
    assert process.write(area.start).pages == (512 if huge else 1)


# -- fork and copy-on-write ------------------------------------------------------------------------


def test_child_reads_for_free_and_pays_for_what_it_writes(process):
    area = process.mmap(1000 * PAGE)
    process.touch(area)
    child = process.fork()
    assert (child.smaps(area).Rss, child.smaps(area).Pss) == (4000, 2000)
    assert child.touch(area, "r") == Counter(hit=1000)
    assert child.touch(area, "w", range(500)) == Counter(minor=500)
    assert child.touch(area, "w", range(500)) == Counter(hit=500)
    assert (child.smaps(area).Rss, child.smaps(area).Pss) == (4000, 3000)
    # the parent pays as well: for pages that are its own again, and for those it must copy
    frames = process.kernel.memory.free_frames
    assert process.touch(area, "w", range(500)) == Counter(minor=500)
    assert process.kernel.memory.free_frames == frames
    assert process.touch(area, "w", range(500, 1000)) == Counter(minor=500)
    assert process.kernel.memory.free_frames == frames - 500
    assert process.touch(area, "w") == Counter(hit=1000)


def test_last_owner_copies_nothing(process):
    area = process.mmap(10 * PAGE)
    process.touch(area)
    process.fork().exit()
    frames = process.kernel.memory.free_frames
    assert process.touch(area) == Counter(minor=10)
    assert process.kernel.memory.free_frames == frames


def test_fork_copies_page_tables_for_private_pages_only(process):
    private = process.mmap(600 * PAGE, addr=ALONE)
    shared = process.mmap(600 * PAGE, kind="shared", addr=ALONE + (1 << 39))
    only_read = process.mmap(600 * PAGE, addr=ALONE + (2 << 39))
    process.touch(private)
    process.touch(shared)
    process.touch(only_read, "r")
    child = process.fork()
    assert child.counters.VmPTE == 4 * 4  # 2 PTE tables, a PMD and a PUD table: of `private`
    assert child.touch(private, "r") == Counter(hit=600)
    # shared pages are found again in the page cache, 16 at a time; 600 pages in windows of 16
    assert child.touch(shared, "r")["minor"] == 38
    assert child.touch(only_read, "r") == Counter(minor=600)


def test_children_share_and_see_what_is_shared(process):
    shared, private = process.mmap(PAGE, kind="shared"), process.mmap(PAGE)
    process.write(shared.start, 1)
    process.write(private.start, 1)
    child = process.fork()
    child.write(shared.start, 2)
    child.write(private.start, 2)
    assert process.read(shared.start).value == 2
    assert process.read(private.start).value == 1


def test_a_copied_table_costs_the_child_as_much_as_the_parent(process):
    area = process.mmap(1000 * PAGE)
    process.touch(area)
    assert process.fork().counters.VmPTE == process.counters.VmPTE


# -- mprotect --------------------------------------------------------------------------------------


def test_mprotect_back_to_writable_needs_no_fault(process):
    """Since Linux 6.0: private pages that nobody shares become writable at once."""
    area = process.mmap(10 * PAGE)
    process.touch(area)
    process.mprotect(area, "r")
    process.mprotect(area, "rw")
    assert process.touch(area) == Counter(hit=10)


def test_mprotect_does_not_undo_copy_on_write(process):
    area = process.mmap(10 * PAGE)
    process.touch(area)
    child = process.fork()
    child.mprotect(area, "r")
    child.mprotect(area, "rw")
    assert child.touch(area) == Counter(minor=10)
    assert process.read(area.start).value == 1


def test_prot_none_keeps_the_pages(process):
    area = process.mmap(10 * PAGE)
    process.write(area.start, 42)
    process.mprotect(area, "")
    assert process.smaps(area).Rss == 4
    process.mprotect(area, "rw")
    outcome = process.read(area.start)
    assert (outcome.kind, outcome.value) == ("hit", 42)


# -- stack and heap --------------------------------------------------------------------------------


def stack_of(process):
    return next(area for area in process.areas if area.role == "stack")


def test_fifty_stores_below_the_stack_are_fifty_faults(process):
    low = stack_of(process).start
    for _ in range(50):
        assert process.stack_touch().kind == "minor"
    assert low - stack_of(process).start == 50 * PAGE


def test_one_store_far_below_grows_the_stack_by_all_of_it(process):
    before, low = process.counters, stack_of(process).start
    assert process.stack_touch(100).kind == "minor"
    assert (process.counters - before).minflt == 1
    assert low - stack_of(process).start == 100 * PAGE
    assert (process.counters - before).VmRSS == 4


def test_the_heap_grows_and_shrinks_by_brk(process):
    start = process.brk()
    process.brk(start + 10 * PAGE - 5)
    heap = next(area for area in process.areas if area.role == "heap")
    assert heap.length == 10 * PAGE
    assert process.touch(heap) == Counter(minor=10)
    assert process.counters.VmRSS == 40
    process.brk(start + 1)
    assert process.counters.VmRSS == 4
    process.brk(start)
    assert all(area.role != "heap" for area in process.areas)
    assert process.counters.VmRSS == 0


# -- the outcome as a value ------------------------------------------------------------------------


def test_outcome_tells_its_way_through_the_handler(process):
    area = process.mmap(PAGE)
    outcome = process.write(area.start + 5, 9)
    assert (outcome.kind, outcome.vma.start, outcome.value) == ("minor", area.start, 9)
    assert outcome.flags == "W U"
    assert [step.found for step in outcome.steps] == [
        Found.USERS,
        Found.AREA,
        Found.ALLOWED,
        Found.EMPTY,
        Found.NO_FILE,
    ]
    assert outcome.why == (Why.FIRST_WRITE,)
    assert outcome.reason == "first write: a zeroed page of its own"
    assert outcome.translation.pa % PAGE == 5
    again = process.write(area.start)
    assert (again.kind, again.error_code, again.steps, again.pages) == ("hit", None, (), 0)


def test_the_hardware_walk_ends_where_the_kernel_mapped(process):
    area = process.mmap(PAGE)
    outcome = process.write(area.start, 123)
    walk = process.space.table.walk(area.start)
    assert walk.pa == outcome.translation.pa
    assert process.kernel.memory.load(walk.pa, width=1) == 123
    assert process.space.table.mode is X86_64
