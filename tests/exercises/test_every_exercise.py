"""Every exercise, over many learners: what is right passes, and every known mistake is named."""

import json
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursework.attempt import Raised
from coursework.builder import Lesson
from coursework.builder.source import has_marker
from coursework.exercise import RIGHT, Exercise
from coursework.exercises import EXERCISES
from coursework.exercises.nb04 import count_tables, hand_walk, place_64
from coursework.exercises.nb04.machines import memory_of, table_of
from coursework.judge import judge
from coursework.values import Misfit, fit
from pagesim import TOY10, X86_64, PhysicalMemory, RadixTable
from pagesim.incidents import reopen

from ..samples import some

LESSONS = Path(__file__).parents[2] / "lessons"
EVERYBODY = [f"learner {number}" for number in range(60)]
LEARNERS = some(EVERYBODY)
FEW = some(EVERYBODY[:20], least=2)  # where every mistake is played through as well

pytestmark = pytest.mark.sampled

# An exercise's tests share the problems that are drawn, so they run in one process.
each_exercise = pytest.mark.parametrize(
    "exercise",
    [
        pytest.param(each, id=each.id, marks=pytest.mark.xdist_group(each.id))
        for each in EXERCISES.values()
    ],
)
problem = Exercise.problem
lesson_of = cache(Lesson.read)


@cache
def drawn(exercise_id, name):
    return problem(EXERCISES[exercise_id], name)


@cache
def solved(exercise_id, name):
    """Answer a problem rightly, and as each mistake does."""
    exercise, data = EXERCISES[exercise_id], drawn(exercise_id, name)
    return {change: exercise.solved(data, change) for change in (RIGHT, *exercise.mistakes)}


def answered(exercise, data, change=RIGHT, instead=None):
    """Answer a problem the way a learner would: with a function, or with a dict.

    `instead` answers some parts otherwise, by their number.
    """
    answers = {**dict(enumerate(exercise.solved(data, change))), **(instead or {})}
    if exercise.kind == "code":
        known = {json.dumps(case): answers[i] for i, case in enumerate(exercise.parts(data))}

        def function(*case):
            answer = known[json.dumps(case)]
            if type(answer) is Raised:  # as the mistake does
                raise type(answer.kind, (Exception,), {})
            return answer

        return function
    return {part[-1]: answers[i] for i, part in enumerate(exercise.parts(data))}


@each_exercise
def test_problems_and_answers_are_plain_data(exercise):
    for name in LEARNERS:
        data = drawn(exercise.id, name)
        assert json.loads(json.dumps(data)) == data
    answers = exercise.solved(data)
    for part, answer in zip(exercise.parts(data), answers, strict=True):
        assert fit(answer, exercise.part_form(part), "it", exact=exercise.kind == "code") == answer
    assert json.loads(json.dumps(answers)) == answers


@each_exercise
def test_the_right_answer_gets_full_points(exercise):
    for name in FEW:
        data = drawn(exercise.id, name)
        score = judge(exercise, data, answered(exercise, data))
        assert (score, score.state) == (exercise.points, "right")


@each_exercise
def test_every_mistake_scores_below_full_and_is_told_so_in_its_own_words(exercise):
    messages = list(exercise.mistakes.values())
    assert len(set(messages)) == len(messages) >= 3
    for name in FEW:
        data = drawn(exercise.id, name)
        for change, message in exercise.mistakes.items():
            score = judge(exercise, data, answered(exercise, data, change))
            assert score < exercise.points, (name, message)
            assert score.state == "almost", (name, message)
            assert message in score.text, (name, message)


