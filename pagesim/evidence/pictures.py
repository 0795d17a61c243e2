"""The pictures of evidence: bars of sizes or counts, and the entries of one walk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from matplotlib.figure import Figure

from ..draw import (
    FAULT,
    FRAME,
    INK,
    PAPER,
    RULE,
    TABLE,
    Arrows,
    Bar,
    Bars,
    Boxes,
    Crosses,
    Finding,
    keys,
    note,
    paper,
)
from ..units import count

_MOST_ROWS, _LONGEST = 12, 30


class Picture(Protocol):
    """What draws itself once: a scene without controls."""

    still_changed: bool

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches."""

    @property
    def finding(self) -> Finding:
        """Its title and its sentence."""

    def build(self, figure: Figure) -> None:
        """Draw everything."""

    def update(self) -> Finding:
        """Say what is to be seen."""


class Row(NamedTuple):
    """One bar: its name, the sizes of its parts with their faces, and its words."""

    name: str
    parts: tuple[tuple[float, str], ...]
    words: str
    marked: bool = False


def drawable(text: str, longest: int = _LONGEST) -> str:
    """Keep what the course's fonts can draw, and cut it from the left, where paths are alike.

    >>> drawable("/usr/lib/x86_64-linux-gnu/libcrypto.so.3"), drawable("a\\u4e00")
    ('…/x86_64-linux-gnu/libcrypto.so.3', 'a?')
    """
    plain = "".join(c if " " <= c <= "~" or c in "…·µ×" else "?" for c in text)
    return plain if len(plain) <= longest else f"…{plain[len(plain) - longest - 2 :]}"


class BarChart:
    """Bars, one below the other, on one scale.

    Parameters
    ----------
    title : str
        What they show.
    rows : sequence of Row
        The bars; of more than twelve the first twelve are drawn.
    legend : sequence of (str, str)
        Face and meaning of the parts, where they have several.
    """

    def __init__(
        self, title: str, rows: Sequence[Row], legend: Sequence[tuple[str, str]] = ()
    ) -> None:
        self.rows, self.legend = tuple(rows[:_MOST_ROWS]), tuple(legend)
        said = "; ".join(f"{row.name}: {row.words}" for row in self.rows)
        left = len(rows) - len(self.rows)
        more = f"; and {count(left, 'more row')}" if left else ""
        self.finding = Finding(title, f"{said}{more}." if said else "")
        self.size = (9.0, 0.85 + 0.36 * len(self.rows) + 0.3 * bool(legend))
        self.still_changed = False

    def build(self, figure: Figure) -> None:
        """Draw the bars from the top."""
        sheet = paper(figure)
        left, room = 2.75, 4.1
        most = max((sum(size for size, _ in row.parts) for row in self.rows), default=0) or 1
        bars = Bars(sheet, left, 0.24, len(self.rows))
        top = self.size[1] - 0.7 - 0.3 * bool(self.legend)
        put = []
        for number, row in enumerate(self.rows):
            y = top - 0.36 * number
            parts = [(room * size / most, face) for size, face in row.parts if size > 0]
            put.append(Bar(y, parts, drawable(row.words, 32), weight="bold" if row.marked else ""))
            note(sheet, left - 0.1, y, drawable(row.name), align="right", size=10, color=INK)
        bars.put([bar._replace(weight=bar.weight or "normal") for bar in put])
        if self.legend:
            keys(sheet, left, self.size[1] - 0.62, self.legend, size=9.5, color=INK)

    def update(self) -> Finding:
        """Say what is to be seen."""
        return self.finding


class Step(NamedTuple):
    """One entry of a walk: its level's name, its value, and two lines of words."""

    name: str
    value: str
    words: str
    flags: str = ""


class WalkChart:
    """The entries that a walk read, from the root down, and where it ended.

    Parameters
    ----------
    title : str
        How it ended.
    steps : sequence of Step
        What was read.
    end : {"fault", "page", "unknown"}
        Whether the last entry stopped it, led to a page, or what follows is not known.
    unread : sequence of str
        The levels that it did not come to.
    """

    def __init__(
        self, title: str, steps: Sequence[Step], end: str, unread: Sequence[str] = ()
    ) -> None:
        self.steps, self.end = tuple(steps), end
        self.unread = tuple(unread) if end == "fault" else ()
        said = "; ".join(f"{s.name} {s.value}: {s.words}" for s in self.steps)
        self.finding = Finding(title, f"{said}." if said else "")
        self.size = (9.0, 2.3)
        self.still_changed = False

    def build(self, figure: Figure) -> None:
        """Draw a box for each entry, from left to right."""
        sheet = paper(figure)
        pitch = 8.8 / max(len(self.steps) + len(self.unread) + 1, 4)
        wide, high, y = pitch - 0.32, 0.5, 0.85
        last = len(self.steps) - 1
        for number, step in enumerate(self.steps):
            x = 0.2 + pitch * number
            face = FAULT.fill if self.end == "fault" and number == last else TABLE.fill
            look: dict[str, Any] = {"face": face, "edge": TABLE.line, "line": 1.6}
            Boxes(sheet, [(x, y, wide, high)], moving=False, **look)
            middle, room = x + wide / 2, 18 if wide > 1.6 else 12
            note(sheet, middle, y + 0.7, step.name, align="center", size=11, color=INK)
            value = step.value if len(step.value) <= room else f"…{step.value[1 - room :]}"
            note(sheet, middle, y + 0.25, value, align="center", size=8.5, mono=True, color=INK)
            note(sheet, middle, y - 0.2, step.words, align="center", size=9, color=INK)
            note(sheet, middle, y - 0.43, step.flags, align="center", size=9)
        places = [0.2 + pitch * number for number in range(1, len(self.steps) + 1)]
        Arrows(sheet).put([[(x - 0.29, y + 0.25), (x - 0.09, y + 0.25)] for x in places])
        x = 0.2 + pitch * len(self.steps)
        middle = x + wide / 2
        if self.end == "page":
            look = {"face": FRAME.fill, "edge": FRAME.line, "line": 2.4}
            Boxes(sheet, [(x, y, wide, high)], moving=False, **look)
            note(sheet, middle, y + 0.25, "the page", align="center", size=10, color=INK)
        elif self.end == "fault":
            Crosses(sheet).put((x + 0.18, y + 0.25))
            note(sheet, x + 0.4, y + 0.25, "fault", size=10, color=INK)
        else:
            Boxes(sheet, [(x, y, wide, high)], moving=False, face=PAPER, edge=RULE)
            note(sheet, middle, y + 0.25, "not told", align="center", size=10)
        for number, name in enumerate(self.unread, len(self.steps) + 1):
            x = 0.2 + pitch * number
            Boxes(sheet, [(x, y, wide, high)], moving=False, face=PAPER, edge=RULE, linestyle=":")
            note(sheet, x + wide / 2, y + 0.7, name, align="center", size=11)
            note(sheet, x + wide / 2, y + 0.25, "not read", align="center", size=9)

    def update(self) -> Finding:
        """Say what is to be seen."""
        return self.finding
