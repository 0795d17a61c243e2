"""TLBs against textbooks' answers, the one-pass engine, and slow models of each rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim import Pte, Tlb
from pagesim.reuse import keys, lru_hits
from pagesim.tlb import POLICIES, TlbEntry, TlbLevels

# No deadline: a machine shared with others is now and then slow.


def run(tlb, vpns):
    """Look every page up, keep it if it was not there, and say which accesses hit."""
    hits = []
    for vpn in vpns:
        hits.append(tlb.lookup(vpn).hit)
        if not hits[-1]:
            tlb.insert(vpn)
    return hits


def held(tlb):
    """All pages in a TLB."""
    return {entry.vpn for row in tlb.rows for entry in row if entry}


# -- textbooks -------------------------------------------------------------------------------------

# Bryant and O'Hallaron, Computer Systems: A Programmer's Perspective, 3rd ed., sec. 9.6.4: 14-bit
# addresses, pages of 64 bytes, a 4-way TLB of 16 entries; the example and practice problem 9.4,
# homework 9.11 to 9.13. (VPN, index, tag)
CSAPP = {
    0x03D4: (0x0F, 3, 0x03),
    0x03D7: (0x0F, 3, 0x03),
    0x027C: (0x09, 1, 0x02),
    0x03A9: (0x0E, 2, 0x03),
    0x0040: (0x01, 1, 0x00),
}


@pytest.mark.parametrize("va", CSAPP, ids=hex)
def test_index_and_tag_of_csapp(va):
    vpn, index, tag = CSAPP[va]
    tlb = Tlb(16, 4, page_shift=6)
    assert va >> 6 == vpn
    assert tlb.split(vpn) == (tag, index)
    found = tlb.lookup(vpn)
    assert (found.tag, found.set_index) == (tag, index)


@pytest.mark.parametrize("sets", [1, 2, 16])
def test_a_loop_of_one_page_more_than_lru_holds_never_hits(sets):
    loop = [*range(64 + sets)] * 5
    assert not any(run(Tlb(64, 64 // sets), loop))
    assert run(Tlb(64, 64 // sets), [*range(64)] * 5).count(True) == 4 * 64


def test_random_misses_the_same_loop_once_in_eight_and_a_half():
    """16 of 17 pages are in; a miss throws out one that comes up 1, 2, ... or 16 accesses later."""
    misses = run(Tlb(16, 16, policy="random", seed=3), [*range(17)] * 1200).count(False)
    assert misses / (17 * 1200) == pytest.approx(1 / 8.5, rel=0.05)


# Belady, Nelson, Shedler, CACM 12(6), 1969: FIFO misses more with 4 places than with 3.
BELADY = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("policy", "entries", "misses"),
    [("fifo", 3, 9), ("fifo", 4, 10), ("lru", 3, 10), ("lru", 4, 8)],
)
def test_beladys_string(policy, entries, misses):
    assert run(Tlb(entries, entries, policy=policy), BELADY).count(False) == misses


def test_fifo_forgets_what_lru_remembers():
    string = [1, 2, 1, 3, 1]
    assert run(Tlb(2, 2, policy="lru"), string) == [False, False, True, False, True]
    assert run(Tlb(2, 2, policy="fifo"), string) == [False, False, True, False, False]


def test_tree_plru_replaces_in_its_own_order():
    """Handy, The Cache Memory Book: after 0 1 2 3 the misses go to ways 0 2 1 3, not 0 1 2 3."""
    tlb = Tlb(4, 4, policy="plru")
    assert [tlb.insert(vpn).way for vpn in range(8)] == [0, 1, 2, 3, 0, 2, 1, 3]


@pytest.mark.parametrize(("policy", "gone"), [("plru", "C"), ("lru", "B"), ("fifo", "A")])
def test_who_leaves_after_a_b_c_d_a(policy, gone):
    tlb = Tlb(4, 4, policy=policy)
    run(tlb, [ord(page) for page in "ABCDAE"])
    assert held(tlb) == {ord(page) for page in "ABCDE"} - {ord(gone)}


def test_doubling_ways_and_doubling_sets_differ():
    """Pages 0 and 64 fall into one set of 64, and both fit into one set of two ways."""
    clash = [0, 64, 128, 0, 64, 128]
    base, more_sets, more_ways = Tlb(64, 1), Tlb(128, 1), Tlb(128, 2)
    assert [run(tlb, [0, 64] * 3).count(True) for tlb in (base, more_sets, more_ways)] == [0, 4, 4]
    assert run(more_ways, clash)[-3:] == [False] * 3
    assert run(Tlb(128, 1), [0, 128] * 3).count(True) == 0
    assert run(Tlb(128, 2), [0, 128] * 3).count(True) == 4


# -- models ----------------------------------------------------------------------------------------

strings = st.lists(st.integers(0, 40), min_size=1, max_size=200)
geometries = st.tuples(st.sampled_from([1, 2, 4, 8]), st.integers(1, 6))  # sets, ways


@given(strings, geometries)
def test_lru_hits_as_often_as_the_one_pass_engine_says(string, geometry):
    sets, ways = geometry
    hits = run(Tlb(sets * ways, ways), string).count(True)
    assert hits == lru_hits(string, sets, ways).sum()


@given(strings, geometries, st.data())
def test_address_spaces_and_flushes_are_other_page_numbers(string, geometry, data):
    sets, ways = geometry
    size = len(string)
    asids = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    flushes = data.draw(st.lists(st.integers(0, size - 1), max_size=4))
    tlb, hits = Tlb(sets * ways, ways), 0
    for step, (vpn, asid) in enumerate(zip(string, asids, strict=True)):
        if step in flushes:
            tlb.flush()
        hit = tlb.lookup(vpn, asid).hit
        hits += hit
        if not hit:
            tlb.insert(vpn, asid=asid)
    assert hits == lru_hits(keys(string, asids, flushes), sets, ways).sum()


@given(strings, geometries)
def test_fifo_is_a_queue_for_each_set(string, geometry):
    sets, ways = geometry
    queues, expected = [[] for _ in range(sets)], []
    for vpn in string:
        queue = queues[vpn % sets]
        expected.append(vpn in queue)
        if vpn not in queue:
            queue.append(vpn)
            del queue[:-ways]
    assert run(Tlb(sets * ways, ways, policy="fifo"), string) == expected


def plru_victim(first, end, last_used):
    """Go into the half that was not used last, and there again; the left one if none was."""
    if end - first == 1:
        return first
    middle = (first + end) // 2
    left = not last_used.get((first, end), False)
    return plru_victim(*((first, middle) if left else (middle, end)), last_used)


@given(strings, st.sampled_from([1, 2, 4]), st.sampled_from([1, 2, 4, 8]))
def test_tree_plru_leaves_the_half_used_last(string, sets, ways):
    places, trees, expected = [[None] * ways for _ in range(sets)], [{} for _ in range(sets)], []
    for vpn in string:
        row, last_used = places[vpn % sets], trees[vpn % sets]
        expected.append(vpn in row)
        if vpn in row:
            way = row.index(vpn)
        elif None in row:
            way = row.index(None)
        else:
            way = plru_victim(0, ways, last_used)
        row[way] = vpn
        first, end = 0, ways
        while end - first > 1:  # note at each halving that the left half was used, or was not
            middle = (first + end) // 2
            last_used[first, end] = way < middle
            first, end = (first, middle) if way < middle else (middle, end)
    assert run(Tlb(sets * ways, ways, policy="plru"), string) == expected


@given(strings, geometries, st.sampled_from(sorted(POLICIES)), st.integers(0, 99))
def test_a_lookup_tells_what_the_next_insert_will_do(string, geometry, policy, seed):
    sets, ways = geometry
    if policy == "plru":
        ways = 4
    tlb = Tlb(sets * ways, ways, policy=policy, seed=seed)
    for vpn in string:
        before = tlb.rows
        found = tlb.lookup(vpn)
        assert tlb.rows == before
        assert found.compared == before[vpn % sets]
        assert found.hit == (vpn in held(tlb))
        if found.hit:
            assert found.victim is None
            assert found.entry.vpn == vpn
            assert before[found.set_index][found.way] == found.entry
            continue
        assert (found.way, found.entry) == (None, None)
        fill = tlb.insert(vpn)
        assert (fill.set_index, fill.way) == (found.set_index, found.victim)
        assert fill.evicted == found.compared[found.victim]
        assert (fill.evicted is None) == (None in found.compared)
        assert held(tlb) - {vpn} == {e.vpn for row in before for e in row if e} - (
            {fill.evicted.vpn} if fill.evicted else set()
        )


def test_random_starts_anew_from_its_seed():
    string = np.random.default_rng(1).integers(0, 40, 500).tolist()
    first, again, other = (
        run(Tlb(16, 4, policy="random", seed=seed), string) for seed in (1, 1, 2)
    )
    assert first == again != other


# -- address spaces, global pages, page sizes ------------------------------------------------------

SHIFTS = (12, 21)
page = st.tuples(st.integers(0, 7), st.integers(0, 2), st.sampled_from(SHIFTS))
operations = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), page, st.booleans(), st.integers(0, 9)),
        st.tuples(st.just("invlpg"), page),
        st.tuples(st.just("flush"), st.none() | st.integers(0, 2), st.booleans()),
    ),
    max_size=30,
)


@given(operations, st.sampled_from([1, 4]))
def test_what_stays_after_inserts_and_invalidations(steps, sets):
    """A dictionary is a TLB that never evicts; 16 ways are more than the pages of a set here."""
    tlb, own, shared = Tlb(16 * sets if sets > 1 else 64, 16 if sets > 1 else 64, SHIFTS), {}, {}
    for step in steps:
        match step:
            case ("insert", (vpn, asid, shift), is_global, pfn):
                pte = Pte(present=True, pfn=pfn, global_=is_global)
                tlb.insert(vpn, pte, asid, shift)
                shared.pop((vpn, shift), None)
                if is_global:
                    own = {key: kept for key, kept in own.items() if key[::2] != (vpn, shift)}
                    shared[vpn, shift] = pte
                else:
                    own[vpn, asid, shift] = pte
            case ("invlpg", (vpn, asid, shift)):
                va = (vpn << shift) + 0x123
                gone = [(va >> each, asid, each) for each in SHIFTS]
                dropped = sum(own.pop(key, None) is not None for key in gone)
                dropped += sum(shared.pop(key[::2], None) is not None for key in gone)
                assert tlb.invlpg(va, asid) == dropped
            case ("flush", asid, global_):
                goes = [key for key in own if asid is None or key[1] == asid]
                dropped = len(goes) + (len(shared) if global_ else 0)
                assert tlb.flush(asid, global_) == dropped
                own = {key: kept for key, kept in own.items() if key not in goes}
                shared = {} if global_ else shared
    for vpn in range(8):
        for asid in range(3):
            for shift in SHIFTS:
                entry = tlb.lookup(vpn, asid, shift).entry
                expected = own.get((vpn, asid, shift), shared.get((vpn, shift)))
                assert (entry and entry.pte) == expected


def test_a_huge_page_is_one_entry():
    tlb = Tlb(64, 4, page_shift=(12, 21))
    tlb.insert(3, page_shift=21)
    vas = range(3 << 21, 4 << 21, 4096)
    assert all(tlb.lookup(va >> 21, page_shift=21).hit for va in vas)
    assert not any(tlb.lookup(va >> 12).hit for va in vas)
    assert len(vas) == 512


def test_each_size_takes_its_set_from_its_own_number():
    tlb = Tlb(64, 4, page_shift=(12, 21))
    va = 0x7F3A_1C6D_5E48
    assert tlb.lookup(va >> 12).set_index == 0x5
    assert tlb.lookup(va >> 21, page_shift=21).set_index == 0x7F3A_1C6D_5E48 >> 21 & 15


def test_inserting_again_replaces_the_translation_and_nothing_else():
    tlb = Tlb(2, 2)
    tlb.insert(1, Pte(present=True, pfn=10))
    tlb.insert(2, Pte(present=True, pfn=20))
    newer = Pte(present=True, pfn=10, dirty=True)
    assert tlb.insert(1, newer).evicted is None
    assert tlb.lookup(1).entry == TlbEntry(1, 12, 0, newer)
    assert tlb.lookup(2).hit


def test_inserting_again_counts_as_a_use():
    tlb = Tlb(2, 2)
    assert [tlb.insert(vpn).evicted for vpn in (1, 2, 1)] == [None] * 3
    assert tlb.insert(3).evicted.vpn == 2


# -- several TLBs ----------------------------------------------------------------------------------


def test_a_level_asks_only_those_that_serve_the_access():
    instructions, data = Tlb(4, 4, serves="x", name="ITLB"), Tlb(4, 4, serves="rw", name="DTLB")
    tlbs = TlbLevels([(instructions, data), Tlb(16, 4, name="STLB")])
    tlbs.fill(0x5000, "r", 0, 12, Pte(present=True, pfn=5))
    assert (held(instructions), held(data)) == (set(), {5})
    assert tlbs.find(0x5FFF, "w", 0).level == 1
    fetched = tlbs.find(0x5000, "x", 0)
    assert fetched.level == 2
    assert [lookup.tlb for lookup in fetched.lookups] == ["ITLB", "STLB"]


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ([(Tlb(4, 4), Tlb(8, 4, serves="x"))], "level 1: TLB and TLB both hold pages of 2**12"),
        ([Tlb(4, 4), 64], "64 is not a Tlb"),
    ],
)
def test_impossible_levels_are_refused(levels, message):
    with pytest.raises(ValueError, match=f"^{message.replace('*', '[*]')}"):
        TlbLevels(levels)


# -- mistakes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"entries": 0, "ways": 1}, "entries 0 is outside 1.."),
        ({"entries": -4, "ways": 1}, "entries -4 is outside 1.."),
        ({"entries": 6.5, "ways": 1}, "entries 6.5 is not a whole number"),
        ({"entries": 64, "ways": 0}, "ways 0 is outside 1..64"),
        ({"entries": 64, "ways": 65}, "ways 65 is outside 1..64"),
        ({"entries": 64, "ways": 5}, "ways 5 do not divide 64 entries"),
        ({"entries": 48, "ways": 4}, "48 entries in 4 ways make 12 sets, no power of two"),
        ({"entries": 64, "ways": 4, "policy": "mru"}, "policy 'mru' is not one of lru, fifo, plru"),
        ({"entries": 64, "ways": 4, "policy": ["lru"]}, "policy ['lru'] is not one of"),
        ({"entries": 48, "ways": 12, "policy": "plru"}, "ways 12 is not a power of two"),
        ({"entries": 64, "ways": 4, "page_shift": 64}, "page_shift 64 is outside 0..63"),
        ({"entries": 64, "ways": 4, "page_shift": ()}, "page_shift () names no page size"),
        ({"entries": 64, "ways": 4, "serves": "rq"}, "serves 'rq' is not made of"),
        ({"entries": 64, "ways": 4, "serves": ""}, "serves '' is not made of"),
        ({"entries": 64, "ways": 4, "seed": 0.5}, "seed 0.5 is not a whole number"),
    ],
    ids=str,
)
def test_impossible_tlbs_are_refused(arguments, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Tlb(**arguments)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("method", ["lookup", "insert"])
@pytest.mark.parametrize(
    ("vpn", "options", "message"),
    [
        (-1, {}, "vpn -1 is outside 0..4503599627370495"),
        (1 << 52, {}, "vpn 4503599627370496 is outside"),
        ("7", {}, "vpn '7' is not a whole number"),
        (0, {"asid": -1}, "asid -1 is outside 0..65535"),
        (0, {"asid": 1 << 16}, "asid 65536 is outside 0..65535"),
        (0, {"page_shift": 21}, "page_shift 21 is not held by DTLB, which has 12"),
    ],
)
def test_impossible_pages_are_refused(method, vpn, options, message):
    tlb = Tlb(64, 4, name="DTLB")
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        getattr(tlb, method)(vpn, **options)
    assert str(caught.value).startswith(message)
    assert held(tlb) == set()


def test_a_frame_number_is_no_pte():
    with pytest.raises(ValueError, match=r"^42 is not a Pte"):
        Tlb(64, 4).insert(7, 42)


def test_impossible_invalidations_are_refused():
    tlb = Tlb(64, 4)
    for wrong in (-1, 1 << 64, 0.5):
        with pytest.raises(ValueError, match=f"^va {wrong}"):
            tlb.invlpg(wrong)
    with pytest.raises(ValueError, match=r"^asid 70000 is outside 0\.\.65535"):
        tlb.flush(asid=70000)


def test_numpy_integers_are_numbers_too():
    tlb = Tlb(np.int64(64), np.uint8(4), np.int32(12))
    tlb.insert(np.int64(5), asid=np.uint16(2))
    assert tlb.lookup(np.uint64(5), np.int8(2)).hit
    assert tlb.invlpg(np.uint64(0x5000), asid=2) == 1