@each_exercise
@settings(max_examples=settings().max_examples // 2)
@given(name=st.sampled_from(LEARNERS), seed=st.integers(0, 1 << 32))
def test_no_diagnosis_is_false(exercise, name, seed):
    """Mix right answers, those of mistakes, and anything: what is named gives the whole answer."""
    data, rng = drawn(exercise.id, name), Random(seed)
    answers = solved(exercise.id, name)
    parts = range(len(answers[RIGHT]))
    base, other = (rng.choice(list(answers)) for _ in "ab")
    some = rng.sample(parts, rng.randrange(1, len(parts)))
    mixed = {part: rng.choice((answers[other][part], _odd(rng))) for part in some}
    score = judge(exercise, data, answered(exercise, data, base, mixed))
    named = [change for change, message in exercise.mistakes.items() if message in score.text]
    whole = [mixed.get(part, answers[base][part]) for part in parts]
    assert len(named) <= 2
    assert (score.state == "almost") == bool(named)
    if len(named) == 1:
        assert _alike(exercise, data, whole, answers[named[0]])
        assert not _alike(exercise, data, whole, answers[RIGHT])
    if len(named) == 2:
        assert _both(exercise, data, whole, *named)


def _odd(rng):
    return rng.choice((rng.randrange(1 << 16), [rng.randrange(9)], [1, [2]], "fault", None))


def _alike(exercise, data, given, known):
    """Compare part by part; what a dict leaves open says nothing."""
    return all(
        _open(exercise, part, one)
        or exercise.same(_measured(exercise, part, one), _measured(exercise, part, two))
        for part, one, two in zip(exercise.parts(data), given, known, strict=True)
    )


def _open(exercise, part, answer):
    """Tell whether a part is left open: None is an answer where it stands for a fault."""
    none = answer is None and exercise.kind != "code"
    return none and _measured(exercise, part, answer) == "misfit"


def _measured(exercise, part, answer):
    try:
        return exercise.measured(part, fit(answer, exercise.part_form(part), "it"))
    except Misfit:
        return "misfit"


def _both(exercise, data, whole, one, other):
    """Two mistakes at once: in one solver, or each where the other is right."""
    right, first, second = (exercise.solved(data, change) for change in (RIGHT, one, other))
    if (one & other) and _alike(exercise, data, whole, exercise.solved(data, one & other)):
        return True
    parts = exercise.parts(data)
    mixed = [
        b if exercise.same(_measured(exercise, part, a), _measured(exercise, part, r)) else a
        for part, r, a, b in zip(parts, right, first, second, strict=True)
    ]
    return _alike(exercise, data, whole, mixed)


@each_exercise
def test_the_lessons_own_solution_agrees_with_the_reference(exercise, monkeypatch):
    found = list(LESSONS.glob(f"{exercise.notebook}-*.md"))
    if not found:
        pytest.skip(f"lesson {exercise.notebook} is not written yet")
    lesson = lesson_of(found[0])
    check_cell = lesson.checks[exercise.id]
    answer_cell = max(i for i in range(check_cell) if has_marker(lesson.cells[i].source))
    monkeypatch.setattr(Exercise, "problem", lambda self, name: drawn(self.id, name))
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    read = "incident" in drawn(exercise.id, "guest")  # a machine for each: tests/incidents has more
    for name in FEW if read else LEARNERS:
        monkeypatch.setenv("PAGESIM_LEARNER", name)
        space = {"case": reopen(drawn(exercise.id, name))} if read else {}
        exec("from pagesim import *\nfrom coursework import check, problem", space)
        exec(lesson.cells[answer_cell].source, space)
        score = eval(lesson.cells[check_cell].source.splitlines()[-1], space)
        assert score == exercise.points, (name, score.text)


# -- facts from outside: nothing below looks at how an exercise finds its answer ---------------


@pytest.mark.parametrize("name", LEARNERS)
def test_hand_walk_by_the_bits(name):
    """The walk as the card describes it, in strings of binary digits."""
    data = drawn("hand-walk", name)
    for key, va in data["addresses"].items():
        digits = f"{va:010b}"
        frame, met = data["root"], []
        for piece in (digits[:3], digits[3:6]):
            entry = f"{data['memory'][frame][int(piece, 2)]:016b}"
            met += [int(piece, 2), int(entry, 2)]
            if entry[-1] == "0":
                met.append("fault")
                break
            frame = int(entry[:8], 2)
        else:
            met.append(int(f"{frame:b}" + digits[6:], 2))
        assert hand_walk.solve(data, key) == met


def test_hand_walk_has_both_ends():
    """Whoever skips the present bit, or stops at every entry, cannot get through."""
    for name in LEARNERS:
        data = drawn("hand-walk", name)
        ends = [hand_walk.solve(data, key)[-1] for key in "abc"]
        assert ends[0] != "fault"
        assert ends.count("fault") == 1
        assert len(data["memory"]) * 16 == 256
        assert all(va < 1 << TOY10.va_bits for va in data["addresses"].values())


@pytest.mark.parametrize("name", LEARNERS[:10])
def test_count_tables_is_what_the_simulator_allocates(name):
    data = drawn("count-tables", name)
    table = RadixTable(X86_64, PhysicalMemory(frames=256))
    for start, pages in data["regions"]:
        for page in range(start, start + pages):
            table.map(page << 12, pfn=1)
    levels = [each.level for each in table.tables()]
    found = count_tables.solve(data)
    for level, key in enumerate(X86_64.level_names[1:], 1):
        assert found[key] == levels.count(level)
    assert found["all"] == table.table_bytes >> 10


def test_count_tables_has_regions_that_end_at_a_border_and_some_that_cross_it():
    for name in LEARNERS:
        regions = drawn("count-tables", name)["regions"]
        assert any((start + pages) % 512 == 0 and start % 512 for start, pages in regions)
        assert any(start % 512 == 0 for start, _ in regions)
        assert any(start >> 18 != start + pages - 1 >> 18 for start, pages in regions)


def test_a_full_tree_costs_more_than_the_flat_table():
    """1 TiB is 2^28 pages: 2^19 PTE tables, 2^10 PMD tables, 2 PUD tables, 1 PGD."""
    for tib, full in ((1, 2**19 + 2**10 + 2 + 1), (64, 2**25 + 2**16 + 2**7 + 1)):
        assert count_tables.solve({"regions": [], "full_tib": tib})["full"] == full


@pytest.mark.parametrize("name", LEARNERS[:10])
def test_place_64_counts_tables_as_the_simulator_does(name):
    data = drawn("place-64", name)
    for change in (RIGHT, *EXERCISES["place-64"].mistakes):
        for key, addresses in answered(EXERCISES["place-64"], data, change).items():
            measured = place_64.measure(data, key, addresses)
            if "problem" in measured:
                continue
            table = RadixTable(X86_64, PhysicalMemory(frames=256))
            for va in addresses:
                table.map(va, pfn=1)
            assert 1 + sum(measured.values()) == table.table_frames


def test_place_64_cannot_be_done_better():
    """A bound from counting: no level can have more tables than pages, or than regions it has."""
    for name in LEARNERS:
        data = drawn("place-64", name)
        bound = 1
        for bits in (39, 30, 21):
            bound += min(64, (data["high"] - 1 >> bits) - (data["low"] >> bits) + 1)
        most, fewest = (
            1 + sum(place_64.measure(data, *pair).values()) for pair in place_64.solve(data).items()
        )
        assert (most, fewest) == (bound, 4)  # one a level: fewer there cannot be
        assert most * 4096 > 2 * 64 * 4096  # as the card says: twice the data


def test_place_64_by_its_last_hint():
    for name in LEARNERS:
        data = drawn("place-64", name)
        border = -(-data["low"] >> 39 << 39)
        regions = (data["high"] - border) >> 39
        dealt = [border + (i % regions << 39) + (i // regions << 30) for i in range(63)]
        answer = {"most": [data["low"], *dealt], "fewest": [border + 4096 * i for i in range(64)]}
        assert judge(EXERCISES["place-64"], data, answer) == 2
        sets = {key: set(pages) for key, pages in answer.items()}  # the order does not matter
        assert judge(EXERCISES["place-64"], data, sets) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda pages: pages[:-1], "It is not 64 pages."),
        (lambda pages: [*pages[:-1], pages[0]], "A page stands in it twice."),
        (lambda pages: [*pages[:-1], pages[-1] + 1], "is not the first one of a page"),
        (lambda pages: [*pages[:-1], 0], "outside the window"),
        (lambda pages: [va + (va >> 21 << 21) % 2 for va in pages[:32]] * 2, "twice"),
    ],
)
def test_place_64_says_what_is_wrong_with_a_list(change, sentence):
    data = drawn("place-64", "ada")
    answer = answered(EXERCISES["place-64"], data)
    answer["fewest"] = change(answer["fewest"])
    score = judge(EXERCISES["place-64"], data, answer)
    assert (score, score.state) == (1, "not yet")
    assert sentence in score.text


