"""Files of named numbers, `Name: 123 kB` or `name 123`: how they are found and read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..kernel.procfs.fields import Field
from .reading import Line

_PAIR = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_()]*):?[ \t]+(-?\d{1,18})(?: ([kK][bB]|[MG][bB]))?\s*")
Numbers = dict[str, int]


def pair_of(line: str) -> tuple[str, int, str] | None:
    """Read a line with one number: its name, the number, its unit or nothing.

    >>> pair_of("MemFree:           12 kB"), pair_of("pgfault 4972615398")
    (('MemFree', 12, 'kB'), ('pgfault', 4972615398, ''))
    """
    found = _PAIR.fullmatch(line)
    return (found[1], int(found[2]), found[3] or "") if found else None


def claims(lines: Iterable[str], known: Mapping[str, object]) -> int:
    """Count the lines that belong to a file whose names are known."""
    return sum(1 for line in lines if (pair := pair_of(line)) and pair[0] in known)


def collect(lines: Iterable[str], known: Mapping[str, object]) -> tuple[Numbers, list[str]]:
    """Read the numbers of a file, the first of each name; say which cannot be used.

    Those that came again and differ, and those that are negative, which no kernel prints.
    """
    values: Numbers = {}
    again: list[str] = []
    for line in lines:
        pair = pair_of(line)
        if not pair:
            continue
        name, value, unit = pair
        if unit.lower() in ("mb", "gb"):
            continue  # no kernel writes these: shown, and not used
        differs = value < 0 or values.get(name, value) != value
        if differs and name in known and name not in again:
            again.append(name)
        if value >= 0:
            values.setdefault(name, value)
    return values, again


def annotated(
    lines: Sequence[str],
    written: Sequence[str],
    known: Mapping[str, Field],
    marked: Iterable[str] = (),
) -> list[Line]:
    """Write beside each line what its name means; what nobody knows stays as it is."""
    stand_out = set(marked)
    shown = []
    for line, text in zip(lines, written, strict=True):
        name = (line.partition(":")[0].split() or [""])[0]
        field = known.get(name)
        shown.append(Line(text, field.words if field else "", name in stand_out))
    return shown


def notes_on(again: Sequence[str], missing: Sequence[str], file: str) -> tuple[str, ...]:
    """Say that names came twice, or that the lines that matter are not there."""
    notes = []
    if again:
        notes.append(
            f"{', '.join(again[:4])} came more than once with other numbers, or negative: several "
            "files in one? The first that can be is read."
        )
    if missing:
        notes.append(f"{', '.join(missing)}: not there. Is the {file} cut off?")
    return tuple(notes)
