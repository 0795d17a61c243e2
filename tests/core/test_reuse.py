"""LRU for every size at once, against stacks moved one access at a time and textbook counts."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim.reuse import (
    NEVER,
    Hierarchy,
    Stack,
    keys,
    lru_hits,
    miss_ratio_curve,
    nesting,
    peeling,
)
from pagesim.reuse.nesting import add_earlier_smaller, depths
from pagesim.traces import RECORDED, Runs, chase, collapse, loop, phases, recorded, zipf

HUGE = 2**63 - 1

# Few pages, so that they come back; with or without high bits that no 32-bit word could hold.
LOW = st.integers(0, 40)
HIGH = st.sampled_from([0, 1 << 31, 1 << 40, 1 << 52, HUGE - 63])
PAGES = st.builds(lambda low, high: low + high, LOW, HIGH)
STRINGS = st.one_of(
    st.lists(LOW, min_size=1, max_size=300),
    st.lists(PAGES, min_size=1, max_size=300),
    st.lists(st.sampled_from([HUGE, HUGE - 1, 0, 1]), min_size=1, max_size=100),
)
SETS = st.sampled_from([1, 2, 4, 8, 64, 1 << 16])


def naive_positions(pages, sets):
    """Find each page in a list, and move it to the front."""
    stacks = {}
    found = []
    for page in pages:
        stack = stacks.setdefault(page % sets, [])
        found.append(stack.index(page) if page in stack else NEVER)
        if page in stack:
            stack.remove(page)
        stack.insert(0, page)
    return found


def sorted_positions(pages):
    """Count the pages used since, in a sorted list of last uses: independent, and fast enough."""
    last, uses, found = {}, [], []
    for time, page in enumerate(pages):
        if page in last:
            at = bisect_left(uses, last[page])
            found.append(len(uses) - 1 - at)
            del uses[at]
        else:
            found.append(NEVER)
        uses.append(time)
        last[page] = time
    return found


# -- textbooks -------------------------------------------------------------------------------------


def test_three_frames_in_two_textbooks():
    # OSTEP ch. 22, fig. 22.5: LRU hits 6 of 11.
    ostep = [0, 1, 2, 0, 1, 3, 0, 3, 1, 2, 1]
    assert lru_hits(ostep, 1, 3).sum() == 6
    # Silberschatz, Galvin, Gagne, Operating System Concepts, fig. 10.15: 12 faults.
    silberschatz = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1]
    assert 20 - lru_hits(silberschatz, 1, 3).sum() == 12


@pytest.mark.parametrize("pages", [1, 2, 65, 100, 3000])
def test_a_loop_that_is_one_page_too_long_never_hits(pages):
    string = loop(pages, 20_000)
    sizes, ratio = miss_ratio_curve(string)
    assert sizes.tolist() == list(range(1, pages + 1))
    assert (ratio[:-1] == 1).all()
    assert ratio[-1] == pages / string.size


@pytest.mark.parametrize("sets", [1, 2, 4, 8])
def test_a_power_of_two_as_stride_falls_into_one_set(sets):
    string = loop(5, 100) * sets
    hits = lru_hits(string, sets, 5)
    assert hits[:4].sum() == 0
    assert hits[4] == 95


# -- against one access at a time ------------------------------------------------------------------


@given(STRINGS, SETS)
def test_positions_are_those_of_a_list_moved_by_hand(pages, sets):
    assert Stack(pages).positions(sets).tolist() == naive_positions(pages, sets)


@given(STRINGS, SETS, st.integers(1, 70))
def test_hits_of_every_associativity(pages, sets, max_ways):
    found = naive_positions(pages, sets)
    hits = [found.count(way) for way in range(max_ways)]
    assert lru_hits(pages, sets, max_ways).tolist() == hits


@given(STRINGS, SETS, st.integers(1, 12))
def test_the_miss_stream_is_that_of_ordered_dicts(pages, sets, ways):
    held = {}
    missed = []
    for time, page in enumerate(pages):
        entries = held.setdefault(page % sets, OrderedDict())
        if page in entries:
            entries.move_to_end(page)
            continue
        missed.append(time)
        if len(entries) == ways:
            entries.popitem(last=False)
        entries[page] = None
    stack = Stack(pages)
    assert stack.misses(sets, ways).tolist() == missed
    assert stack.hits(sets, ways) == len(pages) - len(missed)


@given(STRINGS)
def test_the_curve_is_exact_at_every_size(pages):
    sizes, ratio = miss_ratio_curve(pages)
    found = np.array(naive_positions(pages, 1))
    assert sizes.tolist() == list(range(1, len(set(pages)) + 1))
    assert ratio.tolist() == [(found >= size).sum() / len(pages) for size in sizes]


# Strings of several chunks, so that the stack is handed on from one to the next, and the number of
# levels is chosen from a sample: all levels, some and the rest counted, one and the rest counted.
LONG = {
    "zipf": zipf(3000, 150_000, seed=1),
    "zipf, 64-bit": zipf(3000, 150_000, seed=1) * (HUGE // 3000),
    "random": zipf(20_000, 140_000, s=0, seed=2),
    "phases": phases(40, 200_000, 7, seed=3),
    "chase": chase(700, 140_000, seed=4),
    "first uses only": np.arange(70_000),
    "one page": np.full(70_000, 9),
    "local, then far": np.concatenate((phases(5, 100_000, 3), zipf(9000, 100_000, s=0.5))),
}


@pytest.mark.parametrize("name", LONG)
def test_long_strings(name):
    pages = LONG[name]
    found = np.array(sorted_positions(pages.tolist()))
    assert np.array_equal(Stack(pages).positions(1), found)
    sizes, ratio = miss_ratio_curve(pages)
    hits = np.bincount(found[found < NEVER], minlength=sizes.size)
    assert np.array_equal(ratio, (pages.size - np.cumsum(hits)) / pages.size)


@pytest.mark.parametrize("name", ["zipf", "phases", "local, then far"])
@pytest.mark.parametrize(("piece", "least"), [(100, 1), (999, 400), (5000, 5000)])
def test_a_string_in_pieces_of_any_length(monkeypatch, name, piece, least):
    pages = LONG[name][:40_000]
    whole = Stack(pages).positions(4)
    monkeypatch.setattr(peeling, "PIECE", piece)
    monkeypatch.setattr(peeling, "LEAST", least)
    monkeypatch.setattr(nesting, "PIECE", piece)
    assert np.array_equal(Stack(pages).positions(4), whole)


@pytest.mark.parametrize("name", ["zipf", "zipf, 64-bit", "phases"])
@pytest.mark.parametrize("sets", [4, 1024])
def test_long_strings_in_sets(name, sets):
    pages = LONG[name]
    position = Stack(pages).positions(sets)
    for index in {0, 1, 2, sets - 1}:
        mine = pages % sets == index
        assert position[mine].tolist() == sorted_positions(pages[mine].tolist())


SIZES = [1, 2, 3, 63, 64, 65, 2047, 2048, 2049, 4000, 65_536, 65_537, 300_000]


@pytest.mark.parametrize("size", SIZES)
def test_earlier_and_smaller_at_the_edges_of_digits(size):
    numbers = np.random.default_rng(size).permutation(size).astype(np.int32)
    seen, expected = [], []
    for number in numbers[:4000].tolist():
        expected.append(bisect_left(seen, number))
        insort(seen, number)
    in_any_order, sums = add_earlier_smaller(numbers, np.full(size, 7, np.int32))
    meant = sums >= 0
    assert np.array_equal(np.sort(in_any_order[meant]), np.arange(size))
    counts = np.zeros(size, np.int32)
    counts[in_any_order[meant]] = sums[meant] - 7
    counts = counts[numbers]
    assert counts[:4000].tolist() == expected
    # The last one comes after all smaller ones, and none has more before it than there are.
    assert counts[-1] == numbers[-1]
    assert (counts <= np.minimum(numbers, np.arange(size))).all()


def all_depths(wanted, pushed):
    found = {}
    for steps, depth in depths(wanted, pushed):
        found.update(zip(steps.tolist(), depth.tolist(), strict=True))
    return found


@given(STRINGS)
def test_depths_of_a_whole_string_are_its_positions(pages):
    string = np.array(pages)
    found = dict(enumerate(naive_positions(pages, 1)))
    for pushed in (string, string.copy()):  # the same object takes a shorter way
        assert all_depths(string, pushed) == {step: at for step, at in found.items() if at < NEVER}


@pytest.mark.parametrize("name", ["zipf", "zipf, 64-bit", "random", "chase"])
def test_depths_of_several_pieces(name):
    string = LONG[name]
    found = dict(enumerate(sorted_positions(string.tolist())))
    expected = {step: at for step, at in found.items() if at < NEVER}
    assert all_depths(string, string) == expected
    assert all_depths(string, string.copy()) == expected


# -- address spaces and flushes --------------------------------------------------------------------


@given(st.data(), STRINGS, st.sampled_from([1, 2, 8]), st.integers(1, 6))
def test_keys_stand_for_asids_and_flushes(data, pages, sets, ways):
    size = len(pages)
    asids = data.draw(st.lists(st.sampled_from([0, 1, 7, 4095]), min_size=size, max_size=size))
    flushes = data.draw(st.lists(st.integers(0, size), max_size=6))
    held = {}
    missed = []
    for time, (page, asid) in enumerate(zip(pages, asids, strict=True)):
        if time in flushes:
            held.clear()
        entries = held.setdefault(page % sets, [])
        if (asid, page) in entries:
            entries.remove((asid, page))
        else:
            missed.append(time)
            if len(entries) == ways:
                entries.pop(0)
        entries.append((asid, page))
    renumbered = keys(pages, asids, flushes)
    assert Stack(renumbered).misses(sets, ways).tolist() == missed


# -- two levels and walk caches --------------------------------------------------------------------


def lru_misses(held, key, entries):
    """Look a key up in an OrderedDict of so many entries, and put it in."""
    if entries and key in held:
        held.move_to_end(key)
        return False
    if entries:
        if len(held) == entries:
            held.popitem(last=False)
        held[key] = None
    return True


def naive_hierarchy(pages, is_data, itlb, dtlb, stlb, walk_caches, page_shift):
    """Take one access at a time through OrderedDicts.

    A walk asks all caches, and gives those that it did not start below what it has read.
    """
    skip = (page_shift - 12) // 9
    tlbs = {}
    caches = [(each, each) if isinstance(each, int) else each for each in walk_caches]
    upper = [[OrderedDict() for _ in range(max(n // (ways or 1), 1))] for n, ways in caches]
    misses, hits, walks, reads = [0, 0], [0] * len(walk_caches), 0, 0

    def missed(name, page, geometry):
        entries, ways = geometry
        index = page % (entries // ways)
        return lru_misses(tlbs.setdefault((name, index), OrderedDict()), page, ways)

    last = [None, None]
    for page, data in zip(pages, is_data, strict=True):
        if page == last[data]:
            continue  # the youngest entry of its TLB: a hit that changes nothing
        last[data] = page
        page >>= 9 * skip
        if not missed(data, page, dtlb if data else itlb):
            continue
        misses[data] += 1
        if not missed("stlb", page, stlb):
            continue
        walks += 1
        start = 4 - skip
        for level in range(skip + 1, len(caches) + 1):
            key, (entries, ways) = page >> 9 * (level - skip), caches[level - 1]
            row = upper[level - 1][key % len(upper[level - 1])]
            if key in row:
                row.move_to_end(key)
                start = min(start, level - skip)
            elif level - skip < start and entries:
                lru_misses(row, key, ways)
        reads += start
        if start < 4 - skip:
            hits[start + skip - 1] += 1
    return misses[0], misses[1], walks, tuple(hits), reads


def as_tuple(counts):
    return (
        counts.itlb_misses,
        counts.dtlb_misses,
        counts.walks,
        counts.walk_cache_hits,
        counts.reads,
    )


def streams(pages, is_data):
    """Part a trace into the runs of its data accesses and of its fetches."""
    both = []
    for mine in (is_data, ~is_data):
        at = np.flatnonzero(mine)
        runs = collapse(pages[at])
        both.append(Runs(runs.vpn, runs.length, at[runs.time]))
    return both


GEOMETRIES = st.sampled_from([(1, 1), (2, 1), (2, 2), (8, 2), (4, 4), (12, 3), (16, 4)])


@given(
    st.lists(st.tuples(PAGES, st.booleans()), min_size=1, max_size=200),
    GEOMETRIES,
    GEOMETRIES,
    GEOMETRIES,
    st.lists(st.sampled_from([0, 1, 2, 3, (2, 1), (4, 2)]), max_size=3),
    st.sampled_from([12, 21, 30]),
)
def test_a_hierarchy_counts_what_ordered_dicts_count(
    accesses, itlb, dtlb, stlb, walk_caches, page_shift
):
    accesses = [(0, False), (0, True), *accesses]
    pages, is_data = (np.array(column) for column in zip(*accesses, strict=True))
    hierarchy = Hierarchy(*streams(pages, is_data))
    tlbs = {"itlb": itlb, "dtlb": dtlb, "stlb": stlb}
    geometry = tlbs | {"walk_caches": walk_caches, "page_shift": page_shift}
    counts = hierarchy.simulate(**geometry)
    assert counts.accesses == len(accesses)
    assert as_tuple(counts) == naive_hierarchy(pages.tolist(), is_data.tolist(), **geometry)
    # There and back again: what was kept in between must not show.
    hierarchy.simulate(itlb, (4, 2), stlb, walk_caches, page_shift)
    hierarchy.simulate(itlb, dtlb, (1, 1), walk_caches, page_shift)
    assert hierarchy.simulate(**geometry) == counts


WAYS = st.sampled_from([1, 2, 3, 5])


@given(
    st.lists(st.tuples(LOW, st.booleans()), min_size=1, max_size=200),
    st.lists(st.tuples(WAYS, WAYS, WAYS, st.sampled_from([1, 2, 4])), min_size=2, max_size=6),
)
def test_no_move_shows_in_the_next(accesses, moves):
    """Moves of all three TLBs' ways, and of the second level's sets, some crowded, some not."""
    accesses = [(0, False), (0, True), *accesses]
    pages, is_data = (np.array(column) for column in zip(*accesses, strict=True))
    hierarchy = Hierarchy(*streams(pages, is_data))
    for itlb, dtlb, stlb, sets in moves:
        geometry = {"itlb": (2 * itlb, itlb), "dtlb": (4 * dtlb, dtlb), "stlb": (sets * stlb, stlb)}
        geometry |= {"walk_caches": (2, 1), "page_shift": 12}
        slow = naive_hierarchy(pages.tolist(), is_data.tolist(), **geometry)
        assert as_tuple(hierarchy.simulate(**geometry)) == slow


SMALL = {"itlb": (16, 4), "dtlb": (16, 4), "stlb": (64, 4), "walk_caches": ((4, 2), 2, 1)}


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("page_shift", [12, 21])
def test_a_slice_of_a_real_trace(name, page_shift):
    vpn, kind = recorded(name).per_access()
    start = 1_000_000
    pages, is_data = vpn[start : start + 100_000], kind[start : start + 100_000] > 0
    counts = Hierarchy(*streams(pages, is_data)).simulate(**SMALL, page_shift=page_shift)
    slow = naive_hierarchy(pages.tolist(), is_data.tolist(), **SMALL, page_shift=page_shift)
    assert as_tuple(counts) == slow


def test_a_whole_real_trace():
    trace = recorded("python")
    vpn, kind = trace.per_access()
    geometry = SMALL | {"page_shift": 12}
    counts = Hierarchy(trace.data, trace.instructions).simulate(**geometry)
    assert counts.accesses == trace.accesses
    assert as_tuple(counts) == naive_hierarchy(vpn.tolist(), (kind > 0).tolist(), **geometry)


def test_the_whole_curve_of_a_real_trace():
    runs = recorded("python").data
    sizes, ratio = miss_ratio_curve(runs.expand())
    found = np.array(sorted_positions(runs.vpn.tolist()))
    hits = np.bincount(found[found < NEVER], minlength=sizes.size)
    hits[0] += runs.accesses - len(runs)
    assert np.array_equal(ratio, (runs.accesses - np.cumsum(hits)) / runs.accesses)


def test_an_upper_cache_gets_nothing_from_a_walk_that_started_below_it():
    """A and A2 share a PDE; B and C have PDEs of their own, in another gigabyte."""
    gib = 1 << 18
    a, a2, b, c = 0, 1, gib, gib + 512
    geometry = {"itlb": (1, 1), "dtlb": (1, 1), "stlb": (1, 1)}
    pages = collapse([a, b, a2, c])

    def reads(*walk_caches):
        return Hierarchy(pages).simulate(**geometry, walk_caches=walk_caches).reads

    # the walk to a2 starts below its PDE and reads no PDPTE, so that of b and c is still there
    assert reads(4, 1) == 4 + 4 + 1 + 2
    assert reads(0, 1) == 4 + 4 + 4 + 4  # without PDEs it reads the PDPTE, and keeps it
    assert reads(4, 0) == 4 + 4 + 1 + 4


def test_large_pages_reach_further():
    trace = recorded("sqlite")
    hierarchy = Hierarchy(trace.data, trace.instructions)
    small, large = (hierarchy.simulate(page_shift=shift) for shift in (12, 21))
    assert large.walks < small.walks
    assert large.dtlb_misses < small.dtlb_misses


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lru_hits([1, 2], 3, 1), "sets 3 is not a power of two"),
        (lambda: lru_hits([1, 2], 0, 1), "sets 0 is outside"),
        (lambda: lru_hits([1, 2], 1, 0), "max_ways 0 is outside"),
        (lambda: lru_hits([], 1, 1), "empty"),
        (lambda: lru_hits([1.5], 1, 1), "float64"),
        (lambda: miss_ratio_curve([]), "empty"),
        (lambda: miss_ratio_curve([3, -7, 4]), "page -7 is outside"),
        (lambda: lru_hits([3, 3, -7] * 9000, 4, 2), "page -7 is outside"),
        (lambda: lru_hits(np.array([1 << 63], np.uint64), 1, 1), "page 9223372036854775808 is"),
        (lambda: miss_ratio_curve([[1]]), r"shape \(1, 1\)"),
        (lambda: Stack([-4]), "page -4 is outside"),
        (lambda: Stack([1]).misses(6, 1), "sets 6 is not a power of two"),
        (lambda: Stack([1]).misses(1, 0), "ways 0 is outside"),
        (lambda: Stack([1]).hits(1, 0.5), "ways 0.5 is not a whole number"),
        (lambda: Stack([1]).positions(12), "sets 12 is not a power of two"),
        (lambda: keys([1, 2], asids=[1]), "asids has 1 entries for 2 accesses"),
        (lambda: keys([1, 2], asids=[1, -1]), "-1 is outside"),
        (lambda: keys([1, 2], flushes=[3]), r"flush at 3 is outside 0\.\.2"),
        (lambda: keys([1, 2], flushes=[0.5]), "float64"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        ({"dtlb": (64, 5)}, "dtlb: 5 ways don't divide 64 entries"),
        ({"stlb": (96, 4)}, "stlb sets 24 is not a power of two"),
        ({"itlb": (0, 1)}, "itlb entries 0 is outside"),
        ({"dtlb": (4, 0)}, "dtlb ways 0 is outside"),
        ({"page_shift": 13}, "page_shift 13 is not one of 12, 21, 30"),
        ({"walk_caches": (1, 1, 1, 1)}, "4 walk caches for the 3 upper levels"),
        ({"walk_caches": (1, -1)}, "walk cache entries -1 is outside"),
        ({"walk_caches": ((4, 3),)}, "walk cache: 3 ways don't divide 4 entries"),
        ({"walk_caches": ((12, 2),)}, "walk cache sets 6 is not a power of two"),
    ],
)
def test_a_geometry_that_no_tlb_has_is_refused(geometry, message):
    with pytest.raises(ValueError, match=message):
        Hierarchy(collapse([1, 2, 3])).simulate(**geometry)
