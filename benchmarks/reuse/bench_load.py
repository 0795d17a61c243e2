"""Loading a recorded trace: the goal is 100 ms. `all` also decodes each access in its order."""

from __future__ import annotations

from pagesim.traces import RECORDED, PerAccess, recorded

from ..goals import Goal, at_most
from .measure import Row, seconds, table

GOAL = 100  # milliseconds


def load_and_decode(name: str) -> PerAccess:
    """Load a trace and every access of it."""
    return recorded(name).per_access()


def goals(rows: list[Row]) -> list[Goal]:
    """Hold the slowest trace to the goal."""
    worst = max(float(row["load"]) for row in rows)
    return [at_most("loading a recorded trace", worst, GOAL, " ms")]


def main() -> list[Row]:
    """Print milliseconds of processor time."""
    rows: list[Row] = []
    for name in RECORDED:
        load = seconds(recorded, name) * 1e3
        rows.append(
            {
                "trace": name,
                "accesses": recorded(name).accesses,
                "load": load,
                "all": seconds(load_and_decode, name) * 1e3,
                "goal": "met" if load < GOAL else "missed",
            }
        )
    return table(rows)


if __name__ == "__main__":
    main()
