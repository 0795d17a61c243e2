"""A class hands in notebook 02, and the real nbgrader gives each what they have earned."""

import ast
import csv
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from coursework.exercises import find
from coursework.judge import judge
from coursework.nbgrader import export

from .conftest import Course

pytestmark = pytest.mark.xdist_group("course")  # they share a class that was graded

ROOT = Path(__file__).parents[2]
NAME = "02-byte-addressed-table"
WORDS = "map-as-large"  # the question that is answered in words
TEXT = "The map grows with the memory."
CHECKS = ["byte-walk", "table-bytes", "smallest-entry", "fits-beside"]
PICTURE = "```{code-cell} ipython3\nexplore(scenes.ByteMachine())\n```\n\n"


def short(lesson):
    """Cut the notebook's reading, but for one picture: here it is the exercises that matter."""
    start, exercises = lesson.index("## Sixty-four bytes"), lesson.index("## Your turn")
    return lesson[:start] + PICTURE + lesson[exercises:]


@pytest.fixture(scope="module")
def course(tmp_path_factory, home):
    lessons = tmp_path_factory.mktemp("lessons")
    text = (ROOT / "lessons" / f"{NAME}.md").read_text("utf-8")
    (lessons / f"{NAME}.md").write_text(short(text), "utf-8")
    made = Course(tmp_path_factory.mktemp("course"), home)
    assert export(lessons, made.folder) == [NAME]
    assert made.run("generate_assignment", NAME) == 0
    assert made.run("release_assignment", NAME) == 0
    return made


@pytest.fixture(scope="module")
def lesson(course):
    """The cells of the source, by their names."""
    return named(course.read("source", NAME, f"{NAME}.ipynb"))


def named(notebook):
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader")
    }


def by_hand(exercise, name):
    """Write down what a student of this name has worked out on paper."""
    exercise = find(exercise)
    data = exercise.problem(name)
    keys = [part[-1] for part in exercise.parts(data)]
    return repr(dict(zip(keys, exercise.solved(data), strict=True)))


def right(notebook, lesson, name):
    for check in CHECKS:
        named(notebook)[f"{check}-answer"].source = lesson[f"{check}-answer"].source
    named(notebook)[WORDS].source = TEXT


def half(notebook, lesson, name):
    """One answer in code, and two copied from a neighbour, by hand."""
    cells = named(notebook)
    cells["fits-beside-answer"].source = lesson["fits-beside-answer"].source
    cells["byte-walk-answer"].source = f"walks = {by_hand('byte-walk', 'paper')}"
    cells["table-bytes-answer"].source = f"weights = {by_hand('table-bytes', 'paper')}"
    # Made with another nbgrader: one such mark would stop the whole class.
    for cell in cells.values():
        cell.metadata.nbgrader["schema_version"] = 1
    notebook.cells.insert(0, new_code_cell("1", metadata={"nbgrader": {}}))
    notebook.cells.insert(0, new_code_cell("2", metadata={"nbgrader": "?"}))


def paper(notebook, lesson, name):
    cells = named(notebook)
    cells["byte-walk-answer"].source = f"walks = {by_hand('byte-walk', name)}"
    cells["table-bytes-answer"].source = f"weights = {by_hand('table-bytes', name)}"


def untouched(notebook, lesson, name):
    pass


def clumsy(notebook, lesson, name):
    """Right everywhere; but cells are gone, doubled and moved, one name changed, and much said."""
    right(notebook, lesson, name)
    cells = named(notebook)
    nb = notebook.cells
    # a check that is gone, and one above its answer
    nb.remove(cells["byte-walk"])
    nb.remove(cells["table-bytes"])
    nb.insert(1, cells["table-bytes"])
    # an answer that is there twice, the second time as it was released, and a helper below it
    answer = cells["fits-beside-answer"]
    helped = answer.source.replace("memory // (piece + entry)", "pieces(memory, piece + entry)")
    answer.source = "import os\n" + helped.replace(
        "    ### BEGIN", "    os.write(2, b'!')\n    ### BEGIN"
    )
    helper = new_code_cell(
        "import sys, warnings, threading, time\n"
        "def pieces(memory, each):\n"
        "    print('so many'); warnings.warn('many'); print('loud', file=sys.stderr)\n"
        "    return memory // each\n"
        "def noise():\n"
        "    while True:\n"
        "        os.write(2, b'noise'); print('noise', file=sys.stderr); time.sleep(0.01)\n"
        "threading.Thread(target=noise, daemon=True).start()"
    )
    stub = named(nbformat.from_dict(UNTOUCHED))["fits-beside-answer"]
    place = nb.index(answer) + 1
    nb[place:place] = [stub, helper, nbformat.from_dict(answer)]
    # a text in a copy of its cell, and the question gone
    nb.insert(0, nbformat.from_dict(cells[WORDS]))
    cells[WORDS].source = named(nbformat.from_dict(UNTOUCHED))[WORDS].source
    nb.remove(cells[f"{WORDS}-question"])
    # a function with a name that the check does not know
    renamed = cells["smallest-entry-answer"]
    renamed.source = renamed.source.replace("def entry_bytes", "def my_entry_bytes")
    cells["smallest-entry"].source = 'check("smallest-entry", my_entry_bytes)'


