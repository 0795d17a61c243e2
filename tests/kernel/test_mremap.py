"""mremap: entries move, pages stay; and truncated files, and file systems that are full."""

import pytest

from pagesim.kernel import BusError, Kernel, OutOfMemory, SegmentationFault, SystemCallError

PAGE = 4096
HUGE = 2 << 20
HOME = 0x1000_0000_0000


@pytest.fixture
def process():
    return Kernel(ram="16 MiB", swap="1 MiB").spawn()


def test_it_grows_where_it_is_while_there_is_room(process):
    area = process.mmap(16 * PAGE, addr=HOME)
    process.touch(area)
    grown = process.mremap(area, 32 * PAGE)
    assert (grown.start, grown.length) == (HOME, 32 * PAGE)
    assert process.touch(grown) == {"hit": 16, "minor": 16}
    process.mmap(PAGE, "", addr=grown.end)
    with pytest.raises(SystemCallError, match="ENOMEM: mremap: no room behind"):
        process.mremap(grown, 64 * PAGE)


def test_it_moves_without_a_copy_and_without_a_fault(process):
    area = process.mmap(16 * PAGE, addr=HOME)
    process.mmap(PAGE, "", addr=area.end)
    for page in range(16):
        process.write(HOME + page * PAGE, page)
    frames = [process.space.pte(HOME + page * PAGE).pfn for page in range(16)]
    before = process.counters
    moved = process.mremap(area, 32 * PAGE, may_move=True)
    change = process.counters - before
    assert (change.minflt, change.VmSize, change.VmRSS) == (0, 64, 0)
    assert moved.start != HOME
    assert [process.space.pte(moved.start + page * PAGE).pfn for page in range(16)] == frames
    assert [process.read(moved.start + page * PAGE).value for page in range(16)] == [*range(16)]
    with pytest.raises(SegmentationFault):
        process.read(HOME)


def test_it_shrinks(process):
    area = process.mmap(16 * PAGE)
    process.touch(area)
    less = process.mremap(area, 4 * PAGE)
    assert (less.start, less.length) == (area.start, 4 * PAGE)
    assert process.counters.RssAnon == 16


def test_the_middle_of_an_area_moves_out_of_it(process):
    area = process.mmap(8 * PAGE, addr=HOME)
    process.touch(area)
    moved = process.mremap(HOME + 2 * PAGE, 4 * PAGE, 2 * PAGE, may_move=True)
    parts = [(one.start, one.length) for one in process.areas if HOME <= one.start < area.end]
    assert parts == [(HOME, 2 * PAGE), (HOME + 4 * PAGE, 4 * PAGE)]
    assert process.touch(moved) == {"hit": 2, "minor": 2}


def test_what_was_moved_does_not_merge_with_its_new_neighbour(process):
    """An anonymous page remembers the offset it was made at; an untouched area has none yet."""
    for touched, areas in ((True, 2), (False, 1)):
        home = HOME + areas * (1 << 39)
        area = process.mmap(2 * PAGE, addr=home)
        if touched:
            process.touch(area)
        neighbour = process.mmap(2 * PAGE, addr=home + (1 << 30))
        process.mremap(area, 2 * PAGE, addr=neighbour.end)
        found = [one for one in process.areas if home <= one.start < home + (1 << 38)]
        assert len(found) == areas


def test_pages_in_swap_and_the_zero_page_move_too(process):
    area = process.mmap(12 * PAGE, addr=HOME)
    process.touch(area, "w", range(8))
    process.touch(area, "r", range(8, 12))
    process.madvise(area.start, "pageout", 4 * PAGE)
    moved = process.mremap(area, 12 * PAGE, addr=HOME + (1 << 39))
    assert process.counters.VmSwap == 16
    assert process.touch(moved, "r") == {"major": 4, "hit": 8}


def test_a_file_keeps_its_offset(process):
    file = process.kernel.file("/data", bytes(range(8)).ljust(8 * PAGE, b"x"))
    area = process.mmap(4 * PAGE, "r", "shared", file, offset=2 * PAGE)
    moved = process.mremap(area, 6 * PAGE, addr=HOME)
    assert (moved.offset, file.mapped) == (2, 6)
    assert process.read(moved.end - 1).value == ord("x")


@pytest.mark.parametrize(("by", "huge"), [(1 << 39, 4096), ((1 << 39) + PAGE, 0)])
def test_huge_pages_move_whole_if_they_can(process, by, huge):
    area = process.mmap(2 * HUGE, addr=HOME)
    process.madvise(area, "hugepage")
    process.touch(area, "w", (0, 512))
    process.write(area.start + 5, 9)
    moved = process.mremap(area.start, 2 * HUGE, 2 * HUGE, addr=HOME + by)
    assert process.smaps(moved).AnonHugePages == huge
    assert process.smaps(moved).Rss == 4096
    assert process.read(moved.start + 5).value == 9
    process.munmap(moved)
    assert process.counters.RssAnon == 0


def test_a_child_moves_its_own_entries_only(process):
    area = process.mmap(4 * PAGE, addr=HOME)
    process.touch(area)
    child = process.fork()
    moved = child.mremap(area, 4 * PAGE, addr=HOME + (1 << 39))
    child.write(moved.start, 9)
    assert process.read(HOME).value == 1
    assert process.smaps(area).Pss == 8 + 2  # one copied by the child, three shared


