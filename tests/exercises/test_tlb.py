"""Exercises of notebook 06, against textbooks and slow models worked out here."""

from __future__ import annotations

import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb06 import access_time, loop_hits, lru_tlb, reach
from coursework.judge import judge

LEARNERS = [f"learner {number}" for number in range(30)]


@pytest.mark.parametrize("name", LEARNERS)
def test_set_and_tag_by_the_bits(name: str) -> None:
    """The card's own words, in strings of binary digits; two of three share a set."""
    exercise = EXERCISES["set-and-tag"]
    data, seen = exercise.problem(name), []
    bits = (data["entries"] // data["ways"]).bit_length() - 1
    for key, va in data["addresses"].items():
        page = f"{va:032b}"[:20]
        seen.append(page[-bits:])
        expected = [int(page, 2), int(page[-bits:], 2), int(page[:-bits], 2)]
        assert exercise.reference(data, key) == expected
    assert len(set(seen)) == 2


def test_the_reach_of_a_tlb_everybody_knows() -> None:
    """64 entries of 4 KiB reach 256 KiB, 1536 of 2 MiB reach 3 GiB; 16 sets are 64 KiB apart."""
    data = {"entries": 64, "ways": 4, "second": 1536, "page": 4096}
    found = [reach.reference(data, key) for key in ("reach", "huge", "stride", "thrash")]
    assert found == [256 << 10, 3 << 30, 64 << 10, 5]


def test_the_mean_of_a_thousand_accesses() -> None:
    """1000 accesses: 200 ask the second level, 100 walk; four reads each, or 1.75 on average."""
    data = {"first": 80, "second": 50, "cached": 75, "lookup": [1, 10], "read": 10}
    assert access_time.reference(data, "no TLB") == 40
    assert access_time.reference(data, "two levels") == pytest.approx(1 + 0.2 * 10 + 0.1 * 40)
    assert access_time.reference(data, "walk caches") == pytest.approx(1 + 2 + 0.1 * 17.5)


@pytest.mark.parametrize("name", LEARNERS[:10])
def test_the_tlb_in_code_by_time_of_last_use(name: str) -> None:
    for pages, sets, ways in EXERCISES["lru-tlb"].problem(name)["cases"]:
        used: dict[int, int] = {}
        misses, left = 0, []
        for now, page in enumerate(pages):
            mine = [other for other in used if other % sets == page % sets]
            if page not in used:
                misses += 1
                if len(mine) == ways:
                    oldest = min(mine, key=used.__getitem__)
                    left.append(oldest)
                    del used[oldest]
            used[page] = now
        assert lru_tlb.reference(pages, sets, ways) == [misses, left]


def test_a_loop_by_hand() -> None:
    """3 pages, 2 entries, always the first one leaves: 2 for 0, 0 for 2, a hit on 1, 2 for 0."""
    assert loop_hits.reference(3, 2, 2, [0] * 6) == [0, 1]
    assert loop_hits.reference(4, 4, 5, [0] * 20) == [16, 16]


@pytest.mark.parametrize(
    ("exercise", "wrong", "sentence"),
    [
        ("lru-tlb", lambda pages, sets, ways: (0, [999]), "Victim 1 is the first wrong one"),
        ("lru-tlb", lambda pages, sets, ways: (10**6, []), "too few victims"),
        ("loop-hits", lambda *problem: (10**6, 0), "Too many hits under LRU"),
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
    answer = {each: exercise.reference(data, each) for each in exercise.form}
    answer[key] += 3 * by
    assert side in judge(exercise, data, answer).text


@pytest.mark.parametrize(("shift", "unit"), [(10, "KiB"), (20, "MiB")])
def test_a_right_size_in_another_unit_is_told_so(shift: int, unit: str) -> None:
    exercise = EXERCISES["reach"]
    data = exercise.problem("ada")
    answer = {each: exercise.reference(data, each) for each in exercise.form}
    answer["huge"] >>= shift
    assert f"right in {unit}; write it in bytes" in judge(exercise, data, answer).text


def test_a_mean_may_be_rounded_as_the_card_says() -> None:
    exercise = EXERCISES["access-time"]
    data = exercise.problem("ada")
    answer = {each: exercise.reference(data, each) for each in exercise.form}
    assert judge(exercise, data, {key: float(f"{each:.3g}") for key, each in answer.items()}) == 2
    answer["two levels"] *= 1.01
    assert judge(exercise, data, answer) < 2
