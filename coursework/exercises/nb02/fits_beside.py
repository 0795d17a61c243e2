"""The most memory that a table can map if the table must fit beside it."""

from __future__ import annotations

from random import Random

from ...legacy import Data, Exercise, Mistake


def draw(rng: Random) -> Data:
    """Draw memories, entries and pieces; the first ones map by the byte."""
    cases = [[rng.randrange(60, 90), 1, 1], [rng.randrange(1000, 9000), 4, 1]]
    for piece in (16, 64, 512, 4096, 16384):
        entry = rng.choice((2, 4, 8))
        cases.append([rng.randrange(piece * 4, piece * 4000), entry, piece])
    cases.append([1 << rng.randrange(20, 30), 8, 4096])
    cases.append([rng.randrange(3, 9), 8, 4096])  # no room for a single piece
    return {"cases": cases}


def text(data: Data) -> str:
    """State what comes in and goes out."""
    memory, entry, piece = data["cases"][1]
    return (
        "Write `most_mapped(memory, entry, piece)`: a machine has `memory` bytes, and for every "
        "`piece` bytes that are mapped, its table has an entry of `entry` bytes. Table and mapped "
        "bytes must both fit into the memory, and only whole pieces can be mapped. How many bytes "
        f"can be mapped at most? {len(data['cases'])} calls are made; in the first ones a piece is "
        f"a single byte, as in `most_mapped({memory}, {entry}, {piece})`."
    )


def reference(memory: int, entry: int, piece: int) -> int:
    """Search for the most pieces that fit, asking each time whether they do."""
    low, high = 0, memory // piece
    while low < high:
        middle = (low + high + 1) // 2
        if middle * piece + middle * entry <= memory:
            low = middle
        else:
            high = middle - 1
    return low * piece


def _table_elsewhere(memory: int, entry: int, piece: int) -> int:
    return memory // piece * piece


def _table_of_everything(memory: int, entry: int, piece: int) -> int:
    return max(memory - memory // piece * entry, 0) // piece * piece


def _fills_with_table(memory: int, entry: int, piece: int) -> int:
    return memory // entry * piece


def _entries(memory: int, entry: int, piece: int) -> int:
    return memory // (entry + piece)


def _broken_piece(memory: int, entry: int, piece: int) -> int:
    return memory * piece // (entry + piece)


def locate(memory: int, entry: int, piece: int, expected: int, got: int) -> str:
    """Add up what the answer would take."""
    if got < 0 or got % piece:
        return f"{got} bytes are no whole number of pieces of {piece}."
    table = got // piece * entry
    if got > expected:
        return f"For {got} bytes the table has {table} bytes: together {got + table}, too many."
    return "That fits; but one more piece, with its entry, would fit as well."


EXERCISE = Exercise(
    id="fits-beside",
    notebook="02",
    title="Map and territory in one memory",
    points=3,
    kind="code",
    draw=draw,
    text=text,
    form=int,
    reference=reference,
    describe=lambda memory, entry, piece: (
        f"{memory} bytes of memory, entries of {entry}, pieces of {piece}"
    ),
    locate=locate,
    mistakes=(
        Mistake(
            name="table outside memory",
            message="You mapped all of the memory and left no room for the table. It lives in the "
            "same memory: there is no other.",
            solve=_table_elsewhere,
        ),
        Mistake(
            name="table of everything",
            message="You took away a table for *all* of the memory. What the table itself occupies "
            "need not be mapped, so the table can be smaller than that.",
            solve=_table_of_everything,
        ),
        Mistake(
            name="memory full of table",
            message="You filled the memory with entries and left no room for what they map.",
            solve=_fills_with_table,
        ),
        Mistake(
            name="entries, not bytes",
            message="You return the number of entries. Each of them maps a whole piece: how many "
            "bytes is that?",
            solve=_entries,
        ),
        Mistake(
            name="broken piece",
            message="You divided the memory in the right proportion, but the last piece is broken: "
            "an entry maps a whole piece or nothing.",
            solve=_broken_piece,
        ),
    ),
    start="What does one mapped piece cost in all: the piece itself, and what else? How often does "
    "that fit into the memory?",
    right="By the byte, four fifths of the memory are map. In pieces of 4 KiB, it is a thousandth: "
    "the whole of notebook 03 in one division.",
    untested="tables for addresses that are not mapped: this one has an entry only where there is "
    "something.",
    hints=(
        "Every piece comes with its entry: together they take `piece + entry` bytes.",
        "`memory // (piece + entry)` pieces fit, rounded down.",
        "Asked for are the mapped bytes: that many pieces, `piece` bytes each.",
    ),
)
