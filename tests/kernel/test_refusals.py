"""What Linux refuses, the simulator refuses, with the same errno or signal."""

import os
from pathlib import Path

import pytest

from pagesim.host import Unavailable
from pagesim.host.helper import in_helper
from pagesim.kernel import AccessError, Kernel, SystemCallError

from . import refused_by_linux

PAGE = 4096
HUGE = 2 << 20
HOME = 0x1000_0000_0000
pytestmark = pytest.mark.xdist_group("prediction")


@pytest.fixture(scope="module")
def real():
    """What this machine's kernel said, by case."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        try:
            return in_helper(refused_by_linux.run_all, timeout=120)
        except Unavailable as why:
            pytest.skip(str(why))


@pytest.fixture
def process():
    return Kernel(ram="32 MiB").spawn()


def limited(process, pages):
    process.memlock = pages * PAGE
    return process


def lock(process, pages, of=32, prot="rw"):
    process.mlock(process.mmap(of * PAGE, prot).start, pages * PAGE)


def lock_twice(process):
    start = process.mmap(32 * PAGE).start
    process.mlock(start, 16 * PAGE)
    process.mlock(start + 8 * PAGE, 8 * PAGE)


def lock_hole(process):
    area = process.mmap(8 * PAGE)
    process.munmap(area.start + 4 * PAGE, PAGE)
    process.mlock(area.start, 8 * PAGE)


def lock_future(process):
    process.mlockall(current=False, future=True)
    process.mmap(17 * PAGE)


def advise_locked(advice):
    def do(process):
        area = process.mmap(8 * PAGE)
        process.mlock(area)
        process.madvise(area.start, advice, area.length)

    return do


def free_file(process):
    file = process.kernel.file("file", bytes(8 * PAGE), on_disk=False)
    process.madvise(process.mmap(8 * PAGE, kind="shared", file=file), "free")


def collapse(advice):
    def do(process):
        area = process.mmap(HUGE)
        process.madvise(area, advice)
        process.madvise(area.start, "collapse", HUGE)

    return do


def grow_into_neighbour(process):
    area = process.mmap(8 * PAGE, addr=HOME)
    process.mmap(PAGE, "", addr=area.end)
    process.mremap(area, 9 * PAGE)


def truncated(page, kind):
    def do(process):
        file = process.kernel.file("/memfd:file", bytes(8 * PAGE), on_disk=False)
        area = process.mmap(8 * PAGE, kind=kind, file=file)
        process.touch(area)
        process.kernel.truncate(file, 4 * PAGE)
        process.read(area.start + page * PAGE)

    return do


def full_file_system(process):
    shm = process.kernel.tmpfs("64 KiB")
    file = process.kernel.file("/mnt/file", b"", on_disk=False, size=32 * PAGE, tmpfs=shm)
    process.touch(process.mmap(32 * PAGE, kind="shared", file=file), "w", range(17))


def overcommit(more, noreserve=False):
    def do(process):
        process.kernel.vm.overcommit_memory = 0
        process.mmap((32 << 20) + more, noreserve=noreserve)

    return do


def too_many_areas(process):
    process.kernel.vm.max_map_count = limit = 530  # of 65,530
    area = process.mmap(1400 * PAGE, addr=HOME)
    for page in range(1, 1400, 2):
        try:
            process.mprotect(area.start + page * PAGE, "r", PAGE)
        except SystemCallError as refused:
            there = len(process.areas)
            return f"{refused.name}, {'at' if limit - 2 < there <= limit else there} the limit"
    return ""


SIMULATED = {
    "lock more than the limit": lambda process: lock(limited(process, 16), 17),
    "lock as much as the limit": lambda process: lock(limited(process, 16), 16),
    "lock again what is locked": lambda process: lock_twice(limited(process, 16)),
    "lock where nothing may be locked": lambda process: lock(limited(process, 0), 1),
    "lock a hole": lock_hole,
    "lock what nobody may touch": lambda process: lock(process, 8, 8, ""),
    "map locked more than the limit": lambda process: limited(process, 16).mmap(
        17 * PAGE, locked=True
    ),
    "map more than the limit, all to be locked": lambda process: lock_future(limited(process, 16)),
    "lock all, which is more than the limit": lambda process: limited(process, 16).mlockall(),
    "forget what is locked": advise_locked("dontneed"),
    "free what is locked": advise_locked("free"),
    "cool what is locked": advise_locked("cold"),
    "send out what is locked": advise_locked("pageout"),
    "free a file": free_file,
    "collapse what was never touched": collapse("hugepage"),
    "collapse where huge pages are refused": collapse("nohugepage"),
    "grow into a neighbour": grow_into_neighbour,
    "remap what is not mapped": lambda process: process.mremap(
        HOME, 16 * PAGE, 8 * PAGE, may_move=True
    ),
    "grow more than one area": lambda process: process.mremap(
        process.mmap(8 * PAGE, addr=HOME).start, 16 * PAGE, 9 * PAGE, may_move=True
    ),
    "remap to nothing": lambda process: process.mremap(process.mmap(8 * PAGE), 0),
    "remap onto itself": lambda process: process.mremap(
        process.mmap(8 * PAGE, addr=HOME), 8 * PAGE, addr=HOME + 4 * PAGE
    ),
    "touch what a file has kept": truncated(3, "shared"),
    "touch what a file has lost": truncated(4, "shared"),
    "touch one's own copy of what a file has lost": truncated(4, "private"),
    "fill a file system in memory": full_file_system,
    "map a huge page of an empty pool": lambda process: process.mmap(HUGE, hugetlb=True),
    "touch a huge page of an empty pool": lambda process: process.touch(
        process.mmap(HUGE, hugetlb=True, noreserve=True)
    ),
    "map more than RAM and swap": overcommit(PAGE),
    "map as much as RAM and swap": overcommit(0),
    "map more than RAM and swap, unpromised": overcommit(PAGE, noreserve=True),
    "cut an area into too many": too_many_areas,
}


def test_both_have_the_same_cases():
    assert list(SIMULATED) == list(refused_by_linux.CASES)


@pytest.mark.parametrize("case", SIMULATED)
def test_linux_and_the_simulator_refuse_alike(case, process, real):
    if "collapse" in case and not os.path.exists("/sys/kernel/mm/transparent_hugepage"):
        pytest.skip("this kernel has no huge pages")
    if real[case] == "unavailable":
        pytest.skip("this machine is set up otherwise, or does not let an ordinary user do it")
    try:
        said = SIMULATED[case](process)
        said = said if isinstance(said, str) else ""
    except SystemCallError as refused:
        said = refused.name
    except AccessError as refused:
        said = refused.outcome.kind
    assert said == real[case]


def test_an_error_has_a_number_and_a_sentence(process):
    import errno

    with pytest.raises(OSError, match="RLIMIT_MEMLOCK is 65536") as caught:
        SIMULATED["lock more than the limit"](process)
    assert caught.value.errno == errno.ENOMEM
    assert str(caught.value).startswith("ENOMEM: mlock: 0 bytes are locked, 69632 more")
