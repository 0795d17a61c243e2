"""Inside a TLB: the page number is cut, one set is asked, all its ways are compared at once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ...draw import Accesses, Bits, Boxes, Chips, Crosses, Grid, Hue, Label, Labels, middle, note
from ...draw.style import INK, MUTED, PAPER, TLB, VIRTUAL
from ...tlb import Lookup, Tlb
from ...traces import loop, strided, zipf
from ...units import count
from ..base import Choice, Controls, Finding, Scene, Sheet, Slider, Table

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
_PAGE = (2.3, 3.72, 0.3 * BITS, 0.3)  # left, bottom, width, height of the page number
_OFFSET = (_PAGE[0] + _PAGE[2], _PAGE[1], 1.9, _PAGE[3])
_INDEX = Hue(VIRTUAL.line, TLB.fill)
_STRING = Grid(0.12, 0.66, 0.32, 0.32, STEPS)


class InsideTlb(Scene):
    """Step through a TLB of eight entries: index bits, tags compared, who leaves."""

    size = (9, 4.7)
    play = "step"
    clickable = True
    controls = Controls(
        string=Choice("the program", tuple(_STRINGS), "every 4th page of 32"),
        policy=Choice("who leaves", tuple(_POLICIES), "LRU"),
        ways=Slider("ways (of 8 entries)", 0, 3, 1, lambda n: f"{1 << n}"),
        step=Slider("access", 1, STEPS, STEPS),
    )

    def draw(self, sheet: Sheet) -> None:
        """Make pools for the bits, the chips and the string of accesses."""
        self.page = Bits(sheet, *_PAGE, BITS, size=10.5, line=0.8)
        self.offset = Boxes(sheet, [_OFFSET], edge=VIRTUAL.line)
        self.groups = Boxes(sheet, line=2.0, face="none", edge=INK, zorder=4)
        words = "12 bits of offset"
        Label(sheet, *middle(_OFFSET), words, size=10.5, align="center", mono=True, color=MUTED)
        self.heads = Labels(sheet, 3, align="center", size=10, weight="bold")
        self.lit_set = Boxes(sheet, line=0, face="#EEEEEE", edge="none", zorder=1)
        self.chips = Chips(sheet, zorder=2)
        self.lit = Chips(sheet, line=2.8, face="none", zorder=3)
        self.leaves = Chips(sheet, line=2.0, face="none", zorder=3, linestyle=(0, (2, 1.5)))
        self.sets = Labels(sheet, ENTRIES, size=10, align="right")
        self.tags = Labels(sheet, 2 * ENTRIES, size=9.5, align="center")
        self.note = Label(sheet, 0, 0, size=10)
        self.string = Accesses(sheet, _STRING, size=9)
        self.missed = Crosses(sheet, 6, INK)
        note(sheet, 0.12, 0.89, "pages asked for: filled is a hit, × a miss")

    def update(self, *, string: str, policy: str, ways: int, step: int) -> Finding:
        """Show one access: what its set held when it came, and what happens now."""
        told = _lookups(string, policy, ways)
        now, rows = told[step - 1]
        hits = sum(lookup.hit for lookup, _ in told[:step])
        self._cut(now, 3 - ways)
        self._rows(now, rows)
        done = [lookup.hit for lookup, _ in told[:step]]
        faces = [TLB.fill if hit else PAPER for hit in done] + [PAPER] * (STEPS - step)
        self.string.put([lookup.vpn for lookup, _ in told], step, faces)
        below = [(_STRING.middle(n)[0], 0.21) for n, hit in enumerate(done) if not hit]
        self.missed.put(*below)
        columns = len(rows[0])
        what = f"hit in way {now.way}" if now.hit else "miss"
        leaver = None if now.victim is None else now.compared[now.victim]
        gone = "" if now.hit else (f", page {leaver.vpn} leaves" if leaver else ", into a free way")
        shape = f"{count(len(rows), 'set')} of {count(columns, 'way')}"
        return Finding(
            f"{hits} of {count(step, 'access', 'accesses')} hit; "
            f"page {now.vpn} in set {now.set_index}: {what}{gone}",
            f"{string.capitalize()}, {shape}, {policy}: page {now.vpn} is tag {now.tag}, compared "
            f"with {count(columns, 'entry', 'entries')}.",
        )

    def tabulate(self, *, string: str, policy: str, ways: int, step: int) -> list[Table]:
        """List what the sets held when the access came, and all accesses up to it."""
        told = _lookups(string, policy, ways)
        rows = told[step - 1][1]
        sets = [
            (f"set {n}", *("free" if page is None else f"page {page}" for page in row))
            for n, row in enumerate(rows)
        ]
        accesses = [
            (
                str(n),
                str(one.vpn),
                str(one.set_index),
                str(one.tag),
                "to come" if n > step else "hit" if one.hit else "miss",
            )
            for n, (one, _) in enumerate(told, 1)
        ]
        ways_ = (f"way {way}" for way in range(len(rows[0])))
        return [
            Table(f"When access {step} came", ("set", *ways_), sets),
            Table("The accesses", ("access", "page", "set", "tag", "found"), accesses),
        ]

    def hit(self, x: float, y: float, **values: Any) -> dict[str, Any]:
        """Go to an access of the string, or to the next one that uses an entry's page."""
        step = self.string.step_at(x, y, margin=0.05)
        if step is not None:
            return {"step": step}
        told = _lookups(values["string"], values["policy"], values["ways"])
        _, rows = told[values["step"] - 1]
        at = _entries(len(rows)).at(x, y)
        if at is not None:
            page = rows[at // len(rows[0])][at % len(rows[0])]
            later = [n for n, (one, _) in enumerate(told, 1) if one.vpn == page]
            after = [n for n in later if n > values["step"]]
            if later:
                return {"step": (after or later)[0]}
        return {}

    # -- the picture -------------------------------------------------------------------------------

    def _cut(self, now: Lookup, index_bits: int) -> None:
        """Draw the address: tag, set index, offset."""
        self.heads.clear()
        left, y, wide, high = _PAGE
        self.page.show(now.vpn, lambda bit: _INDEX if bit < index_bits else VIRTUAL)
        cut = left + wide * (BITS - index_bits) / BITS
        groups = [(left, y, cut - left, high), (cut, y, left + wide - cut, high), _OFFSET]
        self.groups.put([group for group in groups if group[2] > 0.01])
        self.heads.put(left - 0.62, y + high / 2, f"page {now.vpn}")
        self.heads.put((left + cut) / 2, y + high + 0.14, f"tag {now.tag}")
        if index_bits:
            where = max((cut + left + wide) / 2, cut + 0.28)
            self.heads.put(where, y + high + 0.14, f"set {now.set_index}")

    def _rows(self, now: Lookup, rows: tuple[tuple[int | None, ...], ...]) -> None:
        """Draw every set as a row of chips, and mark what the lookup found in its own."""
        self.sets.clear()
        self.tags.clear()
        sets, columns = len(rows), len(rows[0])
        grid = _entries(sets)
        for row in range(sets):
            mine = row == now.set_index
            color, weight = (INK, "bold") if mine else (MUTED, "normal")
            self.sets.put(_LEFT - 0.12, grid.middle(row * columns)[1], f"set {row}", color, weight)
        held = [page for row in rows for page in row]
        for way, page in enumerate(held):
            self._entry(*grid.middle(way), grid.high, page, sets)
        boxes = grid.boxes()
        self.chips.put(boxes, [PAPER if page is None else TLB.fill for page in held])
        first = now.set_index * columns
        y = grid.middle(first)[1]
        self.lit_set.put(
            [(0.4, y - grid.high / 2 - 0.02, _LEFT - 0.34 + columns * _CHIP, grid.high + 0.04)]
        )
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
            self.note.x, self.note.y = _LEFT + 0.03, grid.outline[1] - 0.26
        else:
            self.note.x, self.note.y = _LEFT + columns * _CHIP + 0.25, y

    def _entry(self, x: float, y: float, high: float, page: int | None, sets: int) -> None:
        """Write into a chip what is compared, its tag, and which page that makes."""
        if page is None:
            self.tags.put(x, y, "free", MUTED)
        elif high < 0.5:
            self.tags.put(x, y, f"{page // sets} (page {page})")
        else:
            self.tags.put(x, y + high * 0.18, f"tag {page // sets}", weight="bold")
            self.tags.put(x, y - high * 0.2, f"page {page}", MUTED)


def _entries(sets: int) -> Grid:
    """Lay out the entries: a row for each set, all of them around the same middle."""
    high = min(0.58, (_HIGH - _LOW) / sets)
    top = (_HIGH + _LOW + sets * high) / 2
    return Grid(_LEFT, top, _CHIP, high, ENTRIES // sets, sets, gap_x=0.06, gap_y=0.06)


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
