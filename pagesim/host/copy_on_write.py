"""Copy-on-write after a fork: nothing is copied until somebody writes, and then one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import counters
from .forked import Channel, Child
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import PAGE
from .region import Region

_PAGES = 1000
_HALF = range(_PAGES // 2)
_OTHER_HALF = range(_PAGES // 2, _PAGES)
_FAULTS, _SHARE = "minor faults", "pages, shared ones by half (Pss)"


class CopyOnWrite(Lab):
    """Fork a process that has written 1000 pages, and count what reads and writes then cost.

    Examples
    --------
    >>> CopyOnWrite().prediction.predicted["child writes 500 of them"]
    500
    """

    key = "copy_on_write"
    notebook = "08"
    title = f"{_PAGES} written pages, then fork"
    headings = ("what is done", "counted in")
    basis = "predicted: both have the pages read-only; each first store is a fault, no load is"
    asked = ("what the child has then", "parent writes all again")

    def rows(self) -> Sequence[Row]:
        """State what each side pays."""
        return (
            Row(("child reads all pages", _FAULTS), 0),
            Row(("what the child has then", _SHARE), _PAGES // 2),
            Row(("child writes 500 of them", _FAULTS), 500),
            Row(("what the child has now", _SHARE), 500 + 500 // 2),
            Row(("child writes them again", _FAULTS), 0),
            Row(("parent writes the 500 that the child has copied", _FAULTS), 500),
            Row(("parent writes the 500 that are still shared", _FAULTS), 500),
            Row(("parent writes all again", _FAULTS), 0),
        )

    def check(self) -> None:
        """Need smaps that know shares."""
        with Region(PAGE) as region:
            region.kib("Pss")

    def count(self) -> Mapping[str, Value]:
        """Fork in a helper process, several times."""
        counts: dict[str, Value] = in_helper(_count)
        return counts


def _count() -> dict[str, int]:
    return counters.exactly_each(_fork_once)


def _fork_once() -> dict[str, counters.Count]:
    size = _PAGES * PAGE
    with Region(size) as region, Region(size) as decoy:
        region.write()
        decoy.write()

        # After a fork the interpreter's own pages are copied as well, when it first counts
        # references in them. The decoy goes the same way first and takes those faults.
        def child(line: Channel) -> None:
            _child_steps(decoy)
            line.send(_child_steps(region))
            line.receive()  # stay until the parent has written too

        other = Child(child)
        counts: dict[str, counters.Count] = other.receive()
        _parent_steps(decoy)
        counts |= _parent_steps(region)
        other.send()
        other.wait()
    return counts


def _child_steps(region: Region) -> dict[str, counters.Count]:
    faults = counters.minor_faults_of
    return {
        "child reads all pages": faults(region.touches("r")),
        "what the child has then": _share(region),
        "child writes 500 of them": faults(region.touches("w", _HALF)),
        "what the child has now": _share(region),
        "child writes them again": faults(region.touches("w", _HALF)),
    }


def _parent_steps(region: Region) -> dict[str, counters.Count]:
    faults = counters.minor_faults_of
    return {
        "parent writes the 500 that the child has copied": faults(region.touches("w", _HALF)),
        "parent writes the 500 that are still shared": faults(region.touches("w", _OTHER_HALF)),
        "parent writes all again": faults(region.touches("w")),
    }


def _share(region: Region) -> int:
    return region.kib("Pss") * 1024 // PAGE
