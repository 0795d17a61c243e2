"""Exercises of notebook 05 against facts worked out in another way."""

import numpy as np
import pytest

from coursework.exercises import EXERCISES
from coursework.exercises.nb04.machines import ENTRY_BYTES
from coursework.exercises.nb05 import buddy_order, cover_huge, mixed_walk, pick_page, sparse_rss
from coursework.judge import judge
from pagesim import PagingMode, PhysicalMemory, PteFormat, RadixTable
from pagesim.memory.buddy import BuddyAllocator

from .test_every_exercise import answered

LEARNERS = [f"learner {number}" for number in range(40)]
MIB = 1 << 20


def drawn(name, learner="ada"):
    return EXERCISES[name].problem(learner)


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_range_is_covered_without_gap_and_with_as_few_pages_as_can_be(learner):
    data = drawn("cover-huge", learner)
    for key, (start, length) in data["ranges"].items():
        huge, small = cover_huge.solve(data, key)
        assert huge * 2 * MIB + small * 4096 == length
        borders = [at for at in range(0, start + length, 2 * MIB) if at >= start]
        assert huge == sum(at + 2 * MIB <= start + length for at in borders)
    assert [cover_huge.solve(data, key)[0] > 0 for key in "abcd"] == [True, True, False, False]
    assert data["ranges"]["c"][1] > 2 * MIB  # longer than a huge page, and still without one


def test_what_linux_counted_in_the_lab():
    """64 MiB: 32 huge pages; a window 1 MiB off: 31 and 512 small ones; a byte per 2 MiB."""
    ranges = {"a": [0, 64 * MIB], "b": [MIB, 64 * MIB]}
    counted = [cover_huge.solve({"ranges": ranges}, key) for key in "ab"]
    assert counted == [[32, 0], [31, 512]]
    programs = {"a": [64 * MIB, 2 * MIB], "b": [64 * MIB, 4096]}
    sparse = [sparse_rss.solve({"programs": programs}, key) for key in "ab"]
    assert sparse == [[128, 65536, 32, 32], [65536, 65536, 16384, 32]]


