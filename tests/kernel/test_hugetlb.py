"""Huge pages that were set aside: promised at mmap, and SIGBUS where there is none."""

import re

import pytest

from pagesim.kernel import BusError, Kernel, SystemCallError

PAGE = 4096
HUGE = 2 << 20


def machine(pages=4, ram="64 MiB", **arguments):
    kernel = Kernel(ram=ram, hugepages=pages, **arguments)
    return kernel, kernel.spawn()


def pool(kernel):
    """HugePages_Total, _Free, _Rsvd and _Surp."""
    found = re.findall(r"^HugePages_\w+: +(\d+)$", kernel.cat("/proc/meminfo"), re.MULTILINE)
    return tuple(map(int, found))


def line(kernel, name, path="/proc/1/status"):
    return int(re.search(rf"^{name}:\s+(\d+)", kernel.cat(path), re.MULTILINE)[1])


def test_the_pool_is_taken_out_of_memory_at_boot():
    kernel, _ = machine(4)
    other = Kernel(ram="64 MiB")
    other.spawn()
    assert other.counters["MemFree"] - kernel.counters["MemFree"] == 4 * 2048
    assert pool(kernel) == (4, 4, 0, 0)
    assert line(kernel, "Hugetlb", "/proc/meminfo") == 8192
    half = (64 * 1024 - 8192) // 2
    assert line(kernel, "CommitLimit", "/proc/meminfo") == half


def test_mmap_promises_and_the_first_touch_takes():
    kernel, process = machine(4)
    area = process.mmap(3 * HUGE, hugetlb=True)
    assert pool(kernel) == (4, 4, 3, 0)
    before = process.counters
    process.touch(area, "w", range(0, 2 * 512, 7))
    change = process.counters - before
    assert pool(kernel) == (4, 2, 1, 0)
    assert (change.minflt, change.VmRSS, change.VmPTE) == (2, 0, 8)  # a PUD and a PMD table
    assert line(kernel, "HugetlbPages") == 4096
    smaps = process.smaps(area)
    assert (smaps.Rss, smaps.Private_Hugetlb, smaps.Shared_Hugetlb) == (0, 4096, 0)
    process.munmap(area)
    assert pool(kernel) == (4, 4, 0, 0)
    assert line(kernel, "HugetlbPages") == 0


def test_a_length_is_rounded_up_to_huge_pages():
    _, process = machine(4)
    assert process.mmap(HUGE + 1, hugetlb=True).length == 2 * HUGE


@pytest.mark.parametrize("kind", ["private", "shared"])
def test_what_cannot_be_promised_is_refused_at_mmap(kind):
    kernel, process = machine(4)
    process.mmap(3 * HUGE, kind=kind, hugetlb=True)
    before = process.maps
    with pytest.raises(SystemCallError, match=r"ENOMEM: mmap: 2 pages of 2097152 bytes, 1 of 4"):
        process.mmap(2 * HUGE, kind=kind, hugetlb=True)
    assert process.maps == before
    assert pool(kernel) == (4, 4, 3, 0)
    process.mmap(HUGE, hugetlb=True)


def test_without_a_promise_the_touch_fails():
    kernel, process = machine(1)
    area = process.mmap(2 * HUGE, hugetlb=True, noreserve=True)
    assert pool(kernel) == (1, 1, 0, 0)
    process.write(area.start)
    with pytest.raises(BusError, match="the pool of huge pages has none left") as caught:
        process.write(area.start + HUGE)
    assert caught.value.si_code == "BUS_ADRERR"


def test_what_is_free_but_promised_is_there_for_nobody_else():
    kernel, process = machine(2)
    process.mmap(2 * HUGE, hugetlb=True)
    other = kernel.spawn()
    area = other.mmap(HUGE, hugetlb=True, noreserve=True)
    with pytest.raises(BusError):
        other.read(area.start)


def test_a_child_shares_until_one_writes():
    kernel, process = machine(4)
    area = process.mmap(2 * HUGE, hugetlb=True)
    process.touch(area, "w", (0, 512))
    child = process.fork()
    assert pool(kernel) == (4, 2, 0, 0)
    assert child.read(area.start).value == 1
    assert child.smaps(area).Shared_Hugetlb == 4096
    assert child.write(area.start, 7).reason == "copy-on-write: a copy of its own"
    assert pool(kernel) == (4, 1, 0, 0)
    assert process.read(area.start).value == 1
    assert process.write(area.start).reason == "copy-on-write: the last owner takes the page over"
    child.exit()
    assert pool(kernel) == (4, 2, 0, 0)


def test_a_child_that_finds_the_pool_empty_at_copy_on_write_gets_sigbus():
    _, process = machine(2)
    area = process.mmap(2 * HUGE, hugetlb=True)
    process.touch(area, "w", (0, 512))
    child = process.fork()
    with pytest.raises(BusError, match="the pool of huge pages has none left") as caught:
        child.write(area.start)
    assert [step.question for step in caught.value.outcome.steps][-1] == "pool of huge pages"
    assert process.write(area.start, 9).value == 9


def test_the_owner_takes_its_page_from_the_child():
    _, process = machine(2)
    area = process.mmap(2 * HUGE, hugetlb=True)
    process.touch(area, "w", (0, 512))
    child = process.fork()
    process.write(area.start, 9)
    assert child.smaps(area).Private_Hugetlb + child.smaps(area).Shared_Hugetlb == 2048
    with pytest.raises(BusError):
        child.read(area.start)
    assert child.read(area.start + HUGE).value == 1
    process.exit()
    with pytest.raises(BusError):  # although there is one free now
        child.read(area.start)


