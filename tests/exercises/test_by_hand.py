"""Solutions with a slip that no list of small changes has: each scores below full, for everybody.

Whoever read the exercises with that in mind wrote them, and they had full marks.
"""

from collections.abc import Callable
from typing import Any

import pytest

from coursework.exercises import EXERCISES
from coursework.judge import judge

from .learners import LEARNERS, drawn

pytestmark = [pytest.mark.long, pytest.mark.sampled]


def asks_ps_before_p(va: int, cr3: int, mode: Any, memory: Any) -> Any:
    shift, frame, reads = mode["page_shift"] + sum(mode["index_bits"]), cr3, 0
    for bits in mode["index_bits"]:
        shift -= bits
        entry = memory[frame][va >> shift & (1 << bits) - 1]
        frame, reads = entry >> mode["pfn_shift"], reads + 1
        if shift > mode["page_shift"] and entry >> 7 & 1:
            break
        if not entry & 1:
            return None, 0, reads
    return frame << mode["page_shift"] | va & (1 << shift) - 1, 1 << shift, reads


def asks_the_last_entry_only(va: int, cr3: int, mode: Any, memory: Any) -> Any:
    shift, frame, path = mode["page_shift"] + sum(mode["index_bits"]), cr3, []
    for bits in mode["index_bits"]:
        shift -= bits
        path.append((frame, va >> shift & (1 << bits) - 1))
        entry = memory[frame][path[-1][1]]
        frame = entry >> mode["pfn_shift"]
    if not entry & 1:
        return memory, []
    freed = []
    for frame, index in reversed(path):
        memory[frame][index] = 0
        if frame == cr3 or any(memory[frame]):
            break
        freed.append(frame)
    return memory, freed


def all_levels_alike(va: int, cr3: int, mode: Any, memory: Any) -> Any:
    bits, levels = mode["page_shift"] - 3, len(mode["index_bits"])
    shift, frame, reads = mode["page_shift"] + bits * levels, cr3, []
    for _ in range(levels):
        shift -= bits
        reads.append([frame, va >> shift & (1 << bits) - 1])
        entry = memory[frame][reads[-1][1]]
        if not entry & 1:
            return None, reads
        frame = entry >> mode["pfn_shift"]
    return frame << mode["page_shift"] | va & (1 << mode["page_shift"]) - 1, reads


def stops_at_the_first_rise(segments: list[int], entry: int) -> int:
    best = (float("inf"), 0)
    for shift in range(6, 21):
        page = 1 << shift
        cost = sum(-(-each // page) * (entry + page) - each for each in segments)
        if cost >= best[0]:
            break
        best = (cost, page)
    return best[1]


def forks_the_first_process(pages: int, events: list[Any]) -> Any:
    has = {(0, page): page for page in range(pages)}
    owners = {page: {0} for page in range(pages)}
    may = set(has)
    faults = copies = 0
    for what, who, *more in events:
        for page in range(pages):
            if what == "fork":
                has[more[0], page] = has[0, page]
                owners[has[0, page]].add(more[0])
                may.discard((who, page))
            elif what == "exit":
                owners[has[who, page]].discard(who)
            elif page == more[0] and (who, page) not in may:
                may.add((who, page))
                faults += 1
                if len(owners[has[who, page]]) > 1:
                    owners[has[who, page]].discard(who)
                    has[who, page] = len(owners)
                    owners[has[who, page]] = {who}
                    copies += 1
    return faults, copies, sum(map(bool, owners.values()))


def grows_for_any_read_or_write(areas: list[Any], va: int, access: str, limit: int) -> str:
    for start, end, perms in areas:
        if start <= va < end:
            return "ok" if access in perms else "ACCERR"
    below, (low, top, _) = areas[-2][1], areas[-1]
    page = va // 4096 * 4096
    if below <= va < low and page - below >= 256 * 4096 and top - page <= limit:
        return "grows" if access in "rw" else "ACCERR"
    return "MAPERR"


SLIPS: dict[str, Callable[..., Any]] = {
    "mixed-walk": asks_ps_before_p,
    "unmap": asks_the_last_entry_only,
    "radix-walk": all_levels_alike,
    "best-page": stops_at_the_first_rise,
    "copy-on-write": forks_the_first_process,
    "access-verdict": grows_for_any_read_or_write,
}


@pytest.mark.parametrize("name", SLIPS)
def test_it_passes_for_nobody(name: str) -> None:
    exercise = EXERCISES[name]
    for learner in LEARNERS:
        score = judge(exercise, drawn(name, learner), SLIPS[name], seconds=600)
        assert 0 < score < exercise.points, learner
