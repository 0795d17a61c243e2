"""The bill of translation: cycles per access without a TLB, with one, two, and walk caches."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ...draw import Bar, Bars, Curve, Label, keys, note
from ...draw.style import INK, MUTED, PAPER, RULE, TABLE, TLB
from ...machines import MACHINES, Machine, TlbShape
from ...reuse import Hierarchy
from ...reuse.hierarchy import LEVELS, Geometry
from ...traces import PageTrace, collapse, zipf
from ...units import percent
from ..base import Choice, Controls, Finding, Scene, Sheet, Slider, Table
from ..programs import Programs
from .recordings import PROGRAMS

# Those whose source tells what a lookup costs.
_MACHINES = {
    f"{name} (grade {MACHINES[name].grade})": MACHINES[name]
    for name in ("ChampSim", "Virtuoso", "Intel Haswell", "Intel Golden Cove")
}
_RANDOM = {"random reads in 64 MiB": 1 << 14, "random reads in 1 GiB": 1 << 18}  # in pages
_READ = (4, 10, 20, 40, 80, 120, 200)  # cycles
_ROWS = ("no TLB", "first level", "and a second", "and walk caches")
_FACES = (TLB.fill, TLB.line, TABLE.fill)
_LEFT, _WIDE, _TOP, _ROW = 1.75, 5.3, 3.0, 0.52


class Bill(Scene):
    """Add one cache after the other: what does translating an access cost now?

    Parameters
    ----------
    trace : PageTrace or str, optional
        A program of the learner's, or its name. Its bill is worked out here for every machine:
        some seconds for a million page changes.
    """

    size = (9, 4.1)

    def __init__(self, trace: PageTrace | str | None = None) -> None:
        self.programs = Programs(trace, (*PROGRAMS, *_RANDOM))
        if self.programs.own is not None:
            for machine in _MACHINES.values():
                self._uses(machine.name, self.programs.first)
        super().__init__(
            Controls(
                machine=Choice("machine", tuple(_MACHINES), next(iter(_MACHINES))),
                work=Choice("program", self.programs.names, self.programs.first),
                read=Slider(
                    "reading one entry", 0, len(_READ) - 1, 2, lambda n: f"{_READ[n]} cycles"
                ),
            )
        )

    def draw(self, sheet: Sheet) -> None:
        """Draw the names of the rows and of the colours; bars and numbers move."""
        self.bars = Bars(sheet, _LEFT, 0.3, len(_ROWS), line=0.9, size=10.5)
        self.broken = Curve(sheet, color=PAPER, width=9, zorder=4)
        self.torn = Curve(sheet, width=0.9, zorder=5)
        self.source = Label(sheet, 0.12, 0.42, size=9, color=MUTED)
        self.caution = Label(sheet, 0.12, 0.2, size=9, color=MUTED)
        for row, name in enumerate(_ROWS):
            note(sheet, _LEFT - 0.12, _middle(row), name, align="right", size=10.5, color=INK)
        names = ("lookup, first level", "lookup, second level", "walk: entries read")
        keys(sheet, _LEFT, _TOP + 0.3, tuple(zip(_FACES, names, strict=True)), size=9.5, color=INK)
        sheet.plot([_LEFT] * 2, [_TOP - len(_ROWS) * _ROW, _TOP], color=RULE, lw=1.2, zorder=1)

    def update(self, *, machine: str, work: str, read: int) -> Finding:
        """Charge every access for what it asks and reads."""
        chosen, cycles = _MACHINES[machine], _READ[read]
        bill = [_charge(chosen, use, cycles) for use in self._uses(chosen.name, work)]
        sums = [sum(parts) for parts in bill]
        self._draw_bars(bill, sums, bool(chosen.walk_caches))
        best = sums[3 if chosen.walk_caches else 2]
        other = "not" if best < sums[0] else "without a TLB"
        own = self.programs.own if work == self.programs.first else None
        unit = own.unit if own else "data accesses"
        one = f"a {own.one}" if own and unit != "data accesses" else "an access"
        self.source.text, self.caution.text = _told(chosen, unit)
        share = bill[-1][2] / best if best else 0.0
        last = _number(sums[3]) if chosen.walk_caches else "not told"
        return Finding(
            f"{work}: {_number(best)} cycles to translate {one}, {other} {_number(sums[0])}",
            f"{machine}, {cycles} to read an entry: {_number(sums[1])} with one level, "
            f"{_number(sums[2])} with two, {last} with walk caches; {percent(share, 2)} is walks.",
        )

    def tabulate(self, *, machine: str, work: str, read: int) -> list[Table]:
        """List the parts of every bar."""
        chosen, rows = _MACHINES[machine], []
        for name, use in zip(_ROWS, self._uses(chosen.name, work), strict=True):
            parts = _charge(chosen, use, _READ[read])
            cells = [_number(part) for part in (*parts, sum(parts))]
            if name == _ROWS[3] and not chosen.walk_caches:
                cells = ["the source tells of none"] * 4
            rows.append((name, *cells))
        heads = ("with", "lookup, first level", "lookup, second level", "walk", "together")
        own = self.programs.own if work == self.programs.first else None
        caption = f"Cycles to translate. {_told(chosen, own.unit if own else 'data accesses')[0]}"
        return [Table(caption, heads, rows)]

    def _uses(self, machine: str, work: str) -> tuple[_Use, ...]:
        return _uses(machine, work if work in _RANDOM else self.programs[work])

    def _draw_bars(
        self, bill: list[tuple[float, float, float]], sums: list[float], told: bool
    ) -> None:
        """Draw each sum in its parts; a first one that is longer than the paper is broken."""
        top = max(sums[1:]) * 1.02
        bars = []
        for row, (parts, total) in enumerate(zip(bill, sums, strict=True)):
            scale = _WIDE / (total if row == 0 and total > top else top)
            lengths = [(part * scale, face) for part, face in zip(parts, _FACES, strict=True)]
            said = f"{_number(total)} cycles"
            if row == 3 and not told:
                lengths, said = [], "the source tells of none"
            bars.append(Bar(_middle(row), lengths, said, weight="bold"))
        self.bars.put(bars)
        x, y = _LEFT + _WIDE * 0.62, _middle(0)
        cut = [(x, x + 0.03 * _WIDE), (y - 0.22, y + 0.22)] if sums[0] > top else [(), ()]
        self.broken.set_data(*cut)
        sides = [*(x - 0.06 for x in cut[0]), float("nan"), *(x + 0.06 for x in cut[0])]
        self.torn.set_data(sides, [*cut[1], float("nan"), *cut[1]])


class _Use(NamedTuple):
    first: float  # shares of the accesses that ask the first level, and the second
    second: float
    reads: float  # entries read per access


@lru_cache(maxsize=64)
def _uses(machine: str, work: str | PageTrace) -> tuple[_Use, ...]:
    """Count what each row of the bill asks and reads, per access."""
    dtlb, stlb, caches = _shapes(MACHINES[machine])
    hierarchy = _hierarchy(work)
    plain = hierarchy.simulate(dtlb=dtlb, stlb=stlb, walk_caches=())
    helped = hierarchy.simulate(dtlb=dtlb, stlb=stlb, walk_caches=caches)
    n = plain.accesses
    missed = plain.dtlb_misses / n
    return (
        _Use(0, 0, LEVELS),
        _Use(1, 0, LEVELS * missed),
        _Use(1, missed, plain.reads / n),
        _Use(1, missed, helped.reads / n),
    )


def _charge(machine: Machine, use: _Use, read: int) -> tuple[float, float, float]:
    first, second = machine.lookup_cycles or (0, 0)
    return use.first * first, use.second * second, use.reads * read


@lru_cache(maxsize=16)
def _hierarchy(work: str | PageTrace) -> Hierarchy:
    """Make a program's data accesses ready; its instructions have a TLB of their own."""
    if isinstance(work, str):
        return Hierarchy(collapse(zipf(_RANDOM[work], 300_000, s=0, seed=6)))
    return Hierarchy(work.data)


