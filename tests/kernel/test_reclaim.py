"""Replacement as a process meets it: in a machine whose last frame is in use."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim.kernel import Kernel, SwapFull
from pagesim.kernel.reclaim import Reclaim
from pagesim.kernel.swap import Swap
from pagesim.replacement import simulate

PAGE = 4096
BELADY = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]
TABLES = 4  # a root and one table of each level


def faults(pages, frames, policy, **machine):
    """Run a reference string in a process that has this many frames for its pages."""
    kernel = Kernel(ram=(frames + TABLES) * PAGE, swap="1 MiB", policy=policy, **machine)
    process = kernel.spawn()
    area = process.mmap(64 * PAGE)
    count = sum(process.write(area.start + page * PAGE).kind != "hit" for page in pages)
    assert kernel.memory.free_frames == max(frames - len(set(pages)), 0)
    return count


def test_beladys_anomaly_in_a_real_process():
    """One more frame, one more fault, with page tables, swap and all."""
    assert [faults(BELADY, frames, "fifo") for frames in (3, 4)] == [9, 10]


def test_lru_has_no_anomaly():
    assert [faults(BELADY, frames, "lru") for frames in (3, 4)] == [10, 8]


@pytest.mark.parametrize("policy", ["fifo", "lru", "clock", "second-chance"])
@given(pages=st.lists(st.integers(0, 7), min_size=1, max_size=40), frames=st.integers(2, 6))
def test_the_kernel_and_the_simulation_count_the_same(policy, pages, frames):
    """The kernel's clock reads accessed bits from page-table entries, and its hand goes round all
    of RAM; still it makes the decisions of the simulated one."""
    assert faults(pages, frames, policy) == simulate(pages, frames, policy).faults


@pytest.mark.parametrize("policy", [name for name in Reclaim.POLICIES if name != "random"])
@given(
    accesses=st.lists(st.tuples(st.integers(0, 7), st.booleans()), min_size=1, max_size=40),
    frames=st.integers(2, 6),
    tick=st.integers(1, 9),
)
def test_pages_of_a_file_leave_as_in_the_simulation(policy, accesses, frames, tick):
    """Reads leave pages clean, writes make them dirty: the entries' bits decide, and what has to
    be written back is the same."""
    kernel = Kernel(ram=(frames + TABLES) * PAGE, policy=policy)
    kernel.reclaim.tick = tick
    process = kernel.spawn()
    area = process.mmap(8 * PAGE, kind="shared", file=kernel.file("/data", bytes(8 * PAGE)))
    process.madvise(area, "random")
    for page, write in accesses:
        access = process.write if write else process.read
        access(area.start + page * PAGE)
    pages, writes = zip(*accesses, strict=True)
    expected = simulate(pages, frames, policy, writes=writes, tick=tick)
    assert process.majflt == expected.faults
    assert kernel.counters["pgpgout"] * 1024 == expected.write_backs * PAGE


def test_a_swap_disk_costs_what_is_used_of_it():
    """64 GiB are 16 million slots; none of them is anything before a page goes there."""
    tracemalloc.start()
    kernel = Kernel(ram=(2 + TABLES) * PAGE, swap="64 GiB")
    area = kernel.spawn().mmap(8 * PAGE)
    tally = next(iter(kernel.processes.values())).touch(area)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20
    assert tally == {"minor": 8}
    swap = kernel.pool.swap
    assert sorted(swap.used) == [1, 2, 3, 4, 5, 6]
    assert swap.free == (64 << 30) // PAGE - 6
    assert kernel.counters["SwapTotal"] == 64 << 20


def test_the_lowest_free_slot_is_taken():
    swap = Swap(slots=4)
    slots = [swap.take() for _ in range(3)]
    swap.give(slots[1])
    swap.give(slots[0])
    assert [swap.take().index for _ in range(3)] == [1, 2, 4]
    with pytest.raises(SwapFull, match="all of its 4 slots"):
        swap.take()


def test_random_is_random_by_seed():
    pages = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4] * 4
    counts = [faults(pages, 4, "random", seed=seed) for seed in range(8)]
    assert counts == [faults(pages, 4, "random", seed=seed) for seed in range(8)]
    assert len(set(counts)) > 1


def test_the_hand_of_the_clock_can_be_watched():
    kernel = Kernel(ram=(3 + TABLES) * PAGE, swap="1 MiB", policy="clock")
    process = kernel.spawn()
    area = process.mmap(8 * PAGE)
    where = [process.write(area.start + page * PAGE).translation.pa // PAGE for page in (0, 1, 2)]
    outcome = process.write(area.start + 3 * PAGE)  # all three are referenced: the first leaves
    assert outcome.evicted[0].pfn == outcome.translation.pa // PAGE == where[0]
    assert kernel.reclaim.hand == where[0] + 1


def test_thrashing_two_processes_that_would_fit_alone():
    """Each touches 6 pages in a loop; 8 frames for pages serve one of them, not both."""

    def run(processes):
        kernel = Kernel(ram=(8 + TABLES * processes) * PAGE, swap="1 MiB", policy="lru")
        runs = [
            (process, process.mmap(6 * PAGE))
            for process in (kernel.spawn() for _ in range(processes))
        ]
        for _ in range(10):
            for process, area in runs:
                process.touch(area)
        return sum(process.majflt for process, _ in runs)

    assert run(1) == 0
    assert run(2) == 2 * 6 * 9  # every access after the first round


def test_what_goes_to_swap_was_written_to_a_disk():
    """Linux 6.18 counts 8 MiB paged out to swap as 2,048 in pswpout and 8,192 KiB in pgpgout, and
    so on the way back: block/blk-core.c, `submit_bio`, counts every disk."""
    kernel = Kernel(ram="32 MiB", swap="16 MiB")
    process = kernel.spawn()
    area = process.mmap(8 << 20)
    process.touch(area, "w")
    process.madvise(area, "pageout")
    out = kernel.counters
    assert (out["pswpout"], out["pgpgout"], out["pgpgin"]) == (2048, 8192, 0)
    process.touch(area, "r")
    back = kernel.counters
    assert (back["pswpin"], back["pgpgin"], back["pgpgout"]) == (2048, 8192, 8192)
