"""Anonymous pages that go to swap and come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import counters, linux
from .helper import in_helper
from .lab import Lab, Row, Value
from .linux import PAGE, Unavailable, proc, require_4_kib_pages
from .region import Region

_PAGES = 1024


class SwapRoundTrip(Lab):
    """Count what it takes to send 1024 anonymous pages to swap and to fetch them back.

    Swap on a disk reads ahead, so that one major fault brings back several pages and the counts
    depend on how these lie; there, the lab shows what was recorded.

    Examples
    --------
    >>> SwapRoundTrip().prediction.predicted["send them out"]
    1024
    """

    key = "swap_round_trip"
    notebook = "09"
    title = f"{_PAGES} anonymous pages, out and back"
    headings = ("what is done", "counted in")
    basis = (
        "predicted: nothing else can hold them, so all go to swap, each comes back alone, and may "
        "be written at once (since Linux 6.11)"
    )
    asked = ("read them", "write them again")

    def rows(self) -> Sequence[Row]:
        """State what each step costs."""
        return (
            Row(("write them", "minor faults"), _PAGES),
            Row(("send them out", "pages in swap"), _PAGES),
            Row(("read them", "major faults"), _PAGES),
            Row(("write them again", "faults of either kind"), 0),
        )

    def check(self) -> None:
        """Need swap that doesn't read ahead."""
        require_4_kib_pages()
        check_swap()

    def count(self) -> Mapping[str, Value]:
        """Count in fresh memory of a helper process, several times."""
        counts: dict[str, Value] = in_helper(_count)
        return counts


def _count() -> dict[str, int]:
    # A page that is busy elsewhere stays: noise takes away from what goes and comes back.
    picks = {"send them out": max, "read them": max}
    with counters.one_cpu():
        return counters.exactly_each(_there_and_back, picks)


def _there_and_back() -> dict[str, counters.Count]:
    with Region(_PAGES * PAGE) as region:
        written = counters.minor_faults_of(region.touches("w"))
        region.advise(linux.MADV_PAGEOUT)
        out = region.kib("Swap") * 1024 // PAGE
        back = counters.major_faults_of(region.touches("r"))
        again = counters.faults_of(region.touches("w"))
    return {
        "write them": written,
        "send them out": out,
        "read them": back,
        "write them again": [minor + major for minor, major in zip(*again, strict=True)],
    }


def check_swap() -> None:
    """Refuse a machine where a page does not come back from swap alone.

    Swap in compressed memory is read page by page; any other in clusters of 2 ** page-cluster
    (Linux mm/swap_state.c, mm/memory.c `do_swap_page`).

    Raises
    ------
    Unavailable
        If it has no swap, or one that reads ahead.
    """
    areas = proc("swaps").split("\n")[1:-1]
    if not areas:
        raise Unavailable("it has no swap")
    if proc("sys/vm/page-cluster").strip() != "0" and not all("zram" in area for area in areas):
        raise Unavailable("its swap reads several pages at a time")
