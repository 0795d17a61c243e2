"""The kinds of exercises, and how to write one.

An exercise is a module ``exercises/nbNN/its_id.py`` with one `EXERCISE`, listed in the order of its
notebook in ``exercises/__init__``. Three kinds derive what can be derived:

`Numbers`
    A dict of answers is written down: numbers, or words out of a few. ``solve(data)`` returns it.
`Steps`
    A dict of rows is written down, one row for each of the parts a, b, c: what one meets on the
    way, in order. ``solve(data, key)`` returns a row.
`Code`
    A function is written. It is called with each of ``data["cases"]``; ``solve(*case)`` returns
    what it should, one result or a list of named ones.

The id, the notebook, the form (ints, if not given), the name of a part on the card, which side a
number is off, the right number in another unit, the first wrong step or item: all that is derived.
A file holds what is its own, and ``**own(globals())`` hands over what it defines. From top to
bottom:

- `draw(rng)` draws the problem as plain data. It contains the edges on purpose (an exact multiple
  and one more, a tie, empty and single, first and last), because a comparison that is off by one
  shall be seen by *every* learner. A draw that cannot tell two mistakes apart is drawn again.
- `text(data)` states the problem. Paragraphs are parted by an empty line; one that starts with four
  spaces is shown as it stands.
- `solve` answers rightly, in another way than the lesson's solution does (tests hold both equal on
  hundreds of names, and each against the simulator or a fact from outside). For every mistake in
  *how* one works it has a keyword whose default is right.
- `look` has, for each part, step or result, what to look at if it is wrong. It is shown behind the
  side on which a number lies, so it is a question or an advice, and never says the answer.
- `mistakes` maps each change of the right solution to what is said about it. `bug(shift=0)` is the
  solver run with a keyword changed, `instead(read=0)` the right answer with a part replaced. The
  words go on after "This is what comes out if", and say what the *answer* does, not what somebody
  thinks: "the base is added to every address. Behind the end of the process …".

A mistake is named only if it gives the learner's whole answer, right parts included. So a mistake
that changes only one of five parts is `instead(that=…)` or a keyword that only that part uses; and
one that would make a learner wrong everywhere is one keyword that all parts use. Two mistakes at
once are found by themselves. `units` tells in which unit something is asked for, and saves the
mistakes "bytes for KiB" and "ns for µs".

>>> from coursework.changes import bug, instead
>>> def solve(data, *, both=True):
...     area = data["a"] * data["b"] if both else data["a"]
...     return {"area": area, "half": area // 2}
>>> field = Numbers(
...     module="coursework.exercises.nb04.a_field",
...     title="A field",
...     points=1,
...     draw=lambda rng: {"a": rng.randrange(9, 99, 2), "b": rng.randrange(101, 999, 2)},
...     text=lambda data: f'What is the "area" of {data["a"]} × {data["b"]}, and "half" of it?',
...     solve=solve,
...     look={"area": "Which sides has it?", "half": "Half of what you wrote above, rounded down."},
...     mistakes={
...         bug(both=False): "only one side is counted.",
...         instead(half=lambda right, data: right["area"]): "the half is left whole.",
...         instead(half=lambda right, data: -(-right["area"] // 2)): "the half is rounded up.",
...     },
...     start="Begin with the area.",
...     right="So it is.",
...     untested="round fields.",
...     hints=("Multiply, then `// 2`.",),
... )
>>> field.id, field.notebook, field.form
('a-field', '04', {'area': <class 'int'>, 'half': <class 'int'>})
>>> field.step(["half"], 50, 45)
'That is too small. Half of what you wrote above, rounded down.'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any

from pagesim.units import count

from .attempt import Raised
from .changes import RIGHT, Change, attempted, bug, instead, replaced
from .exercise import Data, Exercise, own
from .sides import clue, compare, side

__all__ = ["Code", "Data", "Numbers", "Steps", "bug", "instead", "own"]

_IN_HEX = ("va", "entry")  # parameters that are shown so
_HEX_FROM = 256  # smaller ones are sizes: an entry of 8 bytes


@dataclass(frozen=True, kw_only=True)
class _Written(Exercise):
    """What the kinds share whose answer is a dict; a part is ``[data, key]``."""

    digits: int = 3

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the parts."""
        raise NotImplementedError

    def parts(self, data: Data) -> list[list[Any]]:
        return [[data, key] for key in self.keys]

    def in_words(self, part: list[Any]) -> str:
        return self.describe(*part) if self.describe else f"`{part[-1]}`"


