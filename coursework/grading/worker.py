"""What a worker process does: it has a box, and grades in it what it is sent.

It is on the trusted side: references are here, and problems are drawn here.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Lock, current_thread, main_thread
from typing import NamedTuple, TypeVar

from .box import Box, Kind, NoBox
from .contest import Ranked, play
from .doctor import find_box
from .grade import Result, grade_paper
from .janitor import hire, tell
from .kit import kit
from .limits import Limits
from .paper import Paper
from .showing import Shown, show_paper
from .store import course_version

T = TypeVar("T")

_BREATH = 2.0  # seconds
_lock = Lock()
_stack = ExitStack()  # what is open until the process ends; then the janitor cleans up
_folder: Path | None = None


class OtherCourse(RuntimeError):
    """A worker has not the same course as whoever sends it submissions."""


class Found(NamedTuple):
    """What a worker is: its version of the course, and its kind of box, or why it has none."""

    version: str
    kind: Kind | None
    obstacle: str = ""


def examine() -> Found:
    """Find out what this process can do."""
    try:
        return Found(course_version(), find_box(_kit()).kind)
    except NoBox as problem:
        return Found(course_version(), None, str(problem))


def grade(paper: Paper, kind: Kind, version: str, limits: Limits) -> Result:
    """Grade one submission in a box of a kind.

    Parameters
    ----------
    paper : Paper
    kind : {"bubblewrap", "reduced"}
    version : str
        See `store.course_version`.
    limits : Limits

    Raises
    ------
    OtherCourse
        If the version is not this process's own.
    NoBox
        If the box does not start.
    """
    return _in_a_box(grade_paper, paper, kind, version, limits)


def look(paper: Paper, kind: Kind, version: str, limits: Limits) -> Shown:
    """Execute one submission for eyes; parameters and errors are those of `grade`."""
    return _in_a_box(show_paper, paper, kind, version, limits)


def compete(paper: Paper, kind: Kind, version: str, limits: Limits) -> Ranked:
    """Let one submission's pager play; parameters and errors are those of `grade`."""
    return _in_a_box(play, paper, kind, version, limits)


def dask_setup(worker: object) -> None:
    """Let Ctrl-C be for whoever started this process, who ends it in good order (Dask calls it)."""
    if current_thread() is main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _in_a_box(
    do: Callable[[Paper, Box, Path, Limits], T],
    paper: Paper,
    kind: Kind,
    version: str,
    limits: Limits,
) -> T:
    if version != course_version():
        raise OtherCourse("a worker has another version of the course")
    try:
        return do(paper, Box(kind), _kit(), limits)
    except NoBox:  # on a machine that has no memory left for a moment, say; no class ends of that
        time.sleep(_BREATH)
        return do(paper, Box(kind), _kit(), limits)


def _kit() -> Path:
    global _folder
    with _lock:
        if _folder is None:
            hire()
            _folder = _stack.enter_context(kit())
            tell("kit", paths=[_folder])
        return _folder
