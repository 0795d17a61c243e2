"""/proc/buddyinfo, read: how large the pieces are in which free memory lies.

    Node 0, zone   Normal    216     55    189    101 …     blocks of 1, 2, 4, 8, … pages

The share of free memory that lies in blocks too small for a request is what Mel Gorman called the
unusable free space (Linux: /sys/kernel/debug/extfrag/unusable_index).

Source: Linux 6.18 mm/vmstat.c (`frag_show_print`, `unusable_free_index`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..draw import FAULT, FRAME
from ..units import binary, count, percent
from .pictures import BarChart, Row
from .reading import Evidence, Line

KIND = "/proc/buddyinfo"
_ZONE = re.compile(r"\s*Node\s+(\d{1,4}),\s*zone\s+(\w{1,16})((?:\s+\d{1,12})*)\s*(\.\.\.)?")
_PAGE, _HUGE = 4096, 9
_PROVES_NOT = (
    "Free memory only: what could be made free, by reclaim or by moving pages (compaction), is not "
    "in it.",
    "Blocks are counted as of 4 KiB pages here; with other pages the sizes are others.",
)
Zone = tuple[str, tuple[int, ...]]


def claims(lines: Sequence[str]) -> int:
    """Count its lines."""
    return sum(5 for line in lines if _ZONE.fullmatch(line))


def zones_of(lines: Sequence[str]) -> list[Zone]:
    """Read the zones: name, and blocks by order.

    >>> zones_of(["Node 0, zone   Normal    258      9      5      0"])
    [('node 0, Normal', (258, 9, 5, 0))]
    """
    found = (_ZONE.fullmatch(line) for line in lines)
    return [(f"node {m[1]}, {m[2]}", tuple(map(int, m[3].split()))) for m in found if m]


def free_pages(blocks: Sequence[int], below: int | None = None) -> int:
    """Count the free pages in blocks, in those of smaller orders only if `below` is given."""
    return sum(number << order for order, number in enumerate(blocks[:below]))


def read(lines: Sequence[str], written: Sequence[str]) -> Evidence:
    """Read it, and say in which pieces free memory lies."""
    zones = zones_of(lines)
    whole = max((len(blocks) for _, blocks in zones), default=0)
    short = [name for name, blocks in zones if len(blocks) < max(whole, _HUGE + 1)]
    said = [words for name, blocks in zones for words in _of_zone(name, blocks)]
    pages = sum(free_pages(blocks) for _, blocks in zones)
    small = sum(free_pages(blocks, _HUGE) for _, blocks in zones)
    title = f"{binary(pages * _PAGE)} free"
    if pages and not short:
        title += f", {percent(small / pages)} of it in pieces smaller than 2 MiB"
    notes = []
    if short:
        notes.append(f"{', '.join(short[:4])}: fewer than {_HUGE + 1} orders are there: cut off?")
    if whole > 11:
        notes.append(f"{whole} orders: not a kernel with 4 KiB pages and Linux's usual limit.")
    return Evidence(
        KIND,
        title,
        [_line(line, text) for line, text in zip(lines, written, strict=True)],
        tuple(said),
        _PROVES_NOT,
        tuple(notes),
        dict(zones),
        BarChart("Free memory, by the size of its pieces", _rows(zones), _LEGEND)
        if pages
        else None,
    )


_LEGEND = ((FRAME.fill, "in pieces of 2 MiB and more"), (FAULT.fill, "in smaller ones"))


def _line(line: str, text: str) -> Line:
    (zone,) = zones_of([line]) or [("", ())]
    name, blocks = zone
    if not name:
        return Line(text)
    largest = max((order for order, number in enumerate(blocks) if number), default=None)
    if largest is None:
        return Line(text, "nothing is free", True)
    marked = len(blocks) > _HUGE and largest < _HUGE and free_pages(blocks) > 512
    return Line(
        text,
        f"{binary(free_pages(blocks) * _PAGE)} free, the largest piece "
        f"{binary(_PAGE << min(largest, 40))}",
        marked,
    )


def _of_zone(name: str, blocks: Sequence[int]) -> list[str]:
    pages = free_pages(blocks)
    if len(blocks) <= _HUGE or pages < 512:
        return []
    huge = sum(number << order - _HUGE for order, number in enumerate(blocks) if order >= _HUGE)
    small = free_pages(blocks, _HUGE)
    if not huge:
        return [
            f"{name}: {binary(pages * _PAGE)} are free, and not one piece of 2 MiB: a huge page "
            "has to wait for compaction, or is not given."
        ]
    if small * 2 > pages:
        return [
            f"{name}: {percent(small / pages)} of {binary(pages * _PAGE)} lie in pieces smaller "
            f"than 2 MiB; there is room for {count(huge, 'huge page')}."
        ]
    return []


def _rows(zones: Sequence[Zone]) -> list[Row]:
    rows = []
    for name, blocks in zones:
        pages, small = free_pages(blocks), free_pages(blocks, _HUGE)
        large = pages - small
        parts = ((float(large), FRAME.fill), (float(small), FAULT.fill))
        rows.append(Row(name, parts, binary(pages * _PAGE)))
    return rows