@dataclass(frozen=True, kw_only=True)
class Numbers(_Written):
    """An exercise whose answer is a dict of numbers or words, one for each part.

    Parameters
    ----------
    kind : {"number", "hand"}
        Whether one reckons, or works through something by hand.
    form : dict, optional
        The form of each part; ints for the names in `look`, if left out.

    Others are those of `Exercise`.
    """

    kind: str = "number"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.form is None:
            object.__setattr__(self, "form", dict.fromkeys(self.look, int))

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.form)

    def part_form(self, part: list[Any]) -> Any:
        return self.form[part[-1]]

    def solving(self, data: Data, change: Change = RIGHT) -> Iterator[Any]:
        keys = list(self.keys)
        solved = attempted(self.solve, data, **change.keywords)
        if type(solved) is Raised:
            return iter([solved] * len(keys))
        given = replaced(keys, [solved[key] for key in keys], change, data)
        return map(self._plain, self.parts(data), given)

    def step(self, part: list[Any], expected: Any, got: Any) -> str:
        key = part[-1]
        if self.locate and (found := self.locate(*part, expected, got)):
            return found
        ordered = not isinstance(self.form[key], set)
        unit = self.units.get(key)
        return compare("That", expected, got, self.look[key], unit, self.digits, ordered)


@dataclass(frozen=True, kw_only=True)
class Steps(_Written):
    """An exercise whose answer is a row of things met on the way, for each part.

    The names in `look` are the steps. A row may end early with a word, such as "fault"; then
    ``look["end"]`` says what to look at if it ends at the wrong place.

    Parameters
    ----------
    letters : iterable of str
        The names of the parts.
    form : object, optional
        The form of *one* row; an int for each step, if left out.

    Others are those of `Exercise`.
    """

    kind: str = "hand"

    letters: Iterable[str] = "abc"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.form is None:
            object.__setattr__(self, "form", [int] * len(self.steps))

    @property
    def steps(self) -> list[str]:
        """The names of the steps."""
        return [name for name in self.look if name != "end"]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.letters)

    def part_form(self, part: list[Any]) -> Any:
        return self.form

    def solving(self, data: Data, change: Change = RIGHT) -> Iterator[Any]:
        return (self._row(part, change) for part in self.parts(data))

    def _row(self, part: list[Any], change: Change) -> Any:
        row = attempted(self.solve, *part, **change.keywords)
        if type(row) is Raised:
            return row
        names = self.steps[: len(row)]
        return self._plain(part, replaced(names, row, change, *part) if change.parts else row)

    def step(self, part: list[Any], expected: list[Any], got: list[Any]) -> str:
        if self.locate and (found := self.locate(*part, expected, got)):
            return found
        if exchanged := self._exchanged(expected, got):
            return exchanged
        for name, right, theirs in zip(self.steps, expected, got, strict=False):
            if self.same(right, theirs):
                continue
            if "end" in self.look and type(right) is not type(theirs):
                way = "stops before" if type(theirs) is str else "goes on to"
                return f"It {way} the {name}. {self.look['end']}"
            unit, off = self.units.get(name), ""
            if unit:
                off = f" It is {side(right, theirs, unit, self.digits)}"
                off += "." * (off[-1] != "?")
            elif {type(right), type(theirs)} == {int} and (
                found := clue(right, theirs, hex_from=10)
            ):
                return f"The {name} is the first wrong step: {found}."
            return f"The {name} is the first wrong step.{off} {self.look[name]}"
        if len(got) < len(expected):
            return f"It breaks off before the {self.steps[len(got)]}."
        return "It goes on after the end."

    def _exchanged(self, expected: list[Any], got: list[Any]) -> str:
        pairs = list(zip(self.steps, expected, got, strict=False))
        wrong = [each for each in pairs if not self.same(*each[1:])]
        if len(expected) == len(got) and len(wrong) == 2:
            (one, *mine), (other, *theirs) = wrong
            if self.same(mine, theirs[::-1]):
                return f"The {one} and the {other} stand in each other's place."
        return ""

    def turned(self, part: list[Any], expected: Any, got: Any) -> str:
        if type(expected) is not list or type(got) not in (list, tuple):
            return ""
        steps = zip(self.steps, expected, got, strict=False)
        return next(
            filter(None, (super(Steps, self).turned([each[0]], *each[1:]) for each in steps)), ""
        )


