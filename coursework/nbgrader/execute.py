"""The run: each submission as the student whose it is."""

from __future__ import annotations

import os
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Bool

_STARTS = 4  # of Python, for one notebook


class ExecuteAsStudent(Execute):
    """Executes a submission as its student, so that the problems are those the student had.

    The name is that of the submission, as nbgrader knows it from the folder or the exchange; who
    runs the grader makes no difference. A cell that ends the notebook's Python, or that cannot be
    interrupted, is left out, and the notebook starts again: it costs its own exercise and no other.
    """

    # An export would prefer stored widgets to the pictures, and then show neither.
    store_widget_state = Bool(False).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        self._left_out: set[int] = set()
        self._running = 0
        for _ in range(_STARTS):
            try:
                done: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources, km)
                return done
            except (DeadKernelError, CellTimeoutError):
                self.log.warning("Cell %d ended Python; it is left out", self._running + 1)
                self._left_out.add(self._running)
                nb.cells[self._running].outputs = [_ended()]
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if index in self._left_out:
            return cell, resources
        self._running = index
        done: tuple[NotebookNode, dict[str, Any]] = super().preprocess_cell(cell, resources, index)
        return done

    def start_new_kernel(self, **options: Any) -> None:
        super().start_new_kernel(env=as_student(self.resources["nbgrader"]["student"]), **options)


def as_student(name: str) -> dict[str, str]:
    """Return the environment in which problems are drawn for a student.

    Parameters
    ----------
    name : str
        As the grade book has it.

    Examples
    --------
    >>> as_student("ada")["PAGESIM_LEARNER"]
    'ada'
    """
    # a hub's name comes first, and here it would be the instructor's
    env = {key: value for key, value in os.environ.items() if key != "JUPYTERHUB_USER"}
    return env | {"PAGESIM_LEARNER": name}


def _ended() -> NotebookNode:
    words = "This cell ended the notebook's Python, or could not be stopped. It was left out."
    ended: NotebookNode = new_output(  # type: ignore[no-untyped-call]
        "error", ename="Ended", evalue=words, traceback=[words]
    )
    return ended
