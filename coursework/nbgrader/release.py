"""The release: what a solution leaves behind in the notebook that students get."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from ..builder.source import has_marker, strip


class KeepStubs(NbGraderPreprocessor):
    """Strips solutions as our own notebooks have them stripped.

    nbgrader's `ClearSolutions` would put ``...`` behind an answer that is a value, too, and there
    it shows ``Ellipsis``; and it empties a text cell to its own words.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type == "code" and has_marker(cell.source):
            cell.source = strip(cell.source)
        return cell, resources