def test_any_best_list_is_right_not_only_ours():
    data = drawn("place-64", "ada")
    answer = answered(EXERCISES["place-64"], data)
    answer["fewest"] = [va + 0x40_0000 for va in reversed(answer["fewest"])]
    assert judge(EXERCISES["place-64"], data, answer) == 2


def test_walk_and_unmap_as_the_simulator_does():
    for name in FEW:
        for va, cr3, mode, memory in drawn("radix-walk", name)["cases"]:
            walk = table_of(memory, cr3, mode).walk(va)
            reads = [[step.table_pfn, step.index] for step in walk.steps]
            assert EXERCISES["radix-walk"].solve(va, cr3, mode, memory) == [walk.pa, reads]
        for va, cr3, mode, memory in drawn("unmap", name)["cases"]:
            table = table_of(memory, cr3, mode)
            before = {each.pfn: each.level for each in table.tables()}
            if table.walk(va).fault is None:
                table.unmap(va)
            gone = before.keys() - {each.pfn for each in table.tables()}
            freed = sorted(gone, key=lambda pfn: -before[pfn])
            after = memory_of(table)
            assert EXERCISES["unmap"].solve(va, cr3, mode, memory) == [after, freed]


def test_unmap_frees_from_the_bottom_and_keeps_the_root():
    for name in FEW:
        for va, cr3, mode, memory in drawn("unmap", name)["cases"]:
            after, freed = EXERCISES["unmap"].solve(va, cr3, mode, memory)
            assert cr3 not in freed
            assert len(freed) < len(mode["index_bits"])
            assert not any(word for frame in freed for word in after[frame])
            used = sum(bool(word) for frame in memory for word in frame)
            left = sum(bool(word) for frame in after for word in frame)
            # the page's own entry, and one for each table that was freed; or nothing at all
            assert used - left == len(freed) + 1 or (memory, freed) == (after, [])


