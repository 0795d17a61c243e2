"""One entry for every byte: when is the map larger than the memory it describes?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ...arch import TOY6, X86_32, X86_64, X86_64_LA57
from ...costs import linear_table_bytes
from ...draw import Boxes, Curve, Marks, note
from ...draw.curves import Point, binary_axis, curve_axes
from ...draw.style import FRAME, INK, MUTED, TABLE
from ...units import binary, digits, percent, power_of_two
from ..base import Controls, Finding, Plot, Sheet, Slider, Table

_LOW, _HIGH = 6, 57  # bits of an address
_LEAST, _MOST = 6, 52  # log2 of bytes of memory
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LEFT, _RIGHT, _BOTTOM, _TOP = 4, 55, 4, 64  # edges of the picture, log2 of bytes


@dataclass(frozen=True, slots=True)
class _Machine:
    """A machine, and where its name stands beside its mark (log2 of bytes)."""

    name: str
    va_bits: int
    pa_bits: int
    right: float
    up: float

    @property
    def entry(self) -> int:
        return -(-self.pa_bits // 8)

    @property
    def table(self) -> int:
        return linear_table_bytes(self.va_bits, 0, self.entry)


# 16 and 22 bits: DEC, PDP-11/70 Processor Handbook. The laptop is any with 16 GiB.
_MACHINES = (
    _Machine("our 64-byte machine", TOY6.va_bits, TOY6.pa_bits, 1.3, -0.4),
    _Machine("PDP-11/70: 16 bits", 16, 22, -6.3, -3.2),
    _Machine("80386: 32 bits", X86_32.va_bits, X86_32.pa_bits, -10.6, 2.0),
    _Machine("a laptop: 48 bits", X86_64.va_bits, 34, 1.5, 0.2),
    _Machine("all of x86-64: 57 bits", X86_64_LA57.va_bits, X86_64_LA57.pa_bits, -17, 0.2),
)


class MapTerritory(Plot):
    """Widen the address, add memory, shrink the entry: does the table fit into what it maps?"""

    size = (7.6, 4.3)
    controls = Controls(
        va_bits=Slider("bits of an address", _LOW, _HIGH, 32),
        pa_bits=Slider("physical memory", _LEAST, _MOST, 32, power_of_two),
        entry=Slider("bytes of an entry", 1, 8, 4),
    )

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Let an entry name every byte of memory: whichever of the two moved last decides."""
        if changed == "entry":
            return {**values, "pa_bits": min(values["pa_bits"], 8 * values["entry"])}
        return {**values, "entry": max(values["entry"], -(-values["pa_bits"] // 8))}

    def draw(self, sheet: Sheet) -> None:
        """Draw the border, where map and memory are the same size, and the machines."""
        self.axes = axes = curve_axes(sheet, right=0.3)
        binary_axis(axes, "x", (10, 20, 30, 40, 50))
        binary_axis(axes, "y", (10, 20, 30, 40, 50, 60))
        axes.set(xlim=(2.0**_LEFT, 2.0**_RIGHT), ylim=(2.0**_BOTTOM, 2.0**_TOP))
        axes.set(xlabel="physical memory", ylabel="table: an entry for every byte")
        ends = [2.0**_LEFT, 2.0**_RIGHT]
        axes.fill_between(ends, ends, 2.0**_TOP, color=TABLE.fill, alpha=0.45, lw=0)
        axes.plot(ends, ends, color=MUTED, lw=1)
        bar: dict[str, Any] = {"solid_capstyle": "butt"}
        self.edge = Curve(axes, color=FRAME.line, width=12, **bar)
        self.memory = Curve(axes, color=FRAME.fill, width=8, **bar)
        self.map = Curve(axes, color=TABLE.line, width=3, **bar)
        # names and marks stand in front of the bar, on plates that it does not shine through
        names = [
            note(axes, 2.0**5.2, 2.0**61, "the map is larger than the memory", moving=True),
            note(axes, 2.0**54, 2.0**6.5, "the map fits", align="right", moving=True),
        ]
        for machine in _MACHINES:
            x, y = 2.0**machine.pa_bits, machine.table
            Marks(axes, "s", 7, INK, mfc=TABLE.fill, mew=1.2, zorder=5).put((x, y))
            place = x * 2.0**machine.right, y * 2.0**machine.up
            names.append(note(axes, *place, machine.name, color=INK, moving=True))
        edges = (name.box() for name in names)
        plates = [(left, low, right - left, top - low) for left, low, right, top in edges]
        Boxes(sheet, plates, edge="none", line=0, alpha=0.8, zorder=4)
        self.point = Point(axes, TABLE.fill, guides="")

    def update(self, *, va_bits: int, pa_bits: int, entry: int) -> Finding:
        """Fill memory up to the border, and the map within it, or out of it."""
        table, memory = linear_table_bytes(va_bits, 0, entry), 1 << pa_bits
        for line, height in ((self.edge, memory), (self.memory, memory), (self.map, table)):
            line.set_data([memory, memory], [2.0**_BOTTOM, height])
        self.point.put(memory, table)
        most = math.floor(pa_bits - math.log2(entry))
        return Finding(
            _title(table, memory),
            f"An entry of {entry} B for each of {_two_to(va_bits)} addresses. The widest address "
            f"whose table fits into this memory has {most} bits.",
        )

    def tabulate(self, *, va_bits: int, pa_bits: int, entry: int) -> list[Table]:
        """List the machines, and the one that is chosen."""
        chosen = (_Machine("the one chosen", va_bits, pa_bits, 0, 0), entry)
        rows = [
            (
                machine.name.partition(":")[0],
                str(machine.va_bits),
                f"{each} B",
                binary(linear_table_bytes(machine.va_bits, 0, each)),
                binary(1 << machine.pa_bits),
            )
            for machine, each in [chosen, *((one, one.entry) for one in _MACHINES)]
        ]
        heads = ("machine", "bits of an address", "an entry", "the table", "memory")
        return [Table("An entry for every byte", heads, rows)]

    def hit_data(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Choose the machine that was clicked, or the place."""
        memory, table = math.log2(x), math.log2(y)
        for machine in _MACHINES:
            if math.hypot(machine.pa_bits - memory, math.log2(machine.table) - table) < 2:
                # the entry last: it decides, where an entry and the memory do not agree
                names = ("va_bits", "pa_bits", "entry")
                return {name: getattr(machine, name) for name in names}
        pa_bits = min(max(round(memory), _LEAST), _MOST)
        entry = max(values["entry"], -(-pa_bits // 8))
        va_bits = min(max(round(table - math.log2(entry)), _LOW), _HIGH)
        return {"pa_bits": pa_bits, "va_bits": va_bits}


def _title(table: int, memory: int) -> str:
    sizes = f"{binary(table)} of map for {binary(memory)} of memory"
    if table > memory:
        return f"{sizes}: {_many(table / memory)} times as much"
    if table == memory:
        return f"{sizes}: nothing is left"
    if memory < 200 * table:
        return f"{sizes}: {percent(table / memory, 2)} of it"
    return f"{sizes}: one part in {_many(memory / table)}"


def _many(times: float) -> str:
    """Write a factor; one of more than six digits as the nearest power of two."""
    if times < 1e6:
        return digits(times)
    power = math.log2(times)
    about = "" if power.is_integer() else "about "
    return about + _two_to(round(power))


def _two_to(power: int) -> str:
    return "2" + str(power).translate(_RAISED)