@pytest.mark.parametrize("learner", LEARNERS)
def test_sparse_touches_byte_by_byte(learner):
    data = drawn("sparse-rss", learner)
    for key, (length, stride) in data["programs"].items():
        small, huge = set(), set()
        for at in range(0, length, stride):
            small.add(at // 4096)
            whole = at // (2 * MIB) * 2 * MIB + 2 * MIB <= length
            huge.add((2048, at // (2 * MIB)) if whole else (4, at // 4096))
        rss = sum(kib for kib, _ in huge)
        assert sparse_rss.solve(data, key) == [len(small) * 4, rss, len(small), len(huge)]


@pytest.mark.parametrize("learner", LEARNERS[:10])
def test_the_mixed_walk_is_the_simulators_and_meets_every_size_of_page(learner):
    sizes = set()
    for va, cr3, mode, memory in drawn("mixed-walk", learner)["cases"]:
        layout = PteFormat(
            bytes=ENTRY_BYTES,
            present=0,
            pfn_shift=mode["pfn_shift"],
            pfn_bits=64 - mode["pfn_shift"],
            writable=None,
            user=None,
            accessed=None,
            dirty=None,
            huge=7,
            global_=None,
            nx=None,
        )
        bits = tuple(mode["index_bits"])
        paging = PagingMode(
            "exercise", bits, mode["page_shift"], layout, tuple(range(len(bits) - 1))
        )
        dump = np.array(memory, dtype="<u8").tobytes()
        table = RadixTable(paging, PhysicalMemory.from_dump(dump, paging.page_bytes), root=cr3)
        walk = table.walk(va)
        assert mixed_walk.solve(va, cr3, mode, memory) == [
            walk.pa,
            walk.page_bytes,
            len(walk.steps),
        ]
        sizes |= {walk.page_bytes} if mode["page_shift"] == 12 else set()
    assert sizes == {0, 4096, 2 * MIB, 1 << 30}


@pytest.mark.parametrize("learner", LEARNERS[:10])
def test_room_in_a_bitmap_and_in_the_allocator(learner):
    for frames, used, order in drawn("buddy-order", learner)["cases"]:
        size = 1 << order
        taken = bytearray(frames)
        buddy = BuddyAllocator(frames)
        for pfn in used:
            taken[pfn] = 1
            buddy.claim(pfn)
        now = sum(not any(taken[at : at + size]) for at in range(0, frames - size + 1, size))
        free = buddy.free_blocks().items()
        assert now == sum(count << larger - order for larger, count in free if larger >= order)
        packed = bytes(frames - len(used)).count(bytes(size))
        assert buddy_order.solve(frames, used, order) == [now, packed]


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_five_workloads_want_all_answers_and_two_only_just(learner):
    data = drawn("pick-page", learner)
    answers = [pick_page.solve(data, key) for key in "abcde"]
    assert sorted(size for size, _ in answers) == ["1 GiB", "2 MiB", "4 KiB", "4 KiB", "4 KiB"]
    for size in ("4 KiB", "2 MiB"):
        assert [size, data["tlb"][size]] in answers


def test_one_wrong_pick_is_no_rule_that_was_followed():
    """Of the answers with a single wrong size, none is said to be a rule's."""
    exercise, data = EXERCISES["pick-page"], drawn("pick-page")
    right = answered(exercise, data)
    for key, (size, pages) in right.items():
        for other in ("4 KiB", "2 MiB", "1 GiB"):
            if other == size:
                continue
            score = judge(exercise, data, right | {key: [other, pages]})
            assert (score, score.state) == (1.6, "not yet")


@pytest.mark.parametrize(
    ("exercise", "key", "answer", "sentence"),
    [
        ("cover-huge", "a", [99, 0], "It is too large. Which multiples"),
        ("cover-huge", "a", [0, 1], "It is too small. Which multiples"),
        ("sparse-rss", "a", [1, 2, 3, 4], "RSS with 4 KiB pages is the first wrong step"),
        ("pick-page", "a", ["8 KiB", 7], "'4 KiB' or '2 MiB' or '1 GiB' is expected"),
    ],
)
def test_the_first_wrong_number_is_named(exercise, key, answer, sentence):
    known, data = EXERCISES[exercise], drawn(exercise)
    score = judge(known, data, answered(known, data) | {key: answer})
    assert score.state == "not yet"
    assert sentence in score.text


@pytest.mark.parametrize(
    ("unit", "size"), [("pages of 4 KiB", 4), ("MiB", 1024), ("bytes", 1 / 1024)]
)
def test_another_unit_of_the_rss_is_named(unit, size):
    known, data = EXERCISES["sparse-rss"], drawn("sparse-rss")
    right = answered(known, data)
    rows = {key: [row[0] / size, row[1] / size, *row[2:]] for key, row in right.items()}
    if all(float(each).is_integer() for row in rows.values() for each in row):
        score = judge(known, data, rows)
        assert f"it is the right number in {unit}, and KiB are asked for" in score.text


@pytest.mark.parametrize(
    ("exercise", "change", "sentence"),
    [
        ("mixed-walk", lambda pa, size, reads: (pa, size, reads + 1), "but 3 reads are too many"),
        ("mixed-walk", lambda pa, size, reads: (pa, size, reads * bool(size)), "is 0, too few."),
        ("mixed-walk", lambda pa, size, reads: (pa and pa ^ 1, size, reads), "the offset is"),
        ("mixed-walk", lambda pa, size, reads: (pa and pa + size, size, reads), "the frame is"),
        ("mixed-walk", lambda pa, size, reads: (pa, 3 * size, reads), "the size of the page is"),
        ("mixed-walk", lambda pa, size, reads: (7, size, reads), "wrong step"),
        ("mixed-walk", lambda pa, size, reads: None, "is there a `return`?"),
        ("mixed-walk", lambda pa, size, reads: (1 << 50_000, size, reads), "50001 bits"),
        ("buddy-order", lambda now, packed: (now + 50, packed), "`now` is too large"),
        ("buddy-order", lambda now, packed: (now, packed + 50), "`packed` is too large"),
        ("buddy-order", lambda now, packed: (now, 1 << 50_000), "50001 bits"),
    ],
)
def test_the_first_wrong_step_is_named(exercise, change, sentence):
    known = EXERCISES[exercise]
    score = judge(known, drawn(exercise), lambda *case: change(*known.solve(*case)))
    assert score.state == "not yet"
    assert sentence in score.text
