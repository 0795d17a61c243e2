"""Page replacement against textbook answers, its theorems, and slow models written another way."""

import random as stdlib_random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim.replacement import POLICIES, Start, simulate, working_set

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


@pytest.mark.parametrize("policy", [name for name, rule in POLICIES.items() if rule.loop])
@given(pages=strings, frames=sizes, seed=st.integers(0, 3))
def test_one_access_at_a_time_and_the_whole_string_at_once_are_the_same(
    policy, pages, frames, seed
):
    """Policies are written twice, readable and fast."""
    result = simulate(pages, frames, policy, seed)
    assert np.flatnonzero(result.timeline.fault).tolist() == result.fault_at.tolist()
    assert result.timeline.frame[result.fault_at].tolist() == result.frame.tolist()


def test_a_timeline_too_large_to_look_at_is_refused():
    with pytest.raises(ValueError, match="a timeline of 10000 accesses in 10000 frames"):
        _ = simulate(range(10_000), 10_000, "fifo").timeline


@pytest.mark.parametrize("policy", POLICIES)
def test_frames_that_no_page_ever_fills_cost_nothing(policy):
    result = simulate([], 1 << 40, policy)
    assert result.timeline.resident.shape == (0, 1 << 40)
    assert simulate([7, 8, 7], 1 << 40, policy).after(3).pages == [7, 8]


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


def test_tanenbaum_four_frames_and_who_leaves():
    """Modern Operating Systems, ch. 3, problems: four pages with times and bits; who is replaced?

    page  loaded  last used  R  M
      0     126      280     1  0
      1     230      265     0  1
      2     140      270     0  0
      3     110      285     1  1
    """
    used, written = {0: 1, 1: 0, 2: 0, 3: 1}, {0: 0, 1: 1, 2: 0, 3: 1}

    def victim(policy, order):
        bits = {"referenced": [used[p] for p in order], "dirty": [written[p] for p in order]}
        return simulate([9], 4, policy, start=Start(order, **bits)).victims.tolist()

    came, last_used = [3, 0, 2, 1], [1, 2, 0, 3]
    assert victim("nru", [0, 1, 2, 3]) == [2]
    assert victim("fifo", came) == [3]
    assert victim("lru", last_used) == [1]
    assert victim("second-chance", came) == [2]
    assert victim("clock", came) == [2]


def test_tanenbaum_aging_of_six_pages_over_five_ticks():
    """Modern Operating Systems, fig. 3-17; a page used twice between two ticks counts once."""
    ticks = ["101011", "110010", "110101", "100010", "011000"]
    string = []
    for bits in ticks:
        used = [page for page, bit in enumerate(bits) if bit == "1"]
        string += used + used[-1:] * (4 - len(used))
    result = simulate([*string, 9], 6, "aging", start=Start(range(6)), tick=4)
    counters = [[f"{age:08b}" for age in row] for row in result.timeline.ages[3:20:4]]
    assert counters == [
        ["10000000", "00000000", "10000000", "00000000", "10000000", "10000000"],
        ["11000000", "10000000", "01000000", "00000000", "11000000", "01000000"],
        ["11100000", "11000000", "00100000", "10000000", "01100000", "10100000"],
        ["11110000", "01100000", "00010000", "01000000", "10110000", "01010000"],
        ["01111000", "10110000", "10001000", "00100000", "01011000", "00101000"],
    ]
    assert result.victims.tolist() == [3]


@pytest.mark.parametrize(
    ("used", "written", "hand", "victim", "left"),
    [
        ("1100", "1010", 0, 3, "1100"),  # 3 is clean and unused: nobody loses a bit
        ("1001", "1010", 0, 1, "1001"),
        ("1001", "1110", 0, 1, "0001"),  # none is clean and unused: 0 is passed, and loses its bit
        ("1001", "0111", 2, 2, "1001"),
        ("1111", "1011", 0, 1, "0000"),  # all were used: the third turn finds the clean one
        ("1111", "1111", 2, 2, "0000"),  # and all written: the fourth takes the one at the hand
    ],
)
def test_the_four_turns_of_the_enhanced_clock(used, written, hand, victim, left):
    """Stallings, Operating Systems, sec. 8.2: use and modify bits."""
    start = Start(range(4), hand, [bit == "1" for bit in used], [bit == "1" for bit in written])
    line = simulate([9], 4, "enhanced-clock", start=start).timeline
    assert (line.victim[0], line.hand[0]) == (victim, (victim + 1) % 4)
    bits = ["1" if bit else "0" for bit in line.referenced[0]]
    assert bits[victim] == "1"
    del bits[victim]
    assert "".join(bits) == left[:victim] + left[victim + 1 :]


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
                    -(future.index(entry[0]) if entry[0] in future else len(future)),
                    entry[2],
                ),
            }
            victim = min(memory, key=keys[policy])
            memory.remove(victim)
            victims.append(victim[0])
        memory.append([page, now, now])
    return victims


