"""The course's own lessons: every notebook is what its lesson says, and every check can be met."""

import re
from functools import cache
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

from coursework.builder import Lesson, scores
from coursework.exercises import EXERCISES, of_notebook

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "lessons").glob("[0-9][0-9]-*.md"))
NOTEBOOKS = ROOT / "notebooks"

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)

lesson_of, exporter = cache(Lesson.read), cache(HTMLExporter)


@cache
def read(path):
    """Read the saved notebook of a lesson."""
    return nbformat.read(NOTEBOOKS / f"{path.stem}.ipynb", nbformat.NO_CONVERT)


def with_exercises(path):
    return path.stem[:2] in {exercise.notebook for exercise in EXERCISES.values()}


@each_lesson
def test_the_notebook_is_built_from_its_lesson(path):
    """Cell by cell; that its outputs are what these cells give is what `make nbval` sees."""
    made, saved = lesson_of(path).notebook(), read(path)
    stale = "the lesson has changed: run `make notebooks`"
    assert [cell.source for cell in saved.cells] == [cell.source for cell in made.cells], stale
    assert [dict(cell, outputs=0, execution_count=0) for cell in saved.cells] == [
        dict(cell, outputs=0, execution_count=0) for cell in made.cells
    ], stale
    assert saved.metadata == made.metadata, stale
    code = [cell for cell in saved.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


@each_lesson
def test_an_untouched_notebook_has_no_points_yet(path):
    lesson, saved = lesson_of(path), read(path)
    assert set(scores(lesson, saved).values()) <= {0.0}
    for name, index in lesson.checks.items():
        (output,) = saved.cells[index].outputs
        assert 'data-state="not-started"' in output.data["text/html"], name


@each_lesson
def test_a_saved_notebook_stays_below_a_mebibyte(path):
    assert (NOTEBOOKS / f"{path.stem}.ipynb").stat().st_size <= 1 << 20


@each_lesson
def test_every_exercise_of_the_notebook_is_posed_in_its_order(path):
    expected = [each.id for each in of_notebook(path.stem[:2])] if with_exercises(path) else []
    assert list(lesson_of(path).checks) == expected


@pytest.mark.parametrize("path", LESSONS[1:], ids=lambda path: path.stem)
def test_the_minutes_of_the_sections_are_those_that_the_notebook_promises(path):
    text = path.read_text("utf-8")
    promise = r"About (\d+) minutes: (\d+) to read and to move things, (\d+) for the exercises"
    whole, reading, exercises = map(int, re.search(promise, text).groups())
    minutes = {name: int(n) for name, n in re.findall(r"^## (.*) · (\d+) min$", text, re.MULTILINE)}
    begun = re.search(r"\(Minutes so far: (\d+)\.\)", text)
    assert whole == reading + exercises
    assert minutes.pop("Your turn") == exercises
    assert abs(sum(minutes.values()) + int(begun[1] if begun else 0) - reading) <= 2
    (place,) = re.findall(r"A good place to stop is after\* ([^.]+)\.", text)
    assert place in minutes


@each_lesson
def test_a_notebook_asks_for_an_explanation_in_words(path):
    incidents = 5 if path.stem.startswith("10") else 1  # each is explained to the next shift
    assert len(Lesson.read(path).words) == incidents


def test_every_notebook_has_its_lesson():
    assert [path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb"))] == [
        path.stem for path in LESSONS
    ]


@pytest.mark.parametrize("number", sorted({each.notebook for each in EXERCISES.values()} - {"00"}))
def test_a_notebook_is_worth_ten_points_and_starts_with_a_warm_up(number):
    exercises = of_notebook(number)
    assert sum(each.points for each in exercises) == 10
    kinds = [each.kind for each in exercises]
    assert kinds[0] != "code"  # the warm-up
    assert len(kinds) >= 4
    if number == "10":  # five incidents, each with a choice, a number and a setting
        assert kinds == ["hand"] * 5
        return
    assert "hand" in kinds
    assert "number" in kinds
    assert kinds.count("code") >= 2


def test_the_first_notebook_has_one_point_to_try_a_check_with():
    (only,) = of_notebook("00")
    assert (only.points, only.kind) == (1, "hand")


@pytest.mark.long
@pytest.mark.parametrize(
    "path",
    [  # pictures, tables of labs, what was pasted; the others have nothing else
        pytest.param(path, marks=[pytest.mark.exhaustive] * (path.stem[:2] not in "00 04 10"))
        for path in LESSONS
    ],
    ids=lambda path: path.stem,
)
def test_an_html_export_says_below_and_behind_each_picture_what_it_shows(path):
    notebook = read(path)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    said = [out.data["text/plain"] for out in outputs if "image/png" in out.get("data", {})]
    page, _ = exporter().from_notebook_node(notebook)
    alts = [unescape(alt) for alt in re.findall(r'<img alt="([^"]*)"', page)]
    assert [unescape(text) for text in re.findall("<figcaption>([^<]*)", page)] == alts
    assert all(alts)
    assert len(alts) == len(re.findall("<img ", page))
    assert [alt for alt in alts if alt in said] == said  # others stand in what was pasted
