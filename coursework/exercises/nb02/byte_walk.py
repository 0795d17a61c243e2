"""Translate by hand through a table with an entry for every byte.

The machine: 4-bit virtual addresses, 128 bytes of memory, entries of one byte, somewhere in it.

    entry    | valid 7 | physical address 6..0 |
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from pagesim import ByteTable, PagingMode, PhysicalMemory, PteFormat

from ...legacy import Data, Exercise, Mistake

_BITS, _MEMORY, _ROW = 4, 128, 16
_VALID = 0x80
_STEPS = ("place of the entry", "entry", "physical address")


def draw(rng: Random) -> Data:
    """Fill a memory with a table and bytes that look like entries; one of three stops."""
    base = rng.randrange(1, (_MEMORY >> 3) - 2) * 8
    memory = [rng.randrange(256) for _ in range(_MEMORY)]
    outside = [pa for pa in range(_MEMORY) if not base <= pa < base + (1 << _BITS)]
    first, second, stale = rng.sample(range(1 << _BITS), 3)
    for va in range(1 << _BITS):
        memory[base + va] = rng.choice(outside) | rng.choice((0, _VALID))
    memory[base + first] |= _VALID
    memory[base + second] |= _VALID
    memory[base + stale] &= ~_VALID
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


def reference(data: Data, key: str) -> list[int | str]:
    """Ask the simulator, with the memory turned so that the table begins at its frame."""
    fmt = PteFormat(
        bytes=1, present=7, pfn_shift=0, pfn_bits=7, writable=None, user=None, accessed=None,
        dirty=None, huge=None, global_=None, nx=None,
    )  # fmt: skip
    memory = PhysicalMemory.from_dump(bytes(data["memory"]), frame_bytes=1)
    table = ByteTable(PagingMode("card", (_BITS,), 0, fmt), memory, root=data["base"])
    walk = table.walk(data["addresses"][key])
    place = table.entry_pa(0, data["base"], walk.steps[0].index)
    return [place, memory.load(place, width=1), "fault" if walk.pa is None else walk.pa]


def _astray(
    data: Data,
    key: str,
    *,
    based: bool = True,
    trusting: bool = False,
    arrive: Callable[[int, int], int] = lambda entry, place: entry & ~_VALID,
) -> list[int | str]:
    """Translate as the mistakes do."""
    place = data["addresses"][key] + based * data["base"]
    entry = data["memory"][place]
    if not (entry & _VALID or trusting):
        return [place, entry, "fault"]
    return [place, entry, arrive(entry, place)]


def locate(data: Data, key: str, expected: list[Any], got: list[Any]) -> str:
    """Name the first of the three that is not what stands there."""
    if len(got) != len(expected):
        return "Three things are asked for: a place, an entry, and where it leads."
    step = next(i for i, (a, b) in enumerate(zip(expected, got, strict=True)) if a != b)
    look = (
        "The first entry stands where the table begins. How far behind it stands this one?",
        "Which row and which column of the dump belong to that place?",
        "What does the entry's top bit say, and what do the other seven?",
    )[step]
    return f"The {_STEPS[step]} is the first wrong step. {look}"


EXERCISE = Exercise(
    id="byte-walk",
    notebook="02",
    title="Translate by hand",
    points=2,
    kind="hand",
    draw=draw,
    text=text,
    form={key: [(int, "fault")] for key in "abc"},
    reference=reference,
    describe=lambda data, key: f"`{key}`, the address {data['addresses'][key]:#x}",
    locate=locate,
    mistakes=(
        Mistake(
            name="table outside memory",
            message="You looked for the entry as if the table began at 0. It has no place of its "
            "own outside of memory: it lies among all the other bytes, and the card says where.",
            solve=partial(_astray, based=False),
        ),
        Mistake(
            name="base and bounds",
            message="You added the start of the table to the address and took that for the answer. "
            "That was base and bounds, in notebook 01. Here the sum is only where the *entry* "
            "stands; where the byte stands is what the entry says.",
            solve=partial(_astray, arrive=lambda entry, place: place),
        ),
        Mistake(
            name="valid bit in the address",
            message="You took all eight bits of the entry for an address. The top one is the valid "
            "bit; and there is no such byte in a memory of 128.",
            solve=partial(_astray, arrive=lambda entry, place: entry),
        ),
        Mistake(
            name="valid bit forgotten",
            message="You followed an entry whose valid bit is 0. The other seven bits may hold "
            "anything then; the hardware stops without looking at them.",
            solve=partial(_astray, trusting=True),
        ),
    ),
    start="Take address `a`. Its entry stands that many bytes behind the start of the table: add "
    "the two, find the row and the column, and write down the place and the entry.",
    right="One read of memory to find out where, and only then the read that the program wanted.",
    untested="writing, permissions, entries of more than one byte.",
    hints=(
        "If the table began at 0x28, the entry of address 0xb would stand at 0x28 + 0xb = 0x33: "
        "row 0x30, column +3.",
        "0xc5 is 1100 0101 in binary: valid, and the other seven bits are 100 0101 = 0x45. 0x45 "
        "is 0100 0101: not valid.",
        "A first digit of 8 or more means valid; take 8 from it, and the address is left.",
    ),
)
