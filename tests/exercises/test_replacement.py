"""Exercises of notebook 09, against textbooks and slow models worked out here."""

from __future__ import annotations

from itertools import product

import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb09 import fifo_and_clock as replace
from coursework.exercises.nb09 import find_belady, opt
from coursework.exercises.nb09 import how_many_fit as fits
from coursework.exercises.nb09 import working_set as window
from coursework.judge import judge

LEARNERS = [f"learner {number}" for number in range(20)]
# Silberschatz, Galvin, Gagne, Operating System Concepts, sec. 10.4: three frames
SILBERSCHATZ = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1]


@pytest.mark.parametrize("name", LEARNERS)
def test_the_working_set_by_sliding(name: str) -> None:
    data = EXERCISES["working-set"].problem(name)
    recent: list[int] = []
    sizes, sets = [], {}
    for number, page in enumerate(data["trace"], 1):
        recent = [*recent, page][-data["window"] :]
        sizes.append(len(set(recent)))
        sets[number] = sorted(set(recent))
    for key, time in data["times"].items():
        assert window.reference(data, key) == sets[time]
    assert window.reference(data, "most") == max(sizes)


def test_the_pages_of_a_working_set_may_come_in_any_order() -> None:
    exercise = EXERCISES["working-set"]
    data = exercise.problem("ada")
    answer = {key: exercise.reference(data, key) for key in exercise.form}
    answer["b"] = answer["b"][::-1]
    assert judge(exercise, data, answer) == 2


def test_textbook_faults() -> None:
    assert replace.reference(SILBERSCHATZ, 3, "fifo")[0] == 15
    assert opt.reference(SILBERSCHATZ, 3)[0] == 9


@pytest.mark.parametrize("name", LEARNERS[:5])
def test_the_clock_with_a_dictionary_of_bits(name: str) -> None:
    """The card's words, with pages in a queue: a page whose bit is set goes to the end, cleared."""
    for pages, frames, policy in EXERCISES["fifo-and-clock"].problem(name)["cases"]:
        queue: list[int] = []
        used: dict[int, bool] = {}
        faults, left = 0, []
        for page in pages:
            if page not in queue:
                faults += 1
                if len(queue) == frames:
                    while policy == "clock" and used[queue[0]]:
                        used[queue[0]] = False
                        queue.append(queue.pop(0))
                    left.append(queue.pop(0))
                queue.append(page)
            used[page] = True
        assert replace.reference(pages, frames, policy) == [faults, left]


def test_nobody_faults_less_than_opt() -> None:
    """Against every choice of victims there is, on short strings."""

    def fewest(pages: list[int], held: frozenset[int], frames: int) -> int:
        if not pages:
            return 0
        page, rest = pages[0], pages[1:]
        if page in held:
            return fewest(rest, held, frames)
        if len(held) < frames:
            return 1 + fewest(rest, held | {page}, frames)
        return 1 + min(fewest(rest, held - {out} | {page}, frames) for out in held)

    for tail in product(range(4), repeat=5):
        pages = [0, 1, 2, *tail]
        assert opt.reference(pages, 2)[0] == fewest(pages, frozenset(), 2)


def test_belady_of_1969_and_a_longer_one() -> None:
    """The published string is an answer, whatever the pages are called; so is any other one."""
    exercise = EXERCISES["find-belady"]
    data = exercise.problem("ada")
    one, two, three, four, five, six = data["pages"]
    belady = [one, two, three, four, one, two, five, one, two, three, four, five]
    assert find_belady.measure(data, "a", belady)["faults"] == "more"
    longer = [one, two, three, four, five, one, two, three, six, one, two, three, four, five, six]
    answer = {"a": [*belady, five], "b": longer}
    assert judge(exercise, data, answer) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda pages: pages[:4], "it faults as often as with 3"),
        (lambda pages: [pages[0]] * 15, "too many accesses"),
        (lambda pages: [100], "not on the list"),
    ],
)
def test_what_is_wrong_with_a_string_is_said(change, sentence) -> None:  # type: ignore[no-untyped-def]
    data = {"pages": [11, 12, 13, 14, 15, 16]}
    got = find_belady.measure(data, "a", change(data["pages"]))
    assert sentence in find_belady.locate(data, "a", {"problem": "", "faults": "more"}, got)


def test_a_machine_in_round_numbers() -> None:
    """1000 MiB for workers of 100: ten fit. Of 20, half is out: 50 faults of 0.1 ms a request."""
    data = {
        "ram": 1500, "kernel": 400, "code": 100, "working": 100, "virtual": 900, "extra": 10,
        "touches": 100, "disk_us": 100,
    }  # fmt: skip
    assert [fits.reference(data, key) for key in ("fit", "share", "rate")] == [10, 50, 200]
