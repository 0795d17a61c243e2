"""A lesson: its cells, which of them are answers and checks, and the notebooks made of it."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import nbformat
from jupytext.myst import MystMetadataParsingError, myst_to_notebook
from nbformat import NotebookNode

from ..exercise import Exercise
from ..exercises import EXERCISES
from .folds import SUMMARIES, folds
from .source import (
    bet_of,
    check_of,
    has_marker,
    labs_of,
    reveals_of,
    scheme_of,
    strip,
    without_scheme,
)

MEASUREMENT = "measurement"
WORDS = 2  # points for an answer in words, if somebody grades it
_FOREIGN_TAGS = ("raises-exception", "skip-execution", "nbval")  # they would hide a failure
# No versions: they differ from machine to machine.
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}


class LessonError(Exception):
    """An author's mistake: where it stands, and what is wrong.

    Parameters
    ----------
    path : Path
        The lesson.
    message : str
        What is wrong.
    cell : int, optional
        Which cell, counted from 1, prose and code.
    line : int, optional
        The line in the lesson where that cell starts.

    Examples
    --------
    >>> print(LessonError(Path("lessons/04-x.md"), "no check", cell=3, line=20))
    lessons/04-x.md, cell 3 (line 20): no check
    """

    def __init__(self, path: Path, message: str, cell: int = 0, line: int = 0) -> None:
        where = f"{path.as_posix()}, cell {cell} (line {line})" if cell else path.as_posix()
        super().__init__(f"{where}: {message}")


@dataclass
class Lesson:
    """A lesson read from its file.

    Attributes
    ----------
    path : Path
    cells : list of NotebookNode
        With solutions and markers, and with nbgrader's metadata.
    lines : list of int
        Where each cell starts in the file.
    checks : dict of str to int
        The index of each exercise's check cell, in order.
    bets : dict of str to int
        The index of each bet's cell, in order.
    words : dict of str to int
        The index of each cell that is for an answer in words, in order.
    """

    path: Path
    cells: list[NotebookNode]
    lines: list[int]
    checks: dict[str, int] = field(default_factory=dict)
    bets: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, exercises: Mapping[str, Exercise] = EXERCISES) -> Self:
        """Read a lesson and find its answers and checks.

        Parameters
        ----------
        path : Path
            MyST Markdown, named ``NN-what-it-is-about.md``.
        exercises : mapping
            All there are, by id.

        Raises
        ------
        LessonError
            At the first mistake.
        """
        try:
            notebook = myst_to_notebook(path.read_text("utf-8"), add_source_map=True)
        except MystMetadataParsingError as error:
            raise LessonError(path, " ".join(str(error).split())) from None
        lesson = cls(path, notebook.cells, notebook.metadata["source_map"])
        lesson._find_exercises(exercises)
        lesson._find_bets()
        lesson._find_words(exercises)
        return lesson

    def notebook(self, solutions: bool = False) -> NotebookNode:
        """Make a notebook: the learner's, or with solutions still between their markers."""
        empty = {"cells": [], "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
        made: NotebookNode = nbformat.from_dict(empty)  # type: ignore[no-untyped-call]
        for position, original in enumerate(self.cells):
            cell = copy.deepcopy(original)
            if not solutions and has_marker(cell.source):
                cell.source = strip(cell.source)
            elif not solutions and cell.cell_type == "markdown":
                cell.source = without_scheme(cell.source)
            digest = hashlib.sha256(f"{cell.cell_type}\0{cell.source}".encode()).hexdigest()
            cell.id = f"{position:03}-{digest[:8]}"
            made.cells.append(cell)
        return made

    def error(self, index: int, message: str) -> LessonError:
        """Make the error that names a cell."""
        return LessonError(self.path, message, index + 1, self.lines[index])

    def _find_exercises(self, exercises: Mapping[str, Exercise]) -> None:
        waiting: int | None = None  # an answer cell whose check has not come yet
        for index, cell in enumerate(self.cells):
            self._check_tags(index)
            if cell.cell_type != "code":
                if has_marker(cell.source):
                    raise self.error(index, "a solution stands in prose; answers are code cells")
                continue
            if not cell.source.strip():
                raise self.error(index, "the code cell is empty, so it would never be executed")
            try:
                name = check_of(cell.source)
                if has_marker(cell.source):
                    strip(cell.source)
            except ValueError as error:
                raise self.error(index, str(error)) from None
            if name is not None:
                self._pair(waiting, index, name, exercises)
                waiting = None
            elif has_marker(cell.source):
                if waiting is not None:
                    raise self.error(waiting, "no check cell follows this answer cell")
                waiting = index
        if waiting is not None:
            raise self.error(waiting, "no check cell follows this answer cell")

    def _find_bets(self) -> None:
        """Find the bets, and hold that what is folded belongs to a bet or lab that stands above."""
        labs: set[str] = set()
        for index, cell in enumerate(self.cells):
            if cell.cell_type == "code":
                if name := bet_of(cell.source):
                    if name in self.bets:
                        raise self.error(index, f"bet {name!r} is asked twice")
                    self.bets[name] = index
                labs.update(labs_of(cell.source))
                answered = [("bet", name) for name in reveals_of(cell.source)]
            else:
                found = folds(cell.source)
                answered = [(fold.kind, fold.name) for fold in found]
                if cell.source.count("<details") > len(found):
                    raise self.error(index, 'a fold is not <details class="bet-..."><summary>')
                for fold in found:
                    if fold.summary != (summary := SUMMARIES[fold.kind]):
                        raise self.error(index, f"the summary of a fold is {summary!r}")
            for kind, name in answered:
                if name not in (self.bets if kind == "bet" else labs):
                    raise self.error(index, f"no {kind} {name!r} stands above its fold")

    def _find_words(self, exercises: Mapping[str, Exercise]) -> None:
        """Write nbgrader's metadata into a question that asks for words, and the cell for them."""
        for index, cell in enumerate(self.cells):
            name = cell.metadata.pop("words", None)
            if bool(name) != bool(cell.cell_type == "markdown" and scheme_of(cell.source)):
                raise self.error(index, 'a mark scheme and `+++ {"words": "its-name"}` go together')
            if not name:
                continue
            if name in self.words or name in exercises:
                raise self.error(index, f"the name {name!r} is taken")
            answer = self.cells[index + 1] if index + 1 < len(self.cells) else None
            if answer is None or answer.cell_type != "markdown":
                raise self.error(
                    index, f"no Markdown cell for the answer follows question {name!r}"
                )
            self.words[name] = index + 1
            common = {"cell_type": "markdown", "schema_version": 3, "task": False}
            cell.metadata["nbgrader"] = common | {
                "grade": False, "grade_id": f"{name}-question", "locked": True, "solution": False
            }  # fmt: skip
            answer.metadata["nbgrader"] = common | {
                "grade": True, "grade_id": name, "locked": False, "solution": True, "points": WORDS
            }  # fmt: skip

    def _pair(
        self, answer: int | None, check: int, name: str, exercises: Mapping[str, Exercise]
    ) -> None:
        """Write nbgrader's metadata into an answer cell and its check cell."""
        if name not in exercises:
            raise self.error(check, f"unknown exercise {name!r}; there are {', '.join(exercises)}")
        if name in self.checks:
            first = self.checks[name] + 1
            raise self.error(check, f"exercise {name!r} is checked already, in cell {first}")
        number, _, _ = self.path.stem.partition("-")
        if exercises[name].notebook != number:
            belongs = exercises[name].notebook
            raise self.error(check, f"exercise {name!r} belongs to notebook {belongs}")
        if answer is None or has_marker(self.cells[check].source):
            raise self.error(check, f"no answer cell (one with a solution) before check {name!r}")
        self.checks[name] = check
        common: dict[str, Any] = {"cell_type": "code", "schema_version": 3, "task": False}
        self.cells[answer].metadata["nbgrader"] = common | {
            "grade": False, "grade_id": f"{name}-answer", "locked": False, "solution": True
        }  # fmt: skip
        self.cells[check].metadata["nbgrader"] = common | {
            "grade": True, "grade_id": name, "locked": True, "solution": False,
            "points": exercises[name].points,
        }  # fmt: skip

    def _check_tags(self, index: int) -> None:
        tags = self.cells[index].metadata.get("tags", [])
        for tag in tags:
            if tag.startswith(_FOREIGN_TAGS):
                raise self.error(index, f"the tag {tag!r} hides failures; {MEASUREMENT!r} is ours")
        if MEASUREMENT in tags:
            tags.append("nbval-ignore-output")
