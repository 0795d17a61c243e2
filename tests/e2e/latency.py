"""How long a learner waits: reported against the budget, never asserted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

MEDIAN_BUDGET, P95_BUDGET = 60, 120  # ms on two cores
WANTED = 24  # presses in each notebook
PICTURE = 4000  # bytes that no other message has
PARTS = {
    "leaves": "the key has become a message, and the slider has moved",
    "heard": "the notebook's Python has heard of it",
    "drawn": "the picture is drawn, and sent",
    "arrived": "the browser comes to read it: what was before it in the queue is done",
    "painted": "it is decoded, and on the screen",
}
_TIMES = Path("/proc/stat")  # of Linux: what the processors have spent their time on


@dataclass
class Presses:
    """What one explorer took from each key to the new picture on the screen.

    Attributes
    ----------
    notebook, explorer : str
        Where it stands.
    steps, jumps : list of float
        ms of each press that a step, or five at once, came of.
    ahead : int
        How many of them showed a picture that had been there before the key.
    stolen : float
        Share of the processors' time that other machines on the same hardware took meanwhile.
    parts : list of list of float
        For each press that waited for Python, when each of `PARTS` was over, in ms from the key.
    """

    notebook: str
    explorer: str
    steps: list[float] = field(default_factory=list)
    jumps: list[float] = field(default_factory=list)
    ahead: int = 0
    stolen: float = 0.0
    parts: list[list[float]] = field(default_factory=list)

    def add(self, ms: float, parts: list[float], step: bool) -> None:
        """Note a press."""
        (self.steps if step else self.jumps).append(ms)
        if not parts or parts[-1] < parts[-2]:  # it was painted before it arrived
            self.ahead += 1
        else:
            self.parts.append(parts)


def parts_of(wire: list[dict[str, Any]], pressed: float, painted: float) -> list[float]:
    """Find when each part of a press was over; empty if its messages are not all there."""
    out = [each["now"] for each in wire if each["way"] == "out"]
    back = [each for each in wire if each["way"] == "in"]
    pictures = [each for each in back if each["bytes"] > PICTURE]
    if not (out and pictures):
        return []
    heard, drawn, arrived = back[0]["written"], pictures[0]["written"], pictures[0]["now"]
    return [*(at - pressed for at in (out[0], heard, drawn, arrived)), painted]


def summary(measured: Iterable[Presses], firsts: Mapping[str, float]) -> dict[str, Any]:
    """Median and 95th percentile of each notebook, and the median of each explorer.

    `firsts` has the ms from Run All to the first picture.
    """
    notebooks: dict[str, list[Presses]] = {}
    for presses in sorted(measured, key=lambda each: (each.notebook, each.explorer)):
        notebooks.setdefault(presses.notebook, []).append(presses)
    return {
        name: {
            "first_ms": round(firsts[name]),
            "presses": len(every := [ms for each in explorers for ms in each.steps]),
            "median_ms": round(median(every)),
            "p95_ms": round(_p95(every)),
            "ahead": sum(each.ahead for each in explorers),
            "jumps_median_ms": round(median(jumps)) if jumps else None,
            "stolen_percent": round(100 * sum(e.stolen for e in explorers) / len(explorers)),
            "parts_median_ms": _medians([part for each in explorers for part in each.parts]),
            "explorers_p95_ms": {each.explorer: round(_p95(each.steps)) for each in explorers},
            "explorers_median_ms": {each.explorer: round(median(each.steps)) for each in explorers},
        }
        for name, explorers in notebooks.items()
        for jumps in [[ms for each in explorers for ms in each.jumps]]
    }


def _p95(ms: list[float]) -> float:
    return quantiles(ms, n=20, method="inclusive")[-1]


def _medians(parts: Iterable[list[float]]) -> dict[str, int]:
    columns = zip(*parts, strict=True)
    return {name: round(median(each)) for name, each in zip(PARTS, columns, strict=False)}


def text(found: dict[str, Any]) -> str:
    """Say it, a line for each notebook and one for its parts."""
    lines = [f"{name}: {said}" for name, said in PARTS.items()]
    for notebook, of in found.items():
        met = of["median_ms"] <= MEDIAN_BUDGET and of["p95_ms"] <= P95_BUDGET
        each = ", ".join(str(ms) for ms in of["explorers_median_ms"].values())
        lines.append(
            f"{notebook}: median {of['median_ms']} ms, p95 {of['p95_ms']} ms of {of['presses']} "
            f"presses: {'budget met' if met else 'BUDGET NOT MET'}; explorers {each} ms "
            f"({os.cpu_count()} cores, {of['stolen_percent']} % of their time stolen)"
        )
        at = ", ".join(f"{name} {ms}" for name, ms in of["parts_median_ms"].items())
        lines.append(
            f"    first picture {of['first_ms']} ms after Run All; "
            f"{of['ahead']} pictures were there before the key; "
            f"jumps {of['jumps_median_ms']} ms; the others, ms from the key: {at}"
        )
    firsts = median(of["first_ms"] for of in found.values())
    lines.append(f"From Run All to the first picture: median {firsts:.0f} ms of all notebooks.")
    lines.append(f"The budget: median {MEDIAN_BUDGET}, p95 {P95_BUDGET} ms on two cores.")
    return "\n".join(lines)


def kept(found: dict[str, Any]) -> str:
    """Write it down as JSON."""
    return json.dumps({"cores": os.cpu_count(), "notebooks": found}, indent=2) + "\n"


@contextmanager
def theft() -> Iterator[list[float]]:
    """Fill a list with the share of time that other machines took, as Linux counts it."""
    found: list[float] = []
    before = _ticks()
    yield found
    spent = [after - start for after, start in zip(_ticks(), before, strict=True)]
    found.append(spent[7] / sum(spent) if sum(spent) else 0.0)


def _ticks() -> list[int]:
    """Read user, nice, system, idle, iowait, irq, softirq and steal time (man 5 proc_stat)."""
    if not _TIMES.exists():
        return [0] * 8
    return [int(ticks) for ticks in _TIMES.read_text().split("\n", 1)[0].split()[1:9]]
