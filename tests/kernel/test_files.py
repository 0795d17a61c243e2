"""Mapped files, the page cache and eviction: what Linux 6.18 was seen to do."""

from collections import Counter

import pytest

from pagesim.kernel import BusError, Kernel

PAGE = 4096


@pytest.fixture
def kernel():
    return Kernel(ram="16 MiB", swap="8 MiB")


def numbered(pages):
    """Content whose every page starts with its number."""
    return b"".join(bytes([index % 251]).ljust(PAGE, b".") for index in range(pages))


# -- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("on_disk", [True, False], ids=["file", "memfd"])
def test_cached_pages_are_mapped_sixteen_at_a_time(kernel, on_disk):
    file = kernel.file("/warm", numbered(1024), on_disk=on_disk, cache=True)
    process = kernel.spawn()
    area = process.mmap(1024 * PAGE, "r", "shared", file, addr=0x1000_0000_0000)
    assert process.touch(area, "r") == Counter(minor=64, hit=960)
    assert process.smaps(area).Rss == 4096


def test_one_touch_brings_sixty_four_kibibytes(kernel):
    file = kernel.file("/warm", numbered(64), cache=True)
    process = kernel.spawn()
    area = process.mmap(64 * PAGE, "r", "private", file, addr=0x1000_0000_0000)
    assert process.read(area.start + 5 * PAGE).pages == 16
    assert process.smaps(area).Rss == 64


def test_the_window_is_aligned_in_the_address_space_and_cut_to_the_area(kernel):
    """Linux counts 16 entries from an aligned one, or from the area's first if that is later."""
    file = kernel.file("/warm", numbered(64), cache=True)
    process = kernel.spawn()
    area = process.mmap(40 * PAGE, "r", "private", file, addr=0x1000_0000_0000 + 10 * PAGE)
    assert process.read(area.start + 8 * PAGE).pages == 16  # entry 18: entries 16 to 31
    assert process.read(area.start).pages == 6  # entry 10 on; from 16 on they are mapped
    assert process.read(area.end - PAGE).pages == 2  # entries 48 and 49


def test_cold_pages_are_major_faults_one_by_one_if_nothing_is_read_ahead(kernel):
    file = kernel.file("/cold", numbered(200))
    process = kernel.spawn()
    area = process.mmap(200 * PAGE, "r", "shared", file)
    process.madvise(area, "random")
    assert process.touch(area, "r") == Counter(major=200)
    assert [process.read(area.start + i * PAGE).value for i in range(200)] == [*range(200)]


def test_read_ahead_turns_major_faults_into_minor_ones(kernel):
    file = kernel.file("/cold", numbered(200))
    process = kernel.spawn()
    area = process.mmap(200 * PAGE, "r", "shared", file)
    tally = process.touch(area, "r")
    assert 0 < tally["major"] < 20
    assert sum(tally.values()) == 200


def test_a_second_reader_finds_the_page_in_memory(kernel):
    file = kernel.file("/cold", numbered(1))
    first, second = kernel.spawn(), kernel.spawn()
    kinds = [p.read(p.mmap(PAGE, "r", "shared", file).start).kind for p in (first, second)]
    assert kinds == ["major", "minor"]


