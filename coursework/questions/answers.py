"""What learners have answered: a line for each answer, in the file ``.answers.jsonl``."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from .. import log
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
    log.add(folder / FILE, asdict(given))


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
    given = (each for entry in log.entries(folder / FILE) if (each := _read(entry)))
    return [each for each in given if learner in (None, each.learner)]


def _read(entry: dict[str, Any]) -> Given | None:
    try:
        given = Given(**entry)
    except TypeError:
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
