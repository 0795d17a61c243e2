"""Locked, given back, cold, read ahead, collapsed: what becomes of pages when memory is short."""

import pytest

from pagesim.kernel import Kernel, OutOfMemory

PAGE = 4096
HUGE = 2 << 20


def tight(pages, swap="4 MiB", policy="clock"):
    """A process on a machine with room for so many pages, and two areas of as many."""
    kernel = Kernel(ram=(pages + 4) * PAGE, swap=swap, policy=policy)
    process = kernel.spawn()
    room = process.mmap(2 * pages * PAGE)
    return kernel, process, room, pages


@pytest.mark.parametrize("policy", ["clock", "fifo", "lru", "random"])
def test_what_was_given_back_goes_first_and_costs_no_write(policy):
    kernel, process, room, pages = tight(32, policy=policy)
    process.touch(room, "w", range(pages))
    process.madvise(room.start, "free", 8 * PAGE)
    assert process.smaps(room).LazyFree == 32
    process.touch(room, "w", range(pages, pages + 8))
    assert kernel.counters["pswpout"] == 0
    assert process.smaps(room).LazyFree == 0
    assert [process.read(room.start + page * PAGE).value for page in range(8)] == [0] * 8
    text = dict(line.split() for line in kernel.cat("/proc/vmstat").splitlines())
    assert (text["pglazyfree"], text["pglazyfreed"], text["pgsteal_direct"]) == ("8", "8", "8")


def test_what_was_written_after_it_was_given_back_is_kept():
    _, process, room, pages = tight(32)
    process.touch(room, "w", range(pages))
    process.madvise(room.start, "free", 8 * PAGE)
    process.write(room.start, 7)
    assert process.smaps(room).LazyFree == 28
    process.touch(room, "w", range(pages, pages + 20))
    assert process.read(room.start).value == 7
    assert process.read(room.start + PAGE).value == 0


def test_given_back_memory_stays_resident_until_it_is_needed():
    """golang/go #28466: RSS does not go down, whatever the program gives back."""
    _, process, room, pages = tight(32)
    process.touch(room, "w", range(pages))
    before = process.counters.VmRSS
    process.madvise(room, "free")
    assert process.counters.VmRSS == before
    process.madvise(room, "dontneed")
    assert process.counters.VmRSS == before - 4 * pages


def test_a_huge_page_that_was_given_back_goes_whole():
    kernel = Kernel(ram="16 MiB")
    process = kernel.spawn()
    area = process.mmap(2 * HUGE)
    process.madvise(area, "hugepage")
    process.touch(area, "w", (0, 512))
    process.madvise(area.start, "free", HUGE)
    assert process.smaps(area).LazyFree == 2048
    kernel.reclaim.evict(kernel.pool.frames[process.space.pte(area.start).pfn])
    assert process.smaps(area).AnonHugePages == 2048
    assert process.read(area.start).value == 0


def test_one_page_of_a_huge_one_can_be_given_back():
    kernel = Kernel(ram="16 MiB")
    process = kernel.spawn()
    area = process.mmap(HUGE)
    process.madvise(area, "hugepage")
    process.write(area.start)
    process.madvise(area.start, "free", PAGE)
    assert process.smaps(area).LazyFree == 4
    assert process.smaps(area).AnonHugePages == 0


def test_giving_back_what_is_in_swap_frees_its_slot():
    kernel = Kernel(ram="8 MiB", swap="1 MiB")
    process = kernel.spawn()
    area = process.mmap(8 * PAGE)
    process.touch(area)
    process.madvise(area, "pageout")
    process.madvise(area, "free")
    assert kernel.pool.swap.free == kernel.pool.swap.slots
    assert process.counters.VmSwap == 0
    assert process.touch(area, "r") == {"minor": 8}


def test_what_is_locked_never_leaves():
    kernel, process, room, pages = tight(32)
    process.mlock(room.start, 20 * PAGE)
    assert process.counters.minflt == 20
    for _ in range(3):
        process.touch(room, "w", range(20, 2 * pages))
    assert process.touch(room, "r", range(20)) == {"hit": 20}
    assert process.smaps(room).Locked == 80
    assert "VmLck:\t      80 kB" in kernel.cat("/proc/1/status")
    assert "Mlocked:              80 kB" in kernel.cat("/proc/meminfo")
    process.munlock(room.start, 20 * PAGE)
    process.touch(room, "w", range(20, 2 * pages))
    assert process.counters.majflt > 0
    assert process.smaps(room).Locked == 0


def test_when_all_is_locked_memory_ends():
    _, process, room, pages = tight(32)
    process.mlock(room.start, pages * PAGE)
    with pytest.raises(OutOfMemory):
        process.write(room.start + pages * PAGE)


def test_a_child_s_memory_is_not_locked_and_a_new_program_s_neither():
    process = Kernel().spawn()
    area = process.mmap(8 * PAGE)
    process.mlockall(current=True, future=True)
    assert process.mmap(4 * PAGE).locked
    assert process.smaps(area).Locked == 32
    child = process.fork()
    assert not any(one.locked for one in child.areas)
    assert len(child.areas) == len(process.areas)
    assert not child.mmap(PAGE).locked
    process.execve()
    assert not any(one.locked for one in process.areas)
    assert not process.mmap(PAGE).locked


