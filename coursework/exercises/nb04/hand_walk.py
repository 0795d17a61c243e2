"""Walk a memory dump by hand: three addresses of the toy machine TOY10.

Its bits:

    address  | PGD index 9..7 | PTE index 6..4 | offset 3..0 |
    entry    | PFN 15..8 | … D 6 | A 5 | … | U 2 | W 1 | P 0 |
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from pagesim import TOY10

from ...kinds import Data, Steps, bug, own

FRAMES, ENTRIES = 16, 8
_MET = ("PGD index", "PGD entry", "PTE index", "PTE entry")
_CUT = "Cut the address into bits again."
_READ = "Which frame is this table in, and which column of its row is read?"
# Addresses of which no other three bits make the PTE index; that and the offset are odd.
_FIRST = [
    va
    for va in range(0x11, 1 << TOY10.va_bits, 2)
    if va >> 4 & 1 and va & 15 < 15 and va >> 4 & 7 not in (7, va & 7, va >> 3 & 7, va >> 5 & 7)
]


def draw(rng: Random) -> Data:
    """Fill 16 frames: a root, two tables of pages, and data that looks as if it meant something."""
    memory = [[_entry(rng) ^ rng.randrange(2) for _ in range(ENTRIES)] for _ in range(FRAMES)]
    root, *tables = rng.sample(range(1, FRAMES), 3)
    va = rng.choice(_FIRST)
    # of the root: two lead to tables, one is stale
    used = [va >> 7, *rng.sample([each for each in range(ENTRIES) if each != va >> 7], 2)]
    memory[root] = [0] * ENTRIES
    for index, table in zip(used, (*tables, rng.choice(tables)), strict=True):
        memory[root][index] = _entry(rng, table)
    memory[root][used[0]] &= ~2  # W says nothing about the way
    memory[root][used[2]] &= ~1
    pages = []
    for table, present in zip(tables, (va >> 4 & 7, rng.randrange(ENTRIES)), strict=True):
        stale, *rest = rng.sample([each for each in range(ENTRIES) if each != present], 4)
        memory[table] = [0] * ENTRIES
        for index in (present, stale, *rest):
            memory[table][index] = _entry(rng)
        memory[table][stale] &= ~1
        pages.append((present, stale))
    (first, _), (second, stale) = pages
    others = [(used[1], second), rng.choice([(used[1], stale), (used[2], first)])]
    rng.shuffle(others)
    # the first one arrives, one of the others stops
    addresses = [va, *(TOY10.join(indices, rng.randrange(1, 16)) for indices in others)]
    return {"memory": memory, "root": root, "addresses": dict(zip("abc", addresses, strict=True))}


def text(data: Data) -> str:
    """Show the dump, a frame per row."""
    head = "frame " + "".join(f"{index:>6}" for index in range(ENTRIES))
    rows = [
        f"  {pfn:#04x}" + "".join(f"  {entry:04x}" for entry in frame)
        for pfn, frame in enumerate(data["memory"])
    ]
    asked = ", ".join(f"{key} = {va:#05x}" for key, va in data["addresses"].items())
    return (
        "The whole memory of a TOY10 machine: 16 frames of 16 bytes, shown as eight 2-byte entries "
        f"each, in hex. CR3 holds frame {data['root']:#x}. An address is cut 3 + 3 + 4 bits; an "
        "entry has its PFN in bits 15..8 and P in bit 0."
        "\n\n" + "\n".join("    " + row for row in (head, *rows)) + "\n\n"
        f"Translate {asked}. For each, write what you meet in order: PGD index, PGD entry, "
        'PTE index, PTE entry, physical address. Where the walk stops, write "fault" and no more.'
    )


def solve(
    data: Data,
    key: str,
    *,
    order: int = 1,
    trusting: bool = False,
    arrive: Callable[[int, int], int] = lambda frame, offset: frame * 16 + offset,
) -> list[int | str]:
    """Note each index and entry on the way."""
    va = data["addresses"][key]
    met: list[int | str] = []
    frame = data["root"]
    for index in (va >> 7, va >> 4 & 7)[::order]:
        entry = data["memory"][frame][index]
        met += [index, entry]
        if not (entry & 1 or trusting):
            return [*met, "fault"]
        frame = entry >> 8
    return [*met, arrive(frame, va & 15)]


def _entry(rng: Random, pfn: int | None = None) -> int:
    """Make a present entry with random flags out of W, U, A and D."""
    frame = rng.randrange(1, FRAMES) if pfn is None else pfn
    return frame << 8 | rng.choice((0, 2, 4, 6)) | rng.choice((0, 0x20, 0x60)) | 1


EXERCISE = Steps(
    **own(globals()),
    title="Walk a dump by hand",
    form=[(int, "fault")],
    describe=lambda data, key: f"`{key}`, the walk of {data['addresses'][key]:#05x}",
    look={
        **dict(zip(_MET, (_CUT, _READ) * 2, strict=True)),
        "physical address": "Where does the page's frame start, and what comes behind that?",
        "end": "Does the last entry before it have P = 0?",
    },
    mistakes={
        bug(order=-1): "the indices are taken from the wrong end of the address. The root's index "
        "is the *leftmost* piece: the top bits choose the largest region, the next ones a part of "
        "it.",
        bug(trusting=True): "an entry is followed whose P bit is 0. Its other bits may hold "
        "anything (an old PFN, a place on disk); the hardware does not even look at them.",
        bug(arrive=lambda frame, offset: frame << 8 | offset): "the offset is put behind the PFN "
        "where it stands in the entry. An entry is not an address: its PFN field must first move "
        "to where a frame number stands in an address, as on RISC-V, where the entry of the frame "
        "at 0x2000 is 0x801, not 0x2001.",
        bug(arrive=lambda frame, offset: frame + offset): "the offset is added to the frame's "
        "*number*. How many bytes lie before the start of frame 2, if a frame has 16?",
        bug(arrive=lambda frame, offset: frame * 16): "the walk arrives at the first byte of the "
        "page. The last four bits of the address are never translated, but they are not thrown "
        "away either.",
    },
    start="Write address `a` as ten binary digits and cut it 3 + 3 + 4. The first piece is the PGD "
    "index: find the row of the frame that CR3 names, and read the entry in that column.",
    right="Two reads a translation, none of which the program asked for. With four levels it is "
    "four; hold on to that for notebook 06.",
    untested="permissions, huge pages, accessed and dirty bits.",
    hints=(
        "Address 0x1a7 is 01 1010 0111 in ten binary digits. Cut: 011 | 010 | 0111, so the PGD "
        "index is 3, the PTE index 2, the offset 7.",
        "Entry 0x0967: PFN 0x09, and 0x67 ends in a 1, so P is set: go on in the row of frame 0x9. "
        "0x0966 ends in a 0: the walk is over.",
        "Frames have 16 bytes, so frame 0x9 starts at 0x90: PFN and offset stand side by side.",
    ),
)
