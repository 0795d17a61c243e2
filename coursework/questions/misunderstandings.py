"""The misunderstandings that the course knows: every wrong answer of a question belongs to one."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

WORDS = files("coursework") / "questions" / "words"


class Misunderstanding(NamedTuple):
    """What somebody may believe.

    Attributes
    ----------
    name : str
        As questions name it.
    notebook : str
        The two digits of the lesson that meets it.
    says : str
        The belief, as a sentence.
    """

    name: str
    notebook: str
    says: str


@cache
def misunderstandings() -> dict[str, Misunderstanding]:
    """Read all of them, by name, in the order of the lessons.

    Examples
    --------
    >>> misunderstandings()["tlb-miss-is-page-fault"].says
    'A TLB miss is a page fault.'
    """
    text = (WORDS / "misunderstandings.toml").read_text("utf-8")
    return {name: Misunderstanding(name, *pair) for name, pair in tomllib.loads(text).items()}
