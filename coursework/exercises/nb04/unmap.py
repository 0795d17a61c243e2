"""Unmap a page and give back the tables that became empty."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

from pagesim import PhysicalMemory, RadixTable

from ...legacy import Data, Exercise, Mistake
from .machines import Memory, Mode, in_words, memory_of, paging, pieces, table_of, together

Result = list[Any]  # [memory, [freed frame, ...]]

_MODES = (([2, 2], 5, 5), ([2, 2, 2], 5, 8), ([3, 3, 3], 6, 10))  # as in `radix_walk`
_FRAMES = 14


def draw(rng: Random) -> Data:
    """Draw machines with one page, or two that part at each level, and one with nothing there."""
    cases = []
    for index_bits, page_shift, pfn_shift in _MODES:
        mode = {"index_bits": index_bits, "page_shift": page_shift, "pfn_shift": pfn_shift}
        for shared in (*reversed(range(len(index_bits))), None):
            path = _path(rng, mode)
            other = None if shared is None else _parting(rng, mode, path, shared)
            cases.append(_case(rng, mode, path, [path] if other is None else [path, other]))
        path = _path(rng, mode)
        there = _parting(rng, mode, path, rng.randrange(len(index_bits)))
        cases.append(_case(rng, mode, path, [there]))
    return {"cases": cases}


def _path(rng: Random, mode: Mode) -> list[int]:
    return [rng.randrange(1 << bits) for bits in mode["index_bits"]]


def _parting(rng: Random, mode: Mode, path: list[int], level: int) -> list[int]:
    """Draw a path that shares the tables down to a level, and takes another entry there."""
    other = [*path[:level], *_path(rng, mode)[level:]]
    while other[level] == path[level]:
        other[level] = rng.randrange(1 << mode["index_bits"][level])
    return other


def _case(rng: Random, mode: Mode, path: list[int], mapped: list[list[int]]) -> list[Any]:
    frames = PhysicalMemory(_FRAMES, 1 << mode["page_shift"])
    for _ in range(rng.randrange(1, 4)):  # so that the root is not always frame 0
        frames.alloc()
    table = RadixTable(paging(mode), frames)
    for each in mapped:
        table.map(together(each, 0, mode), pfn=frames.alloc())
    memory = memory_of(table)
    flags = 1 << mode["pfn_shift"] - 1
    memory = [[word and word | rng.randrange(flags) << 1 for word in frame] for frame in memory]
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


def reference(va: int, cr3: int, mode: Mode, memory: Memory) -> Result:
    """Ask the simulator, and compare its tables before and after."""
    table = table_of(memory, cr3, mode)
    before = {each.pfn: each.level for each in table.tables()}
    if table.walk(va).fault is None:
        table.unmap(va)
    after = {each.pfn for each in table.tables()}
    freed = sorted(before.keys() - after, key=lambda pfn: -before[pfn])
    return [memory_of(table), freed]


def _careless(
    va: int,
    cr3: int,
    mode: Mode,
    memory: Memory,
    *,
    most: int = 99,
    looks: bool = True,
    root_stays: bool = True,
    unhooks: bool = True,
    empty: int = 0,
) -> Result:
    """Unmap as the mistakes do: `most` tables are freed, and so on."""
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
    memory[frame][index] &= empty
    while (path or not root_stays) and len(freed) < most:
        if looks and any(word & 1 for word in memory[frame]):
            break
        freed.append(frame)
        if not path:
            break
        frame, index = path.pop()
        if unhooks:
            memory[frame][index] &= empty
    return [memory, freed]


def _page_too(va: int, cr3: int, mode: Mode, memory: Memory) -> Result:
    after, freed = _careless(va, cr3, mode, memory)
    walk = table_of(memory, cr3, mode).walk(va)
    page = [] if walk.pa is None else [walk.pa >> mode["page_shift"]]
    return [after, page + freed]


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


EXERCISE = Exercise(
    id="unmap",
    notebook="04",
    title="Unmap, and tidy up",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=[[[int]], [int]],
    reference=reference,
    describe=lambda va, cr3, mode, memory: in_words(va, cr3, mode),
    locate=locate,
    mistakes=(
        Mistake(
            name="empty tables stay",
            message="You cleared the entry but freed no table. A process that maps and unmaps all "
            "day would drown in empty tables, each of them a whole frame.",
            solve=partial(_careless, most=0),
        ),
        Mistake(
            name="one level only",
            message="You freed the lowest table and stopped. Its own entry is gone now, so the "
            "table above may have become empty too, and the one above that.",
            solve=partial(_careless, most=1),
        ),
        Mistake(
            name="frees without looking",
            message="You freed tables that are still in use: another page lives there, and has "
            "just been lost. Is any entry of the table present?",
            solve=partial(_careless, looks=False),
        ),
        Mistake(
            name="root freed",
            message="You freed the root as well. CR3 still names its frame; the root lives as long "
            "as the process does.",
            solve=partial(_careless, root_stays=False),
        ),
        Mistake(
            name="dangling entry",
            message="You freed a table and left the entry that leads to it. The next owner of that "
            "frame writes data there, and the hardware walks through it as if it were a table.",
            solve=partial(_careless, unhooks=False),
        ),
        Mistake(
            name="the page's frame too",
            message="Your list begins with the frame of the page. That one is data, not a table; "
            "whether it is free now is for its other users to say.",
            solve=_page_too,
        ),
        Mistake(
            name="only P cleared",
            message="You cleared the P bit and left the rest. Here an empty entry is 0: the "
            "old PFN must not stay behind.",
            solve=partial(_careless, empty=~1),
        ),
    ),
    start="Walk first, and remember each (frame, index) on the way in a list. If an entry on "
    "the way has P = 0, you are done already.",
    right="That is what `munmap` does to your page tables, and why `VmPTE` falls again. Freeing "
    "looked at every entry of a table; Linux waits until a whole region goes.",
    untested="huge pages, and the TLB that would still remember the page (notebook 06).",
    hints=(
        "After the walk, the last (frame, index) is the page's entry. Set "
        "`memory[frame][index] = 0`.",
        "A table is empty if `not any(word & 1 for word in memory[frame])`.",
        "Loop from the back of your list to the front: take the last pair off, clear its entry; if "
        "its table is empty now and is not the root, note its frame and go on, else stop.",
    ),
)
