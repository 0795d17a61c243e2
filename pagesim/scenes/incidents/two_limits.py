"""A service asks for memory piece by piece: which of its limits does it meet, and with what free?

    vm.max_map_count   areas of a process: who has more than that gets ENOMEM from mmap, whatever
                       memory is free
    memory.max         pages of its memory cgroup: its own pages have to leave, or it is killed

Each piece is an area by itself, as a mapping with another protection than its neighbours is, and
all of it is touched. Tables and the program's own pages count for the group as well; here, where
pieces are counted in GiB, only the tables are of any weight.

Source: Linux 6.18 mm/mmap.c (`do_mmap`), mm/memcontrol.c (`try_charge_memcg`);
Documentation/admin-guide/sysctl/vm.rst.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ...arch import X86_64
from ...costs import tables_for_regions
from ...draw import Bar, Bars, Crosses, Curve, Label, curve_axes, note
from ...draw.curves import Point
from ...draw.style import FAULT, FRAME, INK, MUTED, VIRTUAL
from ...units import binary, percent
from ..base import Controls, Finding, Plot, Sheet, Slider, Table

MAX_MAP_COUNT = 65530  # Linux's default
OWN = 9  # areas that the simulated program has before it asks for any
_KIB = (4, 8, 16, 32, 64, 72, 96, 128, 192, 256, 512, 1024)
_STEP = 1000  # pieces
_MOST = 80


class State(NamedTuple):
    """What a service has after it asked for some pieces: pieces it got, areas, bytes."""

    got: int
    areas: int
    memory: int
    met: str  # the limit: "areas", "memory" or nothing


def reached(
    asked: int, piece: int, limit: int, areas: int = MAX_MAP_COUNT, own: int = OWN
) -> State:
    """Give pieces, one after the other, until one of two limits is met.

    Parameters
    ----------
    asked : int
        How many pieces.
    piece, limit : int
        Bytes of a piece, and memory.max.
    areas, own : int
        vm.max_map_count, and the areas that were there before.

    Examples
    --------
    >>> reached(70_000, 72 << 10, 8 << 30)
    State(got=65522, areas=65531, memory=4840267776, met='areas')
    """
    by_areas = max(areas + 1 - own, 0)  # refused are those who have more already
    by_memory = _pieces_within(limit, piece)
    got = min(asked, by_areas, by_memory)
    met = ""
    if got < asked:
        met = "areas" if by_areas <= by_memory else "memory"
    return State(got, own + got, charged(got, piece), met)


def charged(pieces: int, piece: int) -> int:
    """Count what a memory cgroup is charged: the pieces, and the tables below their root."""
    if not pieces:
        return 0
    size = pieces * piece
    return size + 4096 * sum(tables_for_regions(X86_64, [(0, size)])[1:])


def _pieces_within(limit: int, piece: int) -> int:
    """Find the most pieces that fit, by halving."""
    low, high = 0, limit // piece
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if charged(middle, piece) <= limit else (low, middle - 1)
    return low


class TwoLimits(Plot):
    """Let a service ask for more and more pieces, and see which limit stops it."""

    size = (9, 4.7)
    play = "asked"
    controls = Controls(
        asked=Slider("thousand pieces", 0, _MOST, 10),
        piece=Slider("a piece has", 0, len(_KIB) - 1, 5, lambda n: f"{_KIB[n]:,} KiB"),
        limit=Slider("memory.max", 1, 16, 8, lambda n: f"{n} GiB"),
    )

    def draw(self, sheet: Sheet) -> None:
        """Draw the axes and the limit's line; two lines, a cross and two gauges move."""
        self.axes = axes = curve_axes(sheet, left=1.0, right=1.75, bottom=1.75, top=0.55)
        axes.set(xlim=(0, _MOST), ylim=(0, 115))
        axes.set_xticks(
            range(0, _MOST + 1, 20), [f"{n * _STEP:,}" for n in range(0, _MOST + 1, 20)]
        )
        axes.set_yticks([0, 25, 50, 75, 100], ["0", "25 %", "50 %", "75 %", "100 %"])
        axes.set_xlabel("pieces asked for")
        axes.set_ylabel("of the limit")
        Curve(axes, "-", INK, 1.2).set_data([0, _MOST], [100, 100])
        self.areas = Curve(axes, "-", VIRTUAL.line, 2.6, zorder=4)
        self.memory = Curve(axes, "--", FRAME.line, 2.6, zorder=4)
        self.ends = {name: Label(axes, 0, 0, name, size=9.5) for name in ("areas", "memory")}
        self.points = {
            "areas": Point(axes, VIRTUAL.fill, "s", 9, guides=""),
            "memory": Point(axes, FRAME.fill, size=10, guides="x"),
        }
        self.cross = Crosses(axes, 14)
        self.refused = Label(axes, 0, 108, size=9.5, color=FAULT.line)
        self.bars = Bars(sheet, 2.2, 0.24, 2)
        for y, name in ((0.72, "areas of the process"), (0.36, "memory of the group")):
            note(sheet, 2.1, y, name, align="right", size=10, color=INK)
        self.roof = Curve(sheet, "-", INK, 1.4)
        self.roof.set_data([6.2, 6.2], [0.2, 0.9])
        note(sheet, 6.2, 0.98, "limit", align="center", size=9, color=MUTED)

    def update(self, *, asked: int, piece: int, limit: int) -> Finding:
        """Ask for so many pieces, and say what stops the service, if anything does."""
        size, most = _KIB[piece] << 10, limit << 30
        now = reached(asked * _STEP, size, most)
        shares = {"areas": now.areas / MAX_MAP_COUNT, "memory": now.memory / most}
        ends = now.got / _STEP
        for name, line, start in (
            ("areas", self.areas, 100 * OWN / MAX_MAP_COUNT),
            ("memory", self.memory, 0.0),
        ):
            share = 100 * shares[name]
            x, y = [0.0, ends], [start, share]
            if now.met:
                x, y = [*x, float(asked)], [*y, share]
            line.set_data(x, y)
            self.points[name].put(x[-1], share)
        self._names(asked, shares)
        self.cross.put(*[(ends, 100)] * bool(now.met))
        self.refused.text = f"no more after {now.got:,}" if now.met else ""
        self.refused.x = min(ends, _MOST * 0.78) + 1
        wide = 4.0
        words = {
            "areas": f"{now.areas:,} of {MAX_MAP_COUNT:,}",
            "memory": f"{binary(now.memory)} of {binary(most)}",
        }
        self.bars.put(
            [
                Bar(y, [(wide * min(shares[name], 1), face)], words[name], beyond=6.3)
                for y, name, face in (
                    (0.72, "areas", VIRTUAL.fill),
                    (0.36, "memory", FRAME.fill),
                )
            ]
        )
        return Finding(
            _title(now, size, most),
            f"{asked * _STEP:,} pieces of {binary(size)} were asked for, {now.got:,} given: "
            f"{words['areas']} areas ({percent(shares['areas'], 2)}), {words['memory']} "
            f"({percent(shares['memory'], 2)}), tables included.",
        )

    def tabulate(self, *, asked: int, piece: int, limit: int) -> list[Table]:
        """List what is used of each limit."""
        size, most = _KIB[piece] << 10, limit << 30
        now = reached(asked * _STEP, size, most)
        areas, memory = now.areas / MAX_MAP_COUNT, now.memory / most
        rows = [
            ("areas", f"{now.areas:,}", f"{MAX_MAP_COUNT:,}", percent(areas, 2)),
            ("memory", binary(now.memory), binary(most), percent(memory, 2)),
        ]
        caption = f"{asked * _STEP:,} pieces of {binary(size)} asked for, {now.got:,} given"
        return [Table(caption, ("what", "used", "limit", "share"), rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to the number of pieces that was clicked."""
        return {"asked": min(max(round(x), 0), _MOST)}

    def _names(self, asked: int, shares: dict[str, float]) -> None:
        """Name both lines where they end, apart from each other."""
        high, low = sorted(shares, key=lambda name: -shares[name])
        top = min(max(100 * shares[high], 100 * shares[low] + 9), 110)
        for name, y in ((high, top), (low, min(100 * shares[low], top - 9))):
            self.ends[name].x, self.ends[name].y = asked + 1.5, max(y, 1)


def _title(now: State, size: int, most: int) -> str:
    if now.met == "areas":
        free = binary(most - now.memory)
        return f"{now.areas:,} areas: mmap fails, and {free} of its memory are not in use"
    if now.met == "memory":
        return f"Memory is at its limit, with {now.areas:,} of {MAX_MAP_COUNT:,} areas"
    if not now.got:
        return "Nothing asked for yet, two limits ahead"
    return f"{now.got:,} pieces of {binary(size)}: {binary(now.memory)}, no limit met"
