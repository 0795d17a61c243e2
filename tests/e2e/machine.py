"""Two browsers work at a time, except while one of them measures."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def shared(folder: Path, alone: bool) -> Iterator[None]:
    """Use the machine together with others, or alone.

    Parameters
    ----------
    folder : Path
        What all who share the machine have in common.
    alone : bool
        Wait until the others have left, and let nobody in.
    """
    with (folder / "e2e.door").open("w") as door, (folder / "e2e.room").open("w") as room:
        fcntl.flock(door, fcntl.LOCK_EX)  # who waits here to be alone holds up those who come later
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
