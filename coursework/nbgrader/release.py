"""What students get to see: stubs without solutions, and questions without rubrics."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearMarkScheme, NbGraderPreprocessor
from traitlets import List

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


class HideRubrics(ClearMarkScheme):
    """Takes the rubrics out of the feedback: they are shown to those who grade by them."""

    display_data_priority: Any = List().tag(config=True)  # set for every step that makes a page
