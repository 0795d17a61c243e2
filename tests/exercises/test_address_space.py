"""Exercises of notebook 07, against the simulated kernel and cases worked out by hand."""

from __future__ import annotations

from bisect import bisect_right

import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb07 import access_verdict, brk_sums, find_vma, mprotect, read_maps
from coursework.judge import judge
from pagesim.kernel import Kernel, Vma
from pagesim.kernel.areas import Areas

from .test_every_exercise import answered

LEARNERS = [f"learner {number}" for number in range(20)]
PAGE = 4096


def test_maps_by_hand() -> None:
    lines = {
        "a": "1000-3000 r-xp /bin/program",
        "b": "9000-a000 rw-p",
        "c": "9000-a000 rw-p [heap]",
        "d": "3000-4000 rw-p /bin/program",
    }
    assert [read_maps.solve({"asked": lines}, key) for key in "abcd"] == [
        ["text", 8],
        ["bss", 4],
        ["heap", 4],
        ["data", 4],
    ]


@pytest.mark.parametrize("name", LEARNERS)
def test_brk_is_what_the_kernel_makes_of_it(name: str) -> None:
    data = EXERCISES["brk-sums"].problem(name)
    process = Kernel().spawn()
    start = process.brk()
    for number, move in enumerate(data["moves"]):
        process.brk(process.brk() + move)
        if number == 1:
            for va in range(start, process.brk(), PAGE):
                process.write(va)
    heap = next(area for area in process.areas if area.role == "heap")
    shift = data["start"] - start
    assert brk_sums.solve(data) == {
        "brk": process.brk() + shift,
        "end": heap.end + shift,
        "size": heap.length // 1024,
        "resident": process.smaps(heap).Rss,
    }


@pytest.mark.parametrize("name", LEARNERS[:5])
def test_the_area_is_the_one_that_the_kernel_finds(name: str) -> None:
    for spans, va in EXERCISES["find-vma"].problem(name)["cases"]:
        areas = Areas(PAGE)
        for number, (start, end) in enumerate(spans):
            areas.insert(Vma(start, end, "rw" if number % 2 else "r"))  # neighbours stay apart
        found = areas.find(va)
        number = find_vma.solve(spans, va)
        assert (found and [found.start, found.end]) == (None if number is None else spans[number])


