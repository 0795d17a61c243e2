"""Labs on the real machine: what they predict is what the kernel counts, whoever asks."""

from __future__ import annotations

import json
import os
import shutil
import sys
from functools import cache
from typing import Any

import pytest

from pagesim import X86_64, host
from pagesim.costs import tables_for_stride
from pagesim.host import PAGE, Region
from pagesim.host.lab import LIVE, Recording
from pagesim.host.linux import FREE
from pagesim.host.plotted import PlottedLab, TimedLab
from pagesim.host.probe import LABS

from .expected import (
    COUNTING,
    EXPECTED,
    MEASURE,
    ROOT,
    each_counting_lab,
    each_lab,
    linux_only,
    run,
)

pytestmark = pytest.mark.long  # every lab is run

NOBODY = 65534
LESSONS = ROOT / "lessons"


@cache
def python_of_nobody() -> str:
    """Find an interpreter of our version that an ordinary user may execute, numpy included."""
    version = f"python3.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(version, path="/usr/local/bin:/usr/bin:/bin")):
        try:
            run("import numpy; print(1)", python or "", NOBODY)
        except (OSError, AssertionError):
            continue
        return python or ""
    return ""


# -- every lab -------------------------------------------------------------------------------------


@each_lab
def test_prediction_is_what_was_counted_elsewhere(lab: type[host.Lab]) -> None:
    assert lab().prediction.predicted == EXPECTED[lab.key]


@each_lab
def test_a_lab_stands_in_the_notebook_that_it_names_and_in_no_other(lab: type[host.Lab]) -> None:
    lessons = {path.stem[:2]: path.read_text("utf-8") for path in LESSONS.glob("*.md")}
    shown = [number for number, text in lessons.items() if f"host.{lab.__name__}()" in text]
    of_notebook = [other for other in LABS if other.notebook == lab.notebook]
    if not any(
        f"host.{other.__name__}()" in text for other in of_notebook for text in lessons.values()
    ):
        pytest.skip(f"lesson {lab.notebook} shows no lab yet")
    assert shown == [lab.notebook]


@each_counting_lab
def test_kernel_counts_what_was_predicted_and_recorded(lab: type[host.Lab]) -> None:
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    report, recorded = lab().measure(), lab().measure(live=False)
    assert report.live, report.note
    assert report.counted == EXPECTED[lab.key]
    assert report.agrees
    assert repr(report).splitlines()[:-1] == repr(recorded).splitlines()[:-1]
    assert report.note.splitlines()[-1] == LIVE


# What they look at, or ask for, Linux gives to root alone, or to others otherwise.
PRIVILEGED = (
    host.Frames, host.Presence, host.FilePages, host.SwapRoundTrip, host.Permissions,
    host.GroupLimit, host.PageTableScale,
)  # fmt: skip


@cache
def seen_by_nobody(labs: tuple[type[host.Lab], ...]) -> dict[str, Any]:
    """What an ordinary user is shown by labs, one after the other in one process."""
    keys = [str(lab.key) for lab in LABS if lab in labs and not lab().obstacle]
    code = MEASURE.format(key=" ".join(keys), times=1)
    return dict(zip(keys, run(code, python_of_nobody(), NOBODY), strict=True))


@pytest.mark.long
@pytest.mark.xdist_group("nobody")
@pytest.mark.parametrize(
    "lab",
    [
        pytest.param(lab, id=str(lab.key), marks=[pytest.mark.exhaustive] * (lab not in PRIVILEGED))
        for lab in COUNTING
    ],
)
def test_an_ordinary_user_sees_the_same(lab: type[host.Lab]) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can become another user; the other tests ran as one already")
    if not python_of_nobody():
        pytest.skip("no interpreter that an ordinary user may execute")
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    others = tuple(each for each in COUNTING if each not in PRIVILEGED)
    together = PRIVILEGED if lab in PRIVILEGED else others
    live, counted, note = seen_by_nobody(together)[str(lab.key)]
    assert live or "root" in note, note
    assert counted == EXPECTED[lab.key]


def test_tree_and_closed_form_predict_the_same_tables() -> None:
    strides = (4 << 10, 4 << 10, 2 << 20, 1 << 30, 512 << 30, 4 << 10)
    rows = host.PageTableScale().prediction.rows
    for (_, pages, *tables, kib), stride in zip(rows, strides, strict=True):
        needed = tables_for_stride(X86_64, int(pages), stride)
        assert needed[:0:-1] == tuple(tables)  # all but the root, the last level first
        assert kib == 4 * sum(needed[1:])


@linux_only
def test_tables_are_weighed_elsewhere_if_their_place_is_taken() -> None:
    if obstacle := host.PageTableScale().obstacle:
        pytest.skip(obstacle)
    with Region(PAGE, at=FREE[0]):
        assert host.PageTableScale().measure().live
        with Region(PAGE, at=FREE[1]):
            report = host.PageTableScale().measure()
            assert not report.live
            assert "no 32 TiB of its address space are free" in report.note


@each_lab
def test_recording_names_its_machine_and_agrees(lab: type[host.Lab]) -> None:
    recording = Recording.load(lab.key)
    assert recording.machine.startswith("Linux ")
    assert recording.counted == EXPECTED[lab.key]
    report = lab().measure(live=False)
    assert not report.live
    assert recording.machine in report.note


@pytest.mark.parametrize("lab", [lab for lab in LABS if issubclass(lab, PlottedLab)])
def test_what_is_drawn_has_the_same_names_live_and_recorded(lab: type[PlottedLab]) -> None:
    recorded = lab().series(live=False)
    assert not recorded.live
    assert recorded.data
    assert all(len(numbers) > 1 for numbers in recorded.data.values())
    if obstacle := lab().obstacle:
        pytest.skip(obstacle)
    live = lab().series()
    assert live.live, live.note
    shapes = [[(name, len(data)) for name, data in it.data.items()] for it in (live, recorded)]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("lab", [lab for lab in LABS if issubclass(lab, TimedLab)])
def test_times_are_answered_with_yes_or_no(lab: type[TimedLab]) -> None:
    report = lab().measure()
    assert set(report.counted) == set(EXPECTED[lab.key])
    assert set(report.counted.values()) <= {"yes", "no"}


def test_the_first_notebook_shows_every_lab() -> None:
    """What a cell counts is not compared when notebooks are built: their list may be an old one."""
    cells = json.loads((ROOT / "notebooks/00-start-here.ipynb").read_text("utf-8"))["cells"]
    shown = next(each for each in cells if "".join(each["source"]) == "host.machine()")
    text = "".join(shown["outputs"][0]["data"]["text/plain"])
    named = [line[10:].partition("  ")[0] for line in text.splitlines()[2:-1]]
    assert named == [lab.title for lab in LABS]


def test_machine_lists_each_lab_with_its_reason() -> None:
    seen = host.machine()
    assert [row[1] for row in seen.rows] == [lab.title for lab in LABS]
    for lab, (_, _, shown, because) in zip(LABS, seen.rows, strict=True):
        assert (shown == "live") == (lab.key in seen.live) == (because == "")
    assert repr(seen) == repr(host.machine())