def _shapes(machine: Machine) -> tuple[Geometry, Geometry, tuple[Geometry, ...]]:
    """Pick the TLBs that serve loads from 4 KiB pages, and the walk caches, lowest first."""
    found = [
        next(shape for shape in level if 12 in shape.page_shifts and "r" in shape.serves)
        for level in machine.levels
    ]
    first, second = ((shape.entries, shape.ways or shape.entries) for shape in found)
    caches = sorted(machine.walk_caches, key=lambda shape: shape.page_shifts)
    above = tuple((shape.entries, shape.ways or shape.entries) for shape in caches[: LEVELS - 1])
    return first, second, above


def _told(machine: Machine, unit: str) -> tuple[str, str]:
    """Name the source and its grade, and what had to be supposed."""
    words = {"A": "its own configuration", "B": "a named measurement", "C": "secondary"}
    (first, ways), (second, more), _ = _shapes(machine)
    shapes = f"{first} entries, {ways} ways; then {second}, {more} ways"
    shape: TlbShape = next(s for s in machine.levels[0] if 12 in s.page_shifts and "r" in s.serves)
    doubt = " No source tells the ways of its first level: taken as all." if not shape.ways else ""
    return f"{machine.name}: {shapes}. Grade {machine.grade}, {words[machine.grade]}.{doubt}", (
        f"{unit.capitalize()}, 4 KiB pages, LRU; each waits for its translation, nothing overlaps."
    )


def _number(value: float) -> str:
    return f"{value:.{2 if value < 1 else 3}g}" if value < 100 else f"{value:.0f}"


def _middle(row: int) -> float:
    return _TOP - (row + 0.5) * _ROW
