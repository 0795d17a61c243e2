"""nbgrader's own code reads what we build: its schema, and the scores it finds."""

import copy
import logging

import pytest
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import determine_grade, is_grade, is_solution

from coursework.builder import Lesson, execute
from coursework.exercises import EXERCISES

from .test_builder import ANSWER, CHECK, IMPORT, START, code  # isort: skip

# they share what is executed, and take long
pytestmark = [pytest.mark.xdist_group("nbgrader"), pytest.mark.long]

COUNTING = EXERCISES["count-tables"]
PUD = COUNTING.solve(COUNTING.problem("guest"))["PUD"]  # one of five counts
COUNTS = f'tables = ...\n### BEGIN SOLUTION\ntables = {{"PUD": {PUD}, "PMD": 0}}\n### END SOLUTION'


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    path = tmp_path_factory.mktemp("nbgrader") / "04-small.md"
    cells = (IMPORT, ANSWER, CHECK, COUNTS, 'check("count-tables", tables)')
    path.write_text(START + "".join(map(code, cells)))
    return Lesson.read(path)


@pytest.fixture(scope="module")
def executed(lesson):
    return {solved: execute(lesson, solved) for solved in (False, True)}


@pytest.mark.parametrize("solved", [False, True])
def test_metadata_is_schema_3(executed, solved, caplog):
    notebook = copy.deepcopy(executed[solved])
    with caplog.at_level(logging.WARNING):
        MetadataValidator().validate_nb(notebook)
    assert not caplog.records
    marked = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert [each.grade_id for each in marked] == [
        "radix-walk-answer",
        "radix-walk",
        "count-tables-answer",
        "count-tables",
    ]
    assert {each.schema_version for each in marked} == {3}
    assert [cell.cell_type for cell in notebook.cells if is_solution(cell)] == ["code"] * 2


@pytest.mark.parametrize(
    ("solved", "scores"),
    [(False, [(0.0, 2.0), (0.0, 2.0)]), (True, [(2.0, 2.0), (0.4, 2.0)])],
)
def test_nbgrader_reads_the_right_score_from_the_outputs(executed, solved, scores):
    """None, part, or all: the solution above leaves four of five counts wrong or open."""
    cells = [cell for cell in executed[solved].cells if is_grade(cell)]
    assert [determine_grade(cell) for cell in cells] == scores
