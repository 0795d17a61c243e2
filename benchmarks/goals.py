"""What the benchmarks hold themselves to, in one table.

A benchmark whose module has `goals(result)` tells, of what its `main` has returned, which of its
goals are met.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Goal(NamedTuple):
    """A goal, what was wanted and measured, and whether that will do."""

    what: str
    wanted: str
    measured: str
    met: bool


def at_most(what: str, measured: float, wanted: float, unit: str) -> Goal:
    """Hold that something is not above a bound."""
    return Goal(what, f"at most {_said(wanted)}{unit}", _said(measured) + unit, measured <= wanted)


def at_least(what: str, measured: float, wanted: float, unit: str) -> Goal:
    """Hold that something is not below a bound."""
    return Goal(what, f"at least {_said(wanted)}{unit}", _said(measured) + unit, measured >= wanted)


def table(goals: Iterable[Goal]) -> str:
    """Write them as Markdown."""
    rows = [f"| {g.what} | {g.wanted} | {g.measured} | {'yes' if g.met else 'no'} |" for g in goals]
    return "\n".join(["| goal | wanted | worst measured | met |", "|---|---|---|---|", *rows])


def _said(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
