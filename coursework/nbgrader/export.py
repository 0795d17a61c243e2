"""Write the tree of an nbgrader course: source notebooks with solutions, settings, a guide."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from ..builder import Lesson

GUIDE = Path(__file__).with_name("README.md")
SETTINGS = """\
# nbgrader's settings for this course: what it does not do by itself.

from coursework.nbgrader import steps

c = get_config()
c.CourseDirectory.course_id = "page-tables"

# Stubs keep their signature, their docstring and their comments.
c.GenerateAssignment.preprocessors = steps.RELEASE
# A rubric stands in its question, which to nbgrader is no task; it is cleared all the same.
c.ClearMarkScheme.enforce_metadata = False

# Cells that were deleted, doubled or moved; then each student's own problems.
c.Autograde.sanitize_preprocessors = steps.SANITIZE
c.Autograde.autograde_preprocessors = steps.AUTOGRADE
c.Execute.timeout = 60  # seconds, for one cell

# The feedback shows no rubric.
c.GenerateFeedback.preprocessors = steps.FEEDBACK
"""


def export(lessons: Path, folder: Path) -> list[str]:
    """Write a course for nbgrader: an assignment for each lesson that has something to grade.

    Parameters
    ----------
    lessons : Path
        Where the lessons stand.
    folder : Path
        The course's, which must be empty or not be there yet.

    Returns
    -------
    list of str
        The names of the assignments.

    Raises
    ------
    ValueError
        If there is something in the folder, or no lesson.
    LessonError
        If a lesson is broken.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty; name a folder that is, or one to be made")
    found = [Lesson.read(path) for path in sorted(lessons.glob("[0-9][0-9]-*.md"))]
    graded = [lesson for lesson in found if lesson.checks]
    if not graded:
        raise ValueError(f"no lesson with exercises in {lessons}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text(SETTINGS, "utf-8")
    shutil.copy(GUIDE, folder)
    for lesson in graded:
        name = lesson.path.stem
        path = folder / "source" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        text = nbformat.writes(lesson.notebook(solutions=True))  # type: ignore[no-untyped-call]
        path.write_text(text + "\n", "utf-8")
    return [lesson.path.stem for lesson in graded]