@pytest.mark.parametrize("policy", ["fifo", "lru", "opt"])
@given(pages=strings, frames=sizes)
def test_victims_equal_the_slow_model(policy, pages, frames):
    assert simulate(pages, frames, policy).victims.tolist() == slow_victims(policy, pages, frames)


accesses = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=60)
bits = st.lists(st.booleans(), min_size=9, max_size=9)


@st.composite
def starts(draw, frames):
    """What is in memory, with bits; not always all of it is full."""
    pages = draw(st.lists(st.integers(0, 9), max_size=frames, unique=True))
    hand = draw(st.integers(0, frames - 1)) if len(pages) == frames else 0
    used, written = (draw(bits)[: len(pages)] for _ in range(2))
    ages = draw(st.lists(st.integers(0, 255), min_size=len(pages), max_size=len(pages)))
    return Start(pages, hand, used, written, ages)


def queue_model(policy, accesses, frames, start, tick):
    """One list of pages, the next one to be looked at first, and what is known of each of them."""
    count = len(start.pages)
    order = [(start.hand + n) % count for n in range(count)]
    memory = [
        {
            "page": start.pages[n],
            "frame": n,
            "used": bool(start.referenced[n]),
            "dirty": bool(start.dirty[n]),
            "past": f"{start.ages[n]:08b}",
        }
        for n in order
    ]
    victims, written_back, string = [], 0, [page for page, _ in accesses]

    def first(*wanted):
        """The first in the queue with these bits, dirty last; None if there is none."""
        return next((p for p in memory if (p["used"], p["dirty"]) in wanted), None)

    def choose(now):
        if policy in ("fifo", "lru"):
            return memory[0]
        if policy == "opt":
            future = string[now:]
            return max(
                memory,
                key=lambda p: (
                    future.index(p["page"]) if p["page"] in future else len(string),
                    -p.get("last", memory.index(p) - 99),
                ),
            )
        if policy == "nru":
            return min(memory, key=lambda p: (p["used"], p["dirty"], p["frame"]))
        if policy == "aging":
            return min(memory, key=lambda p: (p["used"], p["past"], p["frame"]))
        assert policy in ("clock", "second-chance", "enhanced-clock"), f"say how {policy} chooses"
        if policy == "enhanced-clock" and first((False, False)):
            return first((False, False))
        found = first((False, True), (False, False))
        for each in memory[: memory.index(found)] if found else memory:
            each["used"] = False
        return found or (first((False, False)) if policy == "enhanced-clock" else None) or memory[0]

    for now, (page, write) in enumerate(accesses):
        found = next((p for p in memory if p["page"] == page), None)
        if found is None:
            frame = len(memory)
            if frame == frames:
                victim = choose(now)
                victims.append(victim["page"])
                written_back += victim["dirty"]
                at = memory.index(victim)
                if policy not in ("fifo", "lru"):  # all before it go back
                    memory[:] = memory[at:] + memory[:at]
                memory.remove(victim)
                frame = victim["frame"]
            found = {"page": page, "frame": frame, "dirty": False, "past": "00000000"}
            memory.append(found)
        if policy == "lru":
            memory.remove(found)
            memory.append(found)
        found.update(used=True, dirty=found["dirty"] or write, last=now)
        if policy in ("nru", "aging") and not (now + 1) % tick:
            for each in memory:
                each["past"] = "01"[each["used"]] + each["past"][:-1]
                each["used"] = False
    return victims, written_back


