"""What a notebook remembers when its Python starts again: scores and bets, in a file beside it.

One file for each notebook (``.progress-04.json``), so several can be open at once; within it each
learner has a place of their own. Where no file can be written, nothing is remembered, and nothing
else changes. Only a notebook remembers: a script or a test that calls `check` leaves no file.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from . import child, thread
from .card import SIGNS

_HERE = Path.cwd()  # the notebook's, whatever directory the learner goes to afterwards


class Kept(NamedTuple):
    """The last score of an exercise: its points, and what its card said first."""

    points: float
    state: str


class Record(NamedTuple):
    """Scores by the exercise's id, and the options chosen by the bet's name."""

    scores: dict[str, Kept]
    bets: dict[str, str]


def load(number: str, name: str, folder: Path | None = None) -> Record:
    """Return what is remembered; nothing, if there is no file or it makes no sense.

    Parameters
    ----------
    number : str
        The notebook's two digits.
    name : str
        The learner's.
    folder : Path, optional
        Where the notebook is, if it is not the one that runs.

    Examples
    --------
    >>> load("04", "nobody")
    Record(scores={}, bets={})
    """
    ours = _table(_table(_read(number, folder)).get(name))
    scores = {key: Kept(*pair) for key, pair in _table(ours.get("scores")).items() if _fits(pair)}
    bets = {key: said for key, said in _table(ours.get("bets")).items() if type(said) is str}
    return Record(scores, bets)


def keep(number: str, name: str, scores: Mapping[str, Kept], bets: Mapping[str, str]) -> None:
    """Remember scores and bets beside those that are remembered already.

    Parameters
    ----------
    number : str
        The notebook's two digits.
    name : str
        The learner's.
    scores : mapping of str to Kept
    bets : mapping of str to str
    """
    if not in_notebook():
        return
    before = load(number, name)
    ours = {"scores": {**before.scores, **scores}, "bets": {**before.bets, **bets}}
    text = json.dumps({**_table(_read(number)), name: ours}, indent=1)
    draft = _file(number).with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        try:
            draft.write_text(text + "\n", "utf-8")
            draft.replace(_file(number))  # in one step: nobody reads half a file
        finally:
            draft.unlink(missing_ok=True)


def here() -> Path:
    """Return the folder of the notebook, where its files are kept."""
    return _HERE


def in_notebook() -> bool:
    """Tell whether this is a notebook's Python, and not a call that a check makes."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel") and not (child.inside or thread.inside())


def _file(number: str, folder: Path | None = None) -> Path:
    return (folder or _HERE) / f".progress-{number}.json"


def _read(number: str, folder: Path | None = None) -> Any:
    try:
        return json.loads(_file(number, folder).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}


def _table(value: Any) -> dict[str, Any]:
    return value if type(value) is dict else {}


def _fits(pair: Any) -> bool:
    right = type(pair) is list and [type(each) for each in pair] == [float, str]
    return right and pair[0] >= 0 and pair[1] in SIGNS
