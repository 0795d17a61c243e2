"""Verdicts: what came of an access, in a frame at the foot of a sheet; a fault's error code."""

from __future__ import annotations

from matplotlib.axes import Axes

from .bits import Bits
from .boxes import Boxes
from .label import Label, Labels
from .marks import Crosses
from .style import FAULT, INK, MUTED, PAPER

_FOOT = (0.17, 0.12, 8.66, 0.48)  # of a sheet that is 9 inches wide
ERROR_BITS = ("I", "RSVD", "U", "W", "P")  # from bit 4 down (Intel SDM vol. 3A, sec. 4.7)
_WIDE, _HIGH = 0.46, 0.32  # of a bit


class Verdict:
    """One sentence in a frame across the foot of a sheet: crossed and orange if it is a fault.

    Parameters
    ----------
    sheet : Axes
        A sheet in inches, 9 wide.
    edge : str
        Colour of the frame where there is no fault.
    """

    def __init__(self, sheet: Axes, edge: str) -> None:
        self._edge, middle = edge, _FOOT[1] + _FOOT[3] / 2
        self._frame = Boxes(sheet, line=1.6)
        self._cross, self._at = Crosses(sheet, 12), (_FOOT[0] + 0.23, middle)
        self._words = Label(sheet, _FOOT[0] + 0.49, middle, weight="bold")

    def put(self, words: str, fault: bool) -> None:
        """Say what came of the access."""
        self._frame.put([_FOOT], *((FAULT.fill, FAULT.line) if fault else (PAPER, self._edge)))
        self._cross.put(*[self._at] * fault)
        self._words.text = words


class ErrorCode:
    """The five bits of a page fault's error code, their names above and the number below.

    Parameters
    ----------
    sheet : Axes
        A sheet in inches.
    x, y : float
        The lower left corner of the bits.
    """

    def __init__(self, sheet: Axes, x: float, y: float) -> None:
        count = len(ERROR_BITS)
        self._bits = Bits(sheet, x, y, count * _WIDE, _HIGH, count, line=1.2)
        self._names = Labels(sheet, count, size=9, align="center")
        self._number = Label(sheet, x + count * _WIDE / 2, y - 0.2, size=9, align="center")
        self._number.color = MUTED
        self._y = y + _HIGH + 0.14

    def put(self, code: int | None) -> None:
        """Show an error code, or nothing where there is none."""
        self._names.clear()
        self._bits.set_visible(code is not None)
        self._number.text = "" if code is None else f"error code {code:#x}"
        if code is None:
            return
        self._bits.show(code, lambda _: FAULT)
        for place, name in enumerate(ERROR_BITS):
            bit = len(ERROR_BITS) - 1 - place
            one = code >> bit & 1
            weight = "bold" if one else "normal"
            self._names.put(self._bits.middle(bit), self._y, name, INK if one else MUTED, weight)
