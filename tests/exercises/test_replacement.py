"""Exercises of notebook 09, against textbooks and slow models worked out here."""

from __future__ import annotations

from itertools import product

import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb09 import (
    fifo_and_clock,
    find_belady,
    how_many_fit,
    opt,
    working_set,
)
from coursework.judge import judge
from pagesim.replacement import simulate

from .test_every_exercise import answered

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
    expected = {key: sets[time] for key, time in data["times"].items()} | {"most": max(sizes)}
    assert working_set.solve(data) == expected


@pytest.mark.parametrize("kind", [set, tuple, list, lambda pages: pages[::-1]])
def test_the_pages_of_a_working_set_may_come_in_any_order_and_collection(kind) -> None:  # type: ignore[no-untyped-def]
    exercise = EXERCISES["working-set"]
    data = exercise.problem("ada")
    answer = answered(exercise, data)
    assert judge(exercise, data, answer | {"a": kind(answer["a"]), "b": kind(answer["b"])}) == 2


def test_numbering_from_0_is_not_called_leaving_out_the_present() -> None:
    exercise = EXERCISES["working-set"]
    data = exercise.problem("ada")
    answer = answered(exercise, data)
    for key, time in data["times"].items():
        answer[key] = set(data["trace"][max(0, time + 1 - data["window"]) : time + 1])
    text = judge(exercise, data, answer).text
    assert "The first access is number 1, not 0" in text
    assert "before the present access" not in text


def test_textbook_faults() -> None:
    assert fifo_and_clock.solve(SILBERSCHATZ, 3, "fifo")[0] == 15
    assert opt.solve(SILBERSCHATZ, 3)[0] == 9


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
        assert fifo_and_clock.solve(pages, frames, policy) == [faults, left]
        run = simulate(pages, frames, policy)
        assert [run.faults, run.victims.tolist()] == [faults, left]


@pytest.mark.parametrize("name", LEARNERS[:5])
def test_opt_is_the_simulators(name: str) -> None:
    for pages, frames in EXERCISES["opt"].problem(name)["cases"]:
        run = simulate(pages, frames, "opt")
        assert opt.solve(pages, frames) == [run.faults, run.victims.tolist()]


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
        assert opt.solve(pages, 2)[0] == fewest(pages, frozenset(), 2)


def test_belady_of_1969_and_a_longer_one() -> None:
    """The published string is an answer, whatever the pages are called; so is any other one."""
    exercise = EXERCISES["find-belady"]
    data = exercise.problem("ada")
    one, two, three, four, five, six = data["pages"]
    belady = [one, two, three, four, one, two, five, one, two, three, four, five]
    assert find_belady.measure(data, "a", belady)["faults"] == "more often than"
    longer = [one, two, three, four, five, one, two, three, six, one, two, three, four, five, six]
    answer = {"a": [*belady, five], "b": longer}
    assert judge(exercise, data, answer) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda pages: pages[:4], "it faults as often as with 3"),
        (lambda pages: [pages[0]] * 15, "too many accesses"),
        (lambda pages: [], "no accesses"),
        (lambda pages: (pages * 3)[:14], "at every access, as it does with 3"),
        (lambda pages: [100], "not on the list"),
    ],
)
def test_what_is_wrong_with_a_string_is_said(change, sentence) -> None:  # type: ignore[no-untyped-def]
    data = {"pages": [11, 12, 13, 14, 15, 16]}
    got = find_belady.measure(data, "a", change(data["pages"]))
    assert sentence in find_belady.locate(data, "a", {}, got)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_string_that_breaks_off_is_not_called_a_loop(left: int) -> None:
    exercise = EXERCISES["find-belady"]
    data = exercise.problem("ada")
    right = answered(exercise, data)
    answer = {key: string[: -left or None] if left else [] for key, string in right.items()}
    text = judge(exercise, data, answer).text
    assert "loop" not in text
    assert ("It has no accesses." if not left else "With 4 frames it faults as often as") in text


def test_the_largest_set_is_none_of_those_that_are_asked_for() -> None:
    for name in LEARNERS:
        data = EXERCISES["working-set"].problem(name)
        right = working_set.solve(data)
        assert max(len(right["a"]), len(right["b"])) < right["most"] < data["window"]


@pytest.mark.parametrize(
    ("by", "said"), [(-1, "a moment with more"), (9, "At no moment are there")]
)
def test_a_largest_set_that_is_none_is_told_what_is_so(by: int, said: str) -> None:
    exercise = EXERCISES["working-set"]
    data = exercise.problem("ada")
    answer = answered(exercise, data)
    assert said in judge(exercise, data, answer | {"most": answer["most"] + by}).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"clock": "lru"}, "the clock is LRU"),
        ({"fifo": "clock"}, "the bits are looked at under FIFO"),
        ({"fifo": "lru", "clock": "lru"}, "of two things together"),
        ({"advance": False}, "the hand stays on the new page"),
    ],
)
def test_a_policy_taken_for_another_is_named(change, said) -> None:  # type: ignore[no-untyped-def]
    exercise = EXERCISES["fifo-and-clock"]
    for name in LEARNERS[:5]:
        data = exercise.problem(name)
        assert said in judge(exercise, data, lambda *c: fifo_and_clock.solve(*c, **change)).text


def test_victims_in_another_order_are_called_that() -> None:
    def turned(pages: list[int], frames: int) -> list[object]:
        faults, left = opt.solve(pages, frames)
        return [faults, left[::-1]]

    exercise = EXERCISES["opt"]
    text = judge(exercise, exercise.problem("ada"), turned).text
    assert "`victims` has the right items in another order" in text
    assert "of several that never are" in text


def test_a_machine_in_round_numbers() -> None:
    """1000 MiB for workers of 100: ten fit. Of 20, half is out: 50 faults of 0.1 ms a request."""
    data = {
        "ram": 1500,
        "kernel": 400,
        "code": 100,
        "working": 100,
        "virtual": 900,
        "extra": 10,
        "touches": 100,
        "disk_us": 100,
    }
    assert how_many_fit.solve(data) == {"fit": 10, "share": 50, "rate": 200}


def test_how_many_fit_asks_for_three_digits_and_says_so() -> None:
    exercise = EXERCISES["how-many-fit"]
    data = exercise.problem("ada")
    assert "compared to 3 significant digits" in exercise.asks(data)
    answer = answered(exercise, data)
    assert f"{data['virtual']:,} MiB" in exercise.asks(data)
    rounded = {key: float(f"{value:.3g}") for key, value in answer.items()}
    assert judge(exercise, data, rounded) == exercise.points
    written = {key: f"{value:.3g}" for key, value in answer.items()}  # as text
    assert judge(exercise, data, written) == exercise.points
    for of in ("in", "extra"):
        wrong = how_many_fit.solve(data, of=of)
        assert "what comes out if" in judge(exercise, data, wrong).text
    told = judge(exercise, data, answer | {"share": answer["share"] / 100}).text
    assert "it is the right number in a fraction, and percent is asked for" in told


@pytest.mark.parametrize(
    ("change", "said"),
    [({"up": 1}, "rounded up"), ({"code": "nowhere"}, "the code takes no memory")],
)
def test_a_worker_too_many_is_called_what_it_is(change, said) -> None:  # type: ignore[no-untyped-def]
    exercise = EXERCISES["how-many-fit"]
    for name in LEARNERS:
        data = exercise.problem(name)
        wrong = how_many_fit.solve(data, **change)
        assert wrong["fit"] == how_many_fit.solve(data)["fit"] + 1
        text = judge(exercise, data, wrong).text
        assert said in text
        assert "all of RAM" not in text
