"""The older way to declare an exercise, until each has been converted to one of the `kinds`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import exercise
from .exercise import RIGHT, Change, Data, attempted
from .values import fit

__all__ = ["Data", "Exercise", "Mistake"]


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A wrong answer that is known."""

    name: str
    message: str
    solve: Callable[..., Any]


class Exercise(exercise.Exercise):
    """An exercise with a reference and a solver of its own for each mistake."""

    def __new__(cls, *, kind: str, **given: Any) -> Any:
        return object.__new__(_OldCode if kind == "code" else _OldWritten)

    def __init__(
        self, *, id: str, notebook: str, kind: str, reference: Callable[..., Any],
        mistakes: tuple[Mistake, ...], **given: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            module=f"nb{notebook}.{id}",
            solve=reference,
            kind=kind,
            digits=6 if kind == "code" else 3,
            mistakes={Change({"solver": each.solve}): each.message for each in mistakes},
            **given,
        )

    @property
    def reference(self) -> Callable[..., Any]:
        """The right answer to one part."""
        return self.solve

    def solved(self, data: Data, change: Change = RIGHT) -> list[Any]:
        solver = change.keywords.get("solver", self.solve)
        return [attempted(self._known, solver, part) for part in self.parts(data)]

    def _known(self, solver: Callable[..., Any], part: list[Any]) -> Any:
        return fit(solver(*part), self.part_form(part), "")

    def in_words(self, part: list[Any]) -> str:
        return self.describe(*part) if self.describe else ""

    def step(self, part: list[Any], expected: Any, got: Any) -> str:
        return self.locate(*part, expected, got) if self.locate else ""


class _OldCode(Exercise):
    def parts(self, data: Data) -> list[list[Any]]:
        return list(data["cases"])

    def part_form(self, part: list[Any]) -> Any:
        return self.form


class _OldWritten(Exercise):
    def parts(self, data: Data) -> list[list[Any]]:
        return [[data, key] for key in self.form]

    def part_form(self, part: list[Any]) -> Any:
        return self.form[part[-1]]
