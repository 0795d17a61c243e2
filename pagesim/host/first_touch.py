"""First touch: a page of memory comes into being when it is used, not when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import counters, linux
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import PAGE
from .region import Region

_PAGES = 1000
_FAULTS, _MEMORY = "minor faults", "pages in memory"


class FirstTouch(Lab):
    """Count the faults of touching 1000 fresh pages in every order of reading and writing.

    A first store gets a zeroed page of its own: one minor fault. A first load gets the zero page
    that all processes share: one minor fault, and no memory; the store after it faults once more.

    Examples
    --------
    >>> FirstTouch().prediction.predicted["write them after reading"]
    1000
    """

    key = "first_touch"
    notebook = "08"
    title = f"First touch of {_PAGES} pages"
    headings = ("what is done", "counted in")
    basis = "predicted: one fault for each page that is not there yet, or not writable yet"
    asked = ("give them back, write again", "write pages filled by the kernel")

    def rows(self) -> Sequence[Row]:
        """State what each step costs."""
        return (
            Row(("write fresh pages", _FAULTS), _PAGES),
            Row(("write them again", _FAULTS), 0),
            Row(("give them back, write again", _FAULTS), _PAGES),
            Row(("read fresh pages", _FAULTS), _PAGES),
            Row(("what reading took", _MEMORY), 0),
            Row(("write them after reading", _FAULTS), _PAGES),
            Row(("what writing took", _MEMORY), _PAGES),
            Row(("write pages filled by the kernel", _FAULTS), 0),
        )

    def check(self) -> None:
        """Need nothing but smaps and a thread's own fault counts."""
        with Region(2 * PAGE) as region:
            counters.minor_faults_of(region.touches("w"))
            region.kib("Rss")

    def count(self) -> Mapping[str, Value]:
        """Do every step on fresh regions, in a helper process."""
        counts: dict[str, Value] = in_helper(_count)
        return counts


def _count() -> dict[str, int]:
    return counters.exactly_each(_steps)


def _steps() -> dict[str, counters.Count]:
    size, faults = _PAGES * PAGE, counters.minor_faults_of
    counts: dict[str, counters.Count] = {}
    with Region(size) as region:
        counts["write fresh pages"] = faults(region.touches("w"))
        counts["write them again"] = faults(region.touches("w"))
        region.advise(linux.MADV_DONTNEED)
        counts["give them back, write again"] = faults(region.touches("w"))
    with Region(size) as region:
        counts["read fresh pages"] = faults(region.touches("r"))
        counts["what reading took"] = region.kib("Rss") * 1024 // PAGE
        counts["write them after reading"] = faults(region.touches("w"))
        counts["what writing took"] = region.kib("Rss") * 1024 // PAGE
    with Region(size, populate=True) as region:  # MAP_POPULATE
        counts["write pages filled by the kernel"] = faults(region.touches("w"))
    return counts