def test_programs_share_the_frames_of_their_text(kernel):
    processes = [kernel.spawn() for _ in range(10)]
    free = kernel.memory.free_frames
    for process in processes:
        text = process.areas[0]
        process.touch(text, "x")
        assert process.smaps(text).Rss == 16
    tables = sum(process.counters.VmPTE // 4 for process in processes)
    assert free - kernel.memory.free_frames == 4 + 1 + tables  # 4 pages of text, 1 read ahead
    assert processes[0].smaps(processes[0].areas[0]).Pss == 1  # 16 kB shared by ten


# -- writing ---------------------------------------------------------------------------------------


def test_private_writes_copy_every_page(kernel):
    file = kernel.file("/warm", numbered(64), cache=True)
    process = kernel.spawn()
    area = process.mmap(64 * PAGE, "rw", "private", file)
    process.touch(area, "r")
    assert process.touch(area, "w") == Counter(minor=64)
    assert process.smaps(area).Anonymous == 256
    other = kernel.spawn()
    view = other.mmap(64 * PAGE, "r", "private", file)
    assert other.read(view.start + 5 * PAGE).value == 5


def test_a_file_on_disk_hears_of_the_first_write_and_a_memfd_does_not(kernel):
    for on_disk, faults in ((True, 64), (False, 0)):
        file = kernel.file("/warm", numbered(64), on_disk=on_disk, cache=True)
        process = kernel.spawn()
        area = process.mmap(64 * PAGE, "rw", "shared", file)
        process.touch(area, "r")
        assert process.touch(area, "w")["minor"] == faults


def test_shared_writes_fault_page_by_page(kernel):
    file = kernel.file("/warm", numbered(64), on_disk=False)
    process = kernel.spawn()
    area = process.mmap(64 * PAGE, "rw", "shared", file)
    assert process.touch(area, "w") == Counter(minor=64)


def test_shared_writes_are_everybodys_and_reach_the_disk(kernel):
    file = kernel.file("/data", numbered(2))
    writer, reader = kernel.spawn(), kernel.spawn()
    mine = writer.mmap(2 * PAGE, "rw", "shared", file)
    theirs = reader.mmap(2 * PAGE, "r", "private", file)
    assert reader.read(theirs.start + PAGE).value == 1
    writer.write(mine.start + PAGE, 99)
    assert reader.read(theirs.start + PAGE).value == 99
    assert file.page(1, PAGE)[0] == 1
    kernel.sync()
    assert file.page(1, PAGE)[0] == 99
    assert writer.write(mine.start + PAGE).kind == "minor"  # clean again: noticed again


def test_the_rest_of_the_last_page_is_zero_and_never_written(kernel):
    file = kernel.file("/short", b"x" * 10)
    process = kernel.spawn()
    area = process.mmap(2 * PAGE, "rw", "shared", file)
    assert process.read(area.start + 10).value == 0
    process.write(area.start + 10, 7)
    process.write(area.start + 9, 8)
    kernel.sync()
    assert file.page(0, PAGE)[:12] == b"x" * 9 + b"\x08\0\0"
    with pytest.raises(BusError, match="past the end of /short"):
        process.read(area.start + PAGE)


def test_an_offset_starts_in_the_middle_and_survives_a_split(kernel):
    file = kernel.file("/data", numbered(20))
    process = kernel.spawn()
    area = process.mmap(10 * PAGE, "r", "private", file, offset=5 * PAGE)
    process.mprotect(area.start + 3 * PAGE, "rw", 2 * PAGE)
    assert [process.read(area.start + i * PAGE).value for i in range(10)] == [*range(5, 15)]
    assert [a.offset for a in process.areas if a.file is file] == [5, 8, 10]


# -- leaving ---------------------------------------------------------------------------------------


def test_pageout_of_clean_file_pages_and_major_faults_back(kernel):
    file = kernel.file("/data", numbered(200))
    process = kernel.spawn()
    area = process.mmap(200 * PAGE, "r", "shared", file)
    process.madvise(area, "random")
    process.touch(area, "r")
    process.madvise(area, "pageout")
    assert process.smaps(area).Rss == 0
    assert kernel.counters["pgpgout"] == 0  # nothing had to be written
    assert process.touch(area, "r") == Counter(major=200)


def test_pageout_to_swap_and_back(kernel):
    process = kernel.spawn()
    area = process.mmap(1024 * PAGE)
    for index in range(1024):
        process.write(area.start + index * PAGE, index & 255)
    process.madvise(area, "pageout")
    assert process.smaps(area).Swap == process.counters.VmSwap == 4096
    assert process.smaps(area).Rss == 0
    assert kernel.counters["pswpout"] == 1024
    tally = Counter()
    for index in range(1024):
        outcome = process.read(area.start + index * PAGE)
        assert outcome.value == index & 255
        tally[outcome.kind] += 1
    assert tally == Counter(major=1024)
    assert kernel.counters["pswpin"] == 1024
    assert process.counters.VmSwap == 0


def test_pageout_leaves_what_others_map_too(kernel):
    process = kernel.spawn()
    area = process.mmap(10 * PAGE)
    process.touch(area)
    process.fork()
    process.madvise(area, "pageout")
    assert process.smaps(area).Rss == 40


def test_a_page_swapped_out_while_shared_is_read_once(kernel):
    """The second process finds it in the swap cache: a minor fault, and the same frame."""
    process = kernel.spawn()
    area = process.mmap(PAGE)
    process.write(area.start, 42)
    child = process.fork()
    frame = kernel.pool.frames[process.read(area.start).translation.pa // PAGE]
    kernel.reclaim.evict(frame)
    first, second = process.read(area.start), child.read(area.start)
    assert (first.kind, second.kind) == ("major", "minor")
    assert (first.value, second.value) == (42, 42)
    assert first.translation.pa == second.translation.pa
    assert child.write(area.start, 1).kind == "minor"
    assert process.read(area.start).value == 42


def evicted(process, va):
    """Write and read other pages until `va` has left; return what that eviction was."""
    frame = process.read(va).translation.pa // PAGE
    filler = process.mmap(10_000 * PAGE)
    for index in range(10_000):
        for eviction in process.write(filler.start + index * PAGE).evicted:
            if eviction.pfn == frame:
                process.munmap(filler)
                return eviction
    raise AssertionError("it never left")


@pytest.mark.parametrize(
    ("make", "touch", "kind", "cost"),
    [
        ("file", "r", "file", "dropped"),
        ("file", "w", "file", "written to its file"),
        ("memfd", "w", "shmem", "written to swap"),
        ("anonymous", "w", "anon", "written to swap"),
    ],
)
def test_what_eviction_costs(make, touch, kind, cost):
    kernel = Kernel(ram="1 MiB", swap="4 MiB")
    process = kernel.spawn()
    files = {
        "file": lambda: kernel.file("/data", numbered(1)),
        "memfd": lambda: kernel.file("memfd", numbered(1), on_disk=False),
        "anonymous": lambda: None,
    }
    file = files[make]()
    area = process.mmap(PAGE, "rw", "shared" if file else "private", file)
    process.touch(area, touch)
    value = process.read(area.start).value
    eviction = evicted(process, area.start)
    assert (eviction.kind, eviction.cost) == (kind, cost)
    back = process.read(area.start)
    assert (back.kind, back.value) == ("major", value)
    if make == "anonymous":  # swap still has the page, and nobody wrote to it: it can just leave
        assert evicted(process, area.start).cost == "dropped"


def test_a_page_read_back_and_written_again_goes_to_swap_again(kernel):
    process = kernel.spawn()
    area = process.mmap(PAGE)
    for value in (1, 2, 3):
        process.write(area.start, value)
        process.madvise(area, "pageout")
        assert process.read(area.start).value == value
    assert kernel.counters["pswpout"] == 3
    process.madvise(area, "pageout")  # it was only read since
    assert kernel.counters["pswpout"] == 3


def test_dropping_caches_makes_a_file_cold_again(kernel):
    file = kernel.file("/warm", numbered(16), cache=True)
    process = kernel.spawn()
    area = process.mmap(16 * PAGE, "r", "shared", file)
    process.read(area.start)
    kernel.drop_caches()  # mapped pages stay
    assert len(file.cache) == 16
    process.munmap(area)
    kernel.drop_caches()
    assert not file.cache
    assert process.read(process.mmap(PAGE, "r", "shared", file).start).kind == "major"


def test_counters_of_the_machine_have_linuxs_names(kernel):
    process = kernel.spawn()
    file = kernel.file("/data", numbered(10))
    process.touch(process.mmap(10 * PAGE, "r", "shared", file), "r")
    process.touch(process.mmap(4 * PAGE), "w")
    counters = kernel.counters
    assert counters["MemTotal"] == 16 * 1024
    assert counters["SwapTotal"] == counters["SwapFree"] == 8 * 1024
    assert counters["AnonPages"] == 16
    assert counters["Cached"] == 40  # ten pages of the file; the vdso is the kernel's own
    assert counters["pgpgin"] == 40
    assert counters["pgfault"] == process.minflt + process.majflt
    assert counters["PageTables"] == process.counters.VmPTE
    used = counters["MemTotal"] - counters["MemFree"]
    assert used == 16 + 40 + counters["PageTables"] + 4  # and the root of the page table
