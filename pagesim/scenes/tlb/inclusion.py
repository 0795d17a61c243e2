"""Why one stack serves every size of LRU, and why FIFO has no such stack."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from ...draw import Accesses, Box, Chips, Crosses, Grid, Label, Labels, note
from ...draw.style import INK, MUTED, PAPER, TLB
from ...tlb import Tlb
from ...units import count
from ..base import Choice, Controls, Finding, Scene, Sheet, Slider, Table

# Belady, Nelson, Shedler, CACM 12(6), 1969, less the last access: what that one does to the misses
# is a bet of lesson 09.
STRING = (1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4)
_SIZES = 5
_CACHES = Grid(1.3, 3.3, 1.4, 0.36, _SIZES, 5)  # a column for each size, a row for each page
_MISSES = 3.3 - 5 * 0.36 - 0.28  # the height of the row that counts them


class _Held(NamedTuple):
    pages: tuple[frozenset[int], ...]  # by number of entries
    misses: tuple[int, ...]


class Inclusion(Scene):
    """Run five caches side by side: does the larger one hold all that the smaller one holds?"""

    size = (8.6, 4.2)
    play = "step"
    clickable = True
    controls = Controls(
        policy=Choice("who leaves", ("LRU", "FIFO"), "FIFO"),
        step=Slider("access", 1, len(STRING), 8),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw a column for each size and a row for each page; what they hold moves."""
        self.chips = Chips(sheet, zorder=2)
        self.pages = Labels(sheet, _SIZES**2, align="center", size=11)
        self.holes = Crosses(sheet, 10, INK, zorder=4)
        self.misses = Labels(sheet, _SIZES, align="center", size=10.5, weight="bold")
        self.string = Accesses(sheet, Grid(0.6, 0.6, 0.6, 0.38, len(STRING)))
        self.note = Label(sheet, 0.12, 0.86, size=9, color=MUTED)
        head: dict[str, Any] = {"size": 10, "weight": "bold", "color": INK, "align": "center"}
        for size in range(1, _SIZES + 1):
            note(sheet, _middle(size), 3.5, count(size, "entry"), **head)
        for page in range(1, 6):
            note(sheet, 0.12, _place(1, page)[1], f"page {page}", size=9.5)
        note(sheet, 0.12, _MISSES, "misses so far", size=9.5)

    def update(self, *, policy: str, step: int) -> Finding:
        """Show what every cache holds after an access, and where one lacks what a smaller has."""
        held, misses = _run(policy)[step - 1]
        self.pages.clear()
        boxes, holes = list[Box](), list[tuple[float, float]]()
        for size, pages in enumerate(held, 1):
            smaller: frozenset[int] = frozenset().union(*held[: size - 1])
            for page in sorted(pages | smaller):
                x, y = _place(size, page)
                if page in pages:
                    boxes.append((x - 0.5, y - 0.15, 1.0, 0.3))
                    self.pages.put(x, y, str(page))
                else:
                    holes.append((x, y))
        self.chips.put(boxes, TLB.fill, INK)
        self.holes.put(*holes)
        self.misses.clear()
        for size, missed in enumerate(misses, 1):
            self.misses.put(_middle(size), _MISSES, str(missed))
        self.string.put(STRING, step, PAPER)
        self.note.text = (
            "×: a smaller cache has the page, this one has not"
            if holes
            else "no larger cache lacks a page that a smaller one has"
        )
        return Finding(
            _title(policy, bool(holes), step),
            f"{policy} after {count(step, 'access', 'accesses')}: misses with 1 to {_SIZES} "
            f"entries {', '.join(map(str, misses))}; {len(holes)} missing where a smaller cache "
            "has the page.",
        )

    def tabulate(self, *, policy: str, step: int) -> list[Table]:
        """List what each cache holds and has missed."""
        held, misses = _run(policy)[step - 1]
        rows = []
        for size, (pages, missed) in enumerate(zip(held, misses, strict=True), 1):
            smaller: frozenset[int] = frozenset().union(*held[: size - 1])
            lacks = " ".join(map(str, sorted(smaller - pages))) or "none"
            rows.append((str(size), " ".join(map(str, sorted(pages))), lacks, str(missed)))
        heads = ("entries", "holds pages", "lacks, though a smaller one has it", "misses so far")
        caption = f"{policy} after {count(step, 'access', 'accesses')}"
        return [Table(caption, heads, rows)]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to an access of the string."""
        step = self.string.step_at(x, y)
        return {} if step is None else {"step": step}


def _title(policy: str, broken: bool, step: int) -> str:
    if broken:
        return f"{policy}: a larger cache lacks what a smaller one holds"
    after = f"after {count(step, 'access', 'accesses')}"
    return f"{policy} {after}: each cache holds all that the smaller one holds"


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


def _place(size: int, page: int) -> tuple[float, float]:
    return _CACHES.middle((page - 1) * _SIZES + size - 1)


def _middle(size: int) -> float:
    return _place(size, 1)[0]
