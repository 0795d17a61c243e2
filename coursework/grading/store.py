"""What has been graded already: results that are kept as soon as there is one.

A result is kept under a key that tells all it depends on. So whoever is stopped goes on where they
were, and what has changed meanwhile (a submission, the secret, the course) is graded anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import asdict
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

import pagesim

from .box import Kind
from .grade import Result
from .limits import Limits
from .paper import Paper
from .report import as_json, from_json

NAME = "finished.db"
_PATIENCE = 60.0  # seconds for another grader that writes into the same file
_FOLDERS = (Path(__file__).parents[1], Path(pagesim.__file__).parent)


@cache
def course_version() -> str:
    """Return a digest of the whole course, as this process has it."""
    digest = hashlib.sha256()
    for folder in _FOLDERS:
        for path in sorted(folder.rglob("*")):
            if "__pycache__" not in path.parts and path.is_file():
                content = path.read_bytes()
                digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()


def key(paper: Paper, kind: Kind, limits: Limits) -> str:
    """Return a digest of all that a result depends on.

    The secret is in it by the seeds that come of it, and cannot be told from it.

    Examples
    --------
    >>> one, other = (Paper("ada", "02", content, ("s",)) for content in (b"1", b"2"))
    >>> key(one, "bubblewrap", Limits()) == key(other, "bubblewrap", Limits())
    False
    """
    content = hashlib.sha256(paper.content).hexdigest()
    whose = (paper.student, paper.notebook, content, paper.seeds)
    words = json.dumps([course_version(), kind, asdict(limits), whose], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


class Store:
    """The file of results in a folder: each is written whole or not at all, and stays.

    Parameters
    ----------
    folder : Path
        It is made if it is not there.

    Raises
    ------
    OSError
        If the folder cannot be made.
    sqlite3.Error
        If its file is none of ours; from `put`, if nothing more can be written.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(folder / NAME, timeout=_PATIENCE, isolation_level=None)
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS finished (key TEXT PRIMARY KEY, result TEXT NOT NULL)"
        )

    def get(self, key: str) -> Result | None:
        """Return the result that is kept under a key, if there is one."""
        found = self._file.execute("SELECT result FROM finished WHERE key = ?", (key,)).fetchone()
        return from_json(found[0])[0] if found else None

    def put(self, key: str, result: Result) -> None:
        """Keep a result; it is on the disk when this returns."""
        row = (key, as_json([result]))
        self._file.execute("INSERT OR REPLACE INTO finished VALUES (?, ?)", row)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