@pytest.mark.parametrize("name", LEARNERS[:5])
def test_permissions_change_as_in_the_kernel(name: str) -> None:
    for rows, start, end, perms in EXERCISES["mprotect"].problem(name)["cases"]:
        process = Kernel(ram="1 MiB").spawn()
        base = 0x1000_0000
        for first, last, what in rows:
            process.mmap((last - first) * PAGE, what.replace("-", ""), addr=base + first * PAGE)
        process.mprotect(base + start * PAGE, perms.replace("-", ""), (end - start) * PAGE)
        after = [
            [(area.start - base) // PAGE, (area.end - base) // PAGE, area.perms[:3]]
            for area in process.areas
            if base <= area.start < 0x2000_0000
        ]
        assert mprotect.solve(rows, start, end, perms) == after


def test_verdicts_at_the_edges() -> None:
    """A stack of 2 pages at page 1000, a neighbour that ends at page 10, a limit of 100 pages."""
    areas = [[5 * PAGE, 10 * PAGE, "r-x"], [1000 * PAGE, 1002 * PAGE, "rw-"]]
    limit = 100 * PAGE
    asked = {
        (5 * PAGE, "x"): "ok",
        (5 * PAGE, "w"): "ACCERR",
        (10 * PAGE, "r"): "MAPERR",
        (902 * PAGE, "w"): "grows",
        (902 * PAGE - 1, "w"): "MAPERR",
        (999 * PAGE, "x"): "ACCERR",
        (1002 * PAGE, "r"): "MAPERR",
    }
    for (va, access), verdict in asked.items():
        assert access_verdict.solve(areas, va, access, limit) == verdict
    no_limit = 1 << 40
    assert access_verdict.solve(areas, 266 * PAGE, "w", no_limit) == "grows"
    assert access_verdict.solve(areas, 266 * PAGE - 1, "w", no_limit) == "MAPERR"


@pytest.mark.parametrize("name", LEARNERS[:5])
def test_every_verdict_is_asked_for(name: str) -> None:
    cases = EXERCISES["access-verdict"].problem(name)["cases"]
    verdicts = [access_verdict.solve(*case) for case in cases]
    for word in ("ok", "grows", "MAPERR", "ACCERR"):
        assert len(cases) / 5 < verdicts.count(word) < len(cases) / 3


def told(exercise_id: str, wrong) -> str:  # type: ignore[no-untyped-def]
    """Return what is said to Ada's wrong answer."""
    exercise = EXERCISES[exercise_id]
    score = judge(exercise, exercise.problem("ada"), wrong)
    assert score < exercise.points
    return score.text


@pytest.mark.parametrize(
    ("change", "said", "not_said"),
    [
        ({"asks": False}, "the stack grows whatever the access is", "every area may be executed"),
        ({"reads": "rw"}, "what may be written may be read", "no permission is ever asked for"),
        ({"gap": PAGE}, "How much would stay free above the area below?", "right up to its"),
        ({"gap": 255 * PAGE}, "How much would stay free above the area below?", "right up to its"),
        ({"less": 1}, "the last page that the stack may grow to", "the stack never grows"),
        ({"rounded": "no"}, "the stack grows to the address itself", "never grows"),
        ({"rounded": "up"}, "the stack grows to the page above", "never grows"),
    ],
)
def test_a_verdict_is_called_what_it_is(change, said, not_said) -> None:  # type: ignore[no-untyped-def]
    text = told("access-verdict", lambda *case: access_verdict.solve(*case, **change))
    assert said in text
    assert not_said not in text


def test_what_may_be_written_may_not_be_read_here_unless_it_says_so() -> None:
    areas = [
        [PAGE, 2 * PAGE, "-w-"],
        [2 * PAGE, 3 * PAGE, "--x"],
        [9999 * PAGE, 10**4 * PAGE, "rw-"],
    ]
    verdicts = [access_verdict.solve(areas, at * PAGE, kind, 0) for at in (1, 2) for kind in "rwx"]
    assert verdicts == ["ACCERR", "ok", "ACCERR", "ACCERR", "ACCERR", "ok"]


def test_an_end_that_counts_is_not_called_a_missing_look() -> None:
    def bisects(areas: list[list[int]], va: int) -> int | None:
        at = bisect_right(areas, va, key=lambda area: area[0]) - 1
        return at if at >= 0 and va <= areas[at][1] else None

    def loops(areas: list[list[int]], va: int) -> int | None:
        return next((n for n, (low, high) in enumerate(areas) if low <= va <= high), None)

    for wrong in (bisects, loops):
        text = told("find-vma", wrong)
        assert "`end` belongs to the area" in text
        assert "however far it reaches" not in text


def test_a_flag_where_a_number_is_asked_is_said_to_count_as_one() -> None:
    def holds(areas: list[list[int]], va: int) -> bool:
        return find_vma.solve(areas, va) is not None

    assert "False counts as 0." in told("find-vma", holds)


def test_what_is_returned_for_a_hole_is_said() -> None:
    def bisects(areas: list[list[int]], va: int) -> int:
        found = find_vma.solve(areas, va)
        return -1 if found is None else found

    assert "lies in no area, and your function returns -1." in told("find-vma", bisects)


def test_where_none_is_an_answer_it_is_compared_as_one() -> None:
    text = told("find-vma", lambda areas, va: None if va == 0x3000 else find_vma.solve(areas, va))
    assert "lies in an area, and your function finds none" in text
    text = told("find-vma", lambda areas, va: find_vma.solve(areas, va // PAGE))
    assert "for every input: is there a `return`? 0x3000 lies in an area" in text
    assert "a number of 50001 bits" in told("find-vma", lambda areas, va: 1 << 50_000)


@pytest.mark.parametrize(
    ("exercise", "wrong", "sentence"),
    [
        ("find-vma", lambda areas, va: 99, "There is no area 99: they are numbered from 0 to 2."),
        ("find-vma", lambda areas, va: 2, "too far up"),
        ("find-vma", lambda areas, va: areas, "is a list; an int or None is expected"),
        ("mprotect", lambda *case: mprotect.solve(*case)[::-1], "the right areas, but not sorted"),
        ("mprotect", lambda *case: [[0, 1, "rw-"]], "Area 1 is the first wrong one: its start"),
        ("mprotect", lambda *case: [], "too few areas"),
        ("mprotect", lambda areas, *case: [[9, 9, "rw-"], *areas], "One of your areas is empty"),
        ("access-verdict", lambda *case: "nonsense", "'ok' or 'grows' or 'ACCERR' or 'MAPERR' is"),
        ("access-verdict", lambda *case: "grows", "Do its permissions name"),
    ],
)
def test_the_first_wrong_thing_is_named(exercise, wrong, sentence) -> None:  # type: ignore[no-untyped-def]
    one = EXERCISES[exercise]
    score = judge(one, one.problem("ada"), wrong)
    assert score.state == "not yet"
    assert sentence in score.text


def test_another_spelling_of_a_kind_is_told_what_is_expected() -> None:
    exercise = EXERCISES["read-maps"]
    answer = answered(exercise, exercise.problem("ada"))
    answer["a"][0] = f"[{answer['a'][0]}]"
    assert "'text' or 'data' or 'bss' or 'heap' or 'stack' is expected" in told("read-maps", answer)


def test_a_size_of_another_type_or_off_by_one_is_told_so() -> None:
    exercise = EXERCISES["read-maps"]
    right = answered(exercise, exercise.problem("ada"))
    answer = {key: [kind, size / 1024] for key, (kind, size) in right.items()}
    text = told("read-maps", answer)
    assert "an int is expected. It is the right number in MiB, and KiB are asked for." in text
    answer = {key: [kind, size - 1] for key, (kind, size) in right.items()}
    assert "or counted from 0 or from 1? Subtract" in told("read-maps", answer)


@pytest.mark.parametrize(("unit", "factor"), [("bytes", 1024), ("pages of 4 KiB", 1 / 4)])
def test_a_size_in_another_unit_is_told_so(unit: str, factor: float) -> None:
    exercise = EXERCISES["read-maps"]
    right = answered(exercise, exercise.problem("ada"))
    answer = {key: [kind, int(size * factor)] for key, (kind, size) in right.items()}
    assert f"it is the right number in {unit}, and KiB are asked for" in told("read-maps", answer)


def test_the_heap_s_moves_have_thousands_and_its_end_is_no_page_number() -> None:
    exercise = EXERCISES["brk-sums"]
    data = exercise.problem("ada")
    assert all(f"{move:,}" in exercise.asks(data) for move in data["moves"])
    answer = answered(exercise, data)
    text = judge(exercise, data, answer | {"end": answer["end"] // PAGE}).text
    assert "it is the right number in pages of 4 KiB, and bytes are asked for" in text


@pytest.mark.parametrize("key", ["brk", "end", "size", "resident"])
def test_each_number_of_the_heap_says_what_to_look_at(key: str) -> None:
    exercise = EXERCISES["brk-sums"]
    data = exercise.problem("ada")
    answer = answered(exercise, data)
    answer[key] += 3
    text = judge(exercise, data, answer).text
    assert f"The first that is not right: `{key}`." in text
    assert f"That is too large. {exercise.look[key]}" in text
