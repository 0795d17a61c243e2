"""The boxes of the page-fault handler's map, and the ways between them."""

from __future__ import annotations

from typing import NamedTuple

from .fault_cases import MAPPINGS, STATES


class Node(NamedTuple):
    """A box of the map: where it stands, what it says, and where a click on it leads."""

    x: float
    y: float
    wide: float
    words: str
    below: str = ""  # the box from which the way comes
    case: tuple[str, str, str] = ("", "", "")  # mapping, state, access of an example


HIGH = 0.28
ASK = 0.15
_END, _FIND, _DO = 2.45, 4.35, 6.3  # left edges of the other three columns
PRIVATE, _FILE = "private memory", "private file"
NODES = {
    "canonical": Node(ASK, 3.6, 2.0, "canonical address?"),
    "entry": Node(ASK, 3.0, 2.0, "does the entry allow it?", "canonical"),
    "address": Node(ASK, 2.4, 2.0, "the user's half?", "entry"),
    "area": Node(ASK, 1.8, 2.0, "an area, or a stack above?", "address"),
    "allowed": Node(ASK, 1.2, 2.0, "does the area allow it?", "area"),
    "holds": Node(ASK, 0.6, 2.0, "what does the entry hold?", "allowed"),
    "trap": Node(_END, 3.6, 1.55, "SIGSEGV, no fault", "canonical", (MAPPINGS[12], "empty", "")),
    "hit": Node(_END, 3.0, 1.55, "no fault", "entry", (PRIVATE, "writable page", "")),
    "kernel": Node(_END, 2.4, 1.55, "SIGSEGV MAPERR", "address", (MAPPINGS[11], "empty", "")),
    "nothing": Node(_END, 1.8, 1.55, "SIGSEGV MAPERR", "area", ("nothing", "empty", "")),
    "forbidden": Node(_END, 1.2, 1.55, "SIGSEGV ACCERR", "allowed", ("PROT_NONE", STATES[7], "")),
    "no file": Node(_FIND, 3.43, 1.6, "nothing; no file", "holds"),
    "file": Node(_FIND, 2.35, 1.6, "nothing; a file", "holds"),
    "swap": Node(_FIND, 1.5, 1.6, "a swap slot", "holds"),
    "page": Node(_FIND, 0.73, 1.6, "a read-only page", "holds"),
    "zero": Node(_DO, 3.6, 2.5, "the zero page · minor", "no file", (PRIVATE, "empty", "read")),
    "fresh": Node(_DO, 3.25, 2.5, "a zeroed page · minor", "no file",
                   (PRIVATE, "empty", "write")),
    "past": Node(_DO, 2.88, 2.5, "past its end · SIGBUS", "file", (_FILE, STATES[2], "read")),
    "cached": Node(_DO, 2.53, 2.5, "in the page cache · minor", "file",
                    (_FILE, STATES[1], "read")),
    "new": Node(_DO, 2.18, 2.5, "a new page of zeros · minor", "file",
                 ("shared memory", "empty", "write")),
    "disk": Node(_DO, 1.83, 2.5, "from disk or swap · major", "file", (_FILE, "empty", "read")),
    "back": Node(_DO, 1.5, 2.5, "read back · major", "swap", (PRIVATE, "in swap", "read")),
    "own": Node(_DO, 1.16, 2.5, "was the zero page · minor", "page",
                 (PRIVATE, "the zero page", "write")),
    "copy": Node(_DO, 0.84, 2.5, "a copy of its own · minor", "page",
                  (PRIVATE, "read-only page", "write")),
    "take": Node(_DO, 0.52, 2.5, "last owner takes it · minor", "page",
                  (PRIVATE, "read-only, last owner", "write")),
    "told": Node(_DO, 0.2, 2.5, "clean file page · minor", "page",
                  ("shared file", "read-only page", "write")),
}  # fmt: skip


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
