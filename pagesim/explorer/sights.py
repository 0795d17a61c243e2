"""What a position of a picture answers: computed by the models behind the pictures, not from words.

Each function here belongs to one question of `data/seen` (its name, with hyphens) and to one scene.
It is given the values of the scene's controls. A question asks for a number, or sets a task: to
bring the picture to where something is so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..arch import X86_64
from ..costs import LATENCIES, linear_table_bytes, table_bytes, tables_for_stride
from ..kernel import Kernel
from ..kernel.cases import no_such, outcome
from ..reuse import Stack
from ..scenes import (
    CowShares,
    FaultDecision,
    Growth,
    LargeCopy,
    LruStack,
    MapTerritory,
    MissCurve,
    NoRoom,
    OneRam,
    RadixWalk,
    Scene,
    TablePrice,
    Thrashing,
    UCurve,
    WhoLeaves,
)
from ..scenes.huge.worn_memory import FRAMES, worn
from ..scenes.replacement.crowd import work
from ..scenes.replacement.reference_strings import string_of
from ..scenes.space.malloc_model import allocate
from ..scenes.tlb.lru_stack import STRING
from ..scenes.tlb.miss_curve import misses_at
from ..scenes.trees.small_process import walk_of
from ..scenes.trees.table_price import PATTERNS
from ..units import binary, count

DONE, NO = "yes", "no"  # the names of replies that every question has


@dataclass(frozen=True)
class Sight:
    """What one position shows.

    Parameters
    ----------
    answer : int or str
        The number that is asked for; of a task, the name of the reply that this position gets.
    facts : mapping of str to object
        What replies name of the position.
    """

    answer: int | str
    facts: Mapping[str, object] = field(default_factory=dict)


SIGHTS: dict[str, tuple[type[Scene], Callable[..., Sight]]] = {}
"""The scene of each question, and what a position of it shows."""


def _of(scene: type[Scene]) -> Callable[[Callable[..., Sight]], Callable[..., Sight]]:
    def note(function: Callable[..., Sight]) -> Callable[..., Sight]:
        SIGHTS[function.__name__.replace("_", "-")] = scene, function
        return function

    return note


@_of(OneRam)
def saved_by_sharing(*, processes: int, pages: int, shared: int, **_: Any) -> Sight:
    """MiB that sharing saves: every set of the common pages but one."""
    common = 8 * round(pages * shared / 10)  # a box of the picture is 8 MiB
    facts = {"common": common, "processes": processes, "others": processes - 1}
    return Sight((processes - 1) * common, facts)


@_of(MapTerritory)
def half_a_map(*, va_bits: int, pa_bits: int, entry: int) -> Sight:
    """Whether a machine of 32 bits or more spends no more than half of its memory on the map."""
    table, memory = linear_table_bytes(va_bits, 0, entry), 1 << pa_bits
    facts = {"bits": va_bits, "table": binary(table), "memory": binary(memory)}
    if va_bits < 32:
        return Sight("narrow", facts)
    return Sight(DONE if 2 * table <= memory else "large", facts)


@_of(UCurve)
def equal_prices(*, page: int, segment: int, entry: str) -> Sight:
    """Whether a segment of another size than the lesson's pays for table and waste alike."""
    size, pte = 1 << segment, int(entry)
    facts = {
        "page": binary(1 << page),
        "segment": binary(size),
        "table": binary((size * pte) / (1 << page)),
        "waste": binary((1 << page) / 2),
    }
    if segment in (20, 34):
        return Sight("lesson", facts)
    if (2 * size * pte).bit_length() % 2 == 0:
        return Sight("between", facts)
    return Sight(DONE if 2 * size * pte == 1 << 2 * page else NO, facts)


@_of(RadixWalk)
def second_refusal(*, levels: int, step: int, va: int, **_: Any) -> Sight:
    """Whether the walk of a tree of four levels ends in a fault after two reads, and is shown."""
    walk = walk_of(levels, va)
    last = walk.steps[-1]
    facts = {"va": f"{va:#x}", "levels": levels, "reads": count(len(walk.steps), "read")}
    facts["index"] = last.index
    if levels != 4:
        return Sight("levels", facts)
    if walk.pa is not None:
        return Sight("arrives", facts)
    if len(walk.steps) != 2:
        return Sight("elsewhere", facts)
    return Sight(DONE if step >= 2 else "unplayed", facts)


@_of(TablePrice)
def heavier_than_data(*, pattern: str, pages: int) -> Sight:
    """Whether 64 pages or more need tables of at least twice their own size."""
    stride = 1 << PATTERNS[pattern]
    tables = table_bytes(X86_64, tables_for_stride(X86_64, 1 << pages, stride))
    data = 4096 << pages
    facts = {"pages": count(1 << pages, "page"), "data": binary(data), "tables": binary(tables)}
    if pages < 6:
        return Sight("few", facts)
    return Sight(DONE if tables >= 2 * data else "light", facts)


