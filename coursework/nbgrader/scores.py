"""What nbgrader takes for a score."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution


class OnlyScores(NbGraderPreprocessor):
    """Leaves in a check cell its score, and an error where there is none.

    nbgrader gives a cell full points if it shows nothing, or something that is no number, and none
    at all if anything stands on stderr: a warning from a thread that an answer started, say.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            outputs = [each for each in cell.outputs if each.get("name") != "stderr"]
            failed = any(each.output_type == "error" for each in outputs)
            if not failed and not _scored(outputs, cell.metadata.nbgrader.points):
                outputs.append(_no_score())
            cell.outputs = outputs
        return cell, resources


def _scored(outputs: list[NotebookNode], most: float) -> bool:
    results = [each for each in outputs if each.output_type == "execute_result"]
    try:
        (only,) = results
        return 0 <= float(only.data["text/plain"]) <= most
    except (ValueError, KeyError, TypeError):
        return False


def _no_score() -> NotebookNode:
    words = "This cell shows no score, so it has none."
    error: NotebookNode = new_output(  # type: ignore[no-untyped-call]
        "error", ename="NoScore", evalue=words, traceback=[words]
    )
    return error
