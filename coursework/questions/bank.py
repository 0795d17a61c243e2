"""The bank of questions: each asks for one idea, and knows where its wrong answers come from.

The words stand in `words`, one file for each lesson. An idea has one question (`a`) or two (`a` and
`b`: the same idea in another situation), like this::

    [walk-reads]
    says = "..."          # a sentence of the lesson that holds the key, where no number does

    [walk-reads.a]
    ask = "A tree has {levels} levels. How often ..."
    right = ["{right} times", "the reply"]
    [walk-reads.a.wrong]
    walk-is-free = ["{free} time", "the reply"]      # by the misunderstanding it comes from

    [walk-reads.b]
    ask = "Nothing is in the TLB ..."                # answers as in a, if it has none of its own

What stands in braces is drawn and worked out in `numbers`, by the function of the idea's name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from .misunderstandings import WORDS, misunderstandings
from .numbers import NUMBERS

_DRAWS = 100


@dataclass(frozen=True)
class Answer:
    """One of the four answers: its words, what is said to it, and where it comes from.

    Attributes
    ----------
    words, reply : str
    misunderstanding : str
        Its name; empty for the right answer.
    """

    words: str
    reply: str
    misunderstanding: str = ""


@dataclass(frozen=True)
class Asked:
    """A question with its numbers, as it is put to somebody.

    Attributes
    ----------
    name, idea, notebook : str
    text : str
        The question.
    answers : tuple of Answer
        All four, in the order in which they are shown.
    """

    name: str
    idea: str
    notebook: str
    text: str
    answers: tuple[Answer, ...]

    @property
    def options(self) -> tuple[str, ...]:
        """The words of the answers."""
        return tuple(each.words for each in self.answers)

    @property
    def key(self) -> int:
        """Which of them is right."""
        return [each.misunderstanding for each in self.answers].index("")


@dataclass(frozen=True)
class Question:
    """A question of the bank, before its numbers are drawn.

    Attributes
    ----------
    name : str
        The idea and the form: ``walk-reads-a``.
    idea, form, notebook : str
    text : str
        With names in braces, as are the answers.
    answers : tuple of Answer
        The right one first.
    says : str
        A sentence of the lesson that holds the key, if that is not worked out.
    """

    name: str
    idea: str
    form: str
    notebook: str
    text: str
    answers: tuple[Answer, ...]
    says: str = ""

    def numbers(self, seed: str) -> dict[str, Any]:
        """Draw numbers for which the four answers differ; the same ones for the same seed."""
        if self.idea not in NUMBERS:
            return {}
        rng = Random(f"{self.name}|{seed}")
        for _ in range(_DRAWS):
            data = NUMBERS[self.idea](rng)
            if len({each.words.format(**data) for each in self.answers}) == len(self.answers):
                return data
        raise ValueError(f"question {self.name}: no draw out of {_DRAWS} tells its answers apart")

    def asked(self, seed: str, key: int | None = None) -> Asked:
        """Draw the numbers, and put the answers in an order.

        Parameters
        ----------
        seed : str
            The same seed gives the same question, on every machine.
        key : int, optional
            At which place the right answer shall stand; by chance, if left out.

        Examples
        --------
        >>> asked = questions()["walk-reads-a"].asked("ada", key=2)
        >>> asked.options[2] == asked.answers[asked.key].words
        True
        """
        data = self.numbers(seed)
        right, *wrong = (
            Answer(each.words.format(**data), each.reply.format(**data), each.misunderstanding)
            for each in self.answers
        )
        rng = Random(f"order|{self.name}|{seed}")
        rng.shuffle(wrong)
        wrong.insert(rng.randrange(len(wrong) + 1) if key is None else key, right)
        return Asked(self.name, self.idea, self.notebook, self.text.format(**data), tuple(wrong))


@cache
def questions() -> dict[str, Question]:
    """Read all questions, by name, in the order of the lessons.

    Raises
    ------
    ValueError
        If a wrong answer names a misunderstanding that is not listed.
    """
    found = {}
    for file in sorted(WORDS.iterdir(), key=lambda each: each.name):
        number = file.name.removesuffix(".toml")
        if not number.isdigit():
            continue
        for idea, forms in tomllib.loads(file.read_text("utf-8")).items():
            says = forms.pop("says", "")
            for form, words in forms.items():
                name = f"{idea}-{form}"
                answers = _answers(name, words if "right" in words else forms["a"])
                found[name] = Question(name, idea, form, number, words["ask"], answers, says)
    return found


def _answers(name: str, words: Mapping[str, Any]) -> tuple[Answer, ...]:
    for believed in words["wrong"]:
        if believed not in misunderstandings():
            raise ValueError(f"question {name}: no misunderstanding {believed!r} is listed")
    right, reply = words["right"]
    wrong = words["wrong"].items()
    return Answer(right, reply), *(Answer(said, why, believed) for believed, (said, why) in wrong)
