"""Which notebook is whose: nbgrader's folders, and files in one."""

import csv
import io

import pytest

from coursework.grading.grade import Result
from coursework.grading.layouts import find_submissions
from coursework.grading.report import as_csv, write
from coursework.grading.scoring import Marked


def lay(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")


@pytest.mark.parametrize(
    ("name", "student", "notebook"),
    [
        ("ada/04-multi-level-paging/04-multi-level-paging.ipynb", "ada", "04"),
        ("ada/04/whatever.ipynb", "ada", "04"),
        ("ada/ps1/02-byte.ipynb", "ada", "02"),
        ("ada_04-multi-level-paging.ipynb", "ada", "04"),
        ("ada_04.ipynb", "ada", "04"),
        ("lovelace_ada_2024_04-multi.ipynb", "lovelace_ada_2024", "04"),
        ("ada_04-multi (1).ipynb", "ada", "04"),
        ("<b>;_09.ipynb", "<b>;", "09"),
    ],
)
def test_a_submission_is_found(tmp_path, name, student, notebook):
    lay(tmp_path, name)
    ((found,), refused) = find_submissions(tmp_path)
    assert (found.student, found.notebook, refused) == (student, notebook, [])


@pytest.mark.parametrize("name", ["ada.ipynb", "ada_77.ipynb", "ada/ps1/x.ipynb", "ada_1234.ipynb"])
def test_what_names_no_notebook_is_left_out_unless_it_is_told(tmp_path, name):
    lay(tmp_path, name)
    assert find_submissions(tmp_path)[0] == []
    assert len(find_submissions(tmp_path)[1]) == 1
    ((found,), refused) = find_submissions(tmp_path, "05")
    assert (found.notebook, refused) == ("05", [])


def test_two_of_one_student_are_not_both_graded(tmp_path):
    lay(tmp_path, "ada_04-a.ipynb", "ada_04-b.ipynb")
    found, refused = find_submissions(tmp_path)
    assert [each.path.name for each in found] == ["ada_04-a.ipynb"]
    assert [path.name for path, _ in refused] == ["ada_04-b.ipynb"]


def test_links_are_not_followed(tmp_path):
    lay(tmp_path / "outside", "04/04.ipynb")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/eve").symlink_to("../outside")
    assert find_submissions(tmp_path / "in") == ([], [])


def test_names_are_no_formulas_and_no_columns_in_the_table(tmp_path):
    names = ["=1+1", "+1", "-1", "@x", 'a,"b"\nc', "<script>", "\udcff"]
    mark = Marked("radix-walk", 1.5, 2, 3, 4, "not yet", (), "Died")
    results = [Result(name, "04", "bubblewrap", (mark,)) for name in names]
    rows = list(csv.DictReader(io.StringIO(as_csv(results))))
    assert len(rows) == 2 * len(names)
    assert not [row for row in rows if row["student"][0] in "=+-@"]
    assert {row["points"] for row in rows} == {"1.5"}
    write(results, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scores.csv", "scores.json"]
