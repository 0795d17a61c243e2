"""Colours, type and paper. Hues are Okabe and Ito's, told apart by shape as well (see each use)."""

from __future__ import annotations

from dataclasses import dataclass

INK, MUTED, RULE, PAPER = "#1B1B1B", "#5A5A5A", "#C9C9C9", "#FFFFFF"
SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"
TITLE, BODY, SMALL = 13.0, 11.0, 9.0  # points


@dataclass(frozen=True, slots=True)
class Hue:
    """The line colour of one kind of thing, and its tint for fills (35 %: ink on it is legible)."""

    line: str
    fill: str


VIRTUAL = Hue("#0072B2", "#A6CEE4")  # virtual address, virtual page: square box, solid edge
FRAME = Hue("#009E73", "#A6DDCE")  # physical frame: thick edge, hatched when in use
TABLE = Hue("#CC79A7", "#EDD0E0")  # page table: ruled column of slots
TLB = Hue("#E69F00", "#F6DDA6")  # TLB: rounded chip, ink edge; never text or a bare line
FAULT = Hue("#D55E00", "#F0C7A6")  # fault: a cross, and the word
DISK = Hue("#6B6B6B", "#CBCBCB")  # disk, swap: dotted line
