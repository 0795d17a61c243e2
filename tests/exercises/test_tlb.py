"""Exercises of notebook 06, against textbooks and slow models worked out here."""

from __future__ import annotations

import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb06 import access_time, loop_hits, lru_tlb, reach, set_and_tag
from coursework.judge import judge
from pagesim import Tlb

from .test_every_exercise import answered

LEARNERS = [f"learner {number}" for number in range(30)]


@pytest.mark.parametrize("name", LEARNERS)
def test_set_and_tag_by_the_bits(name: str) -> None:
    """The card's own words, in strings of binary digits; two of three share a set."""
    data, seen = EXERCISES["set-and-tag"].problem(name), []
    bits = (data["entries"] // data["ways"]).bit_length() - 1
    for key, va in data["addresses"].items():
        page = f"{va:032b}"[:20]
        seen.append(page[-bits:])
        expected = [int(page, 2), int(page[-bits:], 2), int(page[:-bits], 2)]
        assert set_and_tag.solve(data, key) == expected
    assert len(set(seen)) == 2


def test_the_reach_of_a_tlb_everybody_knows() -> None:
    """64 entries of 4 KiB reach 256 KiB, 1536 of 2 MiB reach 3 GiB; 16 sets are 64 KiB apart."""
    data = {"entries": 64, "ways": 4, "second": 1536, "page": 4096}
    expected = {"reach": 256 << 10, "huge": 3 << 30, "stride": 64 << 10, "thrash": 5}
    assert reach.solve(data) == expected


@pytest.mark.parametrize("name", LEARNERS[:5])
def test_the_stride_thrashes_the_simulators_tlb_and_no_smaller_loop_does(name: str) -> None:
    data = EXERCISES["reach"].problem(name)
    right = reach.solve(data)
    pages = [n * right["stride"] // data["page"] for n in range(right["thrash"])]
    for loop, hits in ((pages, 0), (pages[:-1], len(pages) - 1)):
        tlb = Tlb(data["entries"], data["ways"])
        found = []
        for page in loop * 2:
            found.append(tlb.lookup(page).hit)
            if not found[-1]:
                tlb.insert(page)
        assert sum(found) == hits


def test_the_mean_of_a_thousand_accesses() -> None:
    """1000 accesses: 200 ask the second level, 100 walk; four reads each, or 1.75 on average."""
    data = {"first": 80, "second": 50, "cached": 75, "lookup": [1, 10], "read": 10}
    assert access_time.solve(data) == {"no TLB": 40, "two levels": 7.0, "walk caches": 4.75}


@pytest.mark.parametrize("name", LEARNERS[:10])
def test_the_tlb_in_code_is_the_simulators(name: str) -> None:
    for pages, sets, ways in EXERCISES["lru-tlb"].problem(name)["cases"]:
        tlb, misses, left = Tlb(sets * ways, ways), 0, []
        for page in pages:
            if not tlb.lookup(page).hit:
                misses += 1
                evicted = tlb.insert(page).evicted
                left += [evicted.vpn] if evicted else []
        assert lru_tlb.solve(pages, sets, ways) == [misses, left]


def test_a_loop_by_hand() -> None:
    """3 pages, 2 entries, always the first one leaves: 2 for 0, 0 for 2, a hit on 1, 2 for 0."""
    assert loop_hits.solve(3, 2, 2, [0] * 6) == [0, 1]
    assert loop_hits.solve(4, 4, 5, [0] * 20) == [16, 16]
    assert loop_hits.solve(3, 5, 5, [0] * 15) == [12, 12]


def test_a_strict_comparison_is_not_called_a_loop_that_never_hits() -> None:
    def strict(pages: int, entries: int, rounds: int, picks: list[int]) -> list[int]:
        _, chance = loop_hits.solve(pages, entries, rounds, picks)
        return [pages * (rounds - 1) if pages < entries else 0, chance]

    one = EXERCISES["loop-hits"]
    text = judge(one, one.problem("ada"), strict).text
    assert "exactly as many pages as there are entries" in text
    assert "never hits" not in text


@pytest.mark.parametrize(
    ("exercise", "wrong", "sentence"),
    [
        ("lru-tlb", lambda pages, sets, ways: (0, [999]), "Item 1 of `victims` is the first wrong"),
        ("lru-tlb", lambda pages, sets, ways: (10**6, []), "has too few items"),
        ("loop-hits", lambda *problem: (10**6, 0), "`lru` is too large"),
    ],
)
def test_the_first_wrong_thing_is_named(exercise, wrong, sentence) -> None:  # type: ignore[no-untyped-def]
    one = EXERCISES[exercise]
    score = judge(one, one.problem("ada"), wrong)
    assert score.state == "not yet"
    assert sentence in score.text


@pytest.mark.parametrize("key", ["reach", "huge", "stride", "thrash"])
@pytest.mark.parametrize(("by", "side"), [(-1, "too small"), (1, "too large")])
def test_a_size_is_told_on_which_side_it_lies(key: str, by: int, side: str) -> None:
    exercise = EXERCISES["reach"]
    data = exercise.problem("ada")
    answer = answered(exercise, data)
    answer[key] += 3 * by
    assert side in judge(exercise, data, answer).text


@pytest.mark.parametrize(("shift", "unit"), [(10, "KiB"), (20, "MiB")])
def test_a_right_size_in_another_unit_is_told_so(shift: int, unit: str) -> None:
    exercise = EXERCISES["reach"]
    data = exercise.problem("ada")
    answer = answered(exercise, data)
    answer["huge"] >>= shift
    told = judge(exercise, data, answer).text
    assert f"it is the right number in {unit}, and bytes are asked for" in told


def test_a_mean_is_right_to_four_digits_and_the_card_says_so() -> None:
    exercise = EXERCISES["access-time"]
    data = exercise.problem("ada")
    assert "compared to 4 significant digits" in exercise.asks(data)
    answer = answered(exercise, data)
    rounded = {key: float(f"{value:.4g}") for key, value in answer.items()}
    assert judge(exercise, data, rounded) == exercise.points
    rounded["two levels"] *= 1.002
    assert judge(exercise, data, rounded) < exercise.points
