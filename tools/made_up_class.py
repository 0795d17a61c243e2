"""Hand in notebook 02 for six students who do not exist: python tools/made_up_class.py SUBMITTED.

To try the grading before a class does: what each of them did, and what it is worth, stands below.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from coursework.builder import Lesson
from coursework.exercises import find

NAME = "02-byte-addressed-table"
LESSON = Path(__file__).parents[1] / "lessons" / f"{NAME}.md"
EXERCISES = ("byte-walk", "table-bytes", "smallest-entry", "fits-beside")
BY_HAND = {"byte-walk": "walks", "table-bytes": "weights"}
WORDS = "map-as-large"


def ada(cells: dict[str, Any], solved: dict[str, Any]) -> None:
    """Everything right, and an answer in words."""
    for name in EXERCISES:
        cells[f"{name}-answer"].source = solved[f"{name}-answer"].source
    cells[WORDS].source = "The map has an entry for every address, so it grows with the memory."


def grace(cells: dict[str, Any], solved: dict[str, Any]) -> None:
    """The two by hand right, the two functions not begun."""
    for name, variable in BY_HAND.items():
        cells[f"{name}-answer"].source = f"{variable} = {by_hand(name, 'grace')}"


def linus(cells: dict[str, Any], solved: dict[str, Any]) -> None:
    """All of ada's, but one function makes a mistake that the course knows."""
    ada(cells, solved)
    answer = cells["smallest-entry-answer"]
    answer.source = answer.source.replace(" + flags", "")


def dennis(cells: dict[str, Any], solved: dict[str, Any]) -> None:
    """The two by hand copied from grace, whose numbers are others."""
    grace(cells, solved)


def margaret(cells: dict[str, Any], solved: dict[str, Any]) -> None:
    """Nothing at all."""


def mallory(cells: dict[str, Any], solved: dict[str, Any]) -> None:
    """No answer, but an attack on whoever grades: on the check, and on the page."""
    cells["byte-walk-answer"].source = (
        "import coursework\n"
        "coursework.check = check = lambda *answer: 99.0\n"
        "from IPython.display import HTML, display\n"
        "display(HTML('<script>alert(1)</script><h1>10 of 10 points</h1>'))"
    )
    cells["smallest-entry-answer"].source = "def entry_bytes(memory, flags):\n    while True: pass"


CLASS = {
    each.__name__: (each, points)
    for each, points in (
        (ada, "10"), (grace, "4"), (linus, "less than 10"), (dennis, "less than 4"),
        (margaret, "0"), (mallory, "0"),
    )
}  # fmt: skip


def by_hand(name: str, student: str) -> str:
    """Write down what a student has worked out on paper."""
    exercise = find(name)
    data = exercise.problem(student)
    keys = [part[-1] for part in exercise.parts(data)]
    return repr(dict(zip(keys, exercise.solved(data), strict=True)))


def hand_in(folder: Path) -> None:
    """Write the six notebooks, in nbgrader's layout, into a folder."""
    lesson = Lesson.read(LESSON)
    solved = _named(lesson.notebook(solutions=True))
    for student, (work, points) in CLASS.items():
        notebook = lesson.notebook()
        work(_named(notebook), solved)
        notebook.cells.insert(-1, new_code_cell(f"print('{student} was here')"))
        path = folder / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        print(f"{path}: {work.__doc__} Worth {points}.")


def _named(notebook: Any) -> dict[str, Any]:
    marked = [cell for cell in notebook.cells if cell.metadata.get("nbgrader")]
    return {cell.metadata.nbgrader.grade_id: cell for cell in marked}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    hand_in(Path(sys.argv[1]))
