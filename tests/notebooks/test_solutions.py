"""Every lesson with its own solutions, executed once: each check is met."""

from pathlib import Path

import pytest

from coursework.builder import Lesson, execute, scores
from coursework.exercises import EXERCISES

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "lessons").glob("[0-9][0-9]-*.md"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_solutions_get_all_points(path):
    lesson = Lesson.read(path)
    if not lesson.checks:
        pytest.skip("this lesson has no exercises")
    reached = scores(lesson, execute(lesson, solutions=True))
    assert reached == {name: EXERCISES[name].points for name in lesson.checks}
