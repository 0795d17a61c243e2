"""Copy-on-write in code, with reference counts."""

from __future__ import annotations

from random import Random
from typing import Any

from pagesim.units import count

from ...kinds import Code, Data, bug, own


def draw(rng: Random) -> Data:
    """Draw forks, writes and exits, after the shortest stories there are."""
    cases: list[list[Any]] = [
        [1, [["write", 0, 0]]],
        [1, [["fork", 0, 1], ["write", 1, 0]]],
        [1, [["fork", 0, 1], ["exit", 1], ["write", 0, 0]]],
        [2, [["fork", 0, 1], ["write", 1, 0], ["write", 0, 0], ["write", 1, 0]]],
        [1, [["fork", 0, 1], ["write", 1, 0], ["fork", 1, 2], ["write", 0, 0]]],
    ]
    return {"cases": [*cases, *([pages, _events(rng, pages)] for pages in (2, 3, 4, 5))]}


def _events(rng: Random, pages: int) -> list[list[Any]]:
    """Draw events: at first a write that is free, and three owners who all write to a page."""
    page = rng.randrange(pages)
    events: list[list[Any]] = [["write", 0, pages - 1], ["fork", 0, 1], ["fork", 0, 2]]
    events += [["write", who, page] for who in rng.sample(range(3), 3)]
    alive, born = [0, 1, 2], 2
    for _ in range(8 * pages):
        roll = rng.random()
        if roll < 0.2 and born < 5:
            born += 1
            events.append(["fork", rng.choice(alive), born])
            alive.append(born)
        elif roll < 0.3 and len(alive) > 2:
            events.append(["exit", alive.pop(rng.randrange(1, len(alive)))])
        else:
            events.append(["write", rng.choice(alive), rng.randrange(pages)])
    return events


def text(data: Data) -> str:
    """State what comes in and goes out."""
    pages, events = data["cases"][3]
    return (
        "Write `copy_on_write(pages, events)`. Process 0 has written to all its pages; then things "
        'happen: `["fork", parent, child]`, `["write", process, page]`, `["exit", process]`. '
        "Return `(faults, copies, frames)`: the writes that faulted, how many of them copied a "
        f"page, and the frames in use at the end. {len(data['cases'])} calls are made. "
        f"For example `copy_on_write({pages}, {events})` is `{tuple(solve(pages, events))}`: the "
        "child copies; the parent, alone with its page again, faults and takes it over; the "
        "child's second write is free."
    )


def solve(
    pages: int, events: list[list[Any]], *, fork_copies: bool = False, always_copy: bool = False,
    parent_free: bool = False, last_free: bool = False, exit_frees: bool = True,
) -> list[int]:  # fmt: skip
    """Keep for each frame who has it, as a page number and the set of its owners."""
    frames = [(page, {0}) for page in range(pages)]
    writable = {(0, page) for page in range(pages)}
    faults = copies = 0
    for what, who, *more in events:
        if what == "fork" and fork_copies:
            frames += [(page, {more[0]}) for page in range(pages)]
            writable |= {(more[0], page) for page in range(pages)}
            copies += pages
        elif what == "fork":
            for _, owners in frames:
                owners |= {more[0]} if who in owners else set()
            if not parent_free:
                writable -= {(who, page) for page in range(pages)}
        elif what == "exit":
            for _, owners in frames:
                if exit_frees and who in owners:
                    owners.remove(who)
        elif (who, more[0]) not in writable:
            owners = next(owners for page, owners in frames if page == more[0] and who in owners)
            alone = owners == {who}
            writable.add((who, more[0]))
            faults += not (alone and last_free)
            if not alone or always_copy:
                owners.remove(who)
                frames.append((more[0], {who}))
                copies += 1
    return [faults, copies, sum(bool(owners) for _, owners in frames)]


EXERCISE = Code(
    **own(globals()),
    title="Copy on write",
    results=("faults", "copies", "frames"),
    describe=lambda pages, events: (
        f"{count(pages, 'page')}, {events if len(events) < 5 else count(len(events), 'event')}"
    ),
    look={
        "faults": "After a fork, whose entries are read-only, and until when?",
        "copies": "A page with one owner left need not be copied.",
        "frames": "Count the frames that at least one process still has.",
    },
    mistakes={
        bug(fork_copies=True): "pages are copied at the fork. Nothing is copied then but entries, "
        "all made read-only; copies come with the writes, page by page.",
        bug(always_copy=True): "a page is copied even if nobody else has it any more. Look at the "
        "reference count: at 1, the kernel only makes the entry writable again.",
        bug(parent_free=True): "the parent's entries stay writable. Then its writes would show up "
        "in the child; a fork makes both sides read-only.",
        bug(last_free=True): "the last owner writes without a fault. Its entry is still read-only, "
        "and the hardware knows nothing of reference counts.",
        bug(exit_frees=False): "an exit changes nothing. Each of its pages has an owner fewer.",
    },
    start="Two tables: for each process and page a frame, and whether its entry is writable; and "
    "for each frame how many owners it has.",
    right="Linux keeps one more bit for each anonymous page, PageAnonExclusive: set while one "
    "process alone owns it. A reference count doesn't tell that, because others than owners raise "
    "it. Getting that wrong was CVE-2020-29374.",
    untested="pages that were never written, swap, and huge pages.",
    hints=(
        "fork: the child gets the same frames; every owner count goes up by one; nobody may write, "
        "on either side.",
        "write: if the entry is writable, nothing happens. Else it is a fault, and writable from "
        "then on; if the frame has other owners, it is a copy too.",
        "exit: every frame of the process loses an owner. In the end, count frames with owners.",
    ),
)
