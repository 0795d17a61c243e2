"""Unmap a page and give back the tables that became empty."""

from __future__ import annotations

from random import Random
from typing import Any

from pagesim import PhysicalMemory, RadixTable

from ...kinds import Code, Data, bug, instead, own
from .machines import Memory, Mode, in_words, memory_of, paging, pieces, table_of, together

Result = list[Any]  # [memory, [freed frame, ...]]

_MODES = (([2, 2], 5, 5), ([2, 2, 2], 5, 8), ([3, 3, 3], 6, 10))  # as in `radix_walk`
_FRAMES = 14


def draw(rng: Random) -> Data:
    """Draw machines with one page, or two that part at each level, and one with nothing there.

    There, an entry with P = 0 that is not 0 stands where the walk ends; each table has another.
    """
    cases = []
    for index_bits, page_shift, pfn_shift in _MODES:
        mode = {"index_bits": index_bits, "page_shift": page_shift, "pfn_shift": pfn_shift}
        for shared in (*reversed(range(len(index_bits))), None):
            path = _path(rng, mode)
            other = None if shared is None else _parting(rng, mode, path, shared)
            cases.append(_case(rng, mode, path, [path] if other is None else [path, other]))
        for level in (rng.randrange(len(index_bits)), len(index_bits) - 1):
            path = _path(rng, mode)
            there = _parting(rng, mode, path, level)
            cases.append(_case(rng, mode, path, [there], stale=True))
    return {"cases": cases}


def _path(rng: Random, mode: Mode) -> list[int]:
    return [rng.randrange(1, (1 << bits) - 1) for bits in mode["index_bits"]]


def _parting(rng: Random, mode: Mode, path: list[int], level: int) -> list[int]:
    """Draw a path that parts at a level: there it takes the first or the last entry."""
    end = 0 if level % 2 else (1 << mode["index_bits"][level]) - 1
    return [*path[:level], end, *_path(rng, mode)[level + 1 :]]


def _case(
    rng: Random, mode: Mode, path: list[int], mapped: list[list[int]], stale: bool = False
) -> list[Any]:
    """Map some pages; leave an old entry where the walk of a stale one stops."""
    frames = PhysicalMemory(_FRAMES, 1 << mode["page_shift"])
    for _ in range(rng.randrange(1, 4)):  # so that the root is not always frame 0
        frames.alloc()
    table = RadixTable(paging(mode), frames)
    for each in mapped:
        table.map(together(each, 0, mode), pfn=frames.alloc())
    memory = memory_of(table)
    flags = 1 << mode["pfn_shift"] - 1
    memory = [[word and word | rng.randrange(flags) << 1 for word in frame] for frame in memory]
    for pfn in (each.pfn for each in table.tables()):
        empty = [index for index, word in enumerate(memory[pfn]) if not word]
        memory[pfn][rng.choice(empty)] = rng.randrange(1, flags) << 1
    if stale:
        step = table.walk(together(path, 0, mode)).steps[-1]
        memory[step.table_pfn][step.index] = rng.randrange(1, flags) << 1
    va = together(path, rng.randrange(1 << mode["page_shift"]), mode)
    return [va, table.root, mode, memory]


def text(data: Data) -> str:
    """State what comes in and goes out."""
    return (
        "Write `unmap(va, cr3, mode, memory)`, with `mode` and `memory` as in the walk. Set the "
        "entry of the page at `va` to 0. If its table has no present entry left, free it: set the "
        "entry that led there to 0, and look at that one's table. The root stays. Return "
        "`(memory, freed)`, with the freed tables' frames in the order in which you freed them. "
        "If nothing is mapped at `va`, nothing changes. "
        f"{len(data['cases'])} calls are made, on {len(_MODES)} small machines."
    )


