"""Two browsers work at a time, except while one of them measures."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Machine:
    """The machine, shared with whoever else works on it.

    Parameters
    ----------
    folder : Path
        What all who share the machine have in common.
    """

    def __init__(self, folder: Path) -> None:
        self._door = (folder / "e2e.door").open("w")
        self._room = (folder / "e2e.room").open("w")

    def enter(self, alone: bool = False) -> None:
        """Wait for one's turn: until nobody measures, or, to be alone, until nobody is here."""
        self.leave()
        fcntl.flock(self._door, fcntl.LOCK_EX)  # who waits to be alone holds up those behind
        fcntl.flock(self._room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(self._door, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Let others be alone."""
        fcntl.flock(self._room, fcntl.LOCK_UN)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have it to oneself for a while."""
        self.enter(alone=True)
        try:
            yield
        finally:
            self.enter()
