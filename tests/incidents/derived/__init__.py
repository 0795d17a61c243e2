"""What an incident shows, checked by deriving each of its numbers from others, out of the text.

A claim has two sides that must be equal. What is read is what is shown: files, log, configuration,
the words about the replica, the points of the graph; no object of the incident. A number may also
follow from what every machine here is: no slabs, no zswap, the same small program in each process.
"""

from __future__ import annotations

from . import graphs, machine, processes
from .shown import Shown

__all__ = ["Shown", "check"]


def check(shown: Shown) -> list[str]:
    """Derive what can be derived; return what differs."""
    for part in (machine, processes, graphs):
        part.check(shown)
    return shown.wrong