@_of(NoRoom)
def compacted_in_vain(*, free: int, order: int, pinned: int, compact: bool, seed: int) -> Sight:
    """Whether 2 MiB are not to be had with half of memory free, even after compaction."""
    state = worn(seed, free, pinned * 5, compact, order)
    facts = {
        "asked": binary(4096 << order),
        "free": binary(state.free * 4096),
        "moved": count(state.moved, "frame"),
        "pinned": f"{pinned / 2:g} %",
    }
    if order != 9:
        return Sight("other", facts)
    if 2 * state.free < FRAMES:
        return Sight("full", facts)
    if not compact:
        return Sight("uncompacted", facts)
    return Sight(DONE if state.found is None else "found", facts)


@_of(LargeCopy)
def copied_unwritten(*, pages: int, **_: Any) -> Sight:
    """KiB that a 2 MiB page copies although nobody has written to them."""
    return Sight(2048 - 4 * pages, {"pages": count(pages, "page"), "written": 4 * pages})


@_of(LruStack)
def one_entry_more(*, step: int, size: int) -> Sight:
    """Hits up to this access in a cache of one entry more than the line says."""
    stack = Stack([ord(page) for page in STRING[:step]])
    facts = {"size": count(size, "entry"), "more": size + 1, "step": step}
    facts["hits"] = count(stack.hits(1, size), "hit")
    return Sight(stack.hits(1, size + 1), facts)


@_of(MissCurve)
def ways_to_blame(*, program: str, page: str, entries: int, ways: int) -> Sight:
    """Whether ten times as many accesses miss as in a fully associative TLB of that size."""
    missed, least = misses_at(program, page, entries, ways)
    facts = {"program": program, "missed": f"{missed:,}", "least": f"{least:,}"}
    facts |= {"entries": count(1 << entries, "entry", "entries")}
    if missed == least:
        return Sight("same", facts)
    return Sight(DONE if missed >= 10 * least else NO, facts)


@_of(Growth)
def calls_to_grow(*, size: int, count: int, threshold: int, **_: Any) -> Sight:
    """System calls that the growing takes: those for the blocks, for the stack takes none."""
    got = allocate(Kernel(ram="1 MiB").spawn(), 1 << size, 1 << count, 1 << threshold)
    return Sight(got.brk_calls + got.mmap_calls, {"brk": got.brk_calls, "mmap": got.mmap_calls})


@_of(CowShares)
def frames_since_fork(*, children: int, written: int, parent: bool) -> Sight:
    """Frames that were not there before the fork: one for each page that a child writes."""
    facts: dict[str, object] = {"children": count(children, "child", "children")}
    facts |= {"written": count(written, "page")}
    # the parent comes last: by then it alone has the old frames, and takes them over
    facts["parent"] = " The parent's own writes cost it faults, and no frame." if parent else ""
    return Sight(children * written, facts)


@_of(FaultDecision)
def to_the_disk(*, mapping: Any, state: Any, access: Any, mode: Any) -> Sight:
    """Whether the access has to wait for the disk."""
    facts = {"mapping": mapping, "state": state, "access": access}
    if no_such(mapping, state, access, mode):
        return Sight("none", facts)
    end = outcome(mapping, state, access, mode)
    names = {"hit": "hit", "minor": "minor", "major": DONE}
    return Sight(names.get(end.kind, "refused"), {**facts, "kind": end.kind})


@_of(WhoLeaves)
def first_touches(*, string: str, seed: int, step: int, **_: Any) -> Sight:
    """Faults up to this access that no policy avoids: the pages that were new."""
    return Sight(
        len(set(string_of(string, seed)[:step])), {"step": count(step, "access", "accesses")}
    )


@_of(Thrashing)
def twenty_at_once(*, processes: int, pages: int, ram: int, admit: bool, **_: Any) -> Sight:
    """Whether twenty processes or more run all at once, and none of them faults."""
    each, frames = 10 * pages, 100 * ram
    busy = work(processes, each, frames, LATENCIES["major fault"].ns / 1e6)
    facts: dict[str, object] = {"processes": processes, "each": each, "frames": f"{frames:,}"}
    facts |= {"wanted": f"{processes * each:,}", "cpu": f"{100 * busy.cpu:.0f} %"}
    if processes < 20:
        return Sight("few", facts)
    if not busy.faults:
        return Sight(DONE, facts)
    return Sight("admitted" if admit else "thrash", facts)