def test_a_heap_that_is_to_be_locked_is_touched_as_it_grows():
    process = Kernel().spawn()
    process.mlockall(current=False, future=True)
    before = process.counters
    process.brk(process.brk() + 5 * PAGE)
    assert (process.counters - before).minflt == 5
    process.munlockall()
    assert not any(area.locked for area in process.areas)


def test_cold_pages_leave_before_others():
    kernel, process, room, pages = tight(32)
    process.touch(room, "w", range(pages))
    process.madvise(room.start + 16 * PAGE, "cold", 8 * PAGE)
    process.touch(room, "w", range(pages, pages + 8))
    assert kernel.counters["pswpout"] == 8
    assert process.touch(room, "r", range(16)) == {"hit": 16}


def test_read_ahead_is_no_fault_and_makes_the_later_ones_minor():
    kernel = Kernel(ram="8 MiB", swap="1 MiB")
    process = kernel.spawn()
    file = kernel.file("/data", bytes(64 * PAGE))
    area = process.mmap(64 * PAGE, "r", "shared", file, addr=0x1000_0000_0000)
    process.madvise(area, "willneed")
    assert (process.majflt, kernel.counters["pgpgin"]) == (0, 256)
    assert process.touch(area, "r") == {"minor": 4, "hit": 60}
    own = process.mmap(16 * PAGE)
    process.touch(own)
    process.madvise(own, "pageout")
    process.madvise(own, "willneed")
    assert kernel.counters["pswpin"] == 16
    assert process.smaps(own).Rss == 0
    assert process.touch(own, "w") == {"minor": 16}


# -- collapsing ------------------------------------------------------------------------------------


@pytest.fixture
def process():
    return Kernel(ram="32 MiB", swap="8 MiB").spawn()


def test_collapse_keeps_content_and_table_and_takes_memory(process):
    area = process.mmap(2 * HUGE)
    for page in range(0, 512, 3):
        process.write(area.start + page * PAGE, page % 251)
    before = process.counters
    process.madvise(area.start, "collapse", HUGE)
    change = process.counters - before
    assert (change.minflt, change.VmPTE, change.VmRSS) == (0, 0, 2048 - 171 * 4)
    assert process.smaps(area).AnonHugePages == 2048
    for page in range(512):
        expected = page % 251 if page % 3 == 0 else 0
        assert process.read(area.start + page * PAGE).value == expected
    process.munmap(area)
    assert process.counters.VmRSS == 0


def test_pages_come_back_from_swap_to_be_collapsed(process):
    area = process.mmap(HUGE)
    process.touch(area, "w", range(40))
    process.madvise(area.start, "pageout", 10 * PAGE)
    process.madvise(area, "collapse")
    assert process.counters.VmSwap == 0
    assert process.kernel.counters["pswpin"] == 10
    assert process.read(area.start).value == 1


@pytest.mark.parametrize(
    ("touched", "max_ptes_none", "made"),
    [(256, 255, 0), (257, 255, 1), (1, 511, 1), (1, 510, 0), (512, 0, 1)],
)
def test_khugepaged_counts_what_is_missing(process, touched, max_ptes_none, made):
    area = process.mmap(HUGE)
    process.touch(area, "w", range(touched))
    process.madvise(area, "hugepage")
    assert process.kernel.khugepaged(max_ptes_none) == made
    assert process.smaps(area).Rss == (2048 if made else 4 * touched)


def test_khugepaged_leaves_what_did_not_ask(process):
    area = process.mmap(HUGE)
    process.touch(area)
    assert process.kernel.khugepaged() == 0


def test_khugepaged_undoes_what_a_program_gave_back(process):
    """golang/go #64332: memory returned to the system comes back by itself."""
    area = process.mmap(HUGE)
    process.madvise(area, "hugepage")
    process.write(area.start)
    process.madvise(area.start + HUGE // 2, "dontneed", HUGE // 2)
    assert process.smaps(area).Rss == 1024
    process.kernel.khugepaged()
    assert process.smaps(area).Rss == 2048


def test_khugepaged_leaves_much_that_is_shared_or_in_swap(process):
    area = process.mmap(2 * HUGE)
    process.touch(area)
    process.madvise(area, "hugepage")
    process.madvise(area.start, "pageout", 65 * PAGE)
    child = process.fork()
    child.touch(area, "w", range(512, 1024 - 257))
    assert process.kernel.khugepaged() == 0
    found = dict(line.split() for line in process.kernel.cat("/proc/vmstat").splitlines())
    assert found["thp_scan_exceed_swap_pte"] == "2"
    assert found["thp_scan_exceed_share_pte"] == "2"
    child.touch(area, "w", range(1024 - 257, 1024 - 256))
    assert process.kernel.khugepaged() == 2


def test_without_a_block_nothing_collapses():
    from pagesim.kernel import SystemCallError

    kernel = Kernel(ram="3 MiB")
    process = kernel.spawn()
    area = process.mmap(HUGE)
    process.touch(area)
    before = process.counters
    with pytest.raises(SystemCallError, match="ENOMEM: MADV_COLLAPSE: no block of 2097152 bytes"):
        process.madvise(area, "collapse")
    assert process.counters == before
