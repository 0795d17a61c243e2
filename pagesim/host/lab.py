"""What every lab is: a prediction first, then what the kernel counted.

Where a machine cannot count, the lab shows what was recorded on one that could, and says so.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, TypeVar

from .linux import refusal
from .table import Table

Value = int | str
T = TypeVar("T")
_DATA = Path(__file__).parents[1] / "data" / "host"
LIVE = "counted live by the kernel of the machine that ran this cell"
SOURCE = re.compile(r"(counted live by|recorded on) [^<\n]*")
"""The line of a lab that says where its counts come from: the one that depends on the machine."""
YES_NO = ("yes", "no")


@dataclass(frozen=True)
class Row:
    """One line of a lab.

    Attributes
    ----------
    words : tuple
        What describes it.
    predicted : int or str
        What is predicted for it.
    options : tuple of str
        What else could have been predicted, if that is a word; it may be left out for yes and no.
    """

    words: tuple[Value, ...]
    predicted: Value
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The first of the words, by which its count is known."""
        return str(self.words[0])

    @property
    def choices(self) -> tuple[str, ...]:
        """What a learner may choose from; nothing if the row asks for a number."""
        if isinstance(self.predicted, int):
            return ()
        return self.options or YES_NO


@dataclass(frozen=True, repr=False)
class Report(Table):
    """A prediction, or a prediction beside its counts.

    Attributes
    ----------
    predicted, counted : dict
        Number of each row, by the row's name; `counted` is empty in a prediction.
    live : bool
        Whether this machine's kernel counted.
    """

    predicted: Mapping[str, Value] = field(default_factory=dict)
    counted: Mapping[str, Value] = field(default_factory=dict)
    live: bool = False

    @property
    def agrees(self) -> bool:
        """Whether every count is what was predicted."""
        return self.predicted == self.counted

    def beside(self, yours: Mapping[str, Value]) -> Report:
        """Put a learner's own predictions, by the names of the rows, before the model's.

        Examples
        --------
        >>> report = Report("Two pages", ("what", "predicted", "counted", "agree"),
        ...                 (("faults", 2, 2, "yes"), ("bytes", 8192, 8192, "yes")))
        >>> report.beside({"faults": 1})
        Two pages
        what    yours  predicted  counted  agree
        faults      1          2        2  yes
        bytes              8,192    8,192  yes
        """
        if not yours:
            return self
        at = len(self.headings) - 3  # before predicted, counted and agree
        heading = self.headings[at].replace("predicted", "yours")
        return replace(
            self,
            headings=(*self.headings[:at], heading, *self.headings[at:]),
            rows=tuple((*row[:at], yours.get(str(row[0]), ""), *row[at:]) for row in self.rows),
        )


@dataclass(frozen=True)
class Recording:
    """What another machine's kernel counted, and which machine that was."""

    machine: str
    counted: Mapping[str, Value]
    series: Mapping[str, Sequence[float]]

    @classmethod
    def load(cls, key: str) -> Recording:
        """Read the recording of a lab from the package's data."""
        record = json.loads((_DATA / f"{key}.json").read_text(encoding="utf-8"))
        return cls(record["machine"], record["counted"], record.get("series", {}))


class Lab(ABC):
    """One experiment on the learner's own machine.

    A lab says what it predicts (`prediction`) before anything is counted (`measure`). Subclasses
    give the rows and the counting.

    Attributes
    ----------
    key : str
        Name of its recording.
    notebook : str
        The notebook that it belongs to.
    title : str
        What is counted, as a heading.
    headings : tuple of str
        What the words of a row are.
    unit : str
        What the numbers are, if it is the same for all rows.
    basis : str
        What the prediction rests on.
    asked : tuple of str
        Names of the rows that a learner is asked to predict first (see `predict_first`).
    """

    key: ClassVar[str]
    notebook: ClassVar[str]
    title: ClassVar[str]
    headings: ClassVar[tuple[str, ...]]
    unit: ClassVar[str] = ""
    basis: ClassVar[str] = ""
    asked: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def rows(self) -> Sequence[Row]:
        """Work out the prediction."""

    @abstractmethod
    def count(self) -> Mapping[str, Value]:
        """Let this machine's kernel count; raise an exception that says why if it cannot."""

    @abstractmethod
    def check(self) -> None:
        """Raise an exception that says why, quickly, if this machine cannot count."""

    @property
    def obstacle(self) -> str:
        """Why this machine cannot count; empty if it can."""
        try:
            self.check()
        except Exception as why:  # whatever a machine has that nobody has tried: it is said
            return refusal(why)
        return ""

    @property
    def prediction(self) -> Report:
        """What is predicted, before anything was counted."""
        rows = self.rows()
        return Report(
            self.title,
            (*self.headings, self._head("predicted")),
            tuple((*row.words, row.predicted) for row in rows),
            self.basis,
            predicted={row.name: row.predicted for row in rows},
        )

    def measure(self, live: bool = True) -> Report:
        """Count, and put the counts beside the prediction.

        Parameters
        ----------
        live : bool
            False shows the recorded counts even where this machine could count.
        """
        counted, note = self.attempt(self.count, live)
        is_live = counted is not None
        if counted is None:
            counted = Recording.load(self.key).counted
        rows = self.rows()
        return Report(
            self.title,
            (*self.headings, self._head("predicted"), self._head("counted"), "agree"),
            tuple(
                (*row.words, row.predicted, got, "yes" if got == row.predicted else "no")
                for row in rows
                for got in [counted[row.name]]
            ),
            f"{self.basis}\n{note}".strip(),
            {row.name: row.predicted for row in rows},
            dict(counted),
            is_live,
        )

    @classmethod
    def fold(cls) -> str:
        """Name what a lesson folds away until this lab has counted (see `predict_first`)."""
        return cls.key.replace("_", "-")

    def _head(self, word: str) -> str:
        return f"{word}, {self.unit}" if self.unit else word

    def attempt(self, action: Callable[[], T], live: bool) -> tuple[T | None, str]:
        """Do `action` here if this machine can; say where the numbers then come from."""
        reason = self.obstacle if live else "it was not asked to"
        if not reason:
            try:
                return action(), LIVE
            except Exception as why:
                reason = refusal(why)
        verb = "cannot" if live else "did not count"
        machine = Recording.load(self.key).machine
        return None, f"recorded on {machine}; this machine {verb}: {reason}"

    def __repr__(self) -> str:
        return repr(self.prediction)

    def _repr_html_(self) -> str:
        return self.prediction._repr_html_()
