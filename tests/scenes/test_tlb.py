"""What the pictures of notebook 06 say, against textbooks and models worked out here."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence

import pytest

from pagesim import host, scenes
from pagesim.machines import MACHINES
from pagesim.scenes.tlb.recordings import misses_of, trace_of
from pagesim.scenes.tlb.time_sharing import EACH, misses

from .seen import Told


def slow_lru(pages: Iterable[int], sets: int, ways: int) -> int:
    """Count the misses of a set-associative LRU cache, one access at a time."""
    rows = [OrderedDict[int, None]() for _ in range(sets)]
    missed = 0
    for page in pages:
        row = rows[page % sets]
        if page in row:
            row.move_to_end(page)
            continue
        missed += 1
        row[page] = None
        if len(row) > ways:
            row.popitem(last=False)
    return missed


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,.]*\d|\d", text)


# -- inside ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("string", "ways", "hits"),
    [
        ("round and round 9 pages", 3, 0),  # one page too many for one set of 8
        ("round and round 9 pages", 1, 12),  # 0, 4, 8 fight for 2 ways; 2 later rounds of 6 hit
        ("every 4th page of 32", 1, 0),  # all eight pages in set 0
        ("every 4th page of 32", 3, 19),  # all but the first round of 8
    ],
)
def test_eight_entries_hit_as_often_as_on_paper(string: str, ways: int, hits: int) -> None:
    picture = Told(scenes.InsideTlb(), string=string)
    assert picture.move(ways=ways).startswith(f"{hits} of 27 accesses hit")


def test_a_click_on_an_access_goes_there() -> None:
    picture = Told(scenes.InsideTlb())
    assert picture.scene.hit(0.12 + 4.5 * 0.32, 0.5, **picture.values) == {"step": 5}


# -- the stack -------------------------------------------------------------------------------------


def test_the_stack_reads_off_every_size() -> None:
    picture = Told(scenes.LruStack())
    string = [ord(page) for page in "ABCABDCBEABCAADB"]
    hits = [len(string) - slow_lru(string, 1, size) for size in range(1, 6)]
    assert f"with 1 to 5 entries: {', '.join(map(str, hits))};" in picture.readout


def test_fifo_has_holes_and_lru_none_and_the_bet_of_09_is_not_told() -> None:
    """Belady, Nelson and Shedler: with the twelfth access it is 9 misses of 3 entries, 10 of 4."""
    picture = Told(scenes.Inclusion())
    assert "entries 11, 11, 9, 9, 5;" in picture.move(policy="FIFO", step=11)
    for step in range(1, 12):
        assert "each cache holds all" in picture.move(policy="LRU", step=step)
    assert "lacks" in picture.move(policy="FIFO", step=8)


# -- real programs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("sets", "ways"), [(1, 16), (1, 64), (4, 4), (16, 4), (64, 1), (128, 8)])
def test_the_curve_is_what_a_slow_cache_misses(sets: int, ways: int) -> None:
    pages = trace_of("python").data.vpn.tolist()
    assert misses_of("python", 12)[sets][ways - 1] == slow_lru(pages, sets, ways)


def test_the_curve_of_larger_pages() -> None:
    pages = (trace_of("gzip").data.vpn >> 2).tolist()
    assert misses_of("gzip", 14)[8][3] == slow_lru(pages, 8, 4)


def test_more_ways_than_entries_there_cannot_be() -> None:
    picture = Told(scenes.MissCurve())
    picture.move(entries=1)
    assert picture.values["ways"] == 1
    picture.move(ways=3)
    assert picture.values["entries"] == 3


# -- the bill --------------------------------------------------------------------------------------


def test_without_a_tlb_each_access_reads_four_entries() -> None:
    picture = Told(scenes.Bill())
    for read, cycles in ((0, 16), (2, 80), (6, 800)):
        assert f"not {cycles}." in picture.move(read=read)


@pytest.mark.parametrize("machine", scenes.Bill().controls["machine"].options)  # type: ignore[union-attr]
def test_the_grade_on_the_picture_is_the_source_s(machine: str) -> None:
    name, grade = machine.removesuffix(")").split(" (grade ")
    assert MACHINES[name].grade == grade
    told = Told(scenes.Bill(), machine=machine).readout
    assert ("not told" in told) == (not MACHINES[name].walk_caches)


# -- switching -------------------------------------------------------------------------------------


def shared(streams: Sequence[Sequence[int]], quantum: int, asids: bool) -> int:
    """Take turns access by access, with a real flush at every switch."""
    rows: list[OrderedDict[tuple[int, int], None]] = [OrderedDict() for _ in range(128)]
    missed = 0
    for start in range(0, len(streams[0]), quantum):
        for who, stream in enumerate(streams):
            if not asids:
                for row in rows:
                    row.clear()
            for page in stream[start : start + quantum]:
                row = rows[page % 128]
                if (who, page) in row:
                    row.move_to_end((who, page))
                    continue
                missed += 1
                row[who, page] = None
                if len(row) > 12:
                    row.popitem(last=False)
    return missed


@pytest.mark.parametrize("quantum", [10_000, 100_000])
@pytest.mark.parametrize("asids", [True, False])
def test_turns_miss_what_a_slow_model_misses(quantum: int, asids: bool) -> None:
    stream = trace_of("sqlite").data.expand()[:EACH].tolist()
    slow = shared([stream] * 4, quantum, asids)
    # a run that a switch cuts is counted in the turn where it began: one miss a turn at most
    assert 0 <= slow - misses(4, quantum, asids) <= (0 if asids else 4 * EACH // quantum)


# -- your own CPU ----------------------------------------------------------------------------------


def test_the_knee_needs_equal_series() -> None:
    data = {"pages": [64.0, 128.0], "4 KiB pages": [1.0, 2.0], "2 MiB pages": [1.0]}
    with pytest.raises(ValueError, match="'2 MiB pages' is missing or has another length"):
        scenes.Knee(data)


def test_what_the_cpu_says_is_a_table_or_a_reason() -> None:
    told = host.cpu_tlbs()
    assert told.note
    for name, _, entries, ways in told.rows:
        assert str(name).startswith("L")
        assert int(entries) % int(ways) == 0
