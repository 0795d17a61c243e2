"""What a notebook calls to be asked: `recall`, `review` and `inventory`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pagesim.units import count

from .. import record
from ..exercise import learner
from ..exercises import EXERCISES
from .answers import Place, answers, note
from .bank import Asked, questions
from .inventory import When, first_answers, gain, items, score, seed_of
from .spacing import due, next_time

if TYPE_CHECKING:
    from pagesim.explorer.quiz import Quiz

RECALLS = {
    "01": ("whose-page-a", "byte-of-memory-a"),
    "02": ("promise-a", "shared-code-a"),
    "03": ("who-translates-a", "table-weight-a"),
    "04": ("page-size-a", "table-in-memory-a"),
    "05": ("lonely-pages-a", "same-page-a"),
    "06": ("alignment-a", "entry-holds-a"),
    "07": ("miss-not-fault-a", "tree-larger-a"),
    "08": ("overflow-a", "walk-cost-a"),
    "09": ("fork-copies-a", "huge-reach-a"),
    "10": ("eviction-writes-a", "first-read-a"),
}
"""What is asked at the start of each notebook, from earlier ones; nothing that it tells."""
HEADS: dict[When, str] = {
    "before": "Twenty questions before the course, 15 minutes: what do you know? No points.",
    "after": "Twenty questions after the course, 15 minutes: how far did you come? No points.",
}


def recall(number: str) -> Quiz:
    """Ask two questions from earlier notebooks, folded behind a line until they are wanted.

    Parameters
    ----------
    number : str
        The two digits of the notebook that begins.

    Raises
    ------
    ValueError
        If there is no such notebook, or none before it.

    Examples
    --------
    >>> print(repr(recall("04")).splitlines()[0])
    Still there? Two questions from notebooks 03 and 02, a minute.
    """
    if number not in RECALLS:
        raise ValueError(f"notebook {number!r} has no recall; there are {', '.join(RECALLS)}")
    seed = f"{learner()}|0"
    asked = [questions()[name].asked(seed) for name in RECALLS[number]]
    froms = list(dict.fromkeys(each.notebook for each in asked))
    noun = "notebook" if len(froms) == 1 else "notebooks"
    head = f"Still there? Two questions from {noun} {' and '.join(froms)}, a minute."
    return _quiz(
        head,
        "recall",
        [(each, seed) for each in asked],
        lambda right: f"{right} of 2 right. `review()` will ask them again.",
    )


def review() -> Quiz:
    """Ask what was wrong, what was long ago and what was never asked, of the notebooks begun.

    Examples
    --------
    >>> review()
    Nothing to ask yet: a review is about notebooks that have been begun.
    """
    asked, head = to_review(record.here())
    return _quiz(head, "review", asked, lambda right: f"{right} of {len(asked)} right.")


def to_review(folder: Path) -> tuple[list[tuple[Asked, str]], str]:
    """Return what a review asks now, each with the seed of its numbers, and a line about it.

    Parameters
    ----------
    folder : Path
        Where the notebooks are.
    """
    name, now = learner(), time.time()
    given = answers(folder, name)
    begun = notebooks_begun(folder)
    asked = []
    for each in due(given, begun, now):
        seed = f"{name}|{sum(one.question == each.name for one in given)}"  # new numbers each time
        asked.append((each.asked(seed), seed))
    if asked:
        return asked, f"{count(len(asked), 'question')} to review."
    if not begun:
        return [], "Nothing to ask yet: a review is about notebooks that have been begun."
    days = max(1, round(next_time(given, now) / (24 * 60 * 60)))
    return [], f"Nothing to review today; the next question comes in {count(days, 'day')}."


def notebooks_begun(folder: Path) -> set[str]:
    """Return the notebooks of which this learner has checked, bet or answered something.

    Parameters
    ----------
    folder : Path
        Where the notebooks are.
    """
    numbers = {each.notebook for each in EXERCISES.values()}
    name = learner()
    kept = {number for number in numbers if any(record.load(number, name, folder))}
    return kept | {
        questions()[each.question].notebook
        for each in answers(folder, name)
        if each.place in ("recall", "review")
    }


def inventory(when: When) -> Quiz:
    """Ask the inventory before or after the course: twenty questions, and no points.

    One that was broken off goes on where it stopped.

    Parameters
    ----------
    when : {"before", "after"}

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> inventory("after")
    Twenty questions after the course, 15 minutes: how far did you come? No points.
    """
    asked, known = to_inventory(record.here(), when)
    quiz = _quiz(
        HEADS[when],
        when,
        asked,
        lambda right: result(record.here(), when, known + right),
        replies=when == "after",
        saved=False,
    )
    quiz.button.disabled = False  # where all has been answered, it says how that went
    return quiz


def to_inventory(folder: Path, when: When) -> tuple[list[tuple[Asked, str]], int]:
    """Return what of an inventory is still to be asked, with seeds, and what was right so far.

    Parameters
    ----------
    folder : Path
        Where the notebooks are.
    when : {"before", "after"}
    """
    name = learner()
    known = first_answers(answers(folder, name), when)
    seed = seed_of(when, name)
    asked = [(each, seed) for each in items(when, name) if each.idea not in known]
    return asked, sum(each.right for each in known.values())


def result(folder: Path, when: When, right: int) -> str:
    """Say how an inventory went, and after the course what was gained.

    Parameters
    ----------
    folder : Path
        Where the notebooks are.
    when : {"before", "after"}
    right : int
        Right answers, of 20.
    """
    said = f"{right} of 20 right"
    if when == "before":
        return f"{said}. What is right is the course; twenty other questions come after it."
    first = score(answers(folder, learner()), "before")
    if first is None:
        return f"{said}. No complete inventory from before the course is here to compare with."
    gained = gain(first, right / 20)
    if gained is None:
        return f"{said}, after 20 before the course: nothing was left to gain."
    return (
        f"{said}, after {round(20 * first)} before the course: of what there was to gain, you "
        f"gained {gained:.0%} (the *normalised gain*)."
    )


def _quiz(
    head: str,
    place: Place,
    asked: Sequence[tuple[Asked, str]],
    end: Callable[[int], str],
    replies: bool = True,
    saved: bool = True,
) -> Quiz:
    from pagesim.explorer.quiz import Quiz  # here: checks alone need no widgets

    def keep(number: int, option: int) -> None:
        if record.in_notebook():
            one, seed = asked[number]
            note(record.here(), learner(), place, one, seed, option)

    return Quiz(head, [one for one, _ in asked], keep, end, replies, saved)
