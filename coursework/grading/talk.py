"""What is said with one box: hand in the notebook, answer what it asks, ask for answers."""

from __future__ import annotations

import json
import math
import signal
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Protocol

from ..attempt import Raised
from ..exercise import Data, Exercise
from ..exercises import of_notebook
from .box import NoBox
from .crossing import Unreadable, message, outcome
from .limits import Limits
from .names import NAMES
from .process import Boxed, Broken

_HELLO = 60.0  # seconds for the box itself, on a very busy machine
_MOST_PROBLEMS = 50  # that one box may ask for
_LAST_WORDS = {
    "slow": Raised("TooSlow", "the time was up"),
    "died": Raised("Died", "the process ended"),
    "flood": Raised("TooLarge", "more came out than is looked at"),
    "memory": Raised("Died", "more memory was taken than there is"),
}
_OUT_OF_TIME = (signal.SIGXCPU, signal.SIGKILL)


class Draw(Protocol):
    """Draws a problem when it is asked for: its data, and its text."""

    def __call__(self) -> Data: ...


def own_problems(notebook: str, student: str) -> dict[str, Draw]:
    """Return what draws a student's own problems, for cells that look at or read them."""

    def posed(exercise: Exercise) -> Data:
        data = exercise.problem(student)
        return {"data": data, "text": exercise.asks(data)}

    return {each.id: partial(posed, each) for each in of_notebook(notebook)}


class NoNotebook(ValueError):
    """What was handed in cannot be read as a notebook."""


class Talk:
    """The conversation with one box, which has just been made.

    Parameters
    ----------
    boxed : Boxed
    limits : Limits
    problems : dict
        For each exercise, by its id, what draws the learner's own problem.
    end : float
        When all must be over, as `time.monotonic` counts.

    Attributes
    ----------
    cell : int or None
        The last one that it began to execute.
    broken : bool
        Whether the box is of no more use.
    nickname : str
        Under which the author of a pager agrees to be ranked, or nothing; it may hold anything.
    """

    def __init__(
        self, boxed: Boxed, limits: Limits, problems: Mapping[str, Draw], end: float
    ) -> None:
        self._boxed = boxed
        self._limits = limits
        self._problems = problems
        self._end = end
        self._asked = 0
        self._fetched = 0
        self.cell: int | None = None
        self.nickname = ""
        self.broken = False

    def execute(self, notebook: bytes, skip: list[int]) -> dict[str, str]:
        """Hand in a notebook, and return which exercises it answers, and with what.

        Parameters
        ----------
        notebook : bytes
        skip : list of int
            Cells that are not to be executed.

        Raises
        ------
        NoBox
            If not even our own part starts.
        NoNotebook
            If it is none.
        Broken
            If a cell (see `cell`) never ends, or breaks the box.
        """
        end = self._begin(notebook, skip)
        while True:
            said = self._hear(end)
            if type(cell := said.get("cell")) is int:
                self.cell = cell
            elif type(found := said.get("ready")) is dict:
                self.nickname = str(said.get("nickname", ""))
                return {name: str(kind) for name, kind in found.items()}
            elif "unreadable" in said:
                raise NoNotebook("the file is no notebook")
            else:
                raise Broken("died")

    def show(self, notebook: bytes, skip: list[int]) -> Iterator[dict[str, Any]]:
        """Hand in a notebook to be looked at, and yield all that is said of it (`inside.show`).

        Raises
        ------
        NoBox, NoNotebook, Broken
            As `execute` does.
        """
        end = self._begin(notebook, skip, show=1)
        room = self._limits.lines
        while "done" not in (said := self._hear(end)):
            room -= self._size
            if room < 0:
                raise Broken("flood")
            if "unreadable" in said:
                raise NoNotebook("the file is no notebook")
            if type(cell := said.get("cell")) is int:
                self.cell = cell
            yield said

    def _begin(self, notebook: bytes, skip: list[int], **more: int) -> float:
        """Confine the box and hand the notebook in; return when it must be done."""
        names = {name: NAMES[name] for name in self._problems}
        orders = {**self._boxed.orders, "skip": skip, "names": names, "bytes": len(notebook)}
        try:
            self._say(orders | more, time.monotonic() + _HELLO)
            hello = self._hear(time.monotonic() + _HELLO)
        except Broken as problem:
            why = self._boxed.complaint() or problem.how
            raise NoBox(f"Python does not start in it: {why}") from None
        if "hello" not in hello:
            raise NoBox(str(hello.get("obstacle", "it says nothing")))
        end = self._until(self._limits.run_seconds)
        self._boxed.send(notebook, end)
        return end

    def ask(self, exercise: str, inputs: list[list[Any] | None]) -> list[Any] | None:
        """Ask for the answers to all inputs of an exercise.

        Parameters
        ----------
        exercise : str
        inputs : list
            The arguments of each call; None asks for the answer itself.

        Returns
        -------
        list or None
            A value or `Raised` for each; None if the box is so full that it cannot be asked.
        """
        self._asked += 1
        seconds = self._limits.answer_seconds
        request = {"id": self._asked, "exercise": exercise, "inputs": inputs}
        heard: list[Any] = []
        try:
            end = self._until(seconds)
            self._say({**request, "seconds": math.ceil(seconds)}, end)
            room = self._limits.lines
            while True:
                said = self._hear(end)
                room -= self._size
                if type(said.get("id")) is int and 0 < said["id"] < self._asked and room >= 0:
                    continue  # what an answer before this one left behind
                if said.get("id") != self._asked or room < 0:
                    raise Broken("died" if room >= 0 else "flood")
                if "full" in said:
                    self.broken = True
                    return None
                if type(status := said.get("ended")) is int:
                    self.broken = status != 0 or len(heard) < len(inputs)
                    how = "slow" if status & 0x7F in _OUT_OF_TIME else "died"
                    break
                if said.get("part") != len(heard) or len(heard) == len(inputs):
                    raise Broken("died")
                heard.append(outcome(said.get("outcome")))
        except Broken as problem:
            self.broken = True
            how = problem.how
        return heard + [_LAST_WORDS[how]] * (len(inputs) - len(heard))

    def _until(self, seconds: float) -> float:
        return min(time.monotonic() + seconds * self._limits.patience, self._end)

    def _say(self, words: dict[str, Any], end: float) -> None:
        self._boxed.send(json.dumps(words).encode() + b"\n", end)

    def _hear(self, end: float) -> dict[str, Any]:
        """Return what is said next, and draw the problems that are asked for before."""
        while True:
            line = self._boxed.line(end)
            self._size = len(line)
            try:
                said = message(line)
            except Unreadable:
                raise Broken("died") from None
            if "problem" not in said:
                return said
            name = said["problem"]
            self._fetched += 1
            if self._fetched > _MOST_PROBLEMS:
                raise Broken("flood")
            draw = self._problems.get(name) if type(name) is str else None
            self._say(draw() if draw else {}, end)
