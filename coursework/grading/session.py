"""One submission: executed in a box, and asked for its answers, an exercise at a time.

Whatever breaks costs as little as can be. A cell that never ends or kills its process is left out
of the next start. An exercise whose answer does so keeps the inputs before it, and those behind it
are asked in a new box.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..exercise import Data, Exercise
from .box import Box
from .limits import Limits
from .process import Boxed, Broken
from .scoring import written
from .talk import Draw, Talk

_STARTS = 4  # beyond one for each exercise
Answers = list[Any] | str


def answers(
    box: Box,
    kit: Path,
    limits: Limits,
    notebook: bytes,
    wanted: list[tuple[Exercise, Data]],
    problems: Mapping[str, Draw],
) -> Iterator[tuple[Exercise, Data, Answers]]:
    """Yield each exercise with its problem and what is answered, as `scoring.mark` takes it.

    Parameters
    ----------
    box : Box
    kit : Path
    limits : Limits
    notebook : bytes
        The file as it was handed in. It is not looked into here.
    wanted : list
        The exercises, and the problem of each that counts.
    problems : dict
        What draws the learner's own problem for each exercise, for cells that look at it.

    Raises
    ------
    NoBox
        If the box does not start, which is no fault of the submission.
    NoNotebook
        If it is none: nothing was answered, right or wrong.
    """
    end = time.monotonic() + limits.total_seconds
    rest, skip = list(wanted), list[int]()
    note = "its cells could not be executed"
    for _ in range(len(wanted) + _STARTS):
        if not rest:
            return
        if time.monotonic() > end:
            note = "the time for the whole notebook was up"
            break
        with Boxed(box, kit, limits) as boxed:
            talk = Talk(boxed, limits, problems, end)
            try:
                found = talk.execute(notebook, skip)
            except Broken:
                if talk.cell is None:  # it was too large to be read
                    break
                skip.append(talk.cell)
                continue
            while rest and not talk.broken:
                exercise, data = rest[0]
                heard = _heard(talk, exercise, data, found.get(exercise.id, "missing"))
                if heard is not None:
                    rest.pop(0)
                    yield exercise, data, heard
    for exercise, data in rest:
        yield exercise, data, note


def _heard(talk: Talk, exercise: Exercise, data: Data, kind: str) -> Answers | None:
    if kind == "missing":
        return kind
    if exercise.kind == "code" and kind in ("function", "stub"):
        heard = talk.ask(exercise.id, list(exercise.parts(data)))
        none = heard is not None and all(each is None for each in heard)
        return "not started" if kind == "stub" and none else heard
    value = talk.ask(exercise.id, [None])
    if value is None:
        return None
    taken = written(exercise, data, value[0])
    if exercise.kind == "code" and taken != "not started":
        return "the answer is no function"
    return taken
