"""A course with two submissions and things that nobody may touch: what `bench_attacks` looks at.

`course DIR` makes it; `grade DIR CLASS NAME`, which must run in a container that is thrown away,
hands an attack in and lets nbgrader grade it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat

from coursework.grading.doctor import find_box
from coursework.grading.grade import grade_submission
from coursework.grading.kit import kit
from tests.grading import attacks, conftest
from tests.grading.attacks import ALL, RIGHT, Attack, answered

NAME = "02-byte-addressed-table"
ROOT = Path(__file__).parents[2]
_CELL_SECONDS = 10  # the export says 60, which a benchmark need not wait for
_HONEST, _HOSTILE = "zoe", "mallory"


def attack(kind: str, name: str) -> Attack:
    """Return one of a class by its name."""
    module = import_module(f"{attacks.__name__}.{kind}")
    return next(each for each in module.ATTACKS if each.name == name)


def make_course(folder: Path) -> None:
    """Export notebook 02, without its reading, and let nbgrader release it."""
    from coursework.nbgrader import export

    lessons = folder / "lessons"
    lessons.mkdir()
    text = (ROOT / "lessons" / f"{NAME}.md").read_text("utf-8")
    start, exercises = text.index("## Sixty-four bytes"), text.index("## Your turn")
    (lessons / f"{NAME}.md").write_text(text[:start] + text[exercises:], "utf-8")
    export(lessons, folder / "course")
    with (folder / "course/nbgrader_config.py").open("a") as settings:
        settings.write(f"c.Execute.timeout = {_CELL_SECONDS}\n")
    _nbgrader("generate_assignment", NAME, at=folder / "course")


def graded_by_nbgrader(made: Path, tried: Attack) -> dict[str, bool]:
    """Hand an attack and an honest notebook in, and say what nbgrader made of them."""
    course, libraries = Path("/tmp/outside/course"), Path("/tmp/libraries")
    for folder in (libraries, Path.home()):
        folder.mkdir()
    conftest.Outside.libraries = libraries  # type: ignore[assignment]
    shutil.copytree(made / "course", course)
    outside = next(around := conftest._outside(course.parent))
    found = {"gained": False, "harmed": False, "survived": False}
    hand_in(course, _HONEST, answered(RIGHT))
    # It refuses more points than a cell is worth, which two of the four are not.
    hand_in(course, _HOSTILE, outside.tell(tried.content).replace(b"3.0", b"2.0"))
    before = _state(outside, course)
    _nbgrader("autograde", NAME, at=course)
    found["harmed"] = _state(outside, course) != before or outside.reached()
    points = {student: _points(course, student) for student in (_HONEST, _HOSTILE)}
    found["gained"] = points[_HOSTILE] > tried.earns
    found["survived"] = points[_HONEST] == ALL
    around.close()
    return found


def hand_in(course: Path, student: str, content: bytes) -> None:
    """Put an attack's cells into the notebook as it was released, or hand it in as it is."""
    path = course / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    try:
        cells = json.loads(content)["cells"]
        path.write_bytes(_placed(course, [each for each in cells if "cell_type" in each]))
    except (ValueError, TypeError, KeyError, RecursionError):
        path.write_bytes(content)


def _placed(course: Path, cells: list[dict[str, Any]]) -> bytes:
    released = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", 4)
    known = {each.metadata.get("nbgrader", {}).get("grade_id"): each for each in released.cells}
    placed = []
    for number, each in enumerate(cells):
        grade_id = each["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in known:
            each = {**known[grade_id], "source": each["source"]}
        placed.append({"id": f"cell-{number}", "execution_count": None, **each})
    return json.dumps({**released, "cells": placed}).encode()


def _state(outside: conftest.Outside, course: Path) -> dict[str, object]:
    """Leave out what nbgrader itself writes."""
    written = tuple(str(course / each) for each in ("autograded", "gradebook.db", ".nbgrader.log"))
    return {
        path: what
        for path, what in outside.state().items()
        if not path.startswith(written) and path != str(course)
    }


def _points(course: Path, student: str) -> float:
    from nbgrader.api import Gradebook, MissingEntry

    try:
        with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
            notebook = book.find_submission_notebook(NAME, NAME, student)
            return float(sum(each.auto_score or 0 for each in notebook.grades))
    except MissingEntry:
        return 0.0


def _nbgrader(*arguments: str, at: Path) -> None:
    """Run a command of nbgrader's in this process, which takes less time than a new one."""
    from jupyter_core.application import NoStart
    from nbgrader.apps import NbGraderApp

    # With this package jsonschema can judge IRIs, and reading its grammar takes three seconds.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    app, before = NbGraderApp.instance(), Path.cwd()
    os.chdir(at)
    try:
        app.initialize([*arguments, "--log-level=CRITICAL"])
        app.start()
    except (NoStart, SystemExit):  # how a command says that it is done
        pass
    finally:
        NbGraderApp.clear_instance()
        os.chdir(before)


def ours(jobs: list[tuple[str, str]]) -> list[dict[str, bool]]:
    """Grade attacks, and an honest notebook after each, in the best box of this machine."""
    results = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name, kit() as folder:
        outside = next(around := conftest._outside(Path(name)))
        box, handed_in = find_box(folder), Path(name).parent / f"{Path(name).name}.ipynb"

        def points(content: bytes, student: str) -> float:
            handed_in.write_bytes(content)
            limits = conftest.LIMITS
            return grade_submission(
                handed_in, student, "02", conftest.SECRET, box, folder, limits
            ).points

        for kind, attack_name in jobs:
            tried, before = attack(kind, attack_name), outside.state()
            gained = points(outside.tell(tried.content), tried.student) > tried.earns
            harmed = outside.state() != before or outside.reached()
            survived = points(answered(RIGHT), _HONEST) == ALL
            results.append({"gained": gained, "harmed": harmed, "survived": survived})
        handed_in.unlink()
        around.close()
    return results


if __name__ == "__main__":
    if sys.argv[1] == "course":
        make_course(Path(sys.argv[2]))
    else:
        print("\n" + json.dumps(graded_by_nbgrader(Path(sys.argv[2]), attack(*sys.argv[3:]))))
