"""Exercises of notebook 08, against the simulated kernel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb08 import copy_on_write, fault_counters, first_touch, grow_stack
from coursework.exercises.nb08.classify_fault import KINDS, STORIES
from coursework.judge import judge
from pagesim.kernel import AccessError, Kernel, Process, Why
from pagesim.kernel.cases import outcome

from .test_every_exercise import answered

LEARNERS = [f"learner {number}" for number in range(8)]
PAGE, PLACE = 4096, 0x1000_0000_0000

# The stories of the warm-up, as cases that the kernel can answer.
TOLD = {
    "fresh": (("private memory", "empty", "read"), ("private memory", "empty", "write")),
    "resident": (
        ("private memory", "read-only page", "read"),
        ("private memory", "writable page", "write"),
    ),
    "protected": (
        ("private memory", "read-only page", "write"),
        ("private memory", "the zero page", "write"),
    ),
    "disk": (("private file", "empty", "read"), ("private memory", "in swap", "read")),
    "cached": (
        ("shared file", "empty; page in the cache", "read"),
        ("private file", "empty; page in the cache", "write"),
    ),
    "forbidden": (
        ("PROT_NONE", "page with P cleared", "read"),
        ("code of a file", "read-only page", "write"),
        ("nothing", "empty", "read"),
    ),
    "short": (
        ("private file", "empty; past the file's end", "read"),
        ("shared file", "empty; past the file's end", "write"),
    ),
}


@pytest.mark.parametrize("role", STORIES)
def test_the_stories_end_as_in_the_kernel(role: str) -> None:
    for (_, kind), case in zip(STORIES[role], TOLD[role], strict=True):
        assert outcome(*case, "user mode").kind == kind


@pytest.mark.parametrize("name", LEARNERS[:3])
def test_the_counters_are_the_kernel_s(name: str) -> None:
    exercise = EXERCISES["fault-counters"]
    data = exercise.problem(name)
    kernel = Kernel(ram="4 MiB")
    one = kernel.spawn()
    area = one.mmap(data["pages"] * PAGE)
    first, few = range(data["written"]), range(data["child"])
    found = {"read": one.touch(area, "r")["minor"], "write": one.touch(area, "w", first)["minor"]}
    child = one.fork()
    found["child"] = child.touch(area, "r")["minor"] + child.touch(area, "w", few)["minor"]
    child.exit()
    found["parent"] = one.touch(area, "w", first)["minor"]
    file = kernel.file("data", bytes(data["file"] * PAGE), on_disk=False)
    mapped = one.mmap(data["file"] * PAGE, "r", "shared", file, addr=PLACE)
    found["file"] = one.touch(mapped, "r")["minor"]
    found["rss"] = one.smaps(area).Rss
    assert found == fault_counters.solve(data)


@pytest.mark.parametrize("name", LEARNERS[:3])
def test_first_touches_are_the_kernel_s(name: str) -> None:
    for (accesses,) in EXERCISES["first-touch"].problem(name)["cases"]:
        process = Kernel(ram="2 MiB").spawn()
        area = process.mmap(16 * PAGE)
        faults = sum(process.touch(area, kind, [page])["minor"] for page, kind in accesses)
        space = process.space
        zero = [
            page
            for page in range(16)
            if space.table.word(area.start + page * PAGE)
            and space.pte(area.start + page * PAGE).pfn == space.pool.zero
        ]
        assert first_touch.solve(accesses) == [faults, process.smaps(area).Rss // 4, zero]


@pytest.mark.parametrize("name", LEARNERS[:3])
def test_copies_are_the_kernel_s(name: str) -> None:
    for pages, events in EXERCISES["copy-on-write"].problem(name)["cases"]:
        kernel = Kernel(ram="2 MiB")
        people: dict[int, Process] = {0: kernel.spawn()}
        area = people[0].mmap(pages * PAGE)
        people[0].touch(area)
        faults = copies = 0
        for what, who, *more in events:
            if what == "fork":
                people[more[0]] = people[who].fork()
            elif what == "exit":
                people.pop(who).exit()
            else:
                done = people[who].write(area.start + more[0] * PAGE)
                faults += done.kind == "minor"
                copies += Why.COPIED in done.why
        frames = kernel.counters["AnonPages"] // 4
        assert copy_on_write.solve(pages, events) == [faults, copies, frames]


@pytest.mark.parametrize("name", LEARNERS)
def test_stacks_grow_as_in_the_kernel(name: str) -> None:
    for top, low, limit, below, stores in EXERCISES["grow-stack"].problem(name)["cases"]:
        kernel = Kernel(ram="2 MiB")
        kernel.layout = replace(
            kernel.layout, stack=(top - low) * PAGE, stack_limit=limit * PAGE, guard=256 * PAGE
        )
        process = kernel.spawn()
        shift = kernel.layout.top // PAGE - top
        process.mmap(PAGE, addr=(below - 1 + shift) * PAGE)
        failed = -1
        for number, page in enumerate(stores):
            try:
                process.write((page + shift) * PAGE)
            except AccessError:
                failed = number
                break
        stack = next(area for area in process.areas if area.role == "stack")
        expected = [stack.start // PAGE - shift, failed]
        assert grow_stack.solve(top, low, limit, below, stores) == expected


@pytest.mark.parametrize(
    ("exercise", "wrong", "sentence"),
    [
        ("first-touch", lambda accesses: (99, 0, []), "`faults` is too large"),
        ("first-touch", lambda accesses: (4, 2, [9]), "`zero` has an item that does not belong"),
        ("copy-on-write", lambda pages, events: (0, 0, 1), "`faults` is too small"),
        ("copy-on-write", lambda pages, events: (0, 0, 1), "1 page, [['fork', 0, 1], ['write', 1"),
        ("grow-stack", lambda *case: (1, -1), "`failed` is right. `low`: what does a store inside"),
        ("grow-stack", lambda *case: (9900, 3), "Look at store 3 (from 0), to page 9900."),
        ("grow-stack", lambda *case: (9900, 10**9), "Look at store 3 (from 0), to page 9900."),
    ],
)
def test_the_first_wrong_thing_is_named(exercise: str, wrong: Any, sentence: str) -> None:
    one = EXERCISES[exercise]
    score = judge(one, one.problem("ada"), wrong)
    assert score.state == "not yet"
    assert sentence in score.text


def test_two_results_in_each_others_place_are_nothing_worse() -> None:
    """Two known mistakes together would give the same counts."""
    one = EXERCISES["copy-on-write"]

    def turned(pages: int, events: list[list[Any]]) -> list[int]:
        faults, copies, frames = copy_on_write.solve(pages, events)
        return [copies, faults, frames]

    text = judge(one, one.problem("ada"), turned).text
    assert "In what your function returns `faults` and `copies` stand in each other's" in text
    assert "two things" not in text


@pytest.mark.parametrize("kind", [frozenset, tuple, sorted, lambda pages: pages[::-1]])
def test_pages_may_come_in_any_order_and_collection(kind: Any) -> None:
    one = EXERCISES["first-touch"]

    def answer(accesses: list[list[Any]]) -> Any:
        faults, frames, zero = first_touch.solve(accesses)
        return faults, frames, kind(zero)

    assert judge(one, one.problem("ada"), answer) == one.points


def test_a_second_write_taken_for_a_fault_is_not_called_a_fork() -> None:
    one = EXERCISES["classify-fault"]
    data = one.problem("ada")
    right = answered(one, data)
    places = {(role, pick): key for key, (role, pick) in data["accesses"].items()}
    again, forked = places["resident", 1], places["resident", 0]
    score = judge(one, data, right | {again: "minor"})
    assert score.state == "not yet"
    assert "after a fork, too" not in score.text
    assert "reads fault after a fork" in judge(one, data, right | {forked: "minor"}).text


def test_no_word_is_right_for_more_than_a_third() -> None:
    for name in LEARNERS:
        data = EXERCISES["classify-fault"].problem(name)
        words = list(answered(EXERCISES["classify-fault"], data).values())
        assert max(words.count(word) for word in KINDS) <= len(words) / 3


def test_pages_for_kb_are_a_unit() -> None:
    one = EXERCISES["fault-counters"]
    data = one.problem("ada")
    text = judge(one, data, answered(one, data) | {"rss": data["written"]}).text
    assert "it is the right number in pages of 4 KiB, and kB are asked for" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"limit_less": 1}, "a stack of exactly `limit` pages is refused"),
        ({"gap": 257}, "a gap of exactly 256 pages is refused"),
        ({"goes_on": "last"}, "the program goes on after a store that failed"),
        ({"goes_on": "first"}, "the stack grows on after a store that failed"),
        ({"gap": 64}, "how many pages would the stack have, and how many would stay free?"),
        ({"gap": 1}, "how many pages would the stack have, and how many would stay free?"),
    ],
)
def test_an_edge_of_the_stack_is_called_what_it_is(change: dict[str, Any], said: str) -> None:
    one = EXERCISES["grow-stack"]
    for name in LEARNERS:
        score = judge(one, one.problem(name), lambda *case: grow_stack.solve(*case, **change))
        assert score < one.points
        assert said in score.text
        assert "only the growth of the moment" not in score.text
        assert ("until it touches its neighbour" in score.text) == (change == {"gap": 0})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: 4 * (data["written"] + data["child"]), "It was the child's, and went with"),
        (lambda data: 4 * (data["written"] + data["file"]), "but the card asks for *private*"),
    ],
)
def test_whose_pages_are_counted_too_much_is_said(change: Any, said: str) -> None:
    one = EXERCISES["fault-counters"]
    data = one.problem("ada")
    assert said in judge(one, data, answered(one, data) | {"rss": change(data)}).text


@pytest.mark.parametrize("kind", [float, lambda number: number])
def test_a_count_may_be_a_float(kind: Any) -> None:
    one = EXERCISES["first-touch"]

    def answer(accesses: list[list[Any]]) -> Any:
        faults, frames, zero = first_touch.solve(accesses)
        return kind(faults), kind(frames), [kind(page) for page in zero]

    assert judge(one, one.problem("ada"), answer) == one.points