def ended(notebook, lesson, name):
    right(notebook, lesson, name)
    named(notebook)["table-bytes-answer"].source += "\nimport os\nos._exit(0)"


CLASS = {each.__name__: each for each in (right, half, paper, untouched, clumsy, ended)}
UNTOUCHED = {}


@pytest.fixture(scope="module")
def graded(course, home, lesson):
    """All have handed in; what the first of them, by name, handed in is no notebook at all."""
    UNTOUCHED.update(course.read("release", NAME, f"{NAME}.ipynb"))
    desk = home / "desk"
    desk.mkdir()
    where = ["--course=page-tables", f"--Exchange.cache={home / 'cache'}"]
    for name, work in CLASS.items():
        assert course.run("fetch_assignment", NAME, *where, where=desk) == 0
        path = desk / NAME / f"{NAME}.ipynb"
        notebook = nbformat.read(path, 4)
        work(notebook, lesson, name)
        nbformat.write(notebook, path)
        assert course.run("submit", NAME, f"--student={name}", *where, where=desk) == 0
        path.unlink()
        path.parent.rmdir()
    assert course.run("collect", NAME) == 0
    broken = course.folder / "submitted" / "broken" / NAME / f"{NAME}.ipynb"
    broken.parent.mkdir(parents=True)
    broken.write_text('{"cells": [')
    statuses = [course.run("autograde", NAME)]
    with Gradebook(f"sqlite:///{course.folder}/gradebook.db") as book:
        book.find_grade(WORDS, NAME, NAME, "right").manual_score = 1.5  # as the formgrader does
        book.db.commit()
    statuses += [course.run(*each) for each in (("generate_feedback", NAME), ("export",))]
    assert statuses == [1, 0, 0]  # one cannot be read, which is said; all others go on
    return course


def test_every_stub_keeps_what_it_says(course):
    stub = named(course.read("release", NAME, f"{NAME}.ipynb"))["smallest-entry-answer"].source
    assert stub.startswith('def entry_bytes(memory: int, flags: int) -> int:\n    """Return')
    assert "# 2. which is the first" in stub
    assert stub.endswith("    ...")


@pytest.mark.parametrize(
    ("student", "scores"),
    [
        ("right", (2, 2, 3, 3)),
        ("paper", (2, 2, 0, 0)),
        ("untouched", (0, 0, 0, 0)),
        ("clumsy", (2, 2, 0, 3)),
        ("ended", (2, 0, 3, 3)),
    ],
)
def test_each_gets_what_they_earned(graded, student, scores):
    grades = graded.grades(NAME, student)
    assert {name: grades[name] for name in CHECKS} == dict(zip(CHECKS, scores, strict=True))


def test_a_neighbours_paper_is_worth_what_it_is_to_the_copier(graded):
    grades = graded.grades(NAME, "half")
    for check in ("byte-walk", "table-bytes"):
        exercise = find(check)
        answer = ast.literal_eval(by_hand(check, "paper"))
        assert grades[check] == judge(exercise, exercise.problem("half"), answer) < exercise.points
    assert (grades["smallest-entry"], grades["fits-beside"]) == (0, 3)


@pytest.mark.parametrize(
    ("student", "points"), [("right", None), ("clumsy", None), ("untouched", 0), ("ended", None)]
)
def test_what_is_said_in_words_is_for_somebody_to_read(graded, student, points):
    """And what was left as it was is not."""
    assert graded.grades(NAME, student)[WORDS] == points
    cells = named(graded.read("autograded", student, NAME, f"{NAME}.ipynb"))
    assert (cells[WORDS].source == TEXT) == (points is None)
    assert "1 point:" in cells[f"{WORDS}-question"].source  # the grader has the rubric before them


def test_one_that_cannot_be_read_has_no_score_and_is_looked_at(graded):
    assert set(graded.grades(NAME, "broken").values()) == {None}
    assert not (graded.folder / "autograded" / "broken" / NAME).exists()


def test_the_export_adds_up(graded):
    with (graded.folder / "grades.csv").open() as file:
        totals = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    half = sum(graded.grades(NAME, "half")[check] for check in CHECKS)
    assert totals == {
        "right": 11.5, "half": half, "paper": 4, "untouched": 0, "clumsy": 7, "ended": 8,
        "broken": 0,
    }  # fmt: skip


def test_the_feedback_shows_pictures_and_cards(graded):
    for name in CLASS:
        page = (graded.folder / "feedback" / name / NAME / f"{NAME}.html").read_text("utf-8")
        assert len(re.findall(r'<img [^>]*src="data:image/png', page)) == 1
        assert page.count("A practice score") >= 1
    page = (graded.folder / "feedback" / "right" / NAME / f"{NAME}.html").read_text("utf-8")
    assert page.count('data-state="right"') == 4
    assert TEXT in page
    assert "1 point:" not in page
    assert "Score: 1.5 / 2.0" in page