def test_unmap_asks_for_every_depth():
    for name in FEW:
        cases = drawn("unmap", name)["cases"]
        depths = {
            (len(mode["index_bits"]), len(EXERCISES["unmap"].solve(va, cr3, mode, memory)[1]))
            for va, cr3, mode, memory in cases
        }
        assert depths == {(2, 0), (2, 1), (3, 0), (3, 1), (3, 2)}


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("unmap", lambda after, freed: ([*after, []], freed), "has not the size"),
        ("unmap", lambda after, freed: (after, freed[::-1]), "in the wrong order"),
        ("unmap", lambda after, freed: (after, [*freed, 3]), "has too many"),
        ("unmap", lambda after, freed: (after, freed[:1]), "has too few"),
        ("unmap", lambda after, freed: (after, [pfn + 1 for pfn in freed]), "has the wrong ones"),
        # frame 0 is nobody's
        ("unmap", lambda after, freed: ([[1, 1, 1, 1], *after[1:]], freed), "nothing to do with"),
        ("radix-walk", lambda pa, reads: (pa, reads[:1]), "Your walk made 1 read and then stopped"),
        ("radix-walk", lambda pa, reads: (pa, [*reads, [0, 0]]), "went on after read 2"),
        ("radix-walk", lambda pa, reads: (pa, [[0, 0], *reads[1:]]), "cr3 names the first one"),
        ("radix-walk", lambda pa, reads: (pa and pa + 1, reads), "the offset is the first wrong"),
        ("radix-walk", lambda pa, reads: (pa and pa + 4096, reads), "the frame is the first wrong"),
        ("radix-walk", lambda pa, reads: (pa or 5, reads), "look at bit 0 of the last entry"),
        ("lru-tlb", lambda misses, left: (misses, [*left[:-1], 99]), "Look at access 5, page"),
    ],
)
def test_the_first_wrong_step_is_named(name, change, sentence):
    exercise, data = EXERCISES[name], drawn(name, "ada")

    def answer(*arguments):
        return change(*exercise.solve(*arguments))

    score = judge(exercise, data, answer)
    assert score.state == "not yet"
    assert sentence in score.text


