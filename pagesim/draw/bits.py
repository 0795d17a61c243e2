"""An address as a row of boxes, one bit each, grouped as the hardware groups them."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from .boxes import Boxes
from .label import Label
from .style import INK, PAPER, TABLE, VIRTUAL, Hue


class BitStrip:
    """Boxes for the bits of a number, most significant first.

    A 1 is filled and says 1; groups are framed in the colour of what they select: table pink for
    an index, address blue for the offset.

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
        self.bits = sum(groups)
        self.x, self.y, self.width, self.height = x, y, width, height
        self.step = width / self.bits
        self.groups: list[tuple[float, float]] = []  # left edge and width of each
        self._hues: list[Hue] = []
        left = x
        for position, bits in enumerate(groups):
            hue = VIRTUAL if position == len(groups) - 1 else TABLE
            if bits:
                self.groups.append((left, bits * self.step))
            self._hues += [hue] * bits
            left += bits * self.step
        boxes = [(x + i * self.step, y, self.step, height) for i in range(self.bits)]
        size = min(10.5, self.step * 72 * 1.1)
        self._cells = Boxes(axes, boxes, line=0.6, edge=[hue.line for hue in self._hues])
        self._digits = [
            Label(axes, x + (i + 0.5) * self.step, y + height / 2, "0", size=size, align="center",
                  mono=True)
            for i in range(self.bits)
        ]  # fmt: skip
        framed = [(g, y, w, height) for g, w in self.groups]
        self._frames = Boxes(axes, framed, face="none", edge=INK, line=1.4, zorder=4)

    def show(self, value: int, lit: int | None = None) -> None:
        """Show a number; `lit` is the group to frame heavily."""
        ones = [value >> (self.bits - 1 - i) & 1 for i in range(self.bits)]
        fills = zip(ones, self._hues, strict=True)
        self._cells.set_facecolor([hue.fill if one else PAPER for one, hue in fills])
        for label, one in zip(self._digits, ones, strict=True):
            label.text = "1" if one else "0"
        self._frames.set_linewidth([3.0 if i == lit else 1.0 for i in range(len(self.groups))])

    def bit_at(self, x: float, y: float) -> int | None:
        """Tell which bit (0 is the rightmost) stands at a point of the sheet, if any."""
        if not (self.y <= y <= self.y + self.height and self.x <= x < self.x + self.width):
            return None
        return self.bits - 1 - int((x - self.x) / self.step)

    def set_visible(self, visible: bool) -> None:
        """Show or hide the whole strip."""
        for artist in (self._cells, self._frames, *self._digits):
            artist.set_visible(visible)
