"""The boxes of the page-fault handler's map, and the ways between them."""

from __future__ import annotations

from typing import NamedTuple

from ...kernel import Found, Outcome, Why
from ...kernel.cases import Mapping, State, Verb


class Node(NamedTuple):
    """A box of the map: where it stands, what it says, and where a click on it leads."""

    x: float
    y: float
    words: str
    below: str = ""  # the box from which the way comes
    case: tuple[Mapping, State, Verb | None] | None = None  # an example

    @property
    def wide(self) -> float:
        """Inches; the boxes of a column are alike."""
        return _WIDE[self.x]


HIGH = 0.28
ASK = 0.15
_END, _FIND, _DO = 2.45, 4.35, 6.3  # left edges of the other three columns
_WIDE = {ASK: 2.0, _END: 1.55, _FIND: 1.6, _DO: 2.5}
_PRIVATE, _FILE = Mapping.PRIVATE, Mapping.PRIVATE_FILE
_READ, _WRITE = Verb.READ, Verb.WRITE
_EMPTY, _READ_ONLY = State.EMPTY, State.READ_ONLY
NODES = {
    "canonical": Node(ASK, 3.6, "canonical address?"),
    "entry": Node(ASK, 3.0, "does the entry allow it?", "canonical"),
    "address": Node(ASK, 2.4, "the user's half?", "entry"),
    "area": Node(ASK, 1.8, "an area, or a stack above?", "address"),
    "allowed": Node(ASK, 1.2, "does the area allow it?", "area"),
    "holds": Node(ASK, 0.6, "what does the entry hold?", "allowed"),
    "trap": Node(
        _END, 3.6, "SIGSEGV, no fault", "canonical", (Mapping.NOT_CANONICAL, _EMPTY, None)
    ),
    "hit": Node(_END, 3.0, "no fault", "entry", (_PRIVATE, State.WRITABLE, None)),
    "kernel": Node(_END, 2.4, "SIGSEGV MAPERR", "address", (Mapping.KERNEL, _EMPTY, None)),
    "nothing": Node(_END, 1.8, "SIGSEGV MAPERR", "area", (Mapping.NOTHING, _EMPTY, None)),
    "forbidden": Node(
        _END, 1.2, "SIGSEGV ACCERR", "allowed", (Mapping.PROT_NONE, State.CLEARED, None)
    ),
    "no file": Node(_FIND, 3.43, "nothing; no file", "holds"),
    "file": Node(_FIND, 2.35, "nothing; a file", "holds"),
    "swap": Node(_FIND, 1.5, "a swap slot", "holds"),
    "page": Node(_FIND, 0.73, "a read-only page", "holds"),
    "zero": Node(_DO, 3.6, "the zero page · minor", "no file", (_PRIVATE, _EMPTY, _READ)),
    "fresh": Node(_DO, 3.25, "a zeroed page · minor", "no file", (_PRIVATE, _EMPTY, _WRITE)),
    "past": Node(_DO, 2.88, "past its end · SIGBUS", "file", (_FILE, State.PAST_END, _READ)),
    "cached": Node(_DO, 2.53, "in the page cache · minor", "file", (_FILE, State.CACHED, _READ)),
    "new": Node(_DO, 2.18, "a new page of zeros · minor", "file", (Mapping.SHARED, _EMPTY, _WRITE)),
    "disk": Node(_DO, 1.83, "from disk or swap · major", "file", (_FILE, _EMPTY, _READ)),
    "back": Node(_DO, 1.5, "read back · major", "swap", (_PRIVATE, State.SWAPPED, _READ)),
    "own": Node(_DO, 1.16, "was the zero page · minor", "page", (_PRIVATE, State.ZERO, _WRITE)),
    "copy": Node(_DO, 0.84, "a copy of its own · minor", "page", (_PRIVATE, _READ_ONLY, _WRITE)),
    "take": Node(
        _DO, 0.52, "last owner takes it · minor", "page", (_PRIVATE, State.LAST_OWNER, _WRITE)
    ),
    "told": Node(
        _DO, 0.2, "clean file page · minor", "page", (Mapping.SHARED_FILE, _READ_ONLY, _WRITE)
    ),
}
# The box in which an outcome ends, by the reason for it.
_ENDS = {
    Why.ENTRY_ALLOWS: "hit",
    Why.NOT_CANONICAL: "trap",
    Why.OF_KERNEL: "kernel",
    Why.NOT_MAPPED: "nothing",
    Why.STACK_TOO_CLOSE: "nothing",
    Why.STACK_AT_LIMIT: "nothing",
    Why.FORBIDDEN: "forbidden",
    Why.FIRST_READ: "zero",
    Why.FIRST_WRITE: "fresh",
    Why.PAST_END: "past",
    Why.CACHED: "cached",
    Why.CACHED_AROUND: "cached",
    Why.NEW_ZEROS: "new",
    Why.FROM_DISK: "disk",
    Why.FROM_SWAP: "disk",
    Why.WRITE_AFTER_READ: "own",
    Why.COPIED: "copy",
    Why.TAKEN_OVER: "take",
    Why.CLEAN_SHARED: "told",
}


def path(end: Outcome) -> list[str]:
    """Find the boxes that an outcome went through, from the first question to its end."""
    if end.error_code is None and Why.OF_KERNEL in end.why:  # refused before anybody tried
        return ["address", "kernel"]
    slot = any(step.found is Found.IN_SWAP for step in end.steps)
    boxes = ["back" if slot else _ENDS[end.why[0]]]
    while above := NODES[boxes[0]].below:
        boxes.insert(0, above)
    return boxes


def box(node: Node) -> tuple[float, float, float, float]:
    """Give a node's left, bottom, width and height."""
    return node.x, node.y - HIGH / 2, node.wide, HIGH


def way(name: str) -> list[tuple[float, float]]:
    """Lay the line from a box to the one it comes from: down a column, or across in a step."""
    here, there = NODES[name], NODES[NODES[name].below]
    if here.x == there.x:
        middle = here.x + 0.9
        return [(middle, there.y - HIGH / 2), (middle, here.y + HIGH / 2)]
    turn = here.x - 0.16
    return [(there.x + there.wide, there.y), (turn, there.y), (turn, here.y), (here.x, here.y)]
