"""Regions, counters, the helper process, and the tables that labs show."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import psutil
import pytest

from pagesim import host
from pagesim.host import PAGE, Region
from pagesim.host.helper import in_helper

from .expected import linux_only

# -- regions and counters --------------------------------------------------------------------------


@linux_only
def test_touching_counts_one_fault_a_page() -> None:
    def once() -> list[int]:
        with Region(100 * PAGE) as region:
            return host.minor_faults_of(region.touches("w"))

    assert host.exactly(once) == 100


@linux_only
def test_a_region_is_alone_between_its_guards() -> None:
    with Region(4 * PAGE) as one, Region(4 * PAGE) as other:
        one.write()
        other.write([2])
        assert one.kib("Size") == other.kib("Size") == 4 * PAGE // 1024
        assert (one.kib("Rss"), other.kib("Rss")) == (4 * PAGE // 1024, PAGE // 1024)
        rows = Path("/proc/self/maps").read_text().splitlines()
        spans = {tuple(row.split()[0].split("-")): row.split()[1] for row in rows}
        before = [mode for (_, end), mode in spans.items() if int(end, 16) == one.address]
        end = one.address + one.size
        behind = [mode for (start, _), mode in spans.items() if int(start, 16) == end]
        assert before == behind == ["---p"]


@linux_only
def test_a_region_leaves_nothing_behind() -> None:
    at = 0x100000000000
    for _ in range(2):  # the second would find the address taken
        with Region(3 * PAGE, at=at) as region:
            assert region.address == at
            with pytest.raises(FileExistsError):
                Region(PAGE, at=at)
        with pytest.raises(ValueError, match="closed"):
            region.read()
        region.close()


@linux_only
def test_region_maps_what_it_was_asked_for() -> None:
    with Region(4 << 20, align=2 << 20) as region:
        assert region.address % (2 << 20) == 0
    with Region(5) as region:
        assert (region.size, region.pages) == (PAGE, 1)
    with Region(PAGE, prot="r") as region:
        region.read()
        assert region.bytes[0] == 0
    fd = os.memfd_create("test")
    os.pwrite(fd, b"page", 0)
    with Region(PAGE, fd=fd, shared=True) as region:
        assert bytes(region.bytes[:4]) == b"page"
        ctypes.memset(region.address, ord("x"), 1)
        assert os.pread(fd, 4, 0) == b"xage"
    os.close(fd)


@linux_only
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "size 0 is outside"),
        ({"size": 1.5}, "size 1.5 is not a whole number"),
        ({"size": 1 << 50}, f"size {1 << 50} is outside"),
        ({"size": 1, "at": 0x1001}, "address 0x1001 is not a multiple of the page size"),
        ({"size": 1, "align": 3 * PAGE}, f"align {3 * PAGE} is not a power of two"),
        ({"size": 1, "prot": "rq"}, "prot 'rq' has a letter other than"),
    ],
)
def test_bad_regions_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Region(**arguments)


@linux_only
@pytest.mark.parametrize("pages", [[4], [-1], range(3, 5), range(-1, 2)])
def test_pages_outside_a_region_are_refused(pages: list[int]) -> None:
    with Region(4 * PAGE) as region, pytest.raises(ValueError, match=r"is outside 0\.\.3"):
        region.write(pages)


@linux_only
def test_counters_name_what_they_do_not_know() -> None:
    assert host.status("VmSize") > host.status("VmRSS") > 0
    with pytest.raises(host.Unavailable, match="no line VmNothing"):
        host.status("VmNothing")
    with pytest.raises(ValueError, match="nothing is mapped at 0x8"):
        host.smaps(8)


def test_the_least_is_taken_once_three_runs_agree_on_it() -> None:
    noisy = iter([5, 9, 4, 4, 9, 4, 3])
    assert host.exactly(lambda: next(noisy)) == 4
    walks = iter([0, 59, 4095, 0, 4095, 187, 0, 4095])  # noise ends a walk too early
    assert host.exactly(lambda: next(walks), max) == 4095


def test_each_touch_is_settled_by_itself() -> None:
    """No run of these is without noise, and no touch meets it often."""
    touches = [[2 if touch == run else 1 for touch in range(8)] for run in range(8)]
    runs = iter(touches)
    assert host.exactly(lambda: next(runs)) == 8


def test_a_run_that_could_not_be_done_is_done_again() -> None:
    runs = iter([7, None, 7, None, 7])

    def once() -> int:
        if (count := next(runs)) is None:
            raise host.Unavailable("no huge page was free")
        return count

    assert host.exactly(once) == 7

    def never() -> int:
        raise host.Unavailable("no huge page was free")

    with pytest.raises(host.Unavailable, match="no huge page was free"):
        host.exactly(never)


def test_counts_that_never_settle_are_named() -> None:
    numbers = iter(range(100, 1000))
    with pytest.raises(host.Unavailable) as why:
        host.exactly_each(lambda: {"steady": 1, "faults": next(numbers)})
    assert str(why.value) == "its counts did not settle in 30 runs (faults: between 100 and 129)"


# -- the helper process ----------------------------------------------------------------------------


@linux_only
def test_helper_is_another_process() -> None:
    assert in_helper(os.getpid) != os.getpid()
    assert in_helper(host.status, "Threads") == 1  # or a fork in it would not be safe


@linux_only
@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (host.status, ["VmNothing"], "has no line VmNothing"),
        (os.kill, [0, 9], "helper process failed"),
        (int, ["x"], "invalid literal"),
        (os.stat, ["/nowhere"], r"its kernel refuses \(No such file"),
    ],
)
def test_helper_says_why_it_failed(
    function: Callable[..., Any], arguments: list[Any], message: str
) -> None:
    with pytest.raises(host.Unavailable, match=message):
        in_helper(function, *arguments)


@linux_only
def test_helper_that_hangs_is_killed() -> None:
    before = psutil.Process().children()  # of other tests in this process
    with pytest.raises(host.Unavailable, match=r"not done after 0\.5 s"):
        in_helper(time.sleep, 60, timeout=0.5)
    assert set(psutil.Process().children()) <= set(before)  # not even a zombie is left


# -- tables ----------------------------------------------------------------------------------------


class _Cells(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.cells.append(data)


def test_html_shows_what_the_text_shows() -> None:
    table = host.Table("A <b> & c", ("page", "KiB"), (("<1>", 7), ("2", 12)), "note & more")
    words = ["A <b> & c", "page", "KiB", "<1>", "7", "2", "12", "note & more"]
    assert _Cells(table._repr_html_()).cells == words
    assert repr(table).split() == " ".join(words).split()