def solve(
    va: int,
    cr3: int,
    mode: Mode,
    memory: Memory,
    *,
    most: int = 99,
    looks: int = 1,
    root_stays: bool = True,
    unhooks: bool = True,
    left: int = 0,
) -> Result:
    """Walk down, then up: at most so many tables are freed, those without a present entry."""
    memory = [list(frame) for frame in memory]
    path: list[tuple[int, int]] = []
    frame = cr3
    for index in pieces(va, mode)[0]:
        path.append((frame, index))
        word = memory[frame][index]
        if not word & 1:
            return [memory, []]
        frame = word >> mode["pfn_shift"]
    freed: list[int] = []
    frame, index = path.pop()
    memory[frame][index] &= left
    while (path or not root_stays) and len(freed) < most:
        if any(word & looks for word in memory[frame]):
            break
        freed.append(frame)
        if not path:
            break
        frame, index = path.pop()
        if unhooks:
            memory[frame][index] &= left
    return [memory, freed]


def _with_page(right: Data, va: int, cr3: int, mode: Mode, memory: Memory) -> list[int]:
    pa = table_of(memory, cr3, mode).walk(va).pa
    return [*([] if pa is None else [pa >> mode["page_shift"]]), *right["freed"]]


def locate(va: int, cr3: int, mode: Mode, memory: Memory, expected: Result, got: Result) -> str:
    """Find the first entry that is not as it should be, from the page upwards; then the list."""
    if [len(frame) for frame in got[0]] != [len(frame) for frame in memory]:
        return "The memory that you return has not the size of the one you were given."
    steps = table_of(memory, cr3, mode).walk(va).steps
    for step in reversed(steps):
        right, theirs = (each[0][step.table_pfn][step.index] for each in (expected, got))
        if right != theirs:
            what = "has changed, but its table is" if right else "is not empty, but should be"
            more = " still needed" if right else ""
            return f"First wrong step: entry {step.index} of frame {step.table_pfn} {what}{more}."
    if expected[0] != got[0]:
        return "You changed an entry that has nothing to do with this address."
    if sorted(expected[1]) == sorted(got[1]):
        return "The right tables are freed, in the wrong order: the lowest is empty first."
    few = len(got[1]) < len(expected[1])
    return f"The memory is right, but the list of freed frames has too {'few' if few else 'many'}."


EXERCISE = Code(
    **own(globals()),
    title="Unmap, and tidy up",
    results=("memory", "freed"),
    form=[[[int]], [int]],
    describe=lambda va, cr3, mode, memory: in_words(va, cr3, mode),
    mistakes={
        bug(most=0): "the entry is cleared and no table is freed. A process that maps and unmaps "
        "all day would drown in empty tables, each of them a whole frame.",
        bug(most=1): "the lowest table is freed at most, and none above it. Its own entry is gone "
        "then, so the table above may have become empty too, and the one above that.",
        bug(looks=0): "tables are freed that are still in use: another page lives there, and has "
        "just been lost. Is any entry of the table present?",
        bug(root_stays=False): "the root is freed as well. CR3 still names its frame; the root "
        "lives as long as the process does.",
        bug(unhooks=False): "a table is freed, and the entry that leads to it stays. The next "
        "owner of that frame writes data there, and the hardware walks through it as if it were a "
        "table.",
        instead(freed=_with_page): "the list begins with the frame of the page. That one is data, "
        "not a table; whether it is free now is for its other users to say.",
        bug(left=~1): "only the P bit is cleared. Here the entry is to be 0: the old PFN must not "
        "stay behind.",
    },
    start="Walk first, and remember each (frame, index) on the way in a list. If an entry on the "
    "way has P = 0, you are done already.",
    right="That is what `munmap` does to your page tables, and why `VmPTE` falls again. Freeing "
    "looked at every entry of a table; Linux waits until a whole region goes.",
    untested="huge pages, and the TLB that would still remember the page (notebook 06).",
    hints=(
        "After the walk, the last (frame, index) is the page's entry. Set `memory[frame][index] = "
        "0`.",
        "A table is empty if `not any(word & 1 for word in memory[frame])`.",
        "Loop from the back of your list to the front: take the last pair off, clear its entry; if "
        "its table is empty now and is not the root, note its frame and go on, else stop.",
    ),
)