def test_unmap_tells_who_changes_what_is_not_mapped():
    """Found by a reader: it said that a table was still needed."""
    exercise, data = EXERCISES["unmap"], drawn("unmap", "ada")

    def clears_anyway(va, cr3, mode, memory):
        after, freed = exercise.solve(va, cr3, mode, memory)
        if after == memory:
            step = table_of(memory, cr3, mode).walk(va).steps[-1]
            after[step.table_pfn][step.index] = 0
        return after, freed

    text = judge(exercise, data, clears_anyway).text
    assert "has changed, though an entry on the way has P = 0." in text


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("cover-huge", lambda *row: row[::-1], "pages stand in each other's place."),
        ("cover-huge", lambda huge, small: (huge * 2048, small * 4), "the right number in KiB"),
        ("sparse-rss", lambda a, b, c, d: (b, a, d, c), "stand in each other's place."),
        ("page-walk", lambda vpn, entry, end: (entry, vpn, end), "stand in each other's place."),
        ("page-walk", lambda vpn, entry, end: (vpn, entry, 1), "the frame and the offset, side by"),
        ("page-walk", lambda *met: (*met[:2], "not there"), "is the page there?"),
        ("page-walk", lambda *met: (*met[:2], "not allowed"), "may this access be?"),
        ("byte-walk", lambda *met: (*met[:2], 0), "Where the byte lies is asked for"),
    ],
)
def test_a_wrong_row_is_told_what_is_wrong_about_it(name, change, sentence):
    exercise, data = EXERCISES[name], drawn(name, "ada")
    answer = answered(exercise, data)
    answer["a"] = change(*answer["a"])
    score = judge(exercise, data, answer)
    assert score.state == "not yet"
    assert sentence in score.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda met: [met[0] + 1, *met[1:]], "The PGD index is the first wrong step."),
        (lambda met: [met[0], 0x0101, *met[2:]], "The PGD entry is the first wrong step."),
        (lambda met: met[:-1], "It breaks off"),
        (lambda met: [*met, 1], "It goes on after the end."),
        (lambda met: [*met[:2], "fault"], "It stops before the PTE index."),
        (lambda met: [*met[:4], met[4] + 1], "The physical address is the first wrong step."),
    ],
)
def test_the_first_wrong_thing_met_is_named(change, sentence):
    exercise, data = EXERCISES["hand-walk"], drawn("hand-walk", "ada")
    answer = answered(exercise, data)
    answer["a"] = change(answer["a"])
    score = judge(exercise, data, answer)
    assert (float(score), score.state) == (1.33, "not yet")
    assert sentence in score.text


@pytest.mark.parametrize("key", ["PUD", "PMD", "PTE", "all", "full"])
@pytest.mark.parametrize(("by", "side"), [(-100, "too small"), (100, "too large")])
def test_a_count_is_told_on_which_side_it_lies(key, by, side):
    exercise, data = EXERCISES["count-tables"], drawn("count-tables", "ada")
    answer = answered(exercise, data)
    answer[key] += by
    assert side in judge(exercise, data, answer).text


def test_tables_counted_in_kib_are_told_so():
    exercise, data = EXERCISES["count-tables"], drawn("count-tables", "ada")
    answer = answered(exercise, data)
    answer["PTE"] *= 4
    assert "it is the right number in KiB, and tables" in judge(exercise, data, answer).text
