"""Belady's anomaly with real page faults: one more frame, one more fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .lab import Lab, Row, Value
from .linux import libc
from .pager import be_the_pager

BELADY = (1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5)


class Belady(Lab):
    """Serve Belady's string in 3 and in 4 frames, first in, first out: the notebook is the pager.

    Examples
    --------
    >>> Belady().prediction.predicted["faults in 4 frames"]
    10
    """

    key = "belady"
    notebook = "09"
    title = f"The program touches the pages {' '.join(map(str, BELADY))}"
    headings = ("what is counted",)
    basis = "predicted: first in, first out, by hand"
    asked = ("pages sent out with 3 frames", "pages sent out with 4 frames")

    def rows(self) -> Sequence[Row]:
        """Play the string through by hand."""
        few, many = (_fifo_faults(BELADY, frames) for frames in (3, 4))
        return (
            Row(("faults in 3 frames",), few),
            Row(("faults in 4 frames",), many),
            Row(("pages sent out with 3 frames",), few - 3),
            Row(("pages sent out with 4 frames",), many - 4),
            Row(("pages came back as they were left",), "yes"),
        )

    def check(self) -> None:
        """Need only Linux: without userfaultfd there are signals."""
        libc()

    def count(self) -> Mapping[str, Value]:
        """Serve the faults."""
        runs = [be_the_pager(BELADY, frames) for frames in (3, 4)]
        intact = "yes" if all(run.intact for run in runs) else "no"
        sent_out = (len(run.sent_out) for run in runs)
        counts: tuple[Value, ...] = (*(run.faults for run in runs), *sent_out, intact)
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}


def _fifo_faults(references: Sequence[int], frames: int) -> int:
    resident: list[int] = []
    faults = 0
    for page in references:
        if page not in resident:
            faults += 1
            resident = [*resident, page][-frames:]
    return faults
