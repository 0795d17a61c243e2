"""The course's own lessons: every notebook is what its lesson says, and every check can be met."""

from pathlib import Path

import pytest

from coursework.builder import Lesson, build, execute, scores
from coursework.exercises import EXERCISES, of_notebook

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "lessons").glob("[0-9][0-9]-*.md"))
NOTEBOOKS = ROOT / "notebooks"

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def with_exercises(path):
    return path.stem[:2] in {exercise.notebook for exercise in EXERCISES.values()}


@each_lesson
def test_the_notebook_is_not_stale_and_its_stubs_score_nothing(path):
    lesson = Lesson.read(path)
    built = build(lesson, NOTEBOOKS, check=True)
    assert built.state == "unchanged", f"{built.reason}: run `make notebooks`"
    assert set(scores(lesson, built.notebook).values()) <= {0.0}
    assert built.path.stat().st_size <= 1 << 20


@each_lesson
def test_the_solutions_get_all_points(path):
    lesson = Lesson.read(path)
    if not lesson.checks:
        pytest.skip("this lesson has no exercises")
    reached = scores(lesson, execute(lesson, NOTEBOOKS, solutions=True))
    assert reached == {name: EXERCISES[name].points for name in lesson.checks}


@each_lesson
def test_every_exercise_of_the_notebook_is_posed_in_its_order(path):
    expected = [each.id for each in of_notebook(path.stem[:2])] if with_exercises(path) else []
    assert list(Lesson.read(path).checks) == expected


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
    assert "hand" in kinds
    assert "number" in kinds
    assert kinds.count("code") >= 2


def test_the_first_notebook_has_one_point_to_try_a_check_with():
    (only,) = of_notebook("00")
    assert (only.points, only.kind) == (1, "hand")
