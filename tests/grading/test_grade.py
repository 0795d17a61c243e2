"""What is right gets full points in the box, and the same ones each time."""

import re
from pathlib import Path

import nbformat
import pytest

from coursework.builder import Lesson
from coursework.exercises import EXERCISES, of_notebook
from coursework.grading.grade import grade_submission
from coursework.grading.hidden import graded_problem
from coursework.grading.names import NAMES
from coursework.grading.report import as_csv, as_json, from_json

from .attacks import RIGHT, STUBS, answered, cell, notebook
from .conftest import SECRET

LESSONS = Path(__file__).parents[2] / "lessons"
lessons = pytest.mark.parametrize(
    "path", sorted(LESSONS.glob("[0-9][0-9]-*.md")), ids=lambda path: path.stem[:2]
)


def written(path, solutions):
    return nbformat.writes(Lesson.read(path).notebook(solutions=solutions)).encode()


@lessons
def test_each_lessons_own_solutions_are_right_and_its_stubs_worth_nothing(path, box, graded):
    number = path.stem[:2]
    if box.kind == "reduced" and number not in ("03", "08"):
        pytest.skip("one by hand and one in code are enough in the second box")
    solved = graded(written(path, True), box, "ada", number)
    assert [(each.exercise, each.state) for each in solved.marks] == [
        (exercise.id, "right") for exercise in of_notebook(number)
    ]
    untouched = graded(written(path, False), box, "ada", number)
    assert (untouched.points, {each.state for each in untouched.marks}) == (0, {"not started"})


@lessons
def test_answers_are_called_what_they_are_called_in_the_lesson(path):
    checks = re.findall(r'^check\("([a-z0-9-]+)", (\w+)\)$', path.read_text(), re.MULTILINE)
    assert dict(checks) == {each.id: NAMES[each.id] for each in of_notebook(path.stem[:2])}


def test_every_answer_has_a_name():
    assert NAMES.keys() == EXERCISES.keys()


def test_the_same_submission_gets_the_same_result_to_the_byte(box, graded):
    half = {**RIGHT, "byte-walk": STUBS["byte-walk"], "fits-beside": STUBS["fits-beside"]}
    first, second = (graded(answered(half), box, "ada") for _ in range(2))
    assert as_json([first]) == as_json([second])
    assert as_csv([first]) == as_csv([second])
    assert first.points == 5
    assert from_json(as_json([first])) == [first]


def test_a_known_mistake_is_named_without_the_hidden_inputs(box, graded):
    wrong = RIGHT["smallest-entry"].replace(" + flags", "")
    marked = graded(answered({**RIGHT, "smallest-entry": wrong}), box, "ada").marks[2]
    assert (marked.state, len(marked.mistakes)) == ("almost", 1)
    assert 0 < marked.passed < marked.parts


def test_work_by_hand_is_graded_as_the_learners_own(box, graded):
    data = EXERCISES["table-bytes"].problem("ada")
    own = f"weights = {EXERCISES['table-bytes'].solve(data)!r}"
    content = answered({**STUBS, "table-bytes": own})
    assert graded(content, box, "ada").points == 2
    assert graded(content, box, "bob").points < 2


def test_code_is_called_with_inputs_of_the_secret():
    exercise = EXERCISES["fits-beside"]
    seen = [exercise.problem("ada"), graded_problem(exercise, "ada", b"1" * 16)]
    seen += [graded_problem(exercise, "ada", b"2" * 16), graded_problem(exercise, "bob", b"1" * 16)]
    assert all(a != b for i, a in enumerate(seen) for b in seen[:i])
    assert graded_problem(exercise, "ada", b"1" * 16) == seen[1]


def test_neither_references_nor_names_nor_secrets_are_in_the_kit(kit_folder):
    text = b"".join(path.read_bytes() for path in kit_folder.rglob("*") if path.is_file())
    assert b"def entry_bytes" not in text
    assert SECRET not in text
    assert not list(kit_folder.rglob("exercise*"))
    assert len(text) > 100_000


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "large", "gone"])
def test_what_is_no_file_is_not_opened(kind, tmp_path, box, kit_folder):
    import os
    from dataclasses import replace

    from coursework.grading.limits import Limits

    path = tmp_path / "x.ipynb"
    if kind == "link":
        (tmp_path / "secret").write_bytes(answered(RIGHT))
        path.symlink_to("secret")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "large":
        path.write_bytes(answered(RIGHT))
    limits = replace(Limits(), submission=100)
    result = grade_submission(path, "ada", "02", SECRET, box, kit_folder, limits)
    assert result.points == 0
    assert result.note


def test_a_cell_of_the_lesson_that_no_answer_needs_is_left_out(box, graded):
    import hashlib

    source = "while True: pass"
    digest = hashlib.sha256(f"code\0{source}".encode()).hexdigest()[:8]
    shown = cell(source, id=f"007-{digest}")
    import json

    cells = json.loads(answered(RIGHT))["cells"]
    assert graded(notebook(shown, *cells), box, "ada").points == 10


def test_a_cell_is_run_if_an_answer_needs_what_it_sets_or_changes(box, graded):
    import hashlib
    import json

    def ours(source):
        digest = hashlib.sha256(f"code\0{source}".encode()).hexdigest()[:8]
        return cell(source, id=f"007-{digest}")

    cells = json.loads(answered({**RIGHT, "smallest-entry": STUBS["smallest-entry"]}))["cells"]
    solution = RIGHT["smallest-entry"].replace("(1, 2, 4, 8, 16)", "sizes")
    before = [ours("sizes = [1, 2]"), ours("sizes.extend([4, 8, 16])"), cell(solution)]
    cells = [each for each in cells if "def entry_bytes" not in each["source"]]
    assert graded(notebook(*before, *cells), box, "ada").points == 10


def test_magics_and_printing_do_no_harm(box, graded):
    noisy = {name: f"%%time\nprint('x')\n{source}" for name, source in RIGHT.items()}
    noisy["fits-beside"] = "!echo hello\n%matplotlib inline\n" + RIGHT["fits-beside"]
    assert graded(answered(noisy), box, "ada").points == 10
