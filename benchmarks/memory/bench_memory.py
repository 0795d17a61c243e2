"""Peak memory of each notebook with its solutions, and of sliders over 8 million accesses.

What a Binder session has to hold: the notebook's Python, asked for its VmHWM after the last cell.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from coursework.builder import Lesson

from ..goals import Goal, at_most
from ..reuse.measure import Row, table

LESSONS = Path(__file__).parents[2] / "lessons"
NOTEBOOK, SLIDER = 400, 300  # MiB, at most
_BOUNDS = {NOTEBOOK: "a notebook", SLIDER: "a slider over 8 million accesses"}
PEAK = "print(next(l for l in open('/proc/self/status') if l.startswith('VmHWM')))"
SLIDERS = """
from pagesim import explore, scenes
explorer = explore(scenes.{scene}())
for name, control in explorer.controls.items():
    for value in getattr(control, "options", ()):
        explorer.move(**{{name: value}})
    if hasattr(control, "high"):
        for value in range(control.low, control.high + 1):
            explorer.move(**{{name: value}})
"""


def mib(status: str) -> int:
    """Read "VmHWM:  123456 kB"."""
    return int(status.split()[1]) // 1024


def of_notebook(path: Path) -> int:
    """Execute a lesson, and return its peak in MiB."""
    notebook = Lesson.read(path).notebook(solutions=True)
    notebook.cells.append(new_code_cell(PEAK))  # type: ignore[no-untyped-call]
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": LESSONS}})
    client.execute(stderr=subprocess.DEVNULL)  # a kernel warns of its own port
    return mib(notebook.cells[-1].outputs[0].text)


def of_sliders(scene: str) -> int:
    """Move every control of a scene through all it has, and return the peak in MiB."""
    code = SLIDERS.format(scene=scene) + PEAK
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return mib(done.stdout)


def goals(rows: list[Row]) -> list[Goal]:
    """Hold the largest notebook, and the largest slider, to what they may be."""
    most = {bound: max(float(r["MiB"]) for r in rows if r["at most"] == bound) for bound in _BOUNDS}
    return [
        at_most(f"memory of {what}", most[bound], bound, " MiB") for bound, what in _BOUNDS.items()
    ]


def main() -> list[Row]:
    """Print peaks beside what they may be."""
    rows: list[Row] = [
        {"what": path.stem, "MiB": of_notebook(path), "at most": NOTEBOOK}
        for path in sorted(LESSONS.glob("[0-9][0-9]-*.md"))
    ]
    for scene in ("MissCurve", "Bill"):
        rows.append(
            {"what": f"{scene}, every position", "MiB": of_sliders(scene), "at most": SLIDER}
        )
    return table(rows)
