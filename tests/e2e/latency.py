"""How long a learner waits: reported against the budget, never asserted."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

MEDIAN_BUDGET, P95_BUDGET = 120, 250  # ms on two cores
WANTED = 24  # presses in each notebook


def _by_notebook() -> defaultdict[str, dict[str, Any]]:
    return defaultdict(dict)


@dataclass
class Latencies:
    """Milliseconds from a key to the new picture on the screen, and from letting go of a slider.

    Attributes
    ----------
    keys : dict
        Of each notebook, of each explorer: one value per press.
    drags : dict
        Of each notebook, of each explorer: when the last picture came after the slider was let go.
    """

    keys: defaultdict[str, dict[str, list[float]]] = field(default_factory=_by_notebook)
    drags: defaultdict[str, dict[str, float]] = field(default_factory=_by_notebook)

    def __bool__(self) -> bool:
        return bool(self.keys)

    def summary(self) -> dict[str, Any]:
        """Median and 95th percentile of each notebook, and the median of each explorer."""
        return {
            notebook: {
                "presses": len(every := [ms for presses in each.values() for ms in presses]),
                "median_ms": round(median(every)),
                "p95_ms": round(quantiles(every, n=20, method="inclusive")[-1]),
                "explorers_median_ms": {name: round(median(ms)) for name, ms in each.items()},
                "after_drag_ms": {k: round(ms) for k, ms in self.drags[notebook].items()},
            }
            for notebook, each in self.keys.items()
        }

    def text(self) -> str:
        lines = []
        for notebook, found in self.summary().items():
            met = found["median_ms"] <= MEDIAN_BUDGET and found["p95_ms"] <= P95_BUDGET
            lines.append(
                f"{notebook}: median {found['median_ms']} ms, p95 {found['p95_ms']} ms of "
                f"{found['presses']} presses: {'budget met' if met else 'BUDGET NOT MET'} "
                f"(median {MEDIAN_BUDGET}, p95 {P95_BUDGET}; {_machine()})"
            )
            for name, ms in found["explorers_median_ms"].items():
                late = found["after_drag_ms"].get(name)
                drag = "" if late is None else f", last picture {late} ms after a drag"
                lines.append(f"    {name}: {ms} ms{drag}")
        return "\n".join(lines)

    def json(self) -> str:
        return json.dumps({"machine": _machine(), "notebooks": self.summary()}, indent=2) + "\n"


def _machine() -> str:
    """Say how fast it can be expected to be: others may be using it."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}"
