"""A grader that is killed leaves no process behind, and the next one clears up after it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from coursework.grading.doctor import find_box
from coursework.grading.kit import kit

from .attacks import RIGHT, answered
from .conftest import SECRET, box_users

pytestmark = pytest.mark.long  # what forks and sleeps takes its time

ROOT = Path(__file__).parents[2]
_CELL = """import os, sys, time
for n in range(3):
    os.fork()
try: os.setsid()
except OSError: pass
time.sleep(3600)"""
_FORKED = 8
_GRADER = """
import sys
from pathlib import Path
from coursework.grading.box import Box
from coursework.grading.grade import grade_submission
from coursework.grading.kit import kit
with kit() as folder:
    print(folder, flush=True)
    grade_submission(Path(sys.argv[2]), "mallory", "02", {secret!r}, Box(sys.argv[1]), folder)
"""


def _of_boxes(grader: int, folder: str) -> list[str]:
    """List the processes of a grader's boxes: their user, or what they were started with."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            user, command = entry.stat().st_uid, (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if user in range(*box_users(grader)) or folder.encode() in command:
            found.append(entry.name)
    return found


def _groups(grader: int) -> list[Path]:
    left = f"coursework-box-{grader}-*"
    return [each for at in ("", "*/") for each in Path("/sys/fs/cgroup").glob(at + left)]


def _until(happens: Callable[[], object]) -> bool:
    for _ in range(2000):  # a hundred seconds
        if happens():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "ended"])
def test_a_grader_that_is_killed_leaves_nothing_behind(box, how, tmp_path):
    handed_in = tmp_path / "x.ipynb"
    handed_in.write_bytes(answered(RIGHT, before=_CELL))
    command = [sys.executable, "-c", _GRADER.format(secret=SECRET), box.kind, str(handed_in)]
    grader = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    try:
        folder = grader.stdout.readline().strip()
        assert _until(lambda: len(_of_boxes(grader.pid, folder)) >= _FORKED), "it has not forked"
    finally:
        grader.send_signal(how)
        grader.wait()
    assert _until(lambda: not _of_boxes(grader.pid, folder))

    with kit() as own:
        assert own.is_dir()
        find_box(own)
    assert not Path(folder).exists()
    assert not own.exists()
    assert _groups(grader.pid) == []


def test_a_kit_in_use_is_left_alone():
    with kit() as first, kit() as second:
        assert (first / "__main__.py").exists()
        assert first != second
