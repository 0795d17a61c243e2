"""Scores in a grade book, as nbgrader itself then shows them."""

import csv
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from coursework.exercises import of_notebook
from coursework.grading.assignments import read_assignments
from coursework.grading.grade import Result
from coursework.grading.gradebook import write_gradebook
from coursework.grading.pages import Page
from coursework.grading.scoring import mark
from coursework.grading.showing import Cell, Shown
from coursework.nbgrader import export

from ..nbgrader.conftest import Course, home  # noqa: F401

pytestmark = [pytest.mark.xdist_group("gradebook"), pytest.mark.long]  # they share a course

LESSONS = Path(__file__).parents[2] / "lessons"
NAME = "02-byte-addressed-table"
WORDS = "map-as-large"
TEXT = "It grows.\n```\n<script>document.title = 'owned'</script>\n```\n[x](javascript:f())"


@pytest.fixture(scope="module")
def assignments():
    return read_assignments(LESSONS, ["02"])


def page(student, right, text=""):
    """Make the page of a student who has the first few exercises right."""
    marks = []
    for place, exercise in enumerate(of_notebook("02")):
        data = exercise.problem(student)
        answers = exercise.solved(data) if place < right else [...] * len(exercise.parts(data))
        marks.append(mark(exercise, data, answers))
    cells = (Cell("markdown", text, WORDS),) if text else ()
    return Page(Result(student, "02", "bubblewrap", tuple(marks)), Shown(cells))


CLASS = [page("ada", 4, TEXT), page("bob", 2), page("../eve", 4), page("kim", 0, "No.")]


@pytest.fixture(scope="module")
def course(tmp_path_factory, home, assignments):  # noqa: F811
    """A course that was released with nbgrader, and then graded here."""
    lessons = tmp_path_factory.mktemp("lessons")
    (lessons / f"{NAME}.md").write_bytes((LESSONS / f"{NAME}.md").read_bytes())
    made = Course(tmp_path_factory.mktemp("course"), home)
    export(lessons, made.folder)
    assert made.run("generate_assignment", NAME) == 0
    for student in ("ada", "bob", "kim"):
        folder = made.folder / "submitted" / student / NAME
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text("2026-11-27 12:00:00 UTC")
        (folder / f"{NAME}.ipynb").write_text("{}")
    (problem,) = write_gradebook(CLASS, assignments, made.folder / "gradebook.db")
    assert problem.startswith("'../eve', 02: ")
    return made


def grade(course, student, name):
    with Gradebook(f"sqlite:///{course.folder}/gradebook.db") as book:
        found = book.find_grade(name, NAME, NAME, student)
        return found.auto_score, found.manual_score, found.needs_manual_grade


def test_its_exporter_adds_them_up(course):
    assert course.run("export") == 0
    with (course.folder / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    scores = {name: float(row["score"]) for name, row in rows.items()}
    assert scores == {"ada": 10, "bob": 4, "kim": 0}
    assert {row["max_score"] for row in rows.values()} == {"12.0"}


def test_its_formgrader_shows_them_as_graded(course):
    config = Config()
    config.CourseDirectory.root = str(course.folder)
    found = {each["student"]: each for each in NbGraderAPI(config=config).get_submissions(NAME)}
    assert {name: each["score"] for name, each in found.items()} == {"ada": 10, "bob": 4, "kim": 0}
    assert all(each["autograded"] for each in found.values())
    manual = {name: each["needs_manual_grade"] for name, each in found.items()}
    assert manual == {"ada": True, "bob": False, "kim": True}


def test_words_wait_for_somebody_and_nothing_else_does(course):
    assert grade(course, "ada", WORDS) == (None, None, True)
    assert grade(course, "bob", WORDS) == (0, None, False)  # nothing was written
    assert grade(course, "ada", "byte-walk") == (2, None, False)
    assert grade(course, "kim", "byte-walk") == (0, None, False)


def test_what_its_formgrader_opens_is_text_with_the_rubric(course):
    path = course.folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
    assert "BEGIN MARK SCHEME" in cells[f"{WORDS}-question"].source
    assert cells[WORDS].source == f"````text\n{TEXT}\n````"
    outputs = [each for cell in notebook.cells for each in cell.get("outputs", [])]
    assert {each.output_type for each in outputs} == {"execute_result", "stream"}
    assert not (course.folder / "eve").exists()


def test_a_second_run_changes_nothing_and_loses_nothing_given_by_hand(course, assignments):
    database = course.folder / "gradebook.db"
    with Gradebook(f"sqlite:///{database}") as book:
        words = book.find_grade(WORDS, NAME, NAME, "ada")
        words.manual_score, words.needs_manual_grade = 1.5, False
        book.find_grade("byte-walk", NAME, NAME, "ada").extra_credit = 0.5
        book.find_comment(WORDS, NAME, NAME, "ada").manual_comment = "Well put."
        book.db.commit()
    for _ in range(2):
        write_gradebook(CLASS, assignments, database)
    assert grade(course, "ada", WORDS) == (None, 1.5, False)
    with Gradebook(f"sqlite:///{database}") as book:
        assert book.find_submission(NAME, "ada").score == 12
        assert book.find_comment(WORDS, NAME, NAME, "ada").comment == "Well put."
        assert len(book.students) == 3
    write_gradebook([page("ada", 3, TEXT)], assignments, database)  # handed in again, and worse
    assert grade(course, "ada", "fits-beside") == (0, None, False)
    assert grade(course, "ada", WORDS) == (None, 1.5, False)
    write_gradebook(CLASS, assignments, database)


def test_a_score_changed_by_hand_is_looked_at_again_if_the_programs_changes(course, assignments):
    database = course.folder / "gradebook.db"
    with Gradebook(f"sqlite:///{database}") as book:
        found = book.find_grade("byte-walk", NAME, NAME, "kim")
        found.manual_score, found.needs_manual_grade = 1, False
        book.db.commit()
    write_gradebook([page("kim", 1, "No.")], assignments, database)
    assert grade(course, "kim", "byte-walk") == (2, 1, True)


def test_a_book_that_is_not_there_is_made_without_an_activated_environment(
    tmp_path, assignments, monkeypatch
):
    rest = [at for at in os.environ["PATH"].split(":") if not at.startswith(sys.prefix)]
    monkeypatch.setenv("PATH", ":".join(rest))
    before = os.environ["PATH"]
    assert write_gradebook([page("ada", 4)], assignments, tmp_path / "gradebook.db") == []
    assert os.environ["PATH"] == before
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        submission = book.find_submission(NAME, "ada")
        assert (submission.score, submission.max_score) == (10, 12)
