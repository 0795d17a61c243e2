"""What a class as a whole did: how points are spread, what was hard, what was misunderstood."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pagesim.questions import Question, questions

from ..diagnosis import named
from ..exercise import Exercise
from ..exercises import find
from .grade import Result

STATES = ("right", "almost", "not yet", "not started", "missing")


@dataclass(frozen=True)
class Spread:
    """How the points of one assignment are spread over a class.

    Parameters
    ----------
    notebook : str
        Two digits.
    points : tuple of float
        Of each submission, the least first.
    possible : float
        What each could have.
    """

    notebook: str
    points: tuple[float, ...]
    possible: float

    @property
    def mean(self) -> float:
        """Points of a submission on average."""
        return statistics.fmean(self.points)

    @property
    def median(self) -> float:
        """Points that half of the class have at least."""
        return statistics.median(self.points)

    @property
    def bars(self) -> list[int]:
        """How many have 0, 1, 2, ... points, rounded down.

        >>> Spread("04", (0, 1.5, 1.9, 3), 3).bars
        [1, 2, 0, 1]
        """
        count = Counter(int(each) for each in self.points)
        return [count[points] for points in range(int(self.possible) + 1)]


@dataclass(frozen=True)
class Difficulty:
    """How a class fared with one exercise.

    Parameters
    ----------
    exercise : Exercise
    mean : float
        Points on average.
    states : dict of str to int
        How many answers were right, almost, and so on.
    """

    exercise: Exercise
    mean: float
    states: Mapping[str, int]

    @property
    def earned(self) -> float:
        """The share of its points that the class has earned."""
        return self.mean / self.exercise.points

    @property
    def right(self) -> float:
        """The share of submissions that have it right."""
        return self.states["right"] / sum(self.states.values())


@dataclass(frozen=True)
class Bet:
    """What a class has bet.

    Parameters
    ----------
    question : Question
    chosen : dict of str to int
        How many chose each option.
    """

    question: Question
    chosen: Mapping[str, int]

    @property
    def placed(self) -> int:
        """How many bets there are."""
        return sum(self.chosen.values())


def spreads(results: Iterable[Result]) -> list[Spread]:
    """Return how points are spread, for each assignment."""
    found: dict[str, list[Result]] = {}
    for each in results:
        found.setdefault(each.notebook, []).append(each)
    return [
        Spread(number, tuple(sorted(each.points for each in same)), same[0].possible)
        for number, same in sorted(found.items())
    ]


def difficulties(results: Iterable[Result]) -> list[Difficulty]:
    """Return how the class fared with each exercise, in the order of the course."""
    points: dict[str, list[float]] = {}
    states: dict[str, Counter[str]] = {}
    for result in sorted(results, key=lambda each: each.notebook):
        for mark in result.marks:
            points.setdefault(mark.exercise, []).append(mark.points)
            states.setdefault(mark.exercise, Counter())[mark.state] += 1
    return [
        Difficulty(find(name), statistics.fmean(all_), {key: states[name][key] for key in STATES})
        for name, all_ in points.items()
    ]


def mistakes(results: Iterable[Result]) -> list[tuple[Exercise, str, int]]:
    """Return each known mistake that was made, and by how many; the most common first."""
    count = Counter(
        (mark.exercise, text)
        for result in results
        for mark in result.marks
        for text in named(mark.mistakes)
    )
    ordered = sorted(count.items(), key=lambda item: (-item[1], item[0]))
    return [(find(name), text, number) for (name, text), number in ordered]


def bets(placed: Sequence[Mapping[str, str]]) -> list[Bet]:
    """Return what was bet, in the order of the course.

    Parameters
    ----------
    placed : sequence of dict
        For each submission the option chosen, by the bet's name.
    """
    found = []
    for question in questions().values():
        chosen = Counter(each[question.name] for each in placed if question.name in each)
        if chosen:
            found.append(Bet(question, {option: chosen[option] for option in question.replies}))
    return found
