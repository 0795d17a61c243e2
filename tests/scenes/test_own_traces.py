"""A learner's own trace under every explorer that takes one: the same answers, and no waiting."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from benchmarks.explorer.bench_own_traces import moves, takers
from pagesim import scenes
from pagesim.explorer import Explorer, explore
from pagesim.explorer.position import code_of
from pagesim.replacement import simulate
from pagesim.reuse import Hierarchy
from pagesim.scenes.programs import Programs
from pagesim.scenes.replacement.crowd import work
from pagesim.scenes.tlb.time_sharing import misses
from pagesim.traces import PageTrace, changes, example, loop, read_lackey, zipf

from .seen import Told
from .test_tlb import shared, slow_lru

TAKERS = takers()
each_taker = pytest.mark.parametrize("name", TAKERS)


@pytest.fixture(scope="module")
def many() -> PageTrace:
    """A hundred thousand page changes; the benchmarks time a million."""
    return changes("many", "4,000 pages, round and round", loop(4000, 100_000))


def test_these_take_a_trace() -> None:
    wanted = {"BeladyCurve", "Bill", "MissCurve", "Switching", "Thrashing", "WhoLeaves"}
    assert set(TAKERS) == wanted


@pytest.mark.long
@each_taker
def test_page_changes_are_loaded_once_and_moves_only_look_them_up(
    name: str, many: PageTrace, monkeypatch: pytest.MonkeyPatch
) -> None:
    explorer = Told(TAKERS[name](trace=many))

    def computes(*arguments: Any) -> None:
        raise AssertionError("a move works through the trace")

    monkeypatch.setattr("pagesim.reuse.stack.peel", computes)
    told = [explorer.move(**move) for _, move in random.Random(name).sample([*moves(explorer)], 8)]
    assert len(set(told)) > 2


@each_taker
def test_the_call_that_shows_a_position_works_as_it_stands(name: str) -> None:
    trace = changes("mine", "drawn", zipf(90, 3000, seed=1))
    explorer = Explorer(TAKERS[name](trace=trace))
    (_, move) = random.Random(name).choice([*moves(explorer)])
    told = explorer.move(**move)
    assert "(trace='mine')" in explorer.code
    again = eval(explorer.code, {"explore": explore, "scenes": scenes})  # nothing of a lesson's
    assert (again.values, again.readout) == (explorer.values, told)
    assert "(trace='rows')" in code_of(TAKERS[name](trace="rows"), {**explorer.values})


@each_taker
def test_what_is_no_trace_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=r"no trace is called 'emacs' in this session; .*gather"):
        TAKERS[name](trace="emacs")
    with pytest.raises(ValueError, match="name 'gzip' is that of a recorded trace"):
        TAKERS[name](trace=changes("gzip", "by hand", [1, 2]))


def test_a_trace_of_a_tool_is_taken_too() -> None:
    trace = read_lackey(" L 1000,8\n S 2000,8\n L 1008,8".splitlines(), "mine")
    for make in TAKERS.values():
        Told(make(trace=trace))
    told = Told(scenes.MissCurve(trace), entries=0).readout
    assert "3 of 3 data accesses" in told
    assert "page changes" in Told(scenes.MissCurve("rows")).readout


def test_the_curve_is_that_of_a_slow_model() -> None:
    trace = changes("mine", "drawn", zipf(1500, 9000, seed=2))
    picture = Told(scenes.MissCurve(trace))
    pages = trace.data.vpn.tolist()
    assert picture.controls["entries"].high == 11  # type: ignore[union-attr]
    for entries, ways, sets in ((6, 2, 16), (11, 4, 1)):
        told = picture.move(entries=entries, ways=ways)
        assert f"{slow_lru(pages, sets, (1 << entries) // sets):,} of {len(pages):,} page" in told


def test_a_loop_falls_off_a_cliff_where_it_fits() -> None:
    picture = Told(scenes.MissCurve("columns"), ways=4)
    assert "64 entries for 4 KiB pages: 100 % miss" in picture.move(entries=6)
    assert "96 of 49,152 page changes" in picture.move(entries=7)


def test_more_pages_than_a_second_level_holds_are_walked_for() -> None:
    """The share of walks is the share of the 6,144 pages that 1,536 entries do not hold."""
    trace = example("gather")
    stlb = Hierarchy(trace.data).simulate(walk_caches=())
    assert stlb.walks / trace.counted == pytest.approx(1 - 1536 / 6144 * 0.9, abs=0.06)
    assert "24 cycles to translate a page change, not 80" in Told(scenes.Bill("gather")).readout


@pytest.mark.parametrize("asids", [True, False])
def test_turns_of_a_trace_miss_what_a_slow_model_misses(asids: bool) -> None:
    trace = changes("mine", "drawn", zipf(900, 12_000, seed=3))
    stream = trace.data.vpn.tolist()
    for processes, quantum in ((2, 300), (3, 1_000)):
        slow = shared([stream] * processes, quantum, asids)
        assert misses(processes, quantum, asids, trace) == slow


def test_a_loop_thrashes_as_soon_as_it_does_not_fit() -> None:
    """Ninety-six pages, round and round, in 288 frames: three fit; of four, each access faults."""
    picture = Told(scenes.Thrashing("columns"), disk="NVMe disk")
    for processes, faults in ((3, "0 faults"), (4, "100 faults")):
        told = picture.move(processes=processes)
        assert f"of 96 pages in 288 frames, {processes} running: {faults} in a request" in told
    fits = work(3, pages=96, ram=288, fault_ms=0.14).rate
    assert f"{fits:.0f} requests a second" in picture.move(processes=3)


def test_stretches_of_a_trace_are_run_as_they_stand() -> None:
    trace = example("binary-search")
    picture = Told(scenes.WhoLeaves(trace=trace))
    for draw in (0, 9):
        told = picture.move(seed=draw, policy="LRU", frames=3, step=20)
        first = (trace.counted - 20) * draw // 9
        pages = trace.data.vpn[first : first + 20]
        assert f"{simulate(pages, 3, 'lru').faults} of 20" in told
        assert f"page change {first + 1:,} to {first + 20:,} of 9,531" in told
    with pytest.raises(ValueError, match="own and trace are both given"):
        scenes.WhoLeaves({("Belady's", 0, 3): None}, trace=trace)  # type: ignore[dict-item]


def test_the_trace_that_is_given_comes_first_and_others_are_there() -> None:
    programs = Programs(example("rows"), ("sqlite", "gzip"))
    assert programs.names == ("rows", "sqlite", "gzip")
    assert programs["gzip"].counted > 10**6
    assert Programs("gzip", ("sqlite", "gzip")).names == ("gzip", "sqlite")
    assert np.array_equal(Programs(None, ("rows",)).names, ["rows"])
