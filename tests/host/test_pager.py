"""Serving the page faults of another process: as many as a slow model says, and nothing is lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import cache

import pytest

from pagesim import host
from pagesim.host import be_the_pager
from pagesim.host.pager import oldest

pytestmark = pytest.mark.long  # each starts a pager and its program

Victim = Callable[[Sequence[int]], int]


@cache
def can(means: str) -> str:
    """Say why this machine cannot serve faults by some means; nothing if it can."""
    try:
        be_the_pager([1], 1, means=means)
    except host.Unavailable as why:
        return str(why)
    return ""


@pytest.fixture(params=["userfaultfd", "SIGSEGV"])
def means(request: pytest.FixtureRequest) -> str:
    """Each way in which a fault can reach us."""
    if why := can(request.param):
        pytest.skip(why)
    return str(request.param)


def slow_model(references: Sequence[int], frames: int, victim: Victim) -> tuple[list[int], int]:
    """Replay a string by hand: the pages that fault, and how many leave."""
    resident: list[int] = []
    faults = []
    for page in references:
        if page in resident:
            continue
        faults.append(page)
        if len(resident) == frames:
            resident.remove(victim(resident))
        resident.append(page)
    return faults, len(faults) - len(resident)


def newest(resident: Sequence[int]) -> int:
    return resident[-1]


@pytest.mark.parametrize(
    ("victim", "pages", "frames"),
    [
        pytest.param(oldest, 6, 1, id="the only one"),
        pytest.param(oldest, 20, 7, id="oldest"),
        pytest.param(newest, 20, 7, id="newest"),
        pytest.param(min, 20, 7, id="lowest"),
        pytest.param(newest, 256, 200, id="newest of many"),
    ],
)
def test_real_faults_are_those_of_a_slow_model(
    means: str, victim: Victim, pages: int, frames: int
) -> None:
    references = random.Random(pages).choices(range(pages), k=600)
    run = be_the_pager(references, frames, victim, means=means)
    faults, left = slow_model(references, frames, victim)
    assert (list(run.brought_in), len(run.sent_out)) == (faults, left)
    assert run.intact
    assert run.means == means


def test_belady_by_both_means(means: str) -> None:
    runs = [be_the_pager(host.BELADY, frames, means=means) for frames in (3, 4)]
    assert [run.faults for run in runs] == [9, 10]
    assert repr(runs[0]) == "9 faults, on the pages 1 2 3 4 1 2 5 3 4"


def test_everything_fits(means: str) -> None:
    run = be_the_pager([0, 255, 0, 255], 2, means=means)
    assert (run.brought_in, run.sent_out) == ((0, 255), ())
    assert be_the_pager([], 1, means=means).faults == 0


def test_a_wrong_victim_is_named(means: str) -> None:
    with pytest.raises(ValueError, match=r"victim 9 is not in memory; \[1\] are"):
        be_the_pager([1, 2], 1, lambda resident: 9, means=means)


def test_a_pager_that_fails_does_not_leave_the_program_behind(means: str) -> None:
    with pytest.raises(ZeroDivisionError):
        be_the_pager([1, 2], 1, lambda resident: 1 // 0, means=means)


def test_a_slow_pager_is_stopped(means: str) -> None:
    def slow(resident: Sequence[int]) -> int:
        time.sleep(0.4)
        return resident[0]

    with pytest.raises(TimeoutError, match="not done in time"):
        be_the_pager([1, 2] * 50, 1, slow, means=means, timeout=1)


@pytest.mark.parametrize(
    ("references", "frames", "means", "message"),
    [
        ([256], 1, "", r"page 256 is outside 0\.\.255"),
        ([-1], 1, "", r"page -1 is outside 0\.\.255"),
        ([1], 0, "", r"frames 0 is outside 1\.\.256"),
        ([1], 1, "telepathy", "means 'telepathy' is not"),
    ],
)
def test_bad_orders_are_refused(
    references: list[int], frames: int, means: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        be_the_pager(references, frames, means=means)
