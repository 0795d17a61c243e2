"""Page replacement against textbook answers, its theorems, and slow models written another way."""

import random as stdlib_random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim.replacement import POLICIES, simulate, working_set

BELADY = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]
# Silberschatz, Galvin, Gagne, Operating System Concepts, fig. 10.12-10.15 (three frames)
SILBERSCHATZ = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1]
# OSTEP ch. 22, fig. 22.1-22.5 (three frames)
OSTEP = [0, 1, 2, 0, 1, 3, 0, 3, 1, 2, 1]

strings = st.lists(st.integers(0, 12), max_size=60)
sizes = st.integers(1, 9)


def run(policy, pages, frames, seed=0):
    """One contract for all: the working set is given a window instead of frames."""
    if policy == "working-set":
        return working_set(pages, frames)
    return simulate(pages, frames, policy, seed)


# -- the contract that every policy keeps ----------------------------------------------------------

every_policy = pytest.mark.parametrize("policy", [*POLICIES, "working-set"])


@every_policy
@given(strings, sizes)
def test_every_access_is_a_hit_or_a_fault(policy, pages, frames):
    result = run(policy, pages, frames)
    assert result.hits + result.faults == len(pages)
    assert sorted(set(result.fault_at)) == list(result.fault_at)


@every_policy
@given(strings, sizes)
def test_first_use_of_a_page_faults_and_its_immediate_reuse_hits(policy, pages, frames):
    faulted = set(run(policy, pages, frames).fault_at.tolist())
    for when, page in enumerate(pages):
        if page not in pages[:when]:
            assert when in faulted
        elif page == pages[when - 1]:
            assert when not in faulted


@every_policy
@given(strings)
def test_with_room_for_everything_only_first_uses_fault(policy, pages):
    assert run(policy, pages, len(pages) + 1).faults == len(set(pages))


@every_policy
@given(strings)
def test_with_one_frame_every_change_of_page_faults(policy, pages):
    changes = sum(page != before for before, page in zip([None, *pages], pages, strict=False))
    assert run(policy, pages, 1).faults == changes


@every_policy
@given(strings, sizes, st.integers(0, 3))
def test_same_run_twice_and_in_any_integer_type(policy, pages, frames, seed):
    once = run(policy, pages, frames, seed)
    again = run(policy, np.array(pages, np.uint16), frames, seed)
    assert once.fault_at.tolist() == again.fault_at.tolist()


@every_policy
@given(strings, sizes)
def test_only_which_pages_are_equal_matters(policy, pages, frames):
    far = [page * 0x1234_5678_9ABC + 7 for page in pages]
    assert run(policy, far, frames).faults == run(policy, pages, frames).faults


@every_policy
@given(strings, sizes)
def test_no_policy_beats_opt(policy, pages, frames):
    assert run(policy, pages, frames).faults >= simulate(pages, frames, "opt").faults


@every_policy
@pytest.mark.parametrize(
    ("pages", "frames", "message"),
    [
        ([1, -2], 3, r"page -2 is outside 0\.\."),
        ([1.5], 3, "pages of float64"),
        ([[1, 2], [3, 4]], 3, r"in shape \(2, 2\): not a row"),
        ([1], 0, r" 0 is outside 1\.\."),
        ([1], "3", "'3' is not a whole number"),
    ],
)
def test_mistakes_are_named(policy, pages, frames, message):
    with pytest.raises(ValueError, match=message):
        run(policy, pages, frames)


def test_unknown_policy_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'mru' is not one of fifo, lru, clock"):
        simulate([1], 1, "mru")


# -- the timeline ----------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES)
@given(pages=strings, frames=sizes)
def test_timeline_tells_one_consistent_story(policy, pages, frames):
    result = simulate(pages, frames, policy)
    line = result.timeline
    before = [-1] * frames
    for when, page in enumerate(pages):
        now = line.resident[when].tolist()
        assert now[line.frame[when]] == page
        assert line.fault[when] == (page not in before)
        gone = set(before) - set(now) - {-1}
        assert gone == ({int(line.victim[when])} - {-1})
        # a page only leaves when no frame is empty
        assert not gone or -1 not in before
        assert sum(a != b for a, b in zip(before, now, strict=True)) == line.fault[when]
        before = now
    assert line.victim[line.victim >= 0].tolist() == result.victims.tolist()


@given(strings, sizes)
def test_clock_hand_and_bits_explain_every_victim(pages, frames):
    """From one row of the timeline the next follows by the rule, worked here on its own."""
    line = simulate(pages, frames, "clock").timeline
    bits, hand = [False] * frames, 0
    for when in range(len(pages)):
        if line.fault[when]:
            while bits[hand]:
                bits[hand] = False
                hand = (hand + 1) % frames
            assert line.frame[when] == hand
            hand = (hand + 1) % frames
        bits[line.frame[when]] = True
        assert line.referenced[when].tolist() == bits
        assert line.hand[when] == hand


