"""Two inventories: twenty questions before the course, and twenty others after it.

They are paired: for each idea, the question before has form `a` and the one after form `b`, with
other words and other numbers, and with the same misunderstandings to choose from. How far somebody
came is the normalised gain: the share gained of what there was to gain (Hake, "Interactive-
engagement versus traditional methods: a six-thousand-student survey of mechanics test data for
introductory physics courses", American Journal of Physics 66(1), 1998).
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Literal

from .answers import Given
from .bank import Asked, questions

When = Literal["before", "after"]
FORMS: dict[When, str] = {"before": "a", "after": "b"}


def ideas() -> list[str]:
    """List the ideas of the inventories: those that have two questions.

    Examples
    --------
    >>> len(ideas())
    20
    """
    return [each.idea for each in questions().values() if each.form == "b"]


def items(when: When, learner: str) -> list[Asked]:
    """Return the questions of an inventory, with this learner's numbers.

    The right answers stand at each of the four places equally often.

    Parameters
    ----------
    when : {"before", "after"}
    learner : str
        The same name gives the same questions.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> before, after = items("before", "ada"), items("after", "ada")
    >>> [one.idea for one in before] == [other.idea for other in after]
    True
    >>> sorted(one.key for one in before) == sorted([0, 1, 2, 3] * 5)
    True
    """
    if when not in FORMS:
        raise ValueError(f"inventory {when!r}: it is one of {', '.join(FORMS)}")
    names = [f"{idea}-{FORMS[when]}" for idea in ideas()]
    places = [number % 4 for number in range(len(names))]
    Random(f"{when}|{learner}").shuffle(places)
    seed = seed_of(when, learner)
    return [questions()[name].asked(seed, key) for name, key in zip(names, places, strict=True)]


def seed_of(when: When, learner: str) -> str:
    """Return what the numbers of an inventory are drawn from."""
    return f"{learner}|{when}"


def first_answers(given: Iterable[Given], when: When) -> dict[str, Given]:
    """Return one learner's answers in an inventory, by idea: of several to one question the first.

    Parameters
    ----------
    given : iterable of Given
        In order.
    when : {"before", "after"}
    """
    found: dict[str, Given] = {}
    for each in given:
        if each.place == when:
            found.setdefault(questions()[each.question].idea, each)
    return found


def score(given: Iterable[Given], when: When) -> float | None:
    """Return the share of an inventory that was answered rightly; None if it is not complete."""
    found = first_answers(given, when)
    if len(found) < len(ideas()):
        return None
    return sum(each.right for each in found.values()) / len(found)


def gain(before: float, after: float) -> float | None:
    """Return the normalised gain: what was gained of what there was to gain.

    Parameters
    ----------
    before, after : float
        Shares of right answers, 0 to 1.

    Returns
    -------
    float or None
        None if nothing was left to gain.

    Raises
    ------
    ValueError
        If a share is none.

    Examples
    --------
    >>> gain(0.4, 0.7), gain(1, 1)
    (0.5, None)
    """
    for share in (before, after):
        if not 0 <= share <= 1:
            raise ValueError(f"share {share} lies outside 0..1")
    return None if before == 1 else round((after - before) / (1 - before), 12)
