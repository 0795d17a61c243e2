"""A number as a row of boxes, one bit each; an address grouped as the hardware groups it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes

from .boxes import Box, Boxes
from .grid import Grid
from .label import Labels
from .style import INK, PAPER, TABLE, VIRTUAL, Hue


class Bits:
    """Boxes for the bits of a number, most significant first; a 1 is filled, and says 1.

    Parameters
    ----------
    axes : Axes
        A sheet in inches.
    left, bottom, width, height : float
        Where the row stands.
    count : int
        How many bits.
    size : float
        Of the digits, in points.
    line : float
        Width of the boxes' edges, in points.
    """

    def __init__(
        self,
        axes: Axes,
        left: float,
        bottom: float,
        width: float,
        height: float,
        count: int,
        *,
        size: float = 10,
        line: float = 0.6,
    ) -> None:
        self.count = count
        self._grid = Grid(left, bottom + height, width / count, height, count)
        self._boxes = Boxes(axes, self._grid.boxes(), line=line)
        self._digits = Labels(axes, count, size=size, align="center", mono=True)

    def show(self, value: int, hue: Callable[[int], Hue]) -> None:
        """Show a number; `hue` gives each bit's colour (0 is the rightmost)."""
        self._digits.clear()
        faces, edges = [], []
        for bit in reversed(range(self.count)):
            one, color = value >> bit & 1, hue(bit)
            faces.append(color.fill if one else PAPER)
            edges.append(color.line)
            self._digits.put(*self._grid.middle(self.count - 1 - bit), str(one))
        self._boxes.set_facecolor(faces)
        self._boxes.set_edgecolor(edges)

    def box(self, high: int, low: int | None = None) -> Box:
        """Give the box around a bit, or around bits `high` to `low`, both included."""
        x, y, wide, tall = self._grid.box(self.count - 1 - high)
        return x, y, wide * (high - (high if low is None else low) + 1), tall

    def middle(self, bit: int) -> float:
        """Give where the middle of a bit stands, in inches from the left."""
        return self._grid.middle(self.count - 1 - bit)[0]

    def bit_at(self, x: float, y: float) -> int | None:
        """Tell which bit (0 is the rightmost) stands at a point of the sheet, if any."""
        place = self._grid.at(x, y)
        return None if place is None else self.count - 1 - place

    def set_visible(self, visible: bool) -> None:
        """Show or hide the whole row."""
        self._boxes.set_visible(visible)
        self._digits.set_visible(visible)


class BitStrip:
    """The bits of an address: table pink for each index, address blue for the offset.

    Parameters
    ----------
    axes : Axes
        A sheet in inches.
    x, y, width, height : float
        Where the row stands.
    groups : sequence of int
        Widths in bits, the leftmost first; the last one is the offset.
    """

    def __init__(
        self, axes: Axes, x: float, y: float, width: float, height: float, groups: Sequence[int]
    ) -> None:
        top, self._offset = sum(groups), groups[-1]
        size = min(10.5, width / top * 72 * 1.1)
        self._bits = Bits(axes, x, y, width, height, top, size=size)
        self.bit_at = self._bits.bit_at
        framed = []
        for bits in groups:
            framed += [self._bits.box(top - 1, top - bits)] * bool(bits)
            top -= bits
        self.groups = [(left, wide) for left, _, wide, _ in framed]  # left edge, width of each
        self._frames = Boxes(axes, framed, face="none", edge=INK, line=1.4, zorder=4)

    def show(self, value: int, lit: int | None = None) -> None:
        """Show an address; `lit` is the group to frame heavily."""
        self._bits.show(value, lambda bit: VIRTUAL if bit < self._offset else TABLE)
        self._frames.set_linewidth([3.0 if i == lit else 1.0 for i in range(len(self.groups))])

    def set_visible(self, visible: bool) -> None:
        """Show or hide the whole strip."""
        self._bits.set_visible(visible)
        self._frames.set_visible(visible)
