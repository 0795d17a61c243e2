"""The words of the bets: what is asked, what may be answered, and what is said to each answer.

They stand in `data/bets`, one file for each lesson, because whatever stands in a notebook's cell
can be read there before the bet is placed. An entry looks like this::

    [one-page]
    question = "How much page table does a single mapped page of 4 KiB cost?"
    truth = "16 KiB"
    tells = ['16384', 'four tables']

    [one-page.replies]
    "8 bytes" = "That is the price of the entry. But ..."
    "16 KiB" = "Four tables of 4 KiB, ..."

`tells` are regular expressions for whatever would give the answer away, if it stood where a learner
who has not bet yet can see it. Tests look for them in the notebook around the bet.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")  # it becomes part of a class of the page


@dataclass(frozen=True)
class Question:
    """A bet in words.

    Parameters
    ----------
    name : str
        Lower-case words joined by hyphens, unique in the course.
    text : str
        The question.
    replies : mapping of str to str
        Each possible answer, and what to say to the learner who chose it.
    truth : str
        The answer that is right.
    tells : tuple of str
        Regular expressions for what gives the answer away.
    notebook : str
        The two digits of the lesson it belongs to.

    Raises
    ------
    ValueError
        If the name is none, there are fewer than two answers, two get the same reply, or `truth` is
        not among them.
    """

    name: str
    text: str
    replies: Mapping[str, str]
    truth: str
    tells: tuple[str, ...] = ()
    notebook: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"bet {self.name!r}: a name is lower-case words joined by hyphens")
        if self.truth not in self.replies:
            raise ValueError(f"bet {self.name!r}: {self.truth!r} is not among {list(self.replies)}")
        if len(self.replies) < 2:
            raise ValueError(f"bet {self.name!r} has 1 option; a bet needs 2 or more")
        if len(set(self.replies.values())) < len(self.replies):
            raise ValueError(f"bet {self.name!r}: two options get the same reply")


@cache
def questions() -> dict[str, Question]:
    """Read every bet of the course, by name, in the order of the lessons.

    Raises
    ------
    ValueError
        If one is asked twice.

    Examples
    --------
    >>> questions()["one-page"].truth
    '16 KiB'
    """
    found: dict[str, Question] = {}
    for notebook, name, words in entries("bets"):
        if name in found:
            raise ValueError(f"bet {name!r} stands in {found[name].notebook} and {notebook}")
        text, tells = words.pop("question"), tuple(words.pop("tells"))
        found[name] = Question(name, text, tells=tells, notebook=notebook, **words)
    return found


def entries(what: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Read what lessons keep in `data`, beside what anybody can read in a notebook.

    Parameters
    ----------
    what : str
        The folder: ``bets``, or ``seen``.

    Yields
    ------
    tuple of str, str, dict
        The lesson's two digits, the entry's name and its words, in the order of the lessons.

    Examples
    --------
    >>> next(entries("seen"))[:2]
    ('01', 'saved-by-sharing')
    """
    folder = files("pagesim") / "data" / what
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        for name, words in tomllib.loads(file.read_text("utf-8")).items():
            yield file.name.removesuffix(".toml"), name, words
