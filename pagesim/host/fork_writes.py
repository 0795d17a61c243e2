"""A fork, and one byte written in each 2 MiB: what is copied under both page sizes."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Mapping, Sequence

from ..arch import X86_64
from ..units import binary
from . import counters
from .forked import Channel, Child
from .helper import in_helper
from .huge_pages import check_huge_pages, require_huge
from .lab import Lab, Row, Value
from .linux import HUGE_PAGE, PAGE, Unavailable
from .region import Region

_HUGE = 4  # huge pages
_SIZE = _HUGE * HUGE_PAGE
_EACH = range(0, _SIZE // PAGE, HUGE_PAGE // PAGE)
_FAULTS, _KIB = "minor faults", "KiB"
_OLDEST = (5, 8)  # since then a write splits the mapping (Linux mm/huge_memory.c)


class ForkWrites(Lab):
    """Fork a process with 8 MiB in small or in huge pages, and write a byte in each 2 MiB.

    Examples
    --------
    >>> ForkWrites().prediction.predicted["what that copies, 2 MiB pages"]
    16
    """

    key = "fork_writes"
    notebook = "10"
    title = f"Fork, then write one byte in each 2 MiB of {binary(_SIZE)}"
    headings = ("what is done", "counted in")
    basis = (
        "predicted: since Linux 5.8 the writer's huge mapping is split and 4 KiB are copied; the "
        "child's stays whole"
    )
    asked = ("what that copies, 2 MiB pages", "huge pages that the writer has left")

    def rows(self) -> Sequence[Row]:
        """State what each write costs."""
        small = _HUGE * X86_64.page_bytes >> 10
        return (
            Row(("write them, 4 KiB pages", _FAULTS), _HUGE),
            Row(("what that copies, 4 KiB pages", _KIB), small),
            Row(("write them, 2 MiB pages", _FAULTS), _HUGE),
            Row(("what that copies, 2 MiB pages", _KIB), small),
            Row(("huge pages that the writer has left", "pages"), 0),
            Row(("huge pages that the child still has", "pages"), _HUGE),
        )

    def check(self) -> None:
        """Need huge pages on advice, and a kernel that splits them."""
        check_huge_pages()
        release = platform.release()
        if tuple(map(int, release.split(".")[:2])) < _OLDEST:
            raise Unavailable(f"its kernel is {release}; before 5.8 a write copied 2 MiB")

    def count(self) -> Mapping[str, Value]:
        """Fork in a helper process, several times."""
        counts: dict[str, Value] = in_helper(_count)
        return counts


def _count() -> dict[str, int]:
    return counters.exactly_each(lambda: _fork(huge=False) | _fork(huge=True))


def _fork(huge: bool) -> dict[str, counters.Count]:
    name = "2 MiB" if huge else "4 KiB"
    with (
        Region(_SIZE, align=HUGE_PAGE, huge=huge) as region,
        Region(_SIZE, align=HUGE_PAGE) as decoy,
    ):
        ctypes.memset(region.address, 1, _SIZE)  # quicker than page by page
        decoy.write(_EACH)
        if huge:
            require_huge(region, _HUGE)

        def stay(line: Channel) -> None:
            line.receive()
            line.send(region.kib("AnonHugePages") * 1024 // HUGE_PAGE)
            line.receive()

        child = Child(stay)
        counters.minor_faults_of(decoy.touches("w", _EACH))  # takes the faults of our own pages
        touches = region.touches("w", _EACH)
        counts: dict[str, counters.Count] = {
            f"write them, {name} pages": counters.minor_faults_of(touches),
            f"what that copies, {name} pages": region.kib("Private_Dirty"),
        }
        if huge:
            left = region.kib("AnonHugePages") * 1024 // HUGE_PAGE
            counts["huge pages that the writer has left"] = left
            child.send()
            counts["huge pages that the child still has"] = child.receive()
        else:
            child.send()
            child.receive()
        child.send()
        child.wait()
    return counts
