"""What a class misunderstands before the course and after it, read from the files handed in."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .answers import FILE, Given, answers
from .bank import questions
from .inventory import FORMS, When, first_answers, gain, score
from .misunderstandings import misunderstandings


class Share(NamedTuple):
    """How often an answer was chosen, of how often it could have been."""

    chosen: int
    asked: int

    def __str__(self) -> str:
        return f"{self.chosen} of {self.asked}" if self.asked else "–"


@dataclass(frozen=True)
class Class:
    """What a class answered in both inventories.

    Attributes
    ----------
    learners : int
        Of whom an answer in an inventory was found.
    matched : int
        Of whom both are complete: only these are compared.
    before, after : float or None
        The mean share of right answers of those.
    shares : dict
        For each misunderstanding how often it was chosen before and after, by all learners.
    """

    learners: int
    matched: int
    before: float | None
    after: float | None
    shares: dict[str, dict[When, Share]]

    @property
    def gain(self) -> float | None:
        """The normalised gain of the class means, as Hake has it."""
        if self.before is None or self.after is None:
            return None
        return gain(self.before, self.after)


def collect(folder: Path) -> Class:
    """Read all files of answers in a folder and below it.

    Learners of one name in two folders are two: many work as ``guest``.

    Parameters
    ----------
    folder : Path

    Examples
    --------
    >>> collect(Path("there is no such folder")).learners
    0
    """
    people: dict[tuple[Path, str], list[Given]] = defaultdict(list)
    for file in sorted(folder.rglob(FILE)):
        for each in answers(file.parent):
            if each.place in FORMS:
                people[file.parent, each.learner].append(each)
    return _together(people.values())


def _together(people: Iterable[list[Given]]) -> Class:
    chosen: dict[When, Counter[str]] = {when: Counter() for when in FORMS}
    asked: dict[When, Counter[str]] = {when: Counter() for when in FORMS}
    matched, learners = [], 0
    for given in people:
        learners += 1
        for when in FORMS:
            for one in first_answers(given, when).values():
                offered = questions()[one.question].answers
                asked[when].update(each.misunderstanding for each in offered)
                chosen[when][one.misunderstanding] += 1
        before, after = score(given, "before"), score(given, "after")
        if before is not None and after is not None:
            matched.append((before, after))
    shares = {
        name: {when: Share(chosen[when][name], asked[when][name]) for when in FORMS}
        for name in misunderstandings()
        if any(asked[when][name] for when in FORMS)
    }
    before_mean, after_mean = (
        [sum(each) / len(matched) for each in zip(*matched, strict=True)]
        if matched
        else (None, None)
    )
    return Class(learners, len(matched), before_mean, after_mean, shares)


def write_csv(found: Class, path: Path) -> None:
    """Write a line for each misunderstanding: how often it was chosen before and after.

    Parameters
    ----------
    found : Class
    path : Path
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        counts = (f"{when}_{what}" for when in FORMS for what in Share._fields)
        out.writerow(["misunderstanding", "notebook", "says", *counts])
        for name, shares in found.shares.items():
            known = misunderstandings()[name]
            out.writerow([name, known.notebook, known.says, *shares["before"], *shares["after"]])
