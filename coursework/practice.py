"""Another one: an exercise with new numbers, as often as one likes, and without points.

Levels come of chance that is not quite fair, so that every exercise has them. *Small* draws from
the low ends of all ranges, and a function is called with a few of the smallest inputs only.
*Tricky* prefers the very ends of ranges, and of several such problems it takes the one in which
known mistakes give the right answer to most parts, so that they are hardest to notice.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, Literal, get_args

from pagesim.units import count

from . import log, record
from .card import SIGNS, Card
from .changes import RIGHT
from .exercise import Data, Exercise, learner
from .judge import judge

Level = Literal["small", "usual", "tricky"]
FILE = ".practice.jsonl"
MASTERED = 3  # right ones in a row
_DRAWS = 6
_CASES = 3  # of a function, at least


class Another:
    """A problem to practise with; make one with `problem(...).another()`.

    Attributes
    ----------
    data : dict
        The problem as plain data.
    seed : str
        What it was drawn from: with it, the same one comes again.
    """

    def __init__(self, exercise: Exercise, level: Level, seed: str) -> None:
        self.exercise, self.level = exercise, level
        self.seed = seed or os.urandom(3).hex()
        self.data = drawn(exercise, level, f"{learner()}|practice|{self.seed}")
        self._counted = False
        call = f'problem("{exercise.id}").another("{level}", seed="{self.seed}")'
        self.card = Card(
            head=f"Another one · {exercise.title} · {level}",
            paragraphs=(
                *exercise.asks(self.data).split("\n\n"),
                "Call it `again`, and check your answer with `again.check(...)`. No points.",
            ),
            hints=exercise.hints,
            note=f"The same one again: `{call}`",
        )

    @property
    def cases(self) -> list[list[Any]]:
        """The arguments of each call that the check makes (none where the answer is written)."""
        return list(self.data.get("cases", []))

    def check(self, answer: Any) -> Practised:
        """Check an answer, and count the right ones in a row; the first check of each counts."""
        score = judge(self.exercise, self.data, answer)
        right = score.state == "right"
        if score.state != "not started" and not self._counted:
            self._counted = True
            _count(self.exercise, right)
        row = in_a_row(self.exercise)
        said = f"{count(row, 'right one')} in a row"
        if row >= MASTERED:
            said = f"mastered: {said}"
        words = tuple(each for each in score.card.paragraphs if not each.startswith("Look at it"))
        head = f"{SIGNS[score.state]} {score.state.capitalize()} · {self.exercise.title} · {said}"
        return Practised(right, row, replace(score.card, head=head, paragraphs=words))

    def __repr__(self) -> str:
        return self.card.text

    def _repr_html_(self) -> str:
        return self.card.html()


class Practised:
    """What a check of practice says.

    Attributes
    ----------
    right : bool
    in_a_row : int
        Right ones up to now, the last of them this one.
    """

    def __init__(self, right: bool, in_a_row: int, card: Card) -> None:
        self.right, self.in_a_row, self.card = right, in_a_row, card

    @property
    def mastered(self) -> bool:
        """Whether that is enough."""
        return self.in_a_row >= MASTERED

    def __repr__(self) -> str:
        return self.card.text

    def _repr_html_(self) -> str:
        return self.card.html()


def drawn(exercise: Exercise, level: Level, seed: str) -> Data:
    """Draw a problem of a level.

    Parameters
    ----------
    exercise : Exercise
    level : {"small", "usual", "tricky"}
    seed : str
        The same seed gives the same problem.

    Raises
    ------
    ValueError
        If there is no such level.
    """
    if level not in get_args(Level):
        raise ValueError(f"level {level!r} is none of {', '.join(get_args(Level))}")
    if level == "usual":
        return exercise.problem(seed)
    chance = LowEnds if level == "small" else BothEnds
    many = [_draw(exercise, chance(f"{seed}|{number}"), seed) for number in range(_DRAWS)]
    if level == "small":
        return _few(exercise, min(many, key=_size))
    return min(many, key=lambda data: _seen(exercise, data))


def _draw(exercise: Exercise, chance: Random, seed: str) -> Data:
    """Draw with unfair chance; with fair chance, if no good problem comes of that."""
    try:
        return exercise.drawn(chance)
    except ValueError:
        return exercise.problem(seed)


def _few(exercise: Exercise, data: Data) -> Data:
    """Keep the smallest inputs of a function: as few as tell all known mistakes apart."""
    cases = sorted(data.get("cases", []), key=_size)
    for number in range(_CASES, len(cases)):
        fewer = {**data, "cases": cases[:number]}
        if exercise.tells_apart(fewer):
            return fewer
    return data


class LowEnds(Random):
    """Chance that prefers the low end of every range."""

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """Choose from a range: in half of all cases from its lowest sixteenth."""
        values = range(start)[::step] if stop is None else range(start, stop, step)
        return values[int(len(values) * self.random() ** 4)]

    def sample(self, population: Any, k: int, *, counts: Any = None) -> list[Any]:
        """Choose several; of a range the lowest ones."""
        if isinstance(population, range):
            population = population[: max(2 * k, len(population) // 8)]
        return super().sample(population, k, counts=counts)


class BothEnds(Random):
    """Chance that prefers both ends of every range."""

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """Choose from a range: in half of all cases its first or its last."""
        values = range(start)[::step] if stop is None else range(start, stop, step)
        if self.random() < 0.5:
            return values[0 if self.random() < 0.5 else -1]
        return super().randrange(start, stop, step)


def in_a_row(exercise: Exercise, folder: Path | None = None) -> int:
    """Count the right ones that this learner has had in a row, up to the last one.

    Parameters
    ----------
    exercise : Exercise
    folder : Path, optional
        Where the notebooks are, if it is not the folder of the one that runs.
    """
    kept = log.entries((folder or record.here()) / FILE)
    ours = [each for each in (*kept, *_unkept) if _is(each, exercise)]
    row = 0
    for each in ours:
        row = row + 1 if each.get("right") is True else 0
    return row


_unkept: list[dict[str, Any]] = []  # where nothing is kept, in this Python alone


def _count(exercise: Exercise, right: bool) -> None:
    entry = {"learner": learner(), "exercise": exercise.id, "right": right}
    if record.in_notebook():
        log.add(record.here() / FILE, entry)
    else:
        _unkept.append(entry)


def _is(entry: dict[str, Any], exercise: Exercise) -> bool:
    return (entry.get("learner"), entry.get("exercise")) == (learner(), exercise.id)


def _size(value: Any) -> int:
    """Measure plain data: the bits of its numbers, and how much of it there is."""
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    if isinstance(value, list | tuple | set):
        return sum(map(_size, value)) + len(value)
    return value.bit_length() if isinstance(value, int) else 0


def _seen(exercise: Exercise, data: Data) -> float:
    """Measure in what share of the parts the known mistakes can be seen, on average."""
    right = list(exercise.answering(data, RIGHT))
    wrong = [
        not exercise.same(one, other)
        for mistake in exercise.mistakes
        for one, other in zip(right, exercise.answering(data, mistake), strict=True)
    ]
    return sum(wrong) / len(wrong)
