"""The instructors' guide says what is so: outcomes, exercises, minutes, commands, files."""

import re
import runpy
import sys
from collections import Counter
from pathlib import Path

from coursework.exercises import EXERCISES, find
from coursework.grading.layouts import find_submissions

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/instructors.md").read_text("utf-8")
LESSONS = {path.stem[:2]: path.read_text("utf-8") for path in (ROOT / "lessons").glob("[0-9]*.md")}
ROWS = re.findall(r"^\| (\d\d) \| (.*?) \| (.*?) \|$", GUIDE, re.MULTILINE)


def test_the_outcomes_are_those_of_the_notebooks():
    said = {number: [] for number in LESSONS}
    for number, outcome, _ in ROWS:
        said[number].append(outcome)
    for number, lesson in LESSONS.items():
        listed = re.search(r"^1\. .*\n(?:\d\. .*\n)+", lesson, re.MULTILINE)[0]
        assert said[number] == re.findall(r"^\d\. (.*?)[.;]$", listed, re.MULTILINE)


def test_each_exercise_shows_one_outcome_of_its_notebook():
    shown = Counter()
    for number, _, exercises in ROWS:
        for name, kind in re.findall(r"`([a-z0-9-]+)` (\w+)", exercises):
            assert (find(name).notebook, find(name).kind) == (number, kind)
            shown[name] += 1
    assert shown == Counter(EXERCISES.keys())


def test_the_minutes_are_those_of_the_notebooks():
    weeks = re.findall(r"^\| \d \| (\d\d(?:, \d\d)?) \| (\d+(?:, \d+)?) \|", GUIDE, re.MULTILINE)
    minutes = {
        number: time
        for numbers, times in weeks
        for number, time in zip(numbers.split(", "), times.split(", "), strict=True)
    }
    found = {n: re.search(r"[Aa]bout (\d+) minutes", text)[1] for n, text in LESSONS.items()}
    assert minutes == found


def test_every_file_that_is_linked_is_there():
    for target in re.findall(r"\]\(([^)#]+)\)", GUIDE):
        assert (ROOT / "docs" / target).exists(), target


def test_every_option_of_a_command_is_one():
    from typer.testing import CliRunner

    from coursework.__main__ import app

    for command in ("grade", "export-nbgrader", "doctor"):
        told = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).output
        for line in re.findall(rf"python -m coursework {command} .*", GUIDE):
            for option in re.findall(r"--[a-z-]+", line):
                assert option in told, (command, option)


def test_six_students_who_do_not_exist_hand_in(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["made_up_class.py", str(tmp_path / "submitted")])
    runpy.run_path(str(ROOT / "tools/made_up_class.py"), run_name="__main__")
    found, refused = find_submissions(tmp_path / "submitted")
    assert (len(found), {each.notebook for each in found}, refused) == (6, {"02"}, [])
