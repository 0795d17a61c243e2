"""Unmap a page and give back the tables that became empty."""

from __future__ import annotations

from random import Random
from typing import Any

from ...kinds import Code, Data, bug, instead, own
from .machines import ENTRY_BYTES, Memory, Mode, entry, in_words, pieces, together

Result = list[Any]  # [memory, [freed frame, ...]]

_MODES = (([2, 2], 5, 5), ([2, 2, 2], 5, 8), ([3, 3, 3], 6, 10))  # as in `radix_walk`
_FRAMES = 10


def draw(rng: Random) -> Data:
    """Draw machines with one page, or two that part at each level, and one with nothing there.

    An entry with P = 0 that is not 0 stands beside a page, or where the walk ends; once it still
    names the table of another page, which has the same index there.
    """
    cases = []
    for index_bits, page_shift, pfn_shift in _MODES:
        mode = {"index_bits": index_bits, "page_shift": page_shift, "pfn_shift": pfn_shift}
        last = len(index_bits) - 1
        for level in range(last, -1, -1):
            path = _path(rng, mode)
            cases.append(_case(rng, mode, path, [path, _parting(rng, mode, path, level)]))
        path = _path(rng, mode)
        cases.append(_case(rng, mode, path, [path]))
        cases.append(_case(rng, mode, path, [path], _parting(rng, mode, path, last)))
        for level in (rng.randrange(last + 1), last):
            path = _path(rng, mode)
            cases.append(_case(rng, mode, path, [_parting(rng, mode, path, level)], path))
        path, level = _path(rng, mode), rng.randrange(last)
        twin = _parting(rng, mode, path, level)[: level + 1] + path[level + 1 :]
        cases.append(_case(rng, mode, path, [twin], path, stale=True))
    return {"cases": cases}


def _path(rng: Random, mode: Mode) -> list[int]:
    return [rng.randrange(1, (1 << bits) - 1) for bits in mode["index_bits"]]


def _parting(rng: Random, mode: Mode, path: list[int], level: int) -> list[int]:
    """Draw a path that parts at a level: there it takes the first or the last entry."""
    end = rng.choice((0, (1 << mode["index_bits"][level]) - 1))
    return [*path[:level], end, *_path(rng, mode)[level + 1 :]]


def _case(
    rng: Random, mode: Mode, path: list[int], mapped: list[list[int]], absent: Any = None,
    *, stale: bool = False,
) -> list[Any]:  # fmt: skip
    """Map some pages, and leave an entry with P = 0 where the walk of an absent one stops."""
    memory = [[0] * ((1 << mode["page_shift"]) // ENTRY_BYTES) for _ in range(_FRAMES)]
    cr3, *free = rng.sample(range(1, _FRAMES), _FRAMES - 1)
    for each in mapped:
        frame = cr3
        for index in each:
            memory[frame][index] = memory[frame][index] or entry(rng, free.pop(), mode)
            frame = memory[frame][index] >> mode["pfn_shift"]
    if absent:
        frame, index = _way(together(absent, 0, mode), cr3, mode, memory)[-1]
        if stale:
            (twin,) = filter(None, memory[frame])
            memory[frame][index] = twin & ~1
        else:
            memory[frame][index] = entry(rng, rng.randrange(1, _FRAMES), mode, present=False)
    va = together(path, rng.randrange(1 << mode["page_shift"]), mode)
    return [va, cr3, mode, memory]


def _way(va: int, cr3: int, mode: Mode, memory: Memory) -> list[tuple[int, int]]:
    """Walk as far as one comes: the frame and index of each entry that is read."""
    way, frame = [], cr3
    for index in pieces(va, mode)[0]:
        way.append((frame, index))
        if not memory[frame][index] & 1:
            break
        frame = memory[frame][index] >> mode["pfn_shift"]
    return way


def text(data: Data) -> str:
    """State what comes in and goes out."""
    return (
        "Write `unmap(va, cr3, mode, memory)`, with `mode` and `memory` as in the walk. Set the "
        "entry of the page at `va` to 0. If its table is empty now, free it: set the entry that "
        "led there to 0, and look at that one's table. The root stays. A table is empty if all its "
        "entries are 0: one with P = 0 that is not 0 is in use, as Linux on x86-64 may keep there "
        "where on disk the page is. Return `(memory, freed)`, with the freed tables' frames in the "
        "order in which you freed them. If an entry on the way to the page has P = 0, nothing "
        f"changes. {len(data['cases'])} calls are made, on {len(_MODES)} small machines."
    )


def solve(
    va: int, cr3: int, mode: Mode, memory: Memory, *, most: int = 99, looks: int = -1,
    root_stays: bool = True, unhooks: bool = True, left: int = 0,
) -> Result:  # fmt: skip
    """Walk down, then up: at most so many tables are freed, those with nothing but zeros."""
    way = _way(va, cr3, mode, memory)
    memory = [list(frame) for frame in memory]
    frame, index = way.pop()
    if not memory[frame][index] & 1:
        return [memory, []]
    freed: list[int] = []
    memory[frame][index] &= left
    while (way or not root_stays) and len(freed) < most:
        if any(word & looks for word in memory[frame]):
            break
        freed.append(frame)
        if not way:
            break
        frame, index = way.pop()
        if unhooks:
            memory[frame][index] &= left
    return [memory, freed]


def _with_page(right: Data, va: int, cr3: int, mode: Mode, memory: Memory) -> list[int]:
    frame, index = _way(va, cr3, mode, memory)[-1]
    word = memory[frame][index]
    return [*([word >> mode["pfn_shift"]] if word & 1 else []), *right["freed"]]


def locate(va: int, cr3: int, mode: Mode, memory: Memory, expected: Result, got: Result) -> str:
    """Find the first entry that is not as it should be, from the page upwards; then the list."""
    if [len(frame) for frame in got[0]] != [len(frame) for frame in memory]:
        return "The memory that you return has not the size of the one you were given."
    way = _way(va, cr3, mode, memory)
    frame, index = way[-1]
    there = memory[frame][index] & 1
    for frame, index in reversed(way):
        right, theirs = (each[0][frame][index] for each in (expected, got))
        if right != theirs:
            step = f"First wrong step: entry {index} of frame {frame}"
            if not there:
                return f"{step} has changed, though an entry on the way has P = 0."
            if right:
                return f"{step} has changed, but the table it leads to is still needed."
            return f"{step} is not 0, but should be."
    if expected[0] != got[0]:
        return "You changed an entry that has nothing to do with this address."
    if sorted(expected[1]) == sorted(got[1]):
        return "The right tables are freed, in the wrong order: the lowest is empty first."
    few = len(got[1]) - len(expected[1])
    what = "too few" if few < 0 else "too many" if few else "the wrong ones"
    return f"The memory is right, but of freed frames the list has {what}."


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
        "just been lost. Is any entry of the table left?",
        bug(looks=1): "a table is freed when none of its entries is present. An entry with P = 0 "
        "that is not 0 is in use: it may tell where on disk a page is, and nothing else does.",
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
    right="That is what `munmap` does to your page tables, and why `VmPTE` falls again. You looked "
    "at every entry of a table; Linux looks whether any region is left in the range it covers.",
    untested="huge pages, and the TLB that would still remember the page (notebook 06).",
    hints=(
        "After the walk, the last (frame, index) is the page's entry. Set `memory[frame][index] = "
        "0`.",
        "A table is empty if `not any(memory[frame])`.",
        "Loop from the back of your list to the front: take the last pair off, clear its entry; if "
        "its table is empty now and is not the root, note its frame and go on, else stop.",
    ),
)
