"""Build a notebook, and tell whether the one that is there is still what its lesson says."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import nbformat
from nbformat import NotebookNode

from pagesim.host.lab import SOURCE

from .lesson import MEASUREMENT, Lesson
from .run import execute

_PIXELS = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=]+")


@dataclass(frozen=True)
class Built:
    """What became of one lesson.

    Attributes
    ----------
    path : Path
        The notebook.
    state : {"unchanged", "written", "stale"}
        "stale" only where nothing may be written.
    reason : str
        What differs from the notebook that was there.
    notebook : NotebookNode
        What was just built and executed.
    """

    path: Path
    state: Literal["unchanged", "written", "stale"]
    reason: str
    notebook: NotebookNode


def build(lesson: Lesson, folder: Path, check: bool = False) -> Built:
    """Build a lesson's notebook; one that would not change is left alone.

    Outputs of cells tagged ``measurement`` differ every time and make no difference: unless
    something else has changed, the measured numbers that are there stay.

    Parameters
    ----------
    lesson : Lesson
    folder : Path
        Where notebooks stand.
    check : bool
        Write nothing, and do not compare pictures: another version of matplotlib draws others.

    Raises
    ------
    LessonError
        If a cell fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{lesson.path.stem}.ipynb"
    made = execute(lesson)
    reason = difference(made, path, pictures=not check)
    if not reason:
        return Built(path, "unchanged", "", made)
    if check:
        return Built(path, "stale", reason, made)
    text = nbformat.writes(made)  # type: ignore[no-untyped-call]
    path.write_text(text + "\n", "utf-8")
    return Built(path, "written", reason, made)


def difference(made: NotebookNode, path: Path, pictures: bool) -> str:
    """Say what differs first between a notebook just made and a saved one.

    Parameters
    ----------
    made : NotebookNode
    path : Path
        The saved one.
    pictures : bool
        Whether pictures must be the same, byte for byte.

    Returns
    -------
    str
        Empty if nothing does.
    """
    if not path.exists():
        return "there is no notebook yet"
    try:
        saved = nbformat.read(path, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    except (nbformat.reader.NotJSONError, nbformat.ValidationError):
        return "the notebook cannot be read"
    if len(saved.cells) != len(made.cells):
        return f"{len(saved.cells)} cells became {len(made.cells)}"
    for number, pair in enumerate(zip(saved.cells, made.cells, strict=True), 1):
        before, after = (_comparable(cell, pictures) for cell in pair)
        if before.source != after.source:
            return f"the text of cell {number} differs"
        if before != after:
            return f"the output of cell {number} differs"
    return "" if saved.metadata == made.metadata else "the metadata differs"


def _comparable(cell: NotebookNode, pictures: bool) -> NotebookNode:
    cell = copy.deepcopy(cell)
    if MEASUREMENT in cell.metadata.get("tags", []):
        cell.outputs = []
    for output in cell.get("outputs", []):
        for mime in output.get("data", {}):
            if mime.startswith("image/") and not pictures:
                output.data[mime] = ""
            elif mime.startswith("text/"):  # a lab may be counted here, and recorded there
                text = SOURCE.sub("SOURCE", "".join(output.data[mime]))
                output.data[mime] = _PIXELS.sub("PIXELS", text)  # image/png has the same
    return cell
