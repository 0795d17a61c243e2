"""Exercises of notebook 05 against facts worked out in another way."""

import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb05 import buddy_order, cover_huge, mixed_walk, pick_page, sparse_rss
from coursework.judge import judge

LEARNERS = [f"learner {number}" for number in range(40)]
MIB = 1 << 20


def drawn(name, learner="ada"):
    return EXERCISES[name].problem(learner)


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_range_is_covered_without_gap_and_with_as_few_pages_as_can_be(learner):
    data = drawn("cover-huge", learner)
    for key, (start, length) in data["ranges"].items():
        huge, small = cover_huge.reference(data, key)
        assert huge * 2 * MIB + small * 4096 == length
        borders = [at for at in range(0, start + length, 2 * MIB) if at >= start]
        assert huge == sum(at + 2 * MIB <= start + length for at in borders)
    start, length = data["ranges"]["c"]
    assert cover_huge.reference(data, "c")[0] == 0
    assert length > 2 * MIB  # longer than a huge page, and still without one


def test_what_linux_counted_in_the_lab():
    """64 MiB: 32 huge pages; a window 1 MiB off: 31 and 512 small ones; a byte per 2 MiB."""
    ranges = {"a": [0, 64 * MIB], "b": [MIB, 64 * MIB]}
    counted = [cover_huge.reference({"ranges": ranges}, key) for key in "ab"]
    assert counted == [[32, 0], [31, 512]]
    programs = {"a": [64 * MIB, 2 * MIB], "b": [64 * MIB, 4096]}
    sparse = [sparse_rss.reference({"programs": programs}, key) for key in "ab"]
    assert sparse == [[128, 65536, 32, 32], [65536, 65536, 16384, 32]]


@pytest.mark.parametrize("learner", LEARNERS)
def test_sparse_touches_never_cost_less_with_huge_pages(learner):
    data = drawn("sparse-rss", learner)
    for key, (length, _) in data["programs"].items():
        small, huge, faults, fewer = sparse_rss.reference(data, key)
        assert small == 4 * faults
        assert small <= huge <= length // 1024
        assert fewer <= faults


@pytest.mark.parametrize("learner", LEARNERS[:10])
def test_the_mixed_walk_meets_every_size_of_page(learner):
    for va, cr3, mode, memory in drawn("mixed-walk", learner)["cases"]:
        pa, size, reads = mixed_walk.reference(va, cr3, mode, memory)
        assert (pa is None) == (size == 0)
        below = sum(mode["index_bits"][reads:])
        if size:
            assert size == 1 << mode["page_shift"] + below
            assert pa % size == va % size
    sizes = {
        mixed_walk.reference(*case)[1]
        for case in drawn("mixed-walk", learner)["cases"]
        if case[2]["page_shift"] == 12
    }
    assert sizes == {0, 4096, 2 * MIB, 1 << 30}


@pytest.mark.parametrize("learner", LEARNERS[:10])
def test_room_in_a_bitmap(learner):
    for frames, used, order in drawn("buddy-order", learner)["cases"]:
        size = 1 << order
        taken = bytearray(frames)
        for pfn in used:
            taken[pfn] = 1
        now = sum(not any(taken[at : at + size]) for at in range(0, frames, size))
        packed = bytes(frames - len(used)).count(bytes(size))
        assert buddy_order.reference(frames, used, order) == [now, packed]


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_four_workloads_want_three_different_answers(learner):
    data = drawn("pick-page", learner)
    answers = [pick_page.reference(data, key) for key in "abcd"]
    assert sorted(answers) == ["1 GiB", "2 MiB", "4 KiB", "4 KiB"]


@pytest.mark.parametrize(
    ("exercise", "key", "answer", "sentence"),
    [
        ("cover-huge", "a", [99, 0], "too many. Which multiples"),
        ("cover-huge", "a", [0, 1], "too few. Which multiples"),
        ("sparse-rss", "a", [1, 2, 3, 4], "Number 1 (RSS with 4 KiB pages)"),
        ("pick-page", "a", "8 KiB", "none of the three sizes"),
    ],
)
def test_the_first_wrong_number_is_named(exercise, key, answer, sentence):
    known, data = EXERCISES[exercise], drawn(exercise)
    answers = {each: known.reference(data, each) for each in known.form} | {key: answer}
    score = judge(known, data, answers)
    assert score.state == "not yet"
    assert sentence in score.text


@pytest.mark.parametrize(
    ("exercise", "change", "sentence"),
    [
        ("mixed-walk", lambda pa, size, reads: (pa, size, reads + 7), "stops too late"),
        ("mixed-walk", lambda pa, size, reads: (pa and pa ^ 1, size, reads), "the offset is"),
        ("mixed-walk", lambda pa, size, reads: (pa and pa + size, size, reads), "the frame is"),
        ("mixed-walk", lambda pa, size, reads: (pa, 3 * size, reads), "the size of the page is"),
        ("mixed-walk", lambda pa, size, reads: (7, size, reads), "wrong step"),
        ("buddy-order", lambda now, packed: (now + 50, packed), "`now` is"),
        ("buddy-order", lambda now, packed: (now, packed + 50), "`packed` is"),
    ],
)
def test_the_first_wrong_step_is_named(exercise, change, sentence):
    known = EXERCISES[exercise]
    score = judge(known, drawn(exercise), lambda *case: change(*known.reference(*case)))
    assert score.state == "not yet"
    assert sentence in score.text