def test_promises_are_not_inherited():
    kernel, process = machine(3)
    area = process.mmap(2 * HUGE, hugetlb=True)
    child = process.fork()
    assert pool(kernel) == (3, 3, 2, 0)
    child.write(area.start)
    with pytest.raises(BusError):
        child.write(area.start + HUGE)
    process.touch(area, "w", (0, 512))
    assert pool(kernel) == (3, 0, 0, 0)


def test_shared_pages_are_the_mapping_s_and_seen_by_all():
    kernel, process = machine(3)
    area = process.mmap(2 * HUGE, kind="shared", hugetlb=True)
    child = process.fork()
    child.write(area.start, 5)
    assert process.read(area.start).value == 5
    assert pool(kernel) == (3, 2, 1, 0)
    assert process.smaps(area).Shared_Hugetlb == 2048
    process.exit()
    assert pool(kernel) == (3, 2, 1, 0)
    child.exit()
    assert pool(kernel) == (3, 3, 0, 0)


def test_page_tables_of_many_processes_over_one_region():
    """Incident 1: 8 bytes for each 4 KiB and process, or for each 2 MiB."""
    small, huge = Kernel(ram="32 MiB"), Kernel(ram="32 MiB", hugepages=4)
    tables = {}
    for kernel in (small, huge):
        parent = kernel.spawn()
        area = parent.mmap(8 << 20, kind="shared", hugetlb=kernel is huge, addr=0x1000_0000_0000)
        for _ in range(4):
            child = parent.fork()
            before = child.counters.VmPTE
            child.touch(area, "w", range(0, area.length // PAGE, 1 if kernel is small else 512))
            tables.setdefault(kernel, []).append(child.counters.VmPTE - before)
    assert tables[small] == [4 * 4 + 8] * 4
    assert tables[huge] == [8] * 4


def test_only_whole_pages_can_be_cut_off():
    kernel, process = machine(4)
    area = process.mmap(4 * HUGE, hugetlb=True)
    before = process.maps
    for call in (
        lambda: process.munmap(area.start, PAGE),
        lambda: process.mprotect(area.start + PAGE, "r", HUGE),
        lambda: process.madvise(area.start + PAGE, "dontneed", HUGE),
        lambda: process.madvise(area, "free"),
        lambda: process.madvise(area, "hugepage"),
        lambda: process.mmap(HUGE, hugetlb=True, addr=area.start + PAGE),
    ):
        with pytest.raises(SystemCallError, match="EINVAL"):
            call()
    assert process.maps == before
    process.munmap(area.start + HUGE, HUGE)
    assert pool(kernel) == (4, 4, 3, 0)


def test_forgotten_pages_are_promised_anew():
    kernel, process = machine(2)
    area = process.mmap(2 * HUGE, hugetlb=True)
    process.write(area.start, 3)
    process.madvise(area, "dontneed")
    assert pool(kernel) == (2, 2, 2, 0)
    assert process.read(area.start).value == 0
    assert pool(kernel) == (2, 1, 1, 0)


def test_protection_is_kept_in_entries():
    _, process = machine(2)
    area = process.mmap(HUGE, hugetlb=True)
    process.write(area.start, 3)
    process.mprotect(area, "r")
    assert process.read(area.start).value == 3
    process.mprotect(area, "rw")
    assert process.write(area.start, 4).value == 4


def test_maps_and_smaps_say_what_it_is():
    kernel, process = machine(2)
    area = process.mmap(HUGE, hugetlb=True)
    process.write(area.start)
    text = kernel.cat("/proc/1/smaps")
    part = text[text.index(f"{area.start:08x}-") :].split("VmFlags: ")
    assert part[0].splitlines()[0].endswith("/anon_hugepage (deleted)")
    assert "KernelPageSize:     2048 kB\nMMUPageSize:        2048 kB\n" in part[0]
    assert "Private_Hugetlb:    2048 kB" in part[0]
    assert part[1].splitlines()[0] == "rd wr mr mw me de ht "


def test_pages_beyond_the_pool_are_surplus():
    kernel, process = machine(1)
    kernel.pool.hugetlb.overcommit = 2
    area = process.mmap(3 * HUGE, hugetlb=True)
    assert pool(kernel) == (3, 3, 3, 2)
    with pytest.raises(SystemCallError):
        process.mmap(HUGE, hugetlb=True)
    process.touch(area, "w", (0, 512, 1024))
    process.munmap(area)
    assert pool(kernel) == (1, 1, 0, 0)


def test_the_pool_can_be_resized_down_to_what_is_in_use():
    kernel, process = machine(4)
    area = process.mmap(2 * HUGE, hugetlb=True)
    process.write(area.start)
    kernel.pool.hugetlb.resize(0)
    assert pool(kernel) == (2, 1, 1, 0)
    kernel.pool.hugetlb.resize(1000)  # as many as memory has blocks for
    total, free, *_ = pool(kernel)
    assert 25 < total == free + 1 < 32


def test_they_never_leave_memory():
    _, process = machine(2, ram="5 MiB", swap="8 MiB")
    area = process.mmap(2 * HUGE, hugetlb=True)
    process.touch(area, "w", (0, 512))
    room = process.mmap(300 * PAGE)
    for _ in range(2):
        process.touch(room)
    assert process.touch(area, "r", (0, 512)) == {"hit": 2}


def test_a_machine_without_huge_pages_has_no_pool():
    from pagesim import PagingMode

    kernel = Kernel(PagingMode("flat", (9, 9, 9), page_shift=12), ram="4 MiB")
    with pytest.raises(SystemCallError, match="EINVAL: mmap: flat has no huge pages"):
        kernel.spawn().mmap(HUGE, hugetlb=True)
    with pytest.raises(ValueError, match="hugepages 3000 is outside"):
        Kernel(ram="4 MiB", hugepages=3000)
