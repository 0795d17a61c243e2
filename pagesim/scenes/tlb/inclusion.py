"""Why one stack serves every size of LRU, and why FIFO has no such stack."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from matplotlib.figure import Figure

from ...draw import INK, MUTED, PAPER, RULE, TLB, Boxes, Label, Labels, paper, title
from ...draw.chips import Chips
from ...tlb import Tlb
from ..base import Choice, Scene, Slider

STRING = (1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5)  # Belady, Nelson, Shedler, CACM 12(6), 1969
_SIZES = 5
_LEFT, _WIDE, _TOP, _ROW = 1.3, 1.4, 3.3, 0.36
_CELL, _FOOT = 0.6, 0.22


class _Held(NamedTuple):
    pages: tuple[frozenset[int], ...]  # by number of entries
    misses: tuple[int, ...]


class Inclusion(Scene):
    """Run five caches side by side: does the larger one hold all that the smaller one holds?"""

    size = (8.6, 4.2)
    play = "step"
    clickable = True

    def __init__(self) -> None:
        super().__init__(
            {
                "policy": Choice("who leaves", ("LRU", "FIFO"), "FIFO"),
                "step": Slider("access", 1, len(STRING), 8),
            }
        )

    def build(self, figure: Figure) -> None:
        """Draw a column for each size and a row for each page; what they hold moves."""
        sheet = paper(figure)
        self.title = title(sheet)
        self.chips = Chips(sheet, zorder=2)
        self.pages = Labels(sheet, _SIZES**2, align="center", size=11)
        (self.holes,) = sheet.plot(
            [], [], ls="", marker="x", ms=10, mew=2.4, color=INK, animated=True, zorder=4
        )
        self.misses = Labels(sheet, _SIZES, align="center", size=10.5)
        self.worse = Chips(sheet, line=2.2, zorder=3)
        self.worse.set_facecolor("none")
        self.string = Boxes(sheet, line=0.8, edge=RULE)
        self.here = Boxes(sheet, line=2.6, face="none", edge=INK, zorder=4)
        self.letters = Labels(sheet, len(STRING), align="center", size=11)
        self.note = Label(sheet, 0.12, 0.86, size=9, color=MUTED)
        for size in range(1, _SIZES + 1):
            name = "1 entry" if size == 1 else f"{size} entries"
            Label(
                sheet, _middle(size), _TOP + 0.2, name, align="center", size=10, weight="bold",
                moving=False,
            )  # fmt: skip
        still: dict[str, Any] = {"size": 9.5, "color": MUTED, "moving": False}
        for page in range(1, 6):
            Label(sheet, 0.12, _TOP - (page - 0.5) * _ROW, f"page {page}", **still)
        Label(sheet, 0.12, _misses_at(), "misses so far", **still)

    def update(self, *, policy: str, step: int) -> str:
        """Show what every cache holds after an access, and where one lacks what a smaller has."""
        held, misses = _run(policy)[step - 1]
        self.pages.clear()
        boxes, holes = [], []
        for size, pages in enumerate(held, 1):
            smaller: frozenset[int] = frozenset().union(*held[: size - 1])
            for page in sorted(pages | smaller):
                y = _TOP - page * _ROW
                if page in pages:
                    boxes.append((_middle(size) - 0.5, y + 0.03, 1.0, _ROW - 0.06))
                    self.pages.put(_middle(size), y + _ROW / 2, str(page))
                else:
                    holes.append((_middle(size), y + _ROW / 2))
        self.chips.put(boxes, TLB.fill, INK)
        self.holes.set_data(*zip(*holes, strict=True) if holes else ([], []))
        self.misses.clear()
        worse = []
        for size, count in enumerate(misses, 1):
            more = size > 1 and count > misses[size - 2]
            self.misses.put(_middle(size), _misses_at(), str(count), weight="bold")
            if more:
                worse.append((_middle(size) - 0.25, _misses_at() - 0.14, 0.5, 0.28))
        self.worse.put(worse)
        self._accesses(step)
        self.note.text = (
            "×: a smaller cache has the page, this one has not"
            if holes
            else "no larger cache lacks a page that a smaller one has"
        )
        finding = self._finding(policy, bool(holes), misses)
        self.title.text = finding
        counts = ", ".join(map(str, misses))
        return (
            f"{finding}. {policy} after {step} accesses: with 1 to {_SIZES} entries {counts} "
            f"misses; {len(holes)} missing where a smaller cache has the page."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to an access of the string."""
        step = int((x - 0.6) / _CELL) + 1
        inside = y < 0.75 and x >= 0.6 and step <= len(STRING)
        return {"step": step} if inside else {}

    def _accesses(self, step: int) -> None:
        self.letters.clear()
        boxes = [(0.6 + n * _CELL, _FOOT, _CELL, 0.38) for n in range(len(STRING))]
        for n, page in enumerate(STRING):
            ink = INK if n < step else MUTED
            self.letters.put(0.6 + (n + 0.5) * _CELL, _FOOT + 0.19, str(page), ink)
        self.string.put(boxes, PAPER, RULE)
        self.here.put([boxes[step - 1]])

    def _finding(self, policy: str, broken: bool, misses: tuple[int, ...]) -> str:
        for size, (fewer, more) in enumerate(pairwise(misses), 1):
            if more > fewer:
                return f"{policy}: {size + 1} entries miss {more} times, {size} only {fewer}"
        if broken:
            return f"{policy}: a larger cache lacks what a smaller one holds"
        now = ", for now" if policy == "FIFO" else ""
        return f"{policy}{now}: each cache holds all that the smaller one holds"


@lru_cache(maxsize=2)
def _run(policy: str) -> tuple[_Held, ...]:
    """Run the string through a TLB of each size."""
    tlbs = [Tlb(size, size, policy=policy.lower()) for size in range(1, _SIZES + 1)]
    misses, told = [0] * _SIZES, []
    for page in STRING:
        for n, tlb in enumerate(tlbs):
            if not tlb.lookup(page).hit:
                misses[n] += 1
                tlb.insert(page)
        pages = tuple(frozenset(entry.vpn for entry in tlb.rows[0] if entry) for tlb in tlbs)
        told.append(_Held(pages, tuple(misses)))
    return tuple(told)


def _middle(size: int) -> float:
    return _LEFT + (size - 0.5) * _WIDE


def _misses_at() -> float:
    return _TOP - 5 * _ROW - 0.28
