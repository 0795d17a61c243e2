"""Points and bets survive the notebook's Python: seen in notebooks that are started twice."""

import os

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from coursework import check, progress
from coursework.exercises import find
from coursework.record import load

START = "from coursework import check, progress"
BET = "from pagesim import bet\nbet('one-page').place('8 bytes')"
FILE = ".progress-04.json"


def run(folder, *cells):
    """Run cells as ada in a Python of their own, and return what each shows in the end."""
    env = {key: value for key, value in os.environ.items() if key != "JUPYTERHUB_USER"}
    notebook = new_notebook(cells=[new_code_cell(each) for each in (START, *cells)])
    client = NotebookClient(notebook, kernel_name="python3", timeout=120)
    client.execute(cwd=str(folder), env=env | {"PAGESIM_LEARNER": "ada"})
    shown = [cell.outputs for cell in notebook.cells[1:]]
    return [each[0].data["text/plain"] if each else "" for each in shown]


def hand_walk():
    """Write the check of a right answer by hand."""
    exercise = find("hand-walk")
    data = exercise.problem("ada")
    keys = [part[-1] for part in exercise.parts(data)]
    answer = dict(zip(keys, exercise.solved(data), strict=True))
    return f'check("hand-walk", {answer!r})'


@pytest.mark.long
def test_points_and_bets_survive_a_restart(tmp_path):
    """The page is right at the end of a first run, and right again where only its end is run."""
    *_, first = run(tmp_path, hand_walk(), BET, 'progress("04")')
    assert "2 of 10 points" in first
    assert "1 of 3 bets placed: one-page (8 bytes)" in first
    # the last check counts, in whichever Python it was made, and the bet stays
    away = 'import os; os.chdir("/")'
    again, _, _, second = run(
        tmp_path, 'repr(progress("04"))', 'check("hand-walk", ...)', away, 'progress("04")'
    )
    assert again == repr(first)
    assert "0 of 10 points" in second
    assert "one-page (8 bytes)" in second
    kept = load("04", "ada", tmp_path)
    assert (kept.scores["hand-walk"].points, kept.bets) == (0, {"one-page": "8 bytes"})
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.long
def test_a_file_that_cannot_be_written_costs_the_memory_and_nothing_else(tmp_path):
    (tmp_path / FILE).mkdir()  # a folder that is read-only, to root as well
    *_, shown = run(tmp_path, 'progress("04")', hand_walk(), 'progress("04")')
    assert "2 of 10 points" in shown
    assert "No bet placed yet." in shown
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "[" * 100_000, '{"ada": []}', '{"ada": {"scores": [1]}}',
        '{"ada": {"scores": {"hand-walk": ["many", 7]}, "bets": 3}}',
        '{"ada": {"scores": {"hand-walk": [NaN, "right"], "unmap": [2.0, "perfect"]}}}',
        '{"ada": {"scores": {"hand-walk": [-1.0, "right"]}, "bets": {"one-page": 8}}}',
    ],
    ids=range(8),
)  # fmt: skip
def test_what_makes_no_sense_is_not_remembered(tmp_path, monkeypatch, text):
    monkeypatch.setattr("coursework.record._HERE", tmp_path)
    (tmp_path / FILE).write_text(text)
    assert load("04", "ada") == ({}, {})


def test_learners_who_share_a_folder_have_a_place_each(tmp_path, monkeypatch):
    monkeypatch.setattr("coursework.record._HERE", tmp_path)
    (tmp_path / FILE).write_text('{"ada": {"scores": {"hand-walk": [2.0, "right"]}}}')
    assert load("04", "ada").scores == {"hand-walk": (2, "right")}
    assert load("04", "grace").scores == {}


def test_only_a_notebook_remembers(tmp_path, monkeypatch):
    monkeypatch.setattr("coursework.record._HERE", tmp_path)
    check("hand-walk", ...)
    repr(progress("04"))
    assert list(tmp_path.iterdir()) == []