def test_a_timeline_too_large_to_look_at_is_refused():
    with pytest.raises(ValueError, match="a timeline of 10000 accesses in 10000 frames"):
        _ = simulate(range(10_000), 10_000, "fifo").timeline


# -- textbook answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "faults"), [("fifo", 15), ("lru", 12), ("opt", 9)], ids=lambda value: str(value)
)
def test_silberschatz_three_frames(policy, faults):
    assert simulate(SILBERSCHATZ, 3, policy).faults == faults


@pytest.mark.parametrize(
    ("policy", "hits", "victims"),
    [("opt", 6, [2]), ("fifo", 4, [0, 1, 2, 3]), ("lru", 6, [2, 0])],
)
def test_ostep_three_frames(policy, hits, victims):
    result = simulate(OSTEP, 3, policy)
    assert result.hits == hits
    if policy == "opt":  # OSTEP evicts 2, then either of two pages that are never used again
        assert result.victims.tolist()[:1] == victims
    else:
        assert result.victims.tolist() == victims


def test_beladys_anomaly():
    assert [simulate(BELADY, frames, "fifo").faults for frames in (3, 4)] == [9, 10]


def test_clock_by_hand():
    """Worked on paper: 1 2 3 fill; 4 clears all three bits and takes 1's frame; 2 sets its bit
    again; 5 passes 2 and takes 3's frame."""
    result = simulate([1, 2, 3, 4, 2, 5], 3, "clock")
    assert result.victims.tolist() == [1, 3]
    assert result.timeline.hand.tolist() == [1, 2, 0, 1, 1, 0]
    assert result.timeline.referenced[3].tolist() == [True, False, False]
    assert result.timeline.referenced[5].tolist() == [True, False, True]


def test_loop_one_page_larger_than_memory():
    """The worst case of LRU: every access faults; OPT keeps all but one page."""
    loop = list(range(5)) * 20
    assert simulate(loop, 4, "lru").hits == 0
    assert simulate(loop, 4, "fifo").hits == 0
    # OPT misses once per frames accesses (Mattson et al. 1970): 5 cold faults, then 95 / 4
    assert simulate(loop, 4, "opt").faults == 5 + 95 // 4


# -- theorems --------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["lru", "opt"])
@given(pages=strings, frames=sizes)
def test_stack_property(policy, pages, frames):
    """With one more frame, a stack algorithm holds everything it held, at every moment."""
    small = simulate(pages, frames, policy).timeline.resident
    large = simulate(pages, frames + 1, policy).timeline.resident
    for few, more in zip(small, large, strict=True):
        assert set(few.tolist()) <= set(more.tolist()) | {-1}


@given(strings, sizes)
def test_second_chance_is_clock_as_a_queue(pages, frames):
    queue, circle = (simulate(pages, frames, policy) for policy in ("second-chance", "clock"))
    assert queue.fault_at.tolist() == circle.fault_at.tolist()
    assert queue.victims.tolist() == circle.victims.tolist()


@given(strings, sizes)
def test_lru_holds_the_working_set_of_as_many_accesses(pages, window):
    """The pages of the last k accesses are among the k most recently used."""
    recent = working_set(pages, window)
    assert simulate(pages, window, "lru").faults <= recent.faults
    assert all(size <= window for size in recent.size)


def test_random_depends_on_its_seed_alone():
    pages = stdlib_random.Random(1).choices(range(20), k=500)
    faults = {seed: simulate(pages, 6, "random", seed).faults for seed in range(20)}
    assert len(set(faults.values())) > 1
    assert faults == {seed: simulate(pages, 6, "random", seed).faults for seed in range(20)}


# -- slow and obvious models -----------------------------------------------------------------------


def slow_victims(policy, pages, frames):
    """A list of [page, loaded at, used at], searched from scratch for every victim."""
    memory, victims = [], []
    for now, page in enumerate(pages):
        found = [entry for entry in memory if entry[0] == page]
        if found:
            found[0][2] = now
            continue
        if len(memory) == frames:
            future = pages[now:]
            keys = {
                "fifo": lambda entry: entry[1],
                "lru": lambda entry: entry[2],
                "opt": lambda entry, future=future: (
                    -(future.index(entry[0]) if entry[0] in future else len(future)), entry[2],
                ),
            }  # fmt: skip
            victim = min(memory, key=keys[policy])
            memory.remove(victim)
            victims.append(victim[0])
        memory.append([page, now, now])
    return victims


@pytest.mark.parametrize("policy", ["fifo", "lru", "opt"])
@given(pages=strings, frames=sizes)
def test_victims_equal_the_slow_model(policy, pages, frames):
    assert simulate(pages, frames, policy).victims.tolist() == slow_victims(policy, pages, frames)


@given(strings, sizes)
def test_working_set_equals_its_definition(pages, window):
    result = working_set(pages, window)
    recent = [set(pages[max(0, t + 1 - window) : t + 1]) for t in range(len(pages))]
    assert result.size.tolist() == [len(one) for one in recent]
    faults = [t for t, page in enumerate(pages) if t == 0 or page not in recent[t - 1]]
    assert result.fault_at.tolist() == faults
