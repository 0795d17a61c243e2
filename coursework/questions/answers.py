"""What learners have answered: one line for each answer, in a file beside the notebooks.

A line is only ever added (``.answers.jsonl``), so two notebooks, or a notebook and the command
line, can write at the same time, and half a line spoils no other. Lines that make no sense are
passed over. Where no file can be written, nothing is remembered, and nothing else changes.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from .bank import Asked, questions

FILE = ".answers.jsonl"
Place = Literal["recall", "review", "before", "after"]


@dataclass(frozen=True)
class Given:
    """One answer that somebody gave.

    Attributes
    ----------
    learner : str
    place : {"recall", "review", "before", "after"}
        Where it was asked: at a notebook's start, in a review, in one of the inventories.
    question : str
        Its name.
    seed : str
        What its numbers were drawn from.
    misunderstanding : str
        Of the answer that was chosen; empty if that was the right one.
    at : float
        When, in seconds since 1970, by the clock of that machine.
    """

    learner: str
    place: Place
    question: str
    seed: str
    misunderstanding: str
    at: float

    @property
    def right(self) -> bool:
        """Whether it was the right answer."""
        return not self.misunderstanding


def note(
    folder: Path,
    learner: str,
    place: Place,
    asked: Asked,
    seed: str,
    chosen: int,
    now: Callable[[], float] = time.time,
) -> None:
    """Remember an answer.

    Parameters
    ----------
    folder : Path
        Where the notebooks are.
    learner : str
    place : {"recall", "review", "before", "after"}
    asked : Asked
        The question as it was put.
    seed : str
        What its numbers were drawn from.
    chosen : int
        Which of its answers was chosen.
    now : callable
        The clock.
    """
    believed = asked.answers[chosen].misunderstanding
    given = Given(learner, place, asked.name, seed, believed, now())
    # an end of line in front too: the line before may have been cut off
    line = f"\n{json.dumps(asdict(given))}\n".encode()
    with contextlib.suppress(OSError):
        place_of_file = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(place_of_file, line)  # at once: others may be writing
        finally:
            os.close(place_of_file)


def answers(folder: Path, learner: str | None = None) -> list[Given]:
    """Return what is remembered, the first answer first.

    Parameters
    ----------
    folder : Path
        Where the notebooks are.
    learner : str, optional
        Whose answers; everybody's, if left out.

    Examples
    --------
    >>> answers(Path("there is no such folder"))
    []
    """
    try:
        lines = (folder / FILE).read_bytes().splitlines()
    except OSError:
        return []
    given = (each for line in lines if (each := _read(line)))
    return [each for each in given if learner in (None, each.learner)]


def _read(line: bytes) -> Given | None:
    try:
        told: Any = json.loads(line)
        given = Given(**told)
    except (ValueError, TypeError, RecursionError):
        return None
    texts = (given.learner, given.place, given.question, given.seed, given.misunderstanding)
    if not all(type(each) is str for each in texts) or type(given.at) not in (int, float):
        return None
    question = questions().get(given.question)
    known = question and given.misunderstanding in {
        each.misunderstanding for each in question.answers
    }
    sound = known and given.place in get_args(Place) and math.isfinite(given.at)
    return given if sound else None
