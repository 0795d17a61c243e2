"""What every exercise is: a problem drawn for each learner, a right answer, and known wrong ones.

The kinds of exercises that authors declare are in `kinds`.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, combinations
from random import Random
from typing import Any

from .attempt import Raised
from .changes import RIGHT, Change, attempted
from .sides import UNITS, clue
from .values import fit, same

Data = dict[str, Any]  # plain values only, see `values`
_DRAWS = 200  # far more than any exercise needs; a test holds each to it


def learner() -> str:
    """Return who is learning: the hub's user, else the setting PAGESIM_LEARNER, else ``guest``."""
    return os.environ.get("JUPYTERHUB_USER") or os.environ.get("PAGESIM_LEARNER") or "guest"


def own(module: Mapping[str, Any]) -> dict[str, Any]:
    """Return a module's name, and those of its functions that are named like a field of `Exercise`.

    Parameters
    ----------
    module : dict
        The ``globals()`` of a module that defines `draw`, `text` and `solve`, and if it likes
        `locate`, `measure` and `describe`.
    """
    fields = ("draw", "text", "solve", "locate", "measure", "describe")
    return {
        "module": module["__name__"],
        **{name: module[name] for name in fields if name in module},
    }


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise: everything but its prose and the lesson's own solution.

    A problem has *parts*, each of which is answered, compared and counted by itself. In code the
    parts are the inputs that the learner's function is called with; otherwise they are the keys of
    the dict that the learner writes.

    Parameters
    ----------
    module : str
        The exercise's own ``__name__``: ``…exercises.nb04.hand_walk`` is "hand-walk" of "04".
    title : str
        The card's title.
    points : int
        Full marks; 2, if not given.
    draw : callable
        Draws a learner's problem from a seeded generator, as plain data.
    text : callable
        The problem in words, from its data.
    solve : callable
        The right answer, and with other keywords than its own defaults the wrong ones of `bug`.
    mistakes : dict
        At least three: what comes out, a `Change`, and what to say about it: words that go on
        after "This is what comes out if". They say what the answer does, and never the right one.
    look : dict
        For each name (of a part, a step, a result) a question: what to look at if that is wrong.
        They are examined in this order.
    start, right, untested : str
        What to do first; what to take along once it is right; what was not tested.
    hints : tuple of str
        From a nudge to nearly there: whoever follows them to the letter is right.
    form : object, optional
        What an answer looks like, see `values`. An int for each name in `look`, if left out.
    units : dict
        In which of `sides.UNITS` a name is asked for, where that can be confused.
    locate : callable, optional
        ``locate(*part, expected, got)`` names the first wrong step where `look` cannot, or nothing
        where that can, and never says what is right.
    describe : callable, optional
        ``describe(*part)``: a part in a few words, for the card.
    measure : callable, optional
        ``measure(*part, answer)``: what is compared, where many answers are right.
    digits : int
        To how many significant digits decimals are compared; the card says so.
    kind : {"hand", "number", "code"}
        How one comes by the answer; each kind has its own.

    Raises
    ------
    ValueError
        If it knows fewer than three mistakes, has no hint, is worth nothing, or names a unit that
        is none.
    """

    module: str
    title: str
    draw: Callable[[Random], Data]
    text: Callable[[Data], str]
    solve: Callable[..., Any]
    mistakes: Mapping[Change, str]
    start: str
    right: str
    untested: str
    hints: tuple[str, ...]
    look: Mapping[str, str] = field(default_factory=dict)
    form: Any = None
    units: Mapping[str, str] = field(default_factory=dict)
    locate: Callable[..., str] | None = None
    describe: Callable[..., str] | None = None
    measure: Callable[..., Any] | None = None
    points: int = 2
    digits: int = 6
    kind: str = ""

    def __post_init__(self) -> None:
        if len(self.mistakes) < 3:
            raise ValueError(f"exercise {self.id}: {len(self.mistakes)} mistakes; 3 at least")
        if not self.hints or self.points < 1:
            raise ValueError(f"exercise {self.id}: a hint and a point at least")
        if odd := set(self.units.values()) - UNITS:
            raise ValueError(f"exercise {self.id}: {odd.pop()!r} is no unit of `sides`")

    @property
    def id(self) -> str:
        """What `check` is called with."""
        return self.module.rpartition(".")[2].replace("_", "-")

    @property
    def notebook(self) -> str:
        """The two digits of its notebook."""
        return self.module.split(".")[-2].removeprefix("nb")

    def parts(self, data: Data) -> list[list[Any]]:
        """List the parts of a problem, each as the arguments that describe it."""
        raise NotImplementedError

    def solving(self, data: Data, change: Change = RIGHT) -> Iterator[Any]:
        """Answer part by part, rightly or as a change has it; `Raised` where that fails."""
        raise NotImplementedError

    def solved(self, data: Data, change: Change = RIGHT) -> list[Any]:
        """Answer every part, as `solving` does."""
        return list(self.solving(data, change))

    def answering(self, data: Data, change: Change = RIGHT) -> Iterator[Any]:
        """Give, part by part, what of each answer is compared."""
        for part, each in zip(self.parts(data), self.solving(data, change), strict=True):
            yield each if type(each) is Raised else self.measured(part, each)

    def answers(self, data: Data, change: Change = RIGHT) -> list[Any]:
        """List what of each answer is compared."""
        return list(self.answering(data, change))

    def part_form(self, part: list[Any]) -> Any:
        """Return the form of an answer to one part."""
        raise NotImplementedError

    def in_words(self, part: list[Any]) -> str:
        """Name a part."""
        raise NotImplementedError

    def step(self, part: list[Any], expected: Any, got: Any) -> str:
        """Name the first wrong step of an answer to one part."""
        raise NotImplementedError

    def turned(self, part: list[Any], expected: Any, got: Any) -> str:
        """Say what would make a number of the wrong type right, if that is plain."""
        if type(expected) is int and type(got) is float and math.isfinite(got):
            unit = None if self.kind == "code" else self.units.get(part[-1])
            return clue(expected, got, unit, self.digits)
        return ""

    def asks(self, data: Data) -> str:
        """Put a problem into words, with the precision that is asked for."""
        if not _has_decimals(self.form):
            return self.text(data)
        return f"{self.text(data)}\n\nDecimals are compared to {self.digits} significant digits."

    def measured(self, part: list[Any], answer: Any) -> Any:
        """Return what of an answer is compared."""
        return self.measure(*part, answer) if self.measure else answer

    def same(self, left: Any, right: Any) -> bool:
        """Tell whether two answers count as the same one."""
        return same(left, right, self.digits)

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
        # not hash(): that differs from one Python process to the next; and a name may be no UTF-8
        digest = hashlib.sha256(f"{name}\0{self.id}".encode(errors="surrogateescape")).digest()
        return self.drawn(Random(int.from_bytes(digest, "big")))

    def drawn(self, rng: Random) -> Data:
        """Draw a problem that tells all known mistakes apart.

        Parameters
        ----------
        rng : Random
            Where chance comes from.

        Raises
        ------
        ValueError
            If no good problem turns up.
        """
        for _ in range(_DRAWS):
            data = self.draw(rng)
            alike = self._alike(data)
            if not alike:
                return data
        one, other = alike[0]
        right = "the right answer" if one == 0 else f"mistake {one}"
        raise ValueError(
            f"exercise {self.id}: no draw out of {_DRAWS} tells its mistakes apart; "
            f"in the last one {right} and mistake {other} gave the same"
        )

    def tells_apart(self, data: Data) -> bool:
        """Tell whether a problem gives another answer for each known mistake."""
        return not self._alike(data)

    def _alike(self, data: Data) -> list[tuple[int, int]]:
        """List what cannot be told apart among the right answer (0) and the mistakes (1, ...)."""
        streams = [self.answering(data, change) for change in (RIGHT, *self.mistakes)]
        alike = list(combinations(range(len(streams)), 2))
        for _ in self.parts(data):  # a part is worked out for those that are alike so far
            now = {each: next(streams[each]) for each in sorted({*chain.from_iterable(alike)})}
            alike = [(one, other) for one, other in alike if self.same(now[one], now[other])]
        return alike

    def _plain(self, part: list[Any], answer: Any) -> Any:
        """Bring an answer of our own solver into the form in which a learner's is."""
        return attempted(fit, answer, self.part_form(part), "")


def _has_decimals(form: Any) -> bool:
    if isinstance(form, dict):
        form = tuple(form.values())
    return form is float or (isinstance(form, list | tuple | set) and any(map(_has_decimals, form)))
