"""Translate by hand through a table with an entry for every byte.

The machine: 4-bit virtual addresses, 128 bytes of memory, entries of one byte, somewhere in it.

    entry    | valid 7 | physical address 6..0 |
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ...kinds import Data, Steps, bug, own

_ENTRIES, _MEMORY, _ROW = 16, 128, 16
_VALID = 0x80


def draw(rng: Random) -> Data:
    """Fill a memory with a table and bytes that look like entries; one of three stops."""
    base = rng.randrange(1, (_MEMORY >> 3) - 2) * 8
    memory = [rng.randrange(256) for _ in range(_MEMORY)]
    outside = [pa for pa in range(_MEMORY) if not base <= pa < base + _ENTRIES]
    first, second, stale = rng.sample(range(_ENTRIES), 3)
    for va in range(_ENTRIES):
        memory[base + va] = rng.choice(outside) | rng.choice((0, _VALID))
    memory[base + first] = rng.choice(outside) | _VALID | 1  # outside ends at an odd address
    memory[base + second] |= _VALID
    memory[base + stale] = rng.choice([pa for pa in outside if pa >= 64] or [64])
    others = [second, stale]
    rng.shuffle(others)  # the first one arrives, one of the others stops
    addresses = dict(zip("abc", (first, *others), strict=True))
    return {"memory": memory, "base": base, "addresses": addresses}


def text(data: Data) -> str:
    """Show the dump, 16 bytes per row."""
    head = "     " + "".join(f"  +{column:x}" for column in range(_ROW))
    rows = [
        f"0x{start:02x} " + "".join(f"  {byte:02x}" for byte in data["memory"][start:][:_ROW])
        for start in range(0, _MEMORY, _ROW)
    ]
    asked = ", ".join(f"{key} = {va:#x}" for key, va in data["addresses"].items())
    return (
        "The whole memory of a machine with 128 bytes, in hex. Virtual addresses have 4 bits, so "
        f"the table has 16 entries of one byte each; it begins at physical address "
        f"{data['base']:#x}. Bit 7 of an entry says whether it is valid, bits 6..0 are a physical "
        "address."
        "\n\n" + "\n".join("    " + row for row in (head, *rows)) + "\n\n"
        f"Translate {asked}. For each, write three things: the physical address at which its "
        'entry stands, the entry, and the physical address it leads to, or "fault".'
    )


def solve(
    data: Data,
    key: str,
    *,
    based: int = 1,
    trusting: bool = False,
    arrive: Callable[[int, int], int] = lambda entry, place: entry % _VALID,
) -> list[int | str]:
    """Read the entry, and the address in it."""
    place = based * data["base"] + data["addresses"][key]
    entry = data["memory"][place]
    return [place, entry, arrive(entry, place) if entry >= _VALID or trusting else "fault"]


EXERCISE = Steps(
    **own(globals()),
    title="Translate by hand",
    form=[int, int, (int, "fault")],
    describe=lambda data, key: f"`{key}`, the address {data['addresses'][key]:#x}",
    look={
        "place of the entry": "The first entry stands where the table begins. How far behind it "
        "stands this one?",
        "entry": "Which row and which column of the dump belong to that place?",
        "physical address": "What does the entry's top bit say, and what do the other seven? Where "
        "the byte lies is asked for, not what it holds.",
    },
    mistakes={
        bug(based=0): "the table begins at 0. It has no place of its own outside of memory: it "
        "lies among all the other bytes, and the card says where.",
        bug(arrive=lambda entry, place: place): "the place of the entry is taken for the answer. "
        "Adding a start to the address was base and bounds, in notebook 01. Here the sum is only "
        "where the *entry* stands; where the byte stands is what the entry says.",
        bug(arrive=lambda entry, place: entry): "all eight bits of the entry are taken for an "
        "address. The top one is the valid bit; and there is no such byte in a memory of 128.",
        bug(trusting=True): "an entry is followed whose valid bit is 0. The other seven bits may "
        "hold anything then; the hardware stops without looking at them.",
    },
    start="Take address `a`. Its entry stands that many bytes behind the start of the table: add "
    "the two, find the row and the column, and write down the place and the entry.",
    right="One read of memory to find out where, and only then the read that the program wanted.",
    untested="writing, permissions, entries of more than one byte.",
    hints=(
        "If the table began at 0x28, the entry of address 0xb would stand at 0x28 + 0xb = 0x33: "
        "row 0x30, column +3.",
        "0xc5 is 1100 0101 in binary: valid, and the other seven bits are 100 0101 = 0x45. 0x45 is "
        "0100 0101: not valid.",
        "A first digit of 8 or more means valid; take 8 from it, and the address is left.",
    ),
)
