"""Execute a lesson's notebook in a kernel, and keep of its outputs what is the same every time."""

from __future__ import annotations

import os
import re
import tempfile

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from .lesson import Lesson

SECONDS = 120  # for one cell; a whole notebook should take 15
_WIDGET = "application/vnd.jupyter.widget-view+json"
_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}>")  # as in <function walk at 0x7f3a1c6d5e48>


def execute(lesson: Lesson, solutions: bool = False) -> NotebookNode:
    """Execute a lesson as the learner ``guest``, in a directory where nobody has learnt before.

    A live widget cannot outlive its kernel, so of its outputs only picture and text are kept.

    Parameters
    ----------
    lesson : Lesson
    solutions : bool
        Whether to leave the solutions in.

    Raises
    ------
    LessonError
        If a cell raises, takes too long, writes to stderr, shows the address of an object, or is
        the check of an untouched stub and says anything but "not started".
    """
    notebook = lesson.notebook(solutions)
    running = 0

    def note(cell: NotebookNode, cell_index: int) -> None:
        nonlocal running
        running = cell_index

    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=SECONDS,
        on_cell_start=note,
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # its warnings are about transport, not lessons
    )
    metadata = dict(notebook.metadata)
    with tempfile.TemporaryDirectory() as home:
        env = {name: value for name, value in os.environ.items() if name != "JUPYTERHUB_USER"}
        # The author's own IPython settings and start-up files must not leave a trace.
        env |= {"PAGESIM_LEARNER": "guest", "IPYTHONDIR": home}
        try:
            client.execute(cwd=home, env=env)
        except CellExecutionError as error:
            raise lesson.error(running, f"{error.ename}: {error.evalue}") from None
        except CellTimeoutError:
            raise lesson.error(running, f"no end after {SECONDS} seconds") from None
        except DeadKernelError:
            raise lesson.error(running, "the kernel died") from None
    notebook.metadata.clear()
    notebook.metadata.update(metadata)  # nbclient adds the version of this machine's Python
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            _tidy(lesson, index, cell)
    if not solutions:
        for name, index in lesson.checks.items():
            _untouched(lesson, index, name, notebook.cells[index])
    return notebook


def scores(lesson: Lesson, notebook: NotebookNode) -> dict[str, float]:
    """Read the score of each exercise from an executed notebook, as nbgrader does."""
    found = {}
    for name, index in lesson.checks.items():
        (output,) = notebook.cells[index].outputs
        found[name] = float(output.data["text/plain"])
    return found


def _tidy(lesson: Lesson, index: int, cell: NotebookNode) -> None:
    for output in cell.outputs:
        if output.get("name") == "stderr":
            raise lesson.error(index, f"writes to stderr: {output.text.strip().splitlines()[-1]}")
        data = output.get("data", {})
        data.pop(_WIDGET, None)
        for text in (output.get("text", ""), *map(str, data.values())):
            if match := _ADDRESS.search(text):
                where = match.group().strip(" >")
                raise lesson.error(index, f"shows an object {where}, which is new every time")


def _untouched(lesson: Lesson, index: int, name: str, cell: NotebookNode) -> None:
    html = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
    if 'data-state="not-started"' not in html:
        raise lesson.error(index, f'check {name!r} of the untouched stub is not "not started"')
