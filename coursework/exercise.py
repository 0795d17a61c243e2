"""What an exercise is: a problem drawn for each learner, a reference, and known wrong answers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from .attempt import Raised
from .values import same

Data = dict[str, Any]  # plain values only, see `values`
_DRAWS = 200  # far more than any exercise needs; a test holds each to it


def learner() -> str:
    """Who is learning: the hub's user, else the setting PAGESIM_LEARNER, else ``guest``."""
    return os.environ.get("JUPYTERHUB_USER") or os.environ.get("PAGESIM_LEARNER") or "guest"


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A wrong answer that we know: what to say about it, and how one arrives at it.

    Parameters
    ----------
    name : str
        Two or three words, for the author and the tests.
    message : str
        What the learner reads: what they seem to have done and why it fails, never the answer.
    solve : callable
        Takes the same part of a problem as `Exercise.reference`, and answers it wrongly. Neither
        changes what it is given.
    """

    name: str
    message: str
    solve: Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise: everything but its prose and its solution, which stand in the lesson.

    A problem has *parts*, each of which is answered, compared and counted by itself. In code the
    parts are the inputs that the learner's function is called with, ``data["cases"]``; otherwise
    they are the keys of the dict that the learner writes.

    Parameters
    ----------
    id, notebook, title : str
        What `check` is called with, the number of the notebook (``"04"``), and the card's title.
    points : int
        Full marks.
    kind : {"hand", "number", "code"}
        Whether the answer is written down or a function.
    draw : callable
        Draws a learner's problem from a seeded generator, as plain data.
    text : callable
        The problem in words, from its data.
    form : object
        What an answer looks like (see `values`): what the function returns, or the whole dict.
    reference : callable
        The right answer to one part: ``reference(*case)``, or ``reference(data, key)``.
    mistakes : tuple of Mistake
        At least three.
    describe : callable
        ``describe(*part)``: a part in a few words, for the card.
    locate : callable
        ``locate(*part, expected, got)`` names the first wrong step and never says what is right.
    start, right, untested : str
        What to do first; what to take along once it is right; what was not tested.
    hints : tuple of str
        From a nudge to nearly there.
    measure : callable, optional
        ``measure(*part, answer)``: what is compared, where many answers are right.

    Raises
    ------
    ValueError
        If it knows fewer than three mistakes, has no hint, or is worth nothing.
    """

    id: str
    notebook: str
    title: str
    points: int
    kind: Literal["hand", "number", "code"]
    draw: Callable[[Random], Data]
    text: Callable[[Data], str]
    form: Any
    reference: Callable[..., Any]
    mistakes: tuple[Mistake, ...]
    describe: Callable[..., str]
    locate: Callable[..., str]
    start: str
    right: str
    untested: str
    hints: tuple[str, ...]
    measure: Callable[..., Any] | None = None

    def __post_init__(self) -> None:
        if len(self.mistakes) < 3:
            raise ValueError(f"exercise {self.id}: {len(self.mistakes)} mistakes; 3 at least")
        if not self.hints or self.points < 1:
            raise ValueError(f"exercise {self.id}: a hint and a point at least")

    def parts(self, data: Data) -> list[list[Any]]:
        """List the parts of a problem, each as the arguments that answer it."""
        if self.kind == "code":
            return list(data["cases"])
        return [[data, key] for key in self.form]

    def results(self, solver: Callable[..., Any], data: Data) -> list[Any]:
        """Answer every part with a solver of ours; `Raised` where it fails, as a mistake may."""
        return [self._result(solver, part) for part in self.parts(data)]

    def measured(self, part: list[Any], answer: Any) -> Any:
        """Return what of an answer is compared."""
        return self.measure(*part, answer) if self.measure else answer

    def problem(self, name: str) -> Data:
        """Draw the problem of a learner: same name, same problem, on every machine.

        A problem that cannot tell two of the known mistakes from each other, or from the right
        answer, is drawn again.

        Parameters
        ----------
        name : str
            The learner's.

        Raises
        ------
        ValueError
            If no good problem turns up: the exercise is broken.
        """
        # not hash(): that differs from one Python process to the next
        digest = hashlib.sha256(f"{name}\0{self.id}".encode()).digest()
        rng = Random(int.from_bytes(digest, "big"))
        for _ in range(_DRAWS):
            data = self.draw(rng)
            known = [self.results(mistake.solve, data) for mistake in self.mistakes]
            known.append(self.results(self.reference, data))
            if not any(same(a, b) for i, a in enumerate(known) for b in known[:i]):
                return data
        raise ValueError(f"exercise {self.id}: no draw out of {_DRAWS} tells its mistakes apart")

    def _result(self, solver: Callable[..., Any], part: list[Any]) -> Any:
        try:
            return self.measured(part, solver(*part))
        except Exception as problem:
            return Raised(type(problem).__name__)
