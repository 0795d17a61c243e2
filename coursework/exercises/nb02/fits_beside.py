"""The most memory that a table can map if the table must fit beside it."""

from __future__ import annotations

from bisect import bisect_right
from random import Random

from ...kinds import Code, Data, instead, own


def draw(rng: Random) -> Data:
    """Draw memories, entries and pieces; by the byte first, and some that are filled exactly."""
    cases = [[rng.randrange(60, 90), 1, 1], [rng.randrange(1000, 9000), 4, 1]]
    for piece in (16, 64, 512, 4096, 16384):
        entry = rng.choice((2, 4, 8))
        filled = rng.randrange(4, 4000) * (piece + entry)
        cases.append([filled - rng.randrange(2), entry, piece])
        cases.append([rng.randrange(piece * 4, piece * 4000), entry, piece])
    cases.append([1 << rng.randrange(20, 30), 8, 4096])
    cases.append([rng.randrange(3, 9), 8, 4096])  # no room for a single piece
    cases.append([4104 * rng.randrange(2, 99), 8, 4096])
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


def solve(memory: int, entry: int, piece: int) -> int:
    """Search for the last number of pieces that fit."""
    numbers = range(1, memory // piece + 1)
    return bisect_right(numbers, memory, key=lambda n: n * piece + n * entry) * piece


def locate(memory: int, entry: int, piece: int, expected: int, got: int) -> str:
    """Add up what the answer would take."""
    if got < 0 or got % piece:
        return f"{got} bytes are no whole number of pieces of {piece}."
    table = got // piece * entry
    if got > expected:
        return f"For {got} bytes the table has {table} bytes: together {got + table}, too many."
    return "That fits; but one more piece, with its entry, would fit as well."


EXERCISE = Code(
    **own(globals()),
    title="Map and territory in one memory",
    points=3,
    look={"mapped": ""},
    mistakes={
        instead(mapped=lambda right, memory, entry, piece: memory // piece * piece): "all of the "
        "memory is mapped, and no room is left for the table. It lives in the same memory: there "
        "is no other.",
        instead(
            mapped=lambda right, memory, entry, piece: (
                max(memory - memory // piece * entry, 0) // piece * piece
            )
        ): "there is a table for *all* of the memory. What the table itself occupies need not be "
        "mapped, so the table can be smaller than that.",
        instead(mapped=lambda right, memory, entry, piece: memory // entry * piece): "the memory "
        "is filled with entries, and no room is left for what they map.",
        instead(mapped=lambda right, memory, entry, piece: right["mapped"] // piece): "entries are "
        "counted. Each of them maps a whole piece: how many bytes is that?",
        instead(
            mapped=lambda right, memory, entry, piece: memory * piece // (entry + piece)
        ): "the memory is divided in the right proportion, and the last piece is broken. An entry "
        "maps a whole piece or nothing.",
    },
    start="What does one mapped piece cost in all: the piece itself, and what else? How often does "
    "that fit into the memory?",
    right="By the byte, four fifths of the memory are map. In pieces of 4 KiB, it is a thousandth: "
    "the whole of notebook 03 in one division.",
    untested="tables for addresses that are not mapped: this one has an entry only where there is "
    "something.",
    hints=(
        "No piece is mapped without its entry. With pieces of 16 bytes and entries of 4, what does "
        "each piece take, and how many of them go into 100 bytes?",
        "They take 20 bytes each, and 5 of them fit. In 119 bytes it would still be 5: round down.",
        "5 pieces are 80 mapped bytes, and the bytes are asked for: `memory // (piece + entry)` "
        "pieces, `piece` bytes each.",
    ),
)
