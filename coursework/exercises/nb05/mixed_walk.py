"""A walk in code that may stop early: pages of several sizes in one tree."""

from __future__ import annotations

from random import Random
from typing import Any

from pagesim.units import count

from ...kinds import Code, Data, bug, own
from ..nb04.machines import Memory, Mode, pieces, together

Result = list[Any]  # [pa or None, bytes of the page or 0, reads]

_PS = 7  # the bit that says page, on every level but the last
# index bits, page shift, PFN shift, first level that may hold huge pages
_MODES = (([3, 3], 6, 8, 0), ([3, 3, 3], 6, 10, 0), ([2, 3, 2], 6, 9, 1), ([9, 9, 9, 9], 12, 12, 1))


def draw(rng: Random) -> Data:
    """Draw a machine per mode; on each, an address in a page of every size, and every fault."""
    cases = []
    for index_bits, page_shift, pfn_shift, first in _MODES:
        mode = {"index_bits": index_bits, "page_shift": page_shift, "pfn_shift": pfn_shift}
        memory, cr3, paths = _machine(rng, mode, first)
        for path in paths:
            below = [rng.randrange(1 << bits) for bits in index_bits[len(path) :]]
            va = together([*path, *below], rng.randrange(1, 1 << page_shift), mode)
            cases.append([va, cr3, mode, memory])
    return {"cases": cases}


def _machine(rng: Random, mode: Mode, first: int) -> tuple[Memory, int, list[list[int]]]:
    """Grow a path of tables with a huge page beside it on each level; return the ways to try."""
    bits, words = mode["index_bits"], 1 << mode["page_shift"] - 3
    last = len(bits) - 1
    cr3, *tables = rng.sample(range(last + 3), last + 1)
    memory = [[0] * words for _ in range(last + 3)]
    path, huge, stops = list[int](), list[list[int]](), list[list[int]]()
    for level, table in enumerate((cr3, *tables)):
        leads = rng.randrange(1, 1 << bits[level], 2)
        page, gone = rng.sample([each for each in range(1 << bits[level]) if each != leads], 2)
        if level == last:  # PS means something else here, and may be 1
            memory[table][leads] = _entry(rng, rng.randrange(2, 60, 2), mode, rng.randrange(2))
        else:
            memory[table][leads] = _entry(rng, tables[level], mode, 0)
            if level >= first:
                span = 1 << sum(bits[level + 1 :])  # frames of such a page
                memory[table][page] = _entry(rng, rng.randrange(1, 30) * span, mode, 1)
                huge.append([*path, page])
        memory[table][gone] = _entry(rng, rng.choice(tables), mode, (level + 1) % 2) & ~1
        stops.append([*path, gone])
        path.append(leads)
    return memory, cr3, [path, *huge, *stops]


def _entry(rng: Random, pfn: int, mode: Mode, ps: int) -> int:
    """Make a present entry with random flags, PS as wanted."""
    shift: int = mode["pfn_shift"]
    return pfn << shift | rng.randrange(1 << shift) & ~(1 << _PS) | 1 | ps << _PS


def text(data: Data) -> str:
    """Show the smallest machine."""
    va, cr3, mode, memory = data["cases"][0]
    rows = [f"    memory[{pfn}] = [" + ", ".join(f"{each:#x}" for each in frame) + "]"
            for pfn, frame in enumerate(memory)]  # fmt: skip
    return (
        "Write `walk_mixed(va, cr3, mode, memory)`, for trees that hold pages of several sizes. "
        "As in notebook 04, bit 0 of an entry is P and the PFN starts at bit "
        '`mode["pfn_shift"]`. New is bit 7, PS: where it is 1, on any level but the last, the '
        "entry names a page, and the walk stops there. (On the last level every entry names a "
        "page, and bit 7 means something else.) Return `(pa, page_bytes, reads)`; `(None, 0, "
        f"reads)` where P is 0.\n\n{len(data['cases'])} calls are made, on {len(_MODES)} machines, "
        f"the last of them x86-64. The first call is:\n\n    va = {va:#x}\n    cr3 = {cr3}\n"
        f"    mode = {mode}\n" + "\n".join(rows)
    )


