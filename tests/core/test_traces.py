"""Reference strings: what the generators promise, and what the recorded programs did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagesim.traces import (
    RECORDED,
    chase,
    collapse,
    loop,
    page_numbers,
    phases,
    recorded,
    sequential,
    strided,
    zipf,
)

PAGES = st.integers(1, 40)
LENGTHS = st.integers(1, 300)
SEEDS = st.integers(0, 2**32 - 1)


@given(PAGES, LENGTHS)
def test_a_scan_never_turns_back_and_spends_as_long_on_each_page(pages: int, length: int) -> None:
    string = sequential(pages, length)
    assert string.size == length
    assert (np.diff(string) >= 0).all()
    if length >= pages:
        counts = np.bincount(string)
        assert counts.size == pages
        assert np.ptp(counts) <= 1


@given(PAGES, LENGTHS, st.integers(1, 100))
def test_a_stride_is_the_distance_of_any_two_accesses(pages: int, length: int, stride: int) -> None:
    string = strided(pages, length, stride)
    assert string[0] == 0
    assert ((np.diff(string) - stride) % pages == 0).all()
    assert ((string >= 0) & (string < pages)).all()


@given(PAGES, LENGTHS)
def test_a_loop_comes_back_after_all_its_pages(pages: int, length: int) -> None:
    string = loop(pages, length)
    assert (string[pages:] == string[:-pages]).all()
    assert len(set(string[:pages].tolist())) == min(pages, length)


@given(PAGES, LENGTHS, SEEDS)
def test_a_chase_is_one_cycle_through_all_pages(pages: int, length: int, seed: int) -> None:
    string = chase(pages, length, seed)
    assert (string[pages:] == string[:-pages]).all()
    assert len(set(string[:pages].tolist())) == min(pages, length)


@given(PAGES, LENGTHS, st.integers(1, 6), SEEDS)
def test_phases_share_no_page(pages: int, length: int, count: int, seed: int) -> None:
    string = phases(pages, length, count, seed)
    owner = string // pages
    assert (np.diff(owner) >= 0).all()
    if length >= count:
        lengths = np.bincount(owner)
        assert lengths.size == count
        assert np.ptp(lengths) <= 1


@pytest.mark.parametrize("s", [0.0, 0.8, 1.0, 1.5])
def test_zipf_draws_by_its_law(s: float) -> None:
    pages, length = 50, 400_000
    drawn = np.sort(np.bincount(zipf(pages, length, s, seed=3), minlength=pages))[::-1]
    law = np.arange(1, pages + 1) ** -s
    expected = length * law / law.sum()
    # Five standard deviations of a count, and a little for ranks that have swapped places.
    assert (np.abs(drawn - expected) < 5 * np.sqrt(expected) + 0.01 * expected).all()


@pytest.mark.parametrize("make", [zipf, chase, lambda p, n, seed: phases(p, n, 4, seed)])
def test_a_seed_gives_the_same_string_again_and_another_one_another(make) -> None:
    assert (make(1000, 5000, seed=1) == make(1000, 5000, seed=1)).all()
    assert (make(1000, 5000, seed=1) != make(1000, 5000, seed=2)).any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: loop(0, 5), "pages 0 is outside"),
        (lambda: loop(5, 2**30), r"length 1073741824 is outside 1\.\.134217728"),
        (lambda: chase(2**30, 5), r"pages 1073741824 is outside 1\.\.134217728"),
        (lambda: sequential(5, 0), "length 0 is outside"),
        (lambda: strided(5, 5, 0), "stride 0 is outside"),
        (lambda: zipf(5, 5, -1.0), r"s -1.0 is not"),
        (lambda: zipf(5, 5, float("nan")), "s nan is not"),
        (lambda: phases(5, 5, 0), "count 0 is outside"),
        (lambda: chase(2.5, 5), "pages 2.5 is not a whole number"),
    ],
)
def test_generators_name_what_is_wrong(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@given(st.lists(st.sampled_from([0, 1, 2, 2**63 - 1]), min_size=1, max_size=60))
def test_runs_are_as_long_as_can_be_and_tell_the_whole_string(pages: list[int]) -> None:
    runs = collapse(pages)
    assert runs.expand().tolist() == pages
    assert (runs.vpn[1:] != runs.vpn[:-1]).all()
    assert (runs.length >= 1).all()
    assert [pages[t] for t in runs.time] == runs.vpn.tolist()
    assert runs.accesses == len(pages)


def misses(pages: list[int], entries: int, moves: bool) -> list[int]:
    """Tell when LRU (`moves`: a hit makes the page young again) or FIFO misses."""
    held: list[int] = []
    missed = []
    for time, page in enumerate(pages):
        if page not in held:
            missed.append(time)
            held = [*held[-entries + 1 :], page] if entries > 1 else [page]
        elif moves:
            held.remove(page)
            held.append(page)
    return missed


@given(st.lists(st.integers(0, 6), min_size=1, max_size=80), st.integers(1, 6), st.booleans())
def test_without_repeats_the_same_accesses_miss(pages: list[int], entries: int, lru: bool) -> None:
    runs = collapse(pages)
    without = misses(runs.vpn.tolist(), entries, lru)
    assert runs.time[without].tolist() == misses(pages, entries, lru)


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        ([], "empty"),
        ([[1, 2], [3, 4]], r"shape \(2, 2\)"),
        (np.array(3), r"shape \(\)"),
        ([1.0, 2.0], "float64"),
        ([True, False], "bool"),
        (["a"], "a row of integers"),
        ([3, -1], "page -1 is outside"),
        (np.array([1, 2**63], np.uint64), "page 9223372036854775808 is outside"),
    ],
)
def test_what_is_no_reference_string_is_refused(pages: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        page_numbers(pages)
    with pytest.raises(ValueError, match=message):
        collapse(pages)


# --- recorded programs ----------------------------------------------------------------------------

# Accesses and distinct pages, counted when the traces were taken (pagesim/data/traces/README.md).
COUNTED = {
    "ls": (6_000_000, 400),
    "gzip": (6_000_000, 41),
    "sqlite": (8_000_000, 595),
    "cc1": (8_000_000, 896),
    "python": (5_000_000, 735),
}


def test_the_traces_are_small_enough_to_ship() -> None:
    folder = Path(__file__).parents[2] / "pagesim" / "data" / "traces"
    assert sum(file.stat().st_size for file in folder.glob("*.npz")) < 1 << 20
    assert {file.stem for file in folder.glob("*.npz")} == set(RECORDED) == set(COUNTED)


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_trace_is_whole(name: str) -> None:
    trace = recorded(name)
    assert (trace.accesses, trace.pages.size) == COUNTED[name]
    assert trace.instructions.accesses + trace.data.accesses == trace.accesses
    assert trace.stores.size == trace.data.accesses
    assert (np.diff(trace.pages) > 0).all()
    assert trace.pages[-1] < 1 << 35  # a user's half of 48 bits
    for runs in (trace.instructions, trace.data):
        assert (np.diff(runs.time) >= runs.length[:-1]).all()
        assert runs.time[-1] + int(runs.length[-1]) <= trace.accesses


@pytest.mark.parametrize("name", ["gzip", "python"])
def test_both_streams_and_the_single_accesses_tell_the_same(name: str) -> None:
    trace = recorded(name)
    vpn, kind = trace.per_access()
    assert vpn.size == trace.accesses
    assert np.array_equal(np.unique(vpn), trace.pages)
    for runs, mine in ((trace.instructions, kind == 0), (trace.data, kind > 0)):
        assert np.array_equal(runs.expand(), vpn[mine])
        assert np.array_equal(vpn[runs.time], runs.vpn)
        assert mine[runs.time].all()
        # The accesses of the stream between two run starts are the run's own.
        before = np.cumsum(mine) - mine
        assert np.array_equal(before[runs.time], np.cumsum(runs.length, dtype=int) - runs.length)
    assert np.array_equal(kind[kind > 0] == 2, trace.stores)


def test_programs_behave_as_programs_do() -> None:
    # Each instruction is fetched, not each one loads, and what is stored is loaded again.
    for name in RECORDED:
        trace = recorded(name)
        stores = int(trace.stores.sum())
        assert trace.instructions.accesses > trace.data.accesses - stores > stores


def test_an_unknown_trace_is_named_with_the_choices() -> None:
    with pytest.raises(ValueError, match=r"'emacs'.*ls, gzip, sqlite, cc1, python"):
        recorded("emacs")
