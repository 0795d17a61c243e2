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
}


def test_both_have_the_same_cases():
    assert list(SIMULATED) == list(refused_by_linux.CASES)


@pytest.mark.parametrize("case", SIMULATED)
def test_linux_and_the_simulator_refuse_alike(case, process, real):
    if "collapse" in case and not os.path.exists("/sys/kernel/mm/transparent_hugepage"):
        pytest.skip("this kernel has no huge pages")
    try:
        SIMULATED[case](process)
        said = ""
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