def solve(
    va: int, cr3: int, mode: Mode, memory: Memory, *, early: bool = True, trusting: bool = False,
    offset: str = "long", size: str = "right", reads: str = "made",
) -> Result:  # fmt: skip
    """Look the indices up one after the other."""
    indices, low = pieces(va, mode)
    small: int = mode["page_shift"]
    frame, shift = cr3, small + sum(mode["index_bits"])
    for level, (bits, index) in enumerate(zip(mode["index_bits"], indices, strict=True)):
        shift -= bits
        entry = memory[frame][index]
        if not (entry & 1 or trusting):
            return [None, 0, level + 1]
        frame = entry >> mode["pfn_shift"]
        if early and level < len(indices) - 1 and entry >> _PS & 1:
            break
    long = va & (1 << shift) - 1
    placed = {"long": frame << small | long, "short": frame << small | low,
              "own unit": frame << shift | long}  # fmt: skip
    page = 1 << (small if size == "small" else shift)
    return [placed[offset], page, len(indices) if reads == "all" else level + 1]


def locate(va: int, cr3: int, mode: Mode, memory: Memory, expected: Result, got: Result) -> str:
    """Compare the reads first, then the address, then the size."""
    if got[2] != expected[2]:
        side = "few" if got[2] < expected[2] else "many"
        if got[:2] == expected[:2] and got[0] is not None:
            return f"Address and size are right, but {count(got[2], 'read')} are too {side}."
        return f"`reads` is {got[2]}, too {side}. Each entry that the walk looks at is one."
    if (got[0] is None) != (expected[0] is None):
        return "The reads are right, but look at P of the last entry: did the walk arrive?"
    if got[0] != expected[0]:
        which = "frame" if (got[0] ^ expected[0]) % expected[1] == 0 else "offset"
        return f"The reads are right. In the physical address, the {which} is the first wrong step."
    return "Reads and address are right; the size of the page is the first wrong step."


EXERCISE = Code(
    **own(globals()),
    title="A walk that may stop early",
    results=("pa", "page_bytes", "reads"),
    form=[(int, None), int, int],
    describe=lambda va, cr3, mode, memory: (
        f"va {va:#x} ({' + '.join(map(str, mode['index_bits']))} + {mode['page_shift']} bits)"
    ),
    mistakes={
        bug(early=False): "the walk goes on through an entry with PS = 1. That frame is not a "
        "table: it is somebody's data, whose bytes would be read as entries.",
        bug(offset="short"): "the offset of a small page is put behind a huge one. Where the walk "
        "stops early, the indices that were not used belong to the offset: 21 bits for 2 MiB.",
        bug(offset="own unit"): "the PFN is shifted by the offset of the huge page. A PFN always "
        "counts small frames; a huge page's PFN only happens to be a multiple of 512.",
        bug(trusting=True): "an entry with P = 0 is followed. Nothing else in it counts, PS "
        "included.",
        bug(size="small"): "the size of the smallest page is always returned. The size is what "
        "one entry of the level covers where the walk stopped.",
        bug(reads="all"): "a read is counted for every level where the walk arrives. One that "
        "stops early has made fewer, and that is half of the gain.",
    },
    start="Take your walk from notebook 04. Where it has read an entry and P is 1, add one "
    "question: is this a page already?",
    right="One `if` more than the walk of notebook 04. The hardware is as plain: PS says page or "
    "table, and the bits of the address that are left over are the offset.",
    untested="reserved bits (a huge page whose PFN is not aligned faults), permissions, NX.",
    hints=(
        "Keep `shift`, the number of address bits behind the present level's index: it is the "
        "offset's width if the walk stops here, and `1 << shift` is the size of the page.",
        "`entry >> 7 & 1` is PS. On the last level do not look at it.",
        'The address is `(pfn << mode["page_shift"]) | (va & (1 << shift) - 1)`, for every size.',
    ),
)
