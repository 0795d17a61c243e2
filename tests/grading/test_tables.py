"""Tables for spreadsheets, Canvas and Moodle: their documented columns, and no formulas."""

import csv
import io

import pytest

from coursework.grading.grade import Result, unread
from coursework.grading.scoring import Marked
from coursework.grading.tables import by_assignment, by_exercise, for_canvas, for_moodle

NAMES = {"02": "02-byte-addressed-table", "04": "04-multi-level-paging"}
FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", '=HYPERLINK("http://127.0.0.1")']


def result(student, notebook, **points):
    marks = tuple(
        Marked(name.replace("_", "-"), each, 2.0, 1, 2, "not yet") for name, each in points.items()
    )
    return Result(student, notebook, "bubblewrap", marks)


CLASS = [
    result("grace", "04", radix_walk=2.0, unmap=0.5),
    result("ada", "04", radix_walk=1.0, unmap=0.0),
    result("ada", "02", byte_walk=1.33),
]


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_canvas_finds_students_assignments_and_points():
    """By its importer: five columns, the last with "Section", then "Points Possible"."""
    header, possible, *students = rows(for_canvas(CLASS, NAMES))
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *NAMES.values()]
    assert (possible[0], possible[5:]) == ("Points Possible", ["2", "4"])
    assert students == [
        ["ada", "", "", "ada", "", "1.33", "1"],
        ["grace", "", "", "grace", "", "", "2.5"],
    ]


def test_moodle_finds_users_and_grade_items():
    assert rows(for_moodle(CLASS, NAMES)) == [
        ["username", *NAMES.values()],
        ["ada", "1.33", "1"],
        ["grace", "-", "2.5"],  # its own sign for no grade
    ]


def test_spreadsheets_have_a_row_for_each_student():
    assert rows(by_exercise(CLASS)) == [
        ["student", "byte-walk", "radix-walk", "unmap"],
        ["ada", "1.33", "1", "0"],
        ["grace", "", "2", "0.5"],
    ]
    assert rows(by_assignment(CLASS, NAMES)) == [
        ["student", *NAMES.values(), "all"],
        ["ada", "1.33", "1", "2.33"],
        ["grace", "", "2.5", "2.5"],
    ]


@pytest.mark.parametrize("write", [for_canvas, for_moodle, by_assignment])
def test_no_name_is_a_formula_or_a_row(write):
    names = [*FORMULAS, 'a,"b"\nc', "\udcff"]
    found = rows(write([result(name, "02", byte_walk=1.0) for name in names], NAMES))
    cells = [cell for row in found for cell in row if cell]
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r"]
    assert len(found) == len(names) + (2 if write is for_canvas else 1)


def test_the_order_of_results_makes_no_difference():
    for write in (for_canvas, for_moodle, by_assignment):
        assert write(CLASS, NAMES) == write(CLASS[::-1], NAMES)
    assert by_exercise(CLASS) == by_exercise(CLASS[::-1])


def test_what_could_not_be_read_has_no_points_and_not_even_none():
    """A file that broke on its way must not become a 0 in somebody's grade book."""
    results = [
        Result("ada", "04", "bubblewrap", (Marked("unmap", 1.5, 2.0, 3, 4, "not yet"),)),
        unread("bob", "04", "bubblewrap", "the file is no notebook"),
    ]
    names = {"04": "04-multi"}
    assert "\nbob,," in by_exercise(results)
    assert by_assignment(results, names).endswith("\nbob,,\n")
    assert for_canvas(results, names).endswith("\nbob,,,bob,,\n")
    assert for_moodle(results, names).endswith("\nbob,-\n")
