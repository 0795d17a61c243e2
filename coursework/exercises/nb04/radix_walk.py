"""A walk in code, over any mode: where it arrives, and every entry it read."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from pagesim.units import count

from ...kinds import Code, Data, bug, instead, own
from .machines import Memory, Mode, entry, in_words, pieces, together

Result = list[Any]  # [pa or None, [[frame, index], ...]]

# index bits, page shift, PFN shift: toys first, so that the first failing input is a small one
_MODES = (
    ([3, 3], 6, 6), ([2, 3], 6, 8), ([3, 2], 6, 8), ([3, 3, 3], 6, 10), ([1, 3, 3], 6, 6),
    ([4, 4, 4, 4], 7, 10), ([9, 9, 9], 12, 10), ([9, 9, 9, 9], 12, 12),
)  # fmt: skip
_FRAMES = 12


def draw(rng: Random) -> Data:
    """Draw a machine per mode, and on each one address that arrives and one that does not."""
    cases = []
    for index_bits, page_shift, pfn_shift in _MODES:
        mode = {"index_bits": index_bits, "page_shift": page_shift, "pfn_shift": pfn_shift}
        memory, cr3, paths = _machine(rng, mode)
        for path in (paths[0], rng.choice(paths[1:])):
            va = together(path, rng.randrange(1, 1 << page_shift, 2), mode)
            cases.append([va, cr3, mode, memory])
    return {"cases": cases}


def _machine(rng: Random, mode: Mode) -> tuple[Memory, int, list[list[int]]]:
    """Grow one path of tables; return it, and the paths that leave it at a stale or empty entry."""
    bits, words = mode["index_bits"], 1 << mode["page_shift"] - 3
    noise = [0] * 9 + [entry(rng, rng.randrange(_FRAMES), mode) for _ in range(9)]
    memory = [rng.choices(noise, k=words) for _ in range(_FRAMES)]
    page = rng.randrange(0, _FRAMES, 2)  # even, and its index odd: neither bit gets into the other
    cr3, *tables = rng.sample([pfn for pfn in range(_FRAMES) if pfn != page], len(bits))
    path: list[int] = []
    astray: list[list[int]] = []
    for level, (table, leads) in enumerate(zip((cr3, *tables), (*tables, page), strict=True)):
        here = [0] * words
        lead = rng.randrange(1 << bits[level]) | (level == len(bits) - 1)
        lead = max(lead, int(level == 0))  # 0 could be cut from the address in any way
        others = [index for index in range(1 << bits[level]) if index != lead]
        some = [lead, *rng.sample(others, min(3, len(others)))]
        here[some[0]] = entry(rng, leads, mode)
        here[some[1]] = entry(rng, rng.randrange(_FRAMES), mode, present=False)
        for index in some[2:]:
            here[index] = entry(rng, rng.choice((*tables, page)), mode)
        memory[table] = here
        below = [rng.randrange(1 << each) for each in bits[level + 1 :]]
        astray.append([*path, some[1], *below])
        path.append(some[0])
    return memory, cr3, [path, *astray]


def text(data: Data) -> str:
    """Show the smallest machine."""
    va, cr3, mode, memory = data["cases"][0]
    rows = [f"    memory[{pfn:>2}] = [" + ", ".join(f"{each:#x}" for each in frame) + "]"
            for pfn, frame in enumerate(memory)]  # fmt: skip
    return (
        "Write `walk_any(va, cr3, mode, memory)`. It returns where the walk arrives and every read "
        "it made: `(pa, [[frame, index], ...])`, with `None` for the address if an entry on the "
        f"way has P = 0. {len(data['cases'])} calls are made, on {len(_MODES)} machines, the "
        "smallest first. The first call is:"
        f"\n\n    va = {va:#x}\n    cr3 = {cr3}\n    mode = {mode}\n" + "\n".join(rows)
    )


def solve(
    va: int, cr3: int, mode: Mode, memory: Memory, *,
    cut: Callable[[int, Mode], tuple[list[int], int]] = pieces, trusting: bool = False,
    next_shift: str = "pfn_shift", again: bool = False,
    arrive: Callable[[int, int, int], int] = lambda frame, shift, offset: frame << shift | offset,
) -> Result:  # fmt: skip
    """Walk, and note what is read."""
    indices, offset = cut(va, mode)
    reads, frame = [], cr3
    for index in indices:
        reads.append([frame, index])
        word = memory[frame][index]
        if not (word & 1 or trusting):
            return [None, reads]
        frame = word >> mode[next_shift]
    pa = arrive(frame, mode["page_shift"], offset)
    if again:
        bits = sum(mode["index_bits"]) + mode["page_shift"]
        pa, more = solve(pa & (1 << bits) - 1, cr3, mode, memory)
        reads += more
    return [pa, reads]


def _from_the_right(va: int, mode: Mode) -> tuple[list[int], int]:
    va, offset = va >> mode["page_shift"], va & (1 << mode["page_shift"]) - 1
    indices = []
    for bits in mode["index_bits"]:
        indices.append(va & (1 << bits) - 1)
        va >>= bits
    return indices, offset


def _nine_and_twelve(va: int, mode: Mode) -> tuple[list[int], int]:
    levels = len(mode["index_bits"])
    return [va >> 12 + 9 * (levels - 1 - i) & 511 for i in range(levels)], va & 4095


def locate(va: int, cr3: int, mode: Mode, memory: Memory, expected: Result, got: Result) -> str:
    """Compare read by read, then the address."""
    for i, (right, theirs) in enumerate(zip(expected[1], got[1], strict=False), 1):
        if right[0] != theirs[0]:
            before = "cr3 names the first one" if i == 1 else "what names it is the entry before"
            return f"Read {i} is the first wrong step: it looks into the wrong frame ({before})."
        if right[1] != theirs[1]:
            return f"Read {i} is the first wrong step: the right frame, but the wrong index in it."
    if len(got[1]) < len(expected[1]):
        return f"Your walk made {count(len(got[1]), 'read')} and then stopped too early."
    if len(got[1]) > len(expected[1]):
        return f"Your walk went on after read {len(expected[1])}, which was the last."
    if expected[0] is None or got[0] is None:
        return "The reads are right, but look at bit 0 of the last entry: did the walk arrive?"
    low = (1 << mode["page_shift"]) - 1
    which = "frame" if got[0] & low == expected[0] & low else "offset"
    return f"The reads are right. In the physical address, the {which} is the first wrong thing."


EXERCISE = Code(
    **own(globals()),
    title="A walk for any machine",
    results=("pa", "reads"),
    form=[(int, None), [[int, int]]],
    describe=lambda va, cr3, mode, memory: in_words(va, cr3, mode),
    mistakes={
        bug(cut=_from_the_right): "the address is cut from the right, so that the root gets the "
        "lowest index. The root's index is the leftmost piece.",
        bug(cut=_nine_and_twelve): "nine bits a level and twelve of offset are taken, as on "
        'x86-64. Here `mode["index_bits"]` and `mode["page_shift"]` say how the address is cut.',
        bug(trusting=True): "an entry with P = 0 is followed. Whatever else stands in it is none "
        "of the hardware's business: the walk is over, with `None`.",
        bug(next_shift="page_shift"): "an entry is taken for an address and shifted by the page "
        "size. That works where the PFN happens to start at that bit (x86), and nowhere else: on "
        'Sv39 the frame at 0x2000 is the entry 0x801, not 0x2001. `mode["pfn_shift"]` says where '
        "it starts.",
        bug(again=True): "what the last entry gives is translated once more. Entries hold "
        "*physical* frame numbers; if they held virtual ones, every walk would need a walk to read "
        "it.",
        instead(reads=[]): "no reads are listed. Each level is a read from memory, and the program "
        "waits for every one of them: write them down as you go.",
        instead(
            reads=lambda right, *case: right["reads"][: -1 if right["pa"] is None else None]
        ): "the last read is missing where the walk stops. To find P = 0 the hardware had to read "
        "that entry too.",
        instead(
            pa=lambda right, *case: right["pa"] or 0
        ): "0 is returned where the walk stops. Physical address 0 exists: it is the first byte of "
        "frame 0. Nothing is `None`.",
        bug(arrive=lambda frame, shift, offset: frame << shift): "the offset is missing: each "
        "address is the first byte of its page.",
        bug(arrive=lambda frame, shift, offset: frame + offset): "the offset is added to the "
        "frame's number. A frame number is no address until it is shifted by "
        '`mode["page_shift"]`.',
    },
    start="Take the five English lines of the walk and turn them into Python one by one. First of "
    "all, find the root's index: shift `va` right by everything that stands behind it, and mask.",
    right="One function walks x86-64, Sv39 and every toy. What differs between machines is a "
    "handful of numbers; and each level costs one read.",
    untested="huge pages, permissions, bits above the PFN (NX), tables outside memory.",
    hints=(
        'Start with `shift = mode["page_shift"] + sum(mode["index_bits"])`, and take the bits of '
        "one level off it each time round the loop. Then `va >> shift` ends with that level's "
        "index.",
        "The lowest n bits of x are `x & (1 << n) - 1`.",
        "In the loop: index, note the read, entry, test bit 0, next frame. Behind the loop the "
        "frame is the page's: shift it and put the offset behind it.",
    ),
)
