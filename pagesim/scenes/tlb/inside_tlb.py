"""Inside a TLB: the page number is cut, one set is asked, all its ways are compared at once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...draw import INK, MUTED, PAPER, RULE, TLB, VIRTUAL, Boxes, Label, Labels, paper, title
from ...draw.chips import Chips
from ...tlb import Lookup, Tlb
from ...traces import loop, strided, zipf
from ..base import Choice, Scene, Slider

ENTRIES, STEPS, BITS = 8, 27, 6  # bits of a page number
_STRINGS = {
    "round and round 9 pages": loop(9, STEPS),
    "every 4th page of 32": strided(32, STEPS, 4),
    "two arrays in turn": np.stack([np.arange(14) % 4, 32 + np.arange(14) % 4], 1).ravel()[:STEPS],
    "a few pages mostly": zipf(40, STEPS, s=1.2, seed=3),
}
_POLICIES = {"LRU": "lru", "FIFO": "fifo", "tree-PLRU": "plru", "random": "random"}
_LEFT, _CHIP = 1.05, 0.96  # of the chips: where they begin, and how wide they are
_LOW, _HIGH = 1.0, 3.4  # the room for all sets
_ACCESS, _BASE = 0.32, 0.34  # width of an access in the string below, and its height


class InsideTlb(Scene):
    """Step through a TLB of eight entries: index bits, tags compared, who leaves."""

    size = (9, 4.7)
    play = "step"
    clickable = True

    def __init__(self) -> None:
        ways = {"words": lambda n: f"{1 << n}"}
        super().__init__(
            {
                "string": Choice("the program", tuple(_STRINGS), "every 4th page of 32"),
                "policy": Choice("who leaves", tuple(_POLICIES), "LRU"),
                "ways": Slider("ways (of 8 entries)", 0, 3, 1, **ways),
                "step": Slider("access", 1, STEPS, STEPS),
            }
        )

    def build(self, figure: Figure) -> None:
        """Make pools for the bits, the chips and the string of accesses."""
        self.sheet = sheet = paper(figure)
        self.title = title(sheet)
        self.bits = Boxes(sheet, line=0.8, edge=VIRTUAL.line)
        self.groups = Boxes(sheet, line=2.0, face="none", edge=INK, zorder=4)
        self.digits = Labels(sheet, BITS + 1, mono=True, align="center", size=10.5)
        self.heads = Labels(sheet, 3, align="center", size=10, weight="bold")
        self.lit_set = Boxes(sheet, line=0, face="#EEEEEE", edge="none", zorder=1)
        self.chips = Chips(sheet, zorder=2)
        self.lit = Chips(sheet, line=2.8, zorder=3)
        self.lit.set_facecolor("none")
        self.leaves = Chips(sheet, line=2.0, zorder=3, linestyle=(0, (2, 1.5)))
        self.leaves.set_facecolor("none")
        self.sets = Labels(sheet, ENTRIES, size=10, align="right")
        self.tags = Labels(sheet, 2 * ENTRIES, size=9.5, align="center")
        self.note = Label(sheet, 0, 0, size=10)
        self.string = Boxes(sheet, line=0.8, edge=RULE)
        self.here = Boxes(sheet, line=2.6, face="none", edge=INK, zorder=4)
        self.pages = Labels(sheet, STEPS, size=9, align="center")
        self.missed = Line2D([], [], ls="", marker="x", ms=6, mew=1.6, color=INK, animated=True)
        sheet.add_line(self.missed)
        Label(
            sheet, 0.12, _BASE + 0.55, "pages asked for: filled is a hit, × a miss", size=9,
            color=MUTED, moving=False,
        )  # fmt: skip

    def update(self, *, string: str, policy: str, ways: int, step: int) -> str:
        """Show one access: what its set held when it came, and what happens now."""
        told = _lookups(string, policy, ways)
        now, rows = told[step - 1]
        hits = sum(lookup.hit for lookup, _ in told[:step])
        self._cut(now, 3 - ways)
        self._rows(now, rows)
        self._accesses(told, step)
        sets, columns = len(rows), len(rows[0])
        what = f"hit in way {now.way}" if now.hit else "miss"
        leaver = None if now.victim is None else now.compared[now.victim]
        gone = "" if now.hit else (f", page {leaver.vpn} leaves" if leaver else ", into a free way")
        finding = f"{hits} of {step} accesses hit; page {now.vpn} in set {now.set_index}: {what}"
        self.title.text = finding + gone
        shape = f"{sets} set{'s' * (sets > 1)} of {columns} way{'s' * (columns > 1)}"
        return (
            f"{finding}{gone}. {string.capitalize()}, {shape}, {policy}: page {now.vpn} is tag "
            f"{now.tag}, compared with {columns} entr{'ies' if columns > 1 else 'y'}."
        )

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to an access of the string, or to the next one that uses an entry's page."""
        if _BASE - 0.05 <= y <= _BASE + _ACCESS + 0.05:
            step = int((x - 0.12) / _ACCESS) + 1
            return {"step": step} if 1 <= step <= STEPS else {}
        told = _lookups(values["string"], values["policy"], values["ways"])
        _, rows = told[values["step"] - 1]
        top, high = _place(len(rows))
        row, column = int((top - y) / high), int((x - _LEFT) / _CHIP)
        if y <= top and x >= _LEFT and row < len(rows) and column < len(rows[0]):
            page = rows[row][column]
            later = [n for n, (one, _) in enumerate(told, 1) if one.vpn == page]
            after = [n for n in later if n > values["step"]]
            if later:
                return {"step": (after or later)[0]}
        return {}

    # -- the picture -------------------------------------------------------------------------------

    def _cut(self, now: Lookup, index_bits: int) -> None:
        """Draw the address: tag, set index, offset."""
        self.digits.clear()
        self.heads.clear()
        left, y, wide, high = 2.3, 3.72, 0.3, 0.3
        boxes, faces = [], []
        for place in range(BITS):
            one = now.vpn >> (BITS - 1 - place) & 1
            boxes.append((left + place * wide, y, wide, high))
            index = place >= BITS - index_bits
            faces.append((TLB.fill if index else VIRTUAL.fill) if one else PAPER)
            self.digits.put(left + (place + 0.5) * wide, y + high / 2, str(one))
        offset = (left + BITS * wide, y, 1.9, high)
        self.bits.put([*boxes, offset], [*faces, PAPER], VIRTUAL.line)
        self.digits.put(offset[0] + 0.95, y + high / 2, "12 bits of offset", MUTED)
        cut = left + (BITS - index_bits) * wide
        groups = [(left, y, cut - left, high), (cut, y, index_bits * wide, high), offset]
        self.groups.put([group for group in groups if group[2] > 0])
        self.heads.put(left - 0.62, y + high / 2, f"page {now.vpn}")
        self.heads.put((left + cut) / 2, y + high + 0.14, f"tag {now.tag}")
        if index_bits:
            where = max((cut + offset[0]) / 2, cut + 0.28)
            self.heads.put(where, y + high + 0.14, f"set {now.set_index}")

    def _rows(self, now: Lookup, rows: tuple[tuple[int | None, ...], ...]) -> None:
        """Draw every set as a row of chips, and mark what the lookup found in its own."""
        self.sets.clear()
        self.tags.clear()
        sets, columns, boxes, faces = len(rows), len(rows[0]), [], []
        top, high = _place(sets)
        for row, held in enumerate(rows):
            y = top - (row + 1) * high
            mine = row == now.set_index
            self.sets.put(
                _LEFT - 0.12, y + high / 2, f"set {row}", INK if mine else MUTED,
                "bold" if mine else "normal",
            )  # fmt: skip
            for way, page in enumerate(held):
                boxes.append((_LEFT + way * _CHIP + 0.03, y + 0.03, _CHIP - 0.06, high - 0.06))
                faces.append(PAPER if page is None else TLB.fill)
                self._entry(_LEFT + (way + 0.5) * _CHIP, y, high, page, sets)
        self.chips.put(boxes, faces, INK)
        first = now.set_index * columns
        y = top - (now.set_index + 1) * high
        self.lit_set.put([(0.4, y - 0.02, _LEFT - 0.4 + columns * _CHIP + 0.06, high + 0.04)])
        self.lit.put([] if now.way is None else [boxes[first + now.way]])
        self.leaves.put([] if now.victim is None else [boxes[first + now.victim]])
        if now.hit:
            said = f"tag {now.tag} matches: hit in way {now.way}, no walk"
        elif now.compared[now.victim or 0] is None:
            said = f"no way has tag {now.tag}: walk, then into way {now.victim}, which is free"
        else:
            said = f"no way has tag {now.tag}: walk, then into way {now.victim} (dashed)"
        self.note.text = said
        if sets == 1:
            self.note.x, self.note.y = _LEFT + 0.03, top - high - 0.26
        else:
            beside = _LEFT + columns * _CHIP + 0.25
            self.note.x, self.note.y = beside, y + high / 2

    def _entry(self, x: float, y: float, high: float, page: int | None, sets: int) -> None:
        """Write into a chip what is compared, its tag, and which page that makes."""
        if page is None:
            self.tags.put(x, y + high / 2, "free", MUTED)
        elif high < 0.5:
            self.tags.put(x, y + high / 2, f"{page // sets} (page {page})")
        else:
            self.tags.put(x, y + high * 0.68, f"tag {page // sets}", weight="bold")
            self.tags.put(x, y + high * 0.3, f"page {page}", MUTED)

    def _accesses(self, told: tuple[Any, ...], step: int) -> None:
        """Draw the string, hits filled, misses crossed, as far as it has come."""
        self.pages.clear()
        boxes, faces, crosses = [], [], []
        for n, (lookup, _) in enumerate(told):
            x = 0.12 + n * _ACCESS
            boxes.append((x, _BASE, _ACCESS, _ACCESS))
            done = n < step
            faces.append(TLB.fill if done and lookup.hit else PAPER)
            if done and not lookup.hit:
                crosses.append((x + _ACCESS / 2, _BASE - 0.13))
            self.pages.put(
                x + _ACCESS / 2, _BASE + _ACCESS / 2, str(lookup.vpn), INK if done else MUTED
            )
        self.string.put(boxes, faces, RULE)
        self.here.put([boxes[step - 1]])
        self.missed.set_data(*zip(*crosses, strict=True) if crosses else ([], []))


def _place(sets: int) -> tuple[float, float]:
    """Give the upper edge of the first set, and the height of each."""
    high = min(0.58, (_HIGH - _LOW) / sets)
    return (_HIGH + _LOW + sets * high) / 2, high


@lru_cache(maxsize=64)
def _lookups(string: str, policy: str, ways: int) -> tuple[Any, ...]:
    """Run the program: each lookup, and the page in every way of every set when it came."""
    tlb, told = Tlb(ENTRIES, 1 << ways, policy=_POLICIES[policy]), []
    for page in _STRINGS[string].tolist():
        held = tuple(tuple(entry and entry.vpn for entry in row) for row in tlb.rows)
        told.append((tlb.lookup(page), held))
        if not told[-1][0].hit:
            tlb.insert(page)
    return tuple(told)
