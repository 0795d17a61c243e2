"""One address as boxes: which bits choose which table's entry."""

from __future__ import annotations

from typing import Any

from ...arch import PagingMode
from ...draw import BitStrip, Labels, note
from ...draw.style import BODY, INK, MUTED
from ...units import power_of_two
from ..base import Address, Control, Finding, Hidden, Scene, Sheet, Slider, Table

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven")


class AddressBits(Scene):
    """Five sliders, one address: which of them moves you how far?

    Parameters
    ----------
    mode : PagingMode
        How the address is cut.
    """

    size = (9, 1.95)
    clickable = True

    def __init__(self, mode: PagingMode) -> None:
        self.mode = mode
        self.names = [name.lower() for name in mode.level_names] + ["offset"]
        self.widths = [*mode.index_bits, mode.page_shift]
        controls: dict[str, Control] = {
            name: Slider(
                f"{name.upper()} index" if name != "offset" else name, 0, (1 << bits) - 1, 0
            )
            for name, bits in zip(self.names, self.widths, strict=True)
        }
        controls["va"] = Address("address", mode.va_bits, 0)
        controls["moved"] = Hidden("")  # the name of a piece, or the number of a bit
        super().__init__(controls)

    def draw(self, sheet: Sheet) -> None:
        """Draw the boxes, the names above and the bit numbers at the edges."""
        width = min(8.76, 0.3 * self.mode.va_bits)
        self.strip = BitStrip(sheet, 0.12, 0.72, width, 0.34, self.widths)
        top = self.mode.va_bits
        head: dict[str, Any] = {"weight": "bold", "align": "center", "size": BODY, "color": INK}
        for name, bits, (left, wide) in zip(
            self.names, self.widths, self.strip.groups, strict=True
        ):
            note(sheet, left + wide / 2, 1.3, _word(name), **head)
            note(sheet, left + 0.02, 1.15, str(top - 1), size=8.5)
            note(sheet, left + wide - 0.02, 1.15, str(top - bits), size=8.5, align="right")
            top -= bits
        self.below = Labels(sheet, 2 * len(self.names), align="center", mono=True)

    def settle(self, changed: str, values: dict[str, Any]) -> dict[str, Any]:
        """Keep the address and its pieces equal: whichever moved last decides."""
        if changed in self.names:
            *chosen, last = (values[name] for name in self.names)
            va = self.mode.low_bits(self.mode.join(tuple(chosen), last))
            return {**values, "va": va, "moved": changed}
        indices, offset = self.mode.split(values["va"])
        pieces = dict(zip(self.names, (*indices, offset), strict=True))
        moved = values["moved"] if changed == "moved" else ""
        return {**values, **pieces, "moved": moved}

    def update(self, *, va: int, moved: str | int, **pieces: int) -> Finding:
        """Fill the boxes, write each piece below them, and say how far the last move went."""
        lit = self._group(moved)
        self.strip.show(va, lit)
        self.below.clear()
        for i, (left, wide) in enumerate(self.strip.groups):
            self.below.put(left + wide / 2, 0.5, str(pieces[self.names[i]]))
            if i == lit:
                reach = power_of_two(self._low_bit(i))
                self.below.put(left + wide / 2, 0.22, f"× {reach}", color=MUTED)
        said = ", ".join(f"{_word(name)} {pieces[name]}" for name in self.names)
        return Finding(self._title(moved), f"Address {va:#x}: {said}.")

    def tabulate(self, **values: Any) -> list[Table]:
        """List the pieces of the address, and how far the one that was moved goes."""
        lit = self._group(values["moved"])
        heads, rows = ["piece", "bits", "value"], list[tuple[str, ...]]()
        for i, (name, bits) in enumerate(zip(self.names, self.widths, strict=True)):
            reach = power_of_two(self._low_bit(i)) if i == lit else ""
            rows.append((_word(name), str(bits), str(values[name]), reach))
        if lit is None:
            rows = [row[:3] for row in rows]
        else:
            heads.append("one step moves you")
        return [Table(f"Address {values['va']:#x}", heads, rows)]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Flip the bit that was clicked."""
        bit = self.strip.bit_at(x, y)
        return {} if bit is None else {"va": values["va"] ^ (1 << bit), "moved": bit}

    def _title(self, moved: str | int) -> str:
        if isinstance(moved, int):
            return f"Bit {moved} is worth {power_of_two(moved)}"
        if moved:
            step = power_of_two(self._low_bit(self.names.index(moved)))
            word = moved if moved == "offset" else f"{moved.upper()} index"
            return f"One step of the {word} moves you {step}"
        return f"One address, {_NUMBERS[len(self.names)]} numbers"

    def _group(self, moved: str | int) -> int | None:
        if isinstance(moved, int):
            return next(i for i in range(len(self.names)) if moved >= self._low_bit(i))
        return self.names.index(moved) if moved else None

    def _low_bit(self, group: int) -> int:
        return sum(self.widths[group + 1 :])


def _word(name: str) -> str:
    return name if name == "offset" else name.upper()
