"""What an incident is: a machine that has a trouble, drawn from a seed, and may be run again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from .evidence import Evidence

Facts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the machine: what it shows, and what its fix must bring down.

    Attributes
    ----------
    evidence : Evidence
        What it shows at the end.
    score : int
        What `Incident.measured` names, counted by the machine.
    """

    evidence: Evidence
    score: int


@dataclass(frozen=True, slots=True)
class Herring:
    """A red herring: what is out of the ordinary, or well known as a sign, and is not the trouble.

    Attributes
    ----------
    words : str
        What somebody says who noticed it.
    path, line : str
        Where it is seen: which file, and a line of it, word for word.
    towards : str
        The mechanism that it points to, and that the evidence contradicts.
    """

    words: str
    path: str
    line: str
    towards: str


@dataclass(frozen=True, slots=True)
class Public:
    """A report of the same trouble that was published.

    Attributes
    ----------
    facts : dict
        The numbers of the report.
    number : str
        What `numbers` derives, and behind the colon how it is told, rounded.
    what, source : str
        In some words, and where it stands; what was found of it, the incident's module says.
    """

    facts: Mapping[str, int]
    number: str
    what: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One kind of trouble, with everything that can be asked about it.

    Attributes
    ----------
    name : str
        Its name.
    mechanism : str
        What is behind it: a key of `MECHANISMS`.
    draw : callable
        Draws the numbers of one case from a seeded generator.
    run : callable
        ``run(facts, setting)`` builds the machine anew and lets it run; "" is as it was.
    alert : callable
        What the pager says, from the numbers.
    replica : callable
        What was scaled down, and by how much.
    noticed : callable
        Two red herrings, from the evidence.
    question : callable
        The number that is asked for, in words.
    numbers : callable
        Three of the numbers: many, each and by; ``many * each // by`` is asked for.
    slips : callable
        What comes out of known slips, by name.
    settings : mapping of str to str
        What could be changed, in words.
    cure : str
        Which of them helps.
    measured : str
        What `Run.score` counts.
    public : Public or None
        A published case of it.
    """

    name: str
    mechanism: str
    draw: Callable[[Random], Facts]
    run: Callable[[Facts, str], Run]
    alert: Callable[[Facts], str]
    replica: Callable[[Facts], str]
    noticed: Callable[[Evidence], tuple[Herring, Herring]]
    question: Callable[[Facts], str]
    numbers: Callable[[Mapping[str, int]], tuple[int, int, int]]
    slips: Callable[[Mapping[str, int]], dict[str, int]]
    settings: Mapping[str, str]
    cure: str
    measured: str
    public: Public | None = None

    def number(self, facts: Mapping[str, int]) -> int:
        """Derive the number that is asked for."""
        many, each, by = self.numbers(facts)
        return many * each // by