@dataclass(frozen=True, kw_only=True)
class Code(Exercise):
    """An exercise whose answer is a function, called with each of ``data["cases"]``.

    Parameters
    ----------
    results : tuple of str
        What the function returns, in its order, where that is a list of several things. They are
        examined in the order of `look`.
    form : object, optional
        What it returns; an int, or one for each of `results`, if left out.

    Others are those of `Exercise`.
    """

    kind: str = "code"

    results: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.form is None:
            form = [int] * len(self.results) if self.results else int
            object.__setattr__(self, "form", form)

    def parts(self, data: Data) -> list[list[Any]]:
        return list(data["cases"])

    def part_form(self, part: list[Any]) -> Any:
        return self.form

    def solving(self, data: Data, change: Change = RIGHT) -> Iterator[Any]:
        return (self._result(case, change) for case in data["cases"])

    def _result(self, case: list[Any], change: Change) -> Any:
        result = attempted(self.solve, *case, **change.keywords)
        if type(result) is Raised:
            return result
        if change.parts:
            names = list(self.results or self.look)
            values = replaced(names, result if self.results else [result], change, *case)
            result = values if self.results else values[0]
        return self._plain(case, result)

    def in_words(self, part: list[Any]) -> str:
        """Name an input: short values as they are, of long ones how many there are."""
        if self.describe:
            return self.describe(*part)
        parameters = signature(self.solve).parameters.values()
        names = [each.name for each in parameters if each.kind is not Parameter.KEYWORD_ONLY]
        return ", ".join(map(_argument, names, part))

    def step(self, part: list[Any], expected: Any, got: Any) -> str:
        if type(expected) is type(got) is float and (found := clue(expected, got)):
            return f"What it returns is {found}."
        if self.locate and (found := self.locate(*part, expected, got)):
            return found
        if not self.results:
            ((name, look),) = self.look.items()
            return compare("What it returns", expected, got, look, self.units.get(name))
        pairs = dict(zip(self.results, zip(expected, got, strict=True), strict=True))
        before = ""
        for name, look in self.look.items():
            if not self.same(*pairs[name]):
                ordered = not isinstance(self.form[self.results.index(name)], set)
                unit = self.units.get(name)
                said = compare(f"`{name}`", *pairs[name], look, unit, ordered=ordered)
                return before + (said[0].lower() + said[1:] if before else said)
            before += f"`{name}` is right; "
        raise ValueError(f"exercise {self.id}: {got!r} is right")


def _argument(name: str, value: Any) -> str:
    if type(value) is int and name in _IN_HEX and value >= _HEX_FROM:
        return f"{name} = {value:#x}"
    if type(value) is list and len(repr(value)) > 40:
        return f"{len(value)} {name}" if name.endswith("s") else count(len(value), name)
    return f"{name} = {value!r}"
