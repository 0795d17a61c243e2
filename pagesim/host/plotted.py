"""Labs with something to draw, and labs that time: their numbers are never the same twice."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .lab import Lab, Recording, Value


@dataclass(frozen=True)
class Series:
    """Numbers for a picture: measured here or recorded, and never the same twice.

    Attributes
    ----------
    data : dict
        Lists of numbers by name.
    note : str
        Where they come from.
    live : bool
        Whether this machine gave them.
    """

    data: Mapping[str, Sequence[float]]
    note: str
    live: bool


class PlottedLab(Lab):
    """A lab that has something to draw besides its counts."""

    @abstractmethod
    def trace(self) -> Mapping[str, Sequence[float]]:
        """Measure what is drawn; raise `Unavailable` or OSError if this machine cannot."""

    def series(self, live: bool = True) -> Series:
        """Give the numbers to draw: this machine's, or the recorded ones.

        Parameters
        ----------
        live : bool
            False gives the recorded numbers even where this machine could measure.
        """
        data, note = self.attempt(self.trace, live)
        if data is None:
            return Series(Recording.load(self.key).series, note, False)
        return Series(data, note, True)


class TimedLab(PlottedLab):
    """A lab whose answers rest on times: yes or no, never nanoseconds."""

    @abstractmethod
    def judge(self, trace: Mapping[str, Sequence[float]]) -> Mapping[str, Value]:
        """Answer each row from the times."""

    def count(self) -> Mapping[str, Value]:
        """Take the times here, and judge them."""
        return self.judge(self.trace())
