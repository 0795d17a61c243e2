"""Every notebook of the course goes through nbgrader's release."""

from pathlib import Path

import nbformat
import pytest

from coursework.nbgrader import export

from .conftest import Course

pytestmark = pytest.mark.xdist_group("release")  # they share an exported course

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def course(tmp_path_factory, home):
    made = Course(tmp_path_factory.mktemp("course"), home)
    assert export(ROOT / "lessons", made.folder) == [path.stem for path in NOTEBOOKS]
    return made


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_students_get_is_the_courses_own_notebook(course, path):
    """Cell for cell: every stub keeps what it says, and there is no solution and no rubric."""
    assert course.run("generate_assignment", path.stem) == 0
    released = course.read("release", path.stem, path.name)
    ours = nbformat.read(path, 4)
    text = [cell.source.rstrip() for cell in released.cells]
    assert text == [cell.source for cell in ours.cells]
    assert "MARK SCHEME" not in "".join(text)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "grades.csv").write_text("precious")
    with pytest.raises(ValueError, match="is not empty"):
        export(ROOT / "lessons", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]


def test_lessons_that_are_not_there_are_named(tmp_path):
    with pytest.raises(ValueError, match="no lesson with exercises in"):
        export(tmp_path, tmp_path / "course")
