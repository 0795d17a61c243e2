"""The doctor tries in earnest: what it tries works without a box, and in no box that it takes."""

import json
import subprocess
import sys
from inspect import getsource
from pathlib import Path

import pytest

from coursework.grading import box as boxes
from coursework.grading.box import Box, NoBox
from coursework.grading.doctor import bait, examine, find_box
from coursework.grading.escapes import ESCAPES

# These would take the machine's memory, disk or processes, or need somebody else to become.
_HARMLESS = [
    each
    for each in ESCAPES
    if each.__name__ not in ("start_processes", "take_memory", "fill_disk", "become_root")
]


@pytest.mark.parametrize("escape", _HARMLESS, ids=lambda each: each.__name__)
def test_what_is_tried_works_without_a_box(escape):
    """So the doctor would see it, if a box let it through."""
    with bait() as (at, harmed):
        source = getsource(escape) + f"\nprint(bool({escape.__name__}({json.dumps(at)})))"
        command = [sys.executable, "-c", f"from typing import Any\nAt = dict\n{source}"]
        root = Path(__file__).parents[2]
        done = subprocess.run(command, capture_output=True, text=True, cwd=root)
        got = done.stdout.strip() == "True"
        if escape.__name__ == "make_namespace" and not got:
            pytest.skip("this machine lets nobody make a namespace")
        assert got or harmed(), done.stderr


def test_nothing_gets_out_of_a_box(box, kit_folder):
    examined = examine(box.kind, kit_folder)
    assert examined.holds, [what for what, escaped in examined.escaped.items() if escaped]
    assert len(examined.escaped) == len(ESCAPES)


def test_a_box_that_lets_something_out_does_not_hold(box, kit_folder, monkeypatch):
    if box.kind != "bubblewrap":
        pytest.skip("holes are made in the other one")
    real = boxes._bubblewrap

    def leaky(kit, limits):
        command = real(kit, limits)
        at = command.index("--chdir")
        return [*command[: at - 2], "--bind", "/tmp", "/tmp", *command[at:]]

    monkeypatch.setattr(boxes, "_bubblewrap", leaky)
    escaped = {what for what, out in examine("bubblewrap", kit_folder).escaped.items() if out}
    assert "read a file of the grader's" in escaped


def test_the_best_box_is_taken(box, kit_folder):
    assert find_box(kit_folder).kind == ("bubblewrap" if box.kind == "bubblewrap" else "reduced")


def test_without_a_box_nothing_is_graded(kit_folder, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("coursework.grading.inside.landlock.version", lambda: 0)
    with pytest.raises(NoBox, match="bwrap is not installed; reduced: this kernel has no Landlock"):
        find_box(kit_folder)


def test_a_box_that_does_not_start_is_no_box(kit_folder, monkeypatch):
    monkeypatch.setattr(boxes, "_bubblewrap", lambda kit, limits: ["/bin/false"])
    monkeypatch.setattr("coursework.grading.inside.landlock.version", lambda: 0)
    with pytest.raises(NoBox, match="Python does not start in it"):
        find_box(kit_folder)


def test_labels_tell_the_boxes_apart():
    assert Box("bubblewrap").label == "bubblewrap"
    assert "reduced" in Box("reduced").label
