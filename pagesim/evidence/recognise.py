"""The one way in: whatever is pasted, recognised and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from . import areas, buddyinfo, meminfo, oom, oops, status, vmstat
from .reading import Evidence, Line
from .text import NotText, lines_of


class _Reader(NamedTuple):
    kind: str
    claims: Callable[[Sequence[str]], int]
    read: Callable[[Sequence[str], Sequence[str]], Evidence]


# Of two that claim as many lines, the one that stands first.
_READERS = (
    _Reader("a report of the OOM killer", oom.claims, oom.read),
    _Reader("a report of a fault", oops.claims, oops.read),
    _Reader("maps or smaps", areas.claims, areas.read),
    _Reader("/proc/buddyinfo", buddyinfo.claims, buddyinfo.read),
    _Reader("/proc/PID/status", status.claims, status.read),
    _Reader("/proc/meminfo", meminfo.claims, meminfo.read),
    _Reader("/proc/vmstat", vmstat.claims, vmstat.read),
)
_LOOKED_AT = (1000, 500)  # lines from the start and the end, to tell what it is
KINDS = (
    "a kernel oops or BUG, a segfault line, an OOM report, /proc/PID/maps, smaps, smaps_rollup "
    "and status, /proc/meminfo, vmstat and buddyinfo"
)


def read(text: object) -> Evidence:
    """Recognise what was pasted, and show what it says.

    Parameters
    ----------
    text : str or bytes
        A file of /proc, or a part of the kernel's log, as it was copied: with quotes, time stamps
        and prefixes, cut off or not.

    Returns
    -------
    Evidence
        A notebook shows it with its picture. It always answers: what nobody knows is shown as is.

    Examples
    --------
    >>> found = read("Node 0, zone   Normal  258  9  5  0  1  2  0  1  1  0  0")
    >>> found.kind, found.values["node 0, Normal"][:3]
    ('/proc/buddyinfo', (258, 9, 5))
    >>> read("Dear all,")
    Nobody here knows what this is
    How it was read: Known are a kernel oops or BUG, a segfault line, an OOM report, \
/proc/PID/maps, smaps, smaps_rollup and status, /proc/meminfo, vmstat and buddyinfo.
    """
    try:
        pasted = lines_of(text)
    except NotText as why:
        return Evidence("", "There is nothing to be read", notes=(str(why),))
    looked_at = pasted.lines
    if len(looked_at) > sum(_LOOKED_AT):
        looked_at = looked_at[: _LOOKED_AT[0]] + looked_at[-_LOOKED_AT[1] :]
    claimed = [(reader.claims(looked_at), reader) for reader in _READERS]
    most = max(claims for claims, _ in claimed)
    if not most:
        shown = tuple(Line(line) for line in pasted.written)
        return Evidence(
            "",
            "Nobody here knows what this is",
            shown,
            notes=(*pasted.notes, f"Known are {KINDS}."),
        )
    best = next(reader for claims, reader in claimed if claims == most)
    others = [r.kind for claims, r in claimed if r is not best and claims >= max(most // 4, 5)]
    found = best.read(pasted.lines, pasted.written)
    more = f"There is more in it: {', '.join(others)}. Paste that alone to read it."
    return found.noting(*pasted.notes, *([more] if others else []))
