"""The command itself, on the class of the instructors' guide: what it writes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from coursework.__main__ import app
from coursework.grading.box import obstacle

pytestmark = pytest.mark.long  # a grader starts workers, and waits for what does not end
ROOT = Path(__file__).parents[2]
FILES = {
    "scores.json", "scores.csv", "exercises.csv", "assignments.csv", "canvas.csv", "moodle.csv",
    "class.html", "texts.html", "students/ada.html", "students/grace.html", "students/linus.html",
    "students/dennis.html", "students/margaret.html", "students/mallory.html", "students/zoe.html",
}  # fmt: skip


def run(*command, folder):
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{os.environ['PYTHONPATH']}",
        "COLUMNS": "200",
    }
    return subprocess.run(
        [sys.executable, *map(str, command)], cwd=folder, env=environment, capture_output=True,
        text=True,
    )  # fmt: skip


@pytest.mark.skipif(obstacle("bubblewrap") != "", reason=obstacle("bubblewrap"))
def test_a_class_of_six_is_graded_and_written_down(tmp_path):
    assert run(ROOT / "tools/made_up_class.py", "submitted", folder=tmp_path).returncode == 0
    zoe = tmp_path / "submitted/zoe/02-byte-addressed-table"
    zoe.mkdir(parents=True)
    whole = next((tmp_path / "submitted/linus").rglob("*.ipynb")).read_bytes()
    (zoe / "02-byte-addressed-table.ipynb").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "secret").write_text("a secret of 16 bytes")
    done = run(
        "-m", "coursework", "grade", "submitted", "--secret-file", "secret", "--out", "out",
        "--lessons", ROOT / "lessons", "--gradebook", "gradebook.db", folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "zoe, 02: the file is no notebook" in done.stderr.replace("'", "")
    assert "6 graded, 1 not (see above)" in done.stderr
    assert all((tmp_path / "out" / name).exists() for name in FILES)
    results = json.loads((tmp_path / "out/scores.json").read_text())
    points = {each["student"]: sum(m["points"] for m in each["marks"]) for each in results}
    assert {name: points[name] for name in ("ada", "grace", "margaret", "mallory")} == {
        "ada": 10, "grace": 4, "margaret": 0, "mallory": 0,
    }  # fmt: skip
    assert 7 < points["linus"] < 10
    assert points["dennis"] < 4
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        scores = {each.id: each.score for each in book.students}
    assert scores == {name: points[name] for name in points if name != "zoe"}
    page = (tmp_path / "out/students/mallory.html").read_text()
    assert "<script" not in page
    assert "flag" in (tmp_path / "out/class.html").read_text()  # linus forgot them


def test_without_lessons_nothing_is_graded_and_it_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("submitted").mkdir()
    Path("submitted/ada_02.ipynb").write_text("{}")
    Path("secret").write_text("a secret of 16 bytes")
    done = CliRunner().invoke(
        app, ["grade", "submitted", "--secret-file", "secret", "--out", "out"]
    )
    assert done.exit_code == 2
    assert "no lesson 02-….md in lessons" in done.stderr