def test_nothing_has_changed_where_there_is_no_frame_for_a_table():
    kernel = Kernel(ram=(4 + 12) * PAGE)
    process = kernel.spawn()
    area = process.mmap(12 * PAGE)
    process.touch(area)
    before = process.maps, process.counters, kernel.memory.free_frames
    with pytest.raises(OutOfMemory):
        process.mremap(area, 12 * PAGE, addr=HOME)
    assert (process.maps, process.counters, kernel.memory.free_frames) == before


def test_locked_areas_stay_locked_and_within_the_limit(process):
    area = process.mmap(4 * PAGE, addr=HOME)
    process.mlock(area)
    process.memlock = 6 * PAGE
    with pytest.raises(SystemCallError, match="EAGAIN"):
        process.mremap(HOME, 7 * PAGE, 4 * PAGE)
    before = process.counters.minflt
    assert process.mremap(HOME, 6 * PAGE, 4 * PAGE).locked
    assert process.counters.minflt - before == 2


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda p, a: p.mremap(a, 0), "EINVAL"),
        (lambda p, a: p.mremap(a.start - PAGE, 8 * PAGE, PAGE), "EFAULT"),
        (lambda p, a: p.mremap(a.start, 32 * PAGE, 20 * PAGE, may_move=True), "EFAULT"),
        (lambda p, a: p.mremap(a, 16 * PAGE, addr=a.start + PAGE), "EINVAL"),
    ],
)
def test_what_is_no_area_is_refused(process, call, error):
    area = process.mmap(16 * PAGE, addr=HOME)
    before = process.maps
    with pytest.raises(SystemCallError, match=error):
        call(process, area)
    assert process.maps == before


# -- truncated files -------------------------------------------------------------------------------


def test_what_a_file_loses_is_gone_from_every_mapping(process):
    kernel = process.kernel
    file = kernel.file("/memfd:x", bytes(16 * PAGE), on_disk=False)
    shared = process.mmap(16 * PAGE, kind="shared", file=file)
    private = process.mmap(16 * PAGE, file=file)
    process.touch(shared)
    process.touch(private)
    kernel.truncate(file, 8 * PAGE + 100)
    assert (process.smaps(shared).Rss, process.smaps(private).Rss) == (36, 36)
    assert process.read(shared.start + 8 * PAGE).kind == "hit"
    for area in (shared, private):
        with pytest.raises(BusError, match="past the end of /memfd:x"):
            process.read(area.start + 9 * PAGE)
    kernel.truncate(file, 16 * PAGE)
    assert process.read(shared.start + 9 * PAGE).value == 0
    assert process.read(private.start + 9 * PAGE).value == 0


@pytest.mark.parametrize("on_disk", [True, False])
def test_the_rest_of_a_page_becomes_zeros(process, on_disk):
    kernel = process.kernel
    file = kernel.file("/data", b"x" * 2 * PAGE, on_disk=on_disk)
    area = process.mmap(2 * PAGE, "r", "shared", file)
    process.touch(area, "r")
    kernel.truncate(file, 100)
    kernel.truncate(file, 2 * PAGE)
    assert [process.read(area.start + at).value for at in (99, 100, PAGE)] == [120, 0, 0]


def test_what_is_in_swap_is_truncated_as_well(process):
    kernel = process.kernel
    file = kernel.file("/memfd:x", b"x" * 8 * PAGE, on_disk=False)
    area = process.mmap(8 * PAGE, kind="shared", file=file)
    process.touch(area, "r")
    process.madvise(area, "pageout")
    kernel.truncate(file, 2 * PAGE)
    assert kernel.pool.swap.slots - kernel.pool.swap.free == 2


# -- a full file system ----------------------------------------------------------------------------


def test_a_full_file_system_in_memory_is_a_bus_error(process):
    kernel = process.kernel
    shm = kernel.tmpfs("64 KiB")
    file = kernel.file("/dev/shm/x", b"", on_disk=False, size=32 * PAGE, tmpfs=shm)
    area = process.mmap(32 * PAGE, kind="shared", file=file)
    process.touch(area, "w", range(16))
    with pytest.raises(BusError, match="no room left on the file system of /dev/shm/x") as caught:
        process.write(area.start + 16 * PAGE)
    assert caught.value.si_code == "BUS_ADRERR"
    assert shm.used == 16
    kernel.truncate(file, 15 * PAGE)
    kernel.truncate(file, 32 * PAGE)
    process.write(area.start + 16 * PAGE)
    assert shm.used == 16


def test_what_is_in_swap_still_counts(process):
    kernel = process.kernel
    shm = kernel.tmpfs("16 KiB")
    file = kernel.file("/dev/shm/x", b"x" * 3 * PAGE, on_disk=False, size=8 * PAGE, tmpfs=shm)
    area = process.mmap(8 * PAGE, kind="shared", file=file)
    process.touch(area, "w", range(3))
    process.madvise(area, "pageout")
    assert process.touch(area, "w", range(4)) == {"major": 3, "minor": 1}
    with pytest.raises(BusError):
        process.write(area.start + 5 * PAGE)


def test_a_file_that_does_not_fit_is_refused_when_it_is_written(process):
    shm = process.kernel.tmpfs("16 KiB")
    with pytest.raises(SystemCallError, match="ENOSPC: /dev/shm/x: its file system has 4 pages"):
        process.kernel.file("/dev/shm/x", bytes(5 * PAGE), on_disk=False, tmpfs=shm)
    assert shm.used == 0
