"""What the exercises share whose answer is a count and the list of pages that had to leave."""

from __future__ import annotations

from typing import Any

Result = list[Any]  # [count, [pages that left]]


def locate(expected: Result, got: Result, *, look: str, full: str, counted: str) -> str:
    """Compare the victims one by one, then the count.

    Parameters
    ----------
    expected, got : list
        The right answer and the learner's, which differ.
    look : str
        Where to look at the first wrong victim.
    full : str
        When somebody has to leave.
    counted : str
        What the count counts.

    Examples
    --------
    >>> locate([2, [7]], [3, [7]], look="", full="no frame is free", counted="faults")
    'The victims are right, but you count too many faults.'
    """
    for n, (right, theirs) in enumerate(zip(expected[1], got[1], strict=False), 1):
        if right != theirs:
            return f"Victim {n} is the first wrong one. {look}"
    if len(got[1]) != len(expected[1]):
        side = "few" if len(got[1]) < len(expected[1]) else "many"
        return f"Your list has too {side} victims. Somebody leaves only where {full}."
    side = "few" if got[0] < expected[0] else "many"
    return f"The victims are right, but you count too {side} {counted}."
