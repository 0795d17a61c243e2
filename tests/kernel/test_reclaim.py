"""Replacement as a process meets it: in a machine whose last frame is in use."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagesim.kernel import Kernel
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


@pytest.mark.parametrize("policy", ["fifo", "lru", "clock"])
@settings(max_examples=30, deadline=None)
@given(pages=st.lists(st.integers(0, 7), min_size=1, max_size=40), frames=st.integers(2, 6))
def test_the_kernel_and_the_simulation_count_the_same(policy, pages, frames):
    """The kernel's clock reads accessed bits from page-table entries, and its hand goes round all
    of RAM; still it makes the decisions of the simulated one."""
    assert faults(pages, frames, policy) == simulate(pages, frames, policy).faults


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
        runs = [(process, process.mmap(6 * PAGE)) for process in
                (kernel.spawn() for _ in range(processes))]  # fmt: skip
        for _ in range(10):
            for process, area in runs:
                process.touch(area)
        return sum(process.majflt for process, _ in runs)

    assert run(1) == 0
    assert run(2) == 2 * 6 * 9  # every access after the first round
