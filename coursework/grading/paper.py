"""What is graded: a submission's bytes, whose it is, and what its problems are drawn from."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ..exercises import of_notebook
from .hidden import graded_seed


@dataclass(frozen=True)
class Paper:
    """All that it takes to grade one submission, and no secret.

    Parameters
    ----------
    student : str
        Whose own problems were worked on.
    notebook : str
        Which of the course's it is: two digits.
    content : bytes
        The file that was handed in. It is not looked into outside of a box.
    seeds : tuple of str
        What the problem of each exercise is drawn from, in their order (see `hidden`).
    """

    student: str
    notebook: str
    content: bytes
    seeds: tuple[str, ...]


def read_paper(path: Path, student: str, notebook: str, secret: bytes, most: int) -> Paper:
    """Read what was handed in.

    Parameters
    ----------
    path : Path
    student, notebook : str
    secret : bytes
        The instructor's.
    most : int
        Bytes of a file.

    Raises
    ------
    OSError
        If it is no ordinary file, or too large.
    """
    seeds = tuple(graded_seed(each, student, secret) for each in of_notebook(notebook))
    return Paper(student, notebook, content_of(path, most), seeds)


def content_of(path: Path, most: int) -> bytes:
    """Read a file that somebody else has made: no link, no pipe, nothing endless."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no ordinary file")
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(0, f"it is larger than {most >> 20} MiB")
    return content
