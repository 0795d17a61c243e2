"""Hostile notebooks, a file for each class: what they do, and what they may earn at most.

They are handed in for notebook 02, whose four exercises are worth 10 points. Where an attack needs
to know where something lies outside, its source names it: see `Outside`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

EXERCISES = ("byte-walk", "table-bytes", "smallest-entry", "fits-beside")
ALL, WITHOUT_ONE = 10.0, 7.0  # points; `entry_bytes` is worth 3

STUBS = {
    "byte-walk": """walks = {"a": [...], "b": [...], "c": [...]}
...""",
    "table-bytes": """weights = {"entries": ..., "table": ..., "all": ..., "wider": ...}
...""",
    "smallest-entry": """def entry_bytes(memory: int, flags: int) -> int:
    ...""",
    "fits-beside": """def most_mapped(memory: int, entry: int, piece: int) -> int:
    ...""",
}
RIGHT = {
    "byte-walk": """card, walks = problem("byte-walk").data, {}
for key, va in card["addresses"].items():
    place = card["base"] + va
    entry = card["memory"][place]
    walks[key] = [place, entry, entry & 127 if entry >> 7 else "fault"]""",
    "table-bytes": """machine = problem("table-bytes").data
weights = {"entries": 2 ** machine["va_bits"]}
weights["table"] = weights["entries"] * machine["entry"]
weights["all"] = weights["table"] * machine["processes"]
weights["wider"] = weights["table"] * 2 ** machine["more"]""",
    "smallest-entry": """def entry_bytes(memory: int, flags: int) -> int:
    bits = (memory - 1).bit_length() + flags
    return min(size for size in (1, 2, 4, 8, 16) if 8 * size >= bits)""",
    "fits-beside": """def most_mapped(memory: int, entry: int, piece: int) -> int:
    return memory // (piece + entry) * piece""",
}
CHECKS = {
    "byte-walk": 'check("byte-walk", walks)',
    "table-bytes": 'check("table-bytes", weights)',
    "smallest-entry": 'check("smallest-entry", entry_bytes)',
    "fits-beside": 'check("fits-beside", most_mapped)',
}
IMPORT = "from coursework import check, problem"


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    Parameters
    ----------
    name : str
    content : bytes
        The file.
    earns : float
        What its honest parts are worth: it must get exactly that.
    waits : bool
        Whether it sleeps, or goes on in ever new processes, so that only the clock ends it.
    large : bool
        Whether it takes long and comes to an end: it gets the time that a class's would.
    student : str
        Who hands it in.
    """

    name: str
    content: bytes
    earns: float = 0.0
    waits: bool = False
    large: bool = False
    student: str = "mallory"


def cell(source: str, grade_id: str = "", **more: Any) -> dict[str, Any]:
    """Return a cell of code, as a notebook holds it."""
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], **more}


def notebook(*cells: dict[str, Any], **more: Any) -> bytes:
    """Return a notebook's file."""
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, **more}).encode()


def answered(answers: dict[str, str], before: str = "", behind: str = "") -> bytes:
    """Return a notebook with these answers and their checks, and a cell before and behind them."""
    cells = [cell(before)] if before else []
    cells.append(cell(IMPORT))
    for name in EXERCISES:
        cells += [cell(answers[name], f"{name}-answer"), cell(CHECKS[name], name)]
    return notebook(*cells, *([cell(behind)] if behind else []))


def before(name: str, source: str, **more: Any) -> Attack:
    """Attack from a cell before exercises that nobody has solved."""
    return Attack(name, answered(STUBS, before=source), **more)


def behind(name: str, source: str, **more: Any) -> Attack:
    """Attack from a cell behind exercises that nobody has solved."""
    return Attack(name, answered(STUBS, behind=source), **more)


def among(name: str, source: str, earns: float = ALL, **more: Any) -> Attack:
    """Attack from a cell before exercises that are all solved: it costs itself only."""
    return Attack(name, answered(RIGHT, before=source), earns, **more)


def answer(name: str, source: str, **more: Any) -> Attack:
    """Attack from the answer to one exercise, whose neighbours are solved."""
    return Attack(
        name, answered({**RIGHT, "smallest-entry": source}), **{"earns": WITHOUT_ONE, **more}
    )


def value(name: str, source: str, **more: Any) -> Attack:
    """Attack from what is written as an answer: nothing is solved."""
    return Attack(name, answered({**STUBS, "table-bytes": source}), **more)