@pytest.mark.parametrize("policy", [name for name in POLICIES if name != "random"])
@given(data=st.data(), accesses=accesses, frames=st.integers(1, 6), tick=st.integers(1, 9))
def test_every_policy_from_any_start_equals_a_list_of_pages(policy, data, accesses, frames, tick):
    start = data.draw(starts(frames))
    pages, writes = [page for page, _ in accesses], [write for _, write in accesses]
    result = simulate(pages, frames, policy, writes=writes, start=start, tick=tick)
    victims, written_back = queue_model(policy, accesses, frames, start, tick)
    assert result.victims.tolist() == victims
    assert result.write_backs == written_back


@pytest.mark.parametrize(
    "policy", ["fifo", "lru", "clock", "second-chance", "nru", "enhanced-clock", "aging"]
)
@given(accesses=accesses, frames=st.integers(1, 6), ticks=st.integers(0, 8))
def test_a_run_can_be_stopped_and_gone_on_with(policy, accesses, frames, ticks):
    """What the timeline shows is all that a policy knows."""
    cut = min(4 * ticks, len(accesses))
    pages, writes = [page for page, _ in accesses], [write for _, write in accesses]
    whole = simulate(pages, frames, policy, writes=writes, tick=4)
    memory, line = whole.after(cut), whole.timeline
    there = list(memory)
    if policy == "lru":  # its order is that of the last uses
        there.sort(key=memory.since, reverse=True)
    hand = 0 if policy == "lru" or len(there) < frames or line.hand is None else memory.first
    start = Start(
        [memory.pages[n] for n in there],
        hand,
        [memory.referenced(n) for n in there],
        [memory.dirty(n) for n in there],
        [memory.age(n) for n in there],
    )
    rest = simulate(pages[cut:], frames, policy, writes=writes[cut:], start=start, tick=4)
    assert rest.victims.tolist() == line.victim[cut:][line.victim[cut:] >= 0].tolist()


@given(accesses, st.integers(1, 6))
def test_the_enhanced_clock_takes_a_clean_page_wherever_a_clean_one_rests(accesses, frames):
    pages, writes = [page for page, _ in accesses], [write for _, write in accesses]
    line = simulate(pages, frames, "enhanced-clock", writes=writes).timeline
    for when in range(1, len(pages)):
        if line.victim[when] >= 0:
            clean = ~line.referenced[when - 1] & ~line.dirty[when - 1]
            assert clean[line.frame[when]] == clean.any()


def test_clean_pages_cost_no_writing():
    """Half of the pages are only read; the enhanced clock keeps those that are written longer."""
    rng = stdlib_random.Random(2)
    pages = [rng.randrange(24) for _ in range(3000)]
    writes = [page < 12 for page in pages]
    plain, enhanced = (
        simulate(pages, 12, policy, writes=writes) for policy in ("clock", "enhanced-clock")
    )
    assert enhanced.write_backs < 0.9 * plain.write_backs
    assert enhanced.faults == pytest.approx(plain.faults, rel=0.05)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"writes": [True]}, "writes has length 1, and pages has length 3"),
        ({"tick": 0}, r"tick 0 is outside 1\.\."),
        ({"start": Start([1, 2, 3, 4])}, "4 pages do not fit into 3 frames"),
        ({"start": Start([1, 2, 3], hand=3)}, r"hand 3 is outside 0\.\.2"),
        ({"start": Start([1, 2], hand=1)}, r"hand 1 is outside 0\.\.0 \(empty frames\)"),
    ],
)
def test_a_run_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate([1, 2, 3], 3, "clock", **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 1],), "page 1 is there twice"),
        (([-1],), "page -1 is outside"),
        (([1, 2], 0, [True]), "referenced has 1 of the 2 pages' bits"),
    ],
)
def test_a_start_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Start(*arguments)


@given(strings, sizes)
def test_working_set_equals_its_definition(pages, window):
    result = working_set(pages, window)
    recent = [set(pages[max(0, t + 1 - window) : t + 1]) for t in range(len(pages))]
    assert result.size.tolist() == [len(one) for one in recent]
    faults = [t for t, page in enumerate(pages) if t == 0 or page not in recent[t - 1]]
    assert result.fault_at.tolist() == faults
