"""The cells of a submission, as nbgrader can read them: each once, and each where it works.

Students delete cells, paste them twice and move them about. A cell of nbgrader's has a name, and
names belong together: ``x-answer`` is checked by ``x``; a text ``x`` answers ``x-question``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor


@dataclass(frozen=True)
class Source:
    """A cell as it was released.

    Attributes
    ----------
    name : str
        nbgrader's ``grade_id``.
    kind : {"code", "markdown"}
    text : str
    grade, solution, locked : bool
    points : float
    """

    name: str
    kind: str
    text: str
    grade: bool
    solution: bool
    locked: bool
    points: float = 0

    @property
    def metadata(self) -> dict[str, Any]:
        """What nbgrader wants to know of the cell."""
        known = {
            "schema_version": 3, "grade_id": self.name, "cell_type": self.kind, "task": False,
            "grade": self.grade, "solution": self.solution, "locked": self.locked,
        }  # fmt: skip
        return known | ({"points": self.points} if self.grade else {})

    @property
    def cell(self) -> NotebookNode:
        """The cell itself."""
        new = new_code_cell if self.kind == "code" else new_markdown_cell
        made: NotebookNode = new(self.text, metadata={"nbgrader": self.metadata})  # type: ignore[no-untyped-call]
        return made


class Repair(NbGraderPreprocessor):
    """Gives every cell that was released its name and its place again.

    It comes before nbgrader's own steps, which stop all other submissions at a cell that is there
    twice or has the names of another release.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            released = gradebook.find_notebook(about["notebook"], about["assignment"])
            points = {cell.name: cell.max_score for cell in released.grade_cells}
            solutions = {cell.name for cell in released.solution_cells}
            sources = [
                Source(
                    cell.name, cell.cell_type, cell.source, cell.name in points,
                    cell.name in solutions, cell.locked, points.get(cell.name, 0),
                )
                for cell in released.source_cells
            ]  # fmt: skip
        nb.cells = repaired(nb.cells, sources)
        if (nb.nbformat, nb.nbformat_minor) < (4, 5):  # such cells have no ids
            for cell in nb.cells:
                cell.pop("id", None)
        return nb, resources


def repaired(cells: Iterable[NotebookNode], sources: Iterable[Source]) -> list[NotebookNode]:
    """Return a submission's cells with those that were released in order.

    Of several copies the last counts, but one as it was released only if all are. A check stands
    behind its answer. Checks, questions and text cells that are missing are put back; an answer in
    code is not, since the check says that it is missing.

    Parameters
    ----------
    cells : iterable of NotebookNode
        As they were handed in.
    sources : iterable of Source
        As they were released, in any order.
    """
    known = {source.name: source for source in sources}
    kept = _once(list(map(copy.deepcopy, cells)), known)
    for name, source in sorted(known.items(), key=lambda item: item[1].grade):
        if source.grade and not source.solution:
            _behind(kept, f"{name}-answer", source)
        elif source.grade and name not in _places(kept):
            _behind(kept, f"{name}-question", source)
        elif source.locked and name not in _places(kept):
            text = _places(kept).get(name.removesuffix("-question"), len(kept))
            kept.insert(text, source.cell)
    return kept


def _once(cells: list[NotebookNode], known: Mapping[str, Source]) -> list[NotebookNode]:
    """Name the cells that are known, and each only once."""
    copies: dict[str, list[NotebookNode]] = {}
    for cell in cells:
        mark = cell.metadata.pop("nbgrader", None)
        name = mark.get("grade_id") if isinstance(mark, dict) else None
        if isinstance(name, str) and name in known:
            copies.setdefault(name, []).append(cell)
    gone: list[NotebookNode] = []
    for name, same in copies.items():
        touched = [cell for cell in same if cell.source.strip() != known[name].text.strip()]
        counts = (touched or same)[-1]
        counts.metadata = known[name].cell.metadata
        # An untouched copy behind the answer would take its place again.
        gone += [cell for cell in same if cell is not counts and cell not in touched]
    return [cell for cell in cells if not any(cell is each for each in gone)]


def _behind(cells: list[NotebookNode], first: str, source: Source) -> None:
    """Put a cell behind another if it is not there yet: as late as no other named cell minds."""
    places = _places(cells)
    before, now = places.get(first), places.get(source.name)
    if now is not None and (before is None or before < now):
        return
    cell = source.cell if now is None else cells[now]
    following = [place for place in places.values() if before is not None and place > before]
    cells.insert(min(following, default=len(cells)), cell)
    if now is not None:
        del cells[now]


def _places(cells: list[NotebookNode]) -> dict[str, int]:
    named = ((cell.metadata.get("nbgrader"), place) for place, cell in enumerate(cells))
    return {mark["grade_id"]: place for mark, place in named if mark}
