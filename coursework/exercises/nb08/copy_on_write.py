"""Copy-on-write in code, with reference counts."""

from __future__ import annotations

from random import Random
from typing import Any

from ...legacy import Data, Exercise, Mistake
from ...values import count

Result = list[int]  # [faults, copies, frames]


def draw(rng: Random) -> Data:
    """Draw forks, writes and exits; each call has both kinds of write fault in it."""
    cases: list[list[Any]] = [
        [2, [["fork", 0, 1], ["write", 1, 0], ["write", 0, 0], ["write", 1, 0]]],
        [1, [["fork", 0, 1], ["exit", 1], ["write", 0, 0]]],
    ]
    for pages in (2, 3, 4, 5):
        cases.append([pages, _events(rng, pages)])
    return {"cases": cases}


def _events(rng: Random, pages: int) -> list[list[Any]]:
    alive, born, events = [0], 0, []
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
    pages, events = data["cases"][0]
    faults, copies, frames = reference(pages, events)
    return (
        "Write `copy_on_write(pages, events)`. Process 0 has written to all its pages; then things "
        'happen: `["fork", parent, child]`, `["write", process, page]`, `["exit", process]`. '
        "Return `(faults, copies, frames)`: the writes that faulted, how many of them copied a "
        f"page, and the frames in use at the end. {count(len(data['cases']), 'call')} are made. "
        f"For example `copy_on_write({pages}, {events})` is `({faults}, {copies}, {frames})`: the "
        "child copies; the parent, alone with its page again, faults and takes it over; the "
        "child's second write is free."
    )


def reference(pages: int, events: list[list[Any]]) -> Result:
    """Count as the kernel does; the tests let it."""
    return _astray(pages, events)


def _astray(
    pages: int, events: list[list[Any]], *, fork_copies: bool = False, always_copy: bool = False,
    parent_free: bool = False, last_free: bool = False, exit_frees: bool = True,
) -> Result:  # fmt: skip
    """Keep owners and rights; the options are mistakes."""
    fresh = pages
    maps: dict[int, list[int]] = {0: list(range(pages))}
    writable: dict[int, set[int]] = {0: set(range(pages))}
    users = dict.fromkeys(range(pages), 1)
    faults = copies = 0
    for what, who, *more in events:
        if what == "fork":
            child = more[0]
            if fork_copies:
                maps[child] = list(range(fresh, fresh + pages))
                users |= dict.fromkeys(maps[child], 1)
                fresh, copies = fresh + pages, copies + pages
                writable[child] = set(range(pages))
                continue
            maps[child], writable[child] = list(maps[who]), set()
            for frame in maps[who]:
                users[frame] += 1
            if not parent_free:
                writable[who] = set()
        elif what == "exit":
            for frame in maps.pop(who):
                users[frame] -= exit_frees
        elif more[0] not in writable[who]:
            frame = maps[who][more[0]]
            alone = users[frame] == 1
            writable[who].add(more[0])
            faults += not (alone and last_free)
            if not alone or always_copy:
                users[frame] -= 1
                users[fresh] = 1
                maps[who][more[0]] = fresh
                fresh, copies = fresh + 1, copies + 1
    return [faults, copies, sum(1 for number in users.values() if number > 0)]


def locate(pages: int, events: list[list[Any]], expected: Result, got: Result) -> str:
    """Name the first of the three that is wrong."""
    names = ("faults", "copies", "frames")
    look = (
        "After a fork, whose entries are read-only?",
        "A page with one owner left need not be copied.",
        "Count the frames that at least one process still has.",
    )
    which = next(n for n in range(3) if expected[n] != got[n])
    side = "few" if got[which] < expected[which] else "many"
    return f"Too {side} {names[which]}, the first of the three that is wrong. {look[which]}"


EXERCISE = Exercise(
    id="copy-on-write",
    notebook="08",
    title="Copy on write",
    points=2,
    kind="code",
    draw=draw,
    text=text,
    form=[int, int, int],
    reference=reference,
    describe=lambda pages, events: f"{count(pages, 'page')}, {count(len(events), 'event')}",
    locate=locate,
    mistakes=(
        Mistake(
            name="fork copies memory",
            message="You copy at the fork. Nothing is copied then but entries, all made read-only; "
            "copies come with the writes, page by page.",
            solve=lambda pages, events: _astray(pages, events, fork_copies=True),
        ),
        Mistake(
            name="the last owner copies",
            message="You copy even if nobody else has the page any more. Look at the reference "
            "count: at 1, the kernel only makes the entry writable again.",
            solve=lambda pages, events: _astray(pages, events, always_copy=True),
        ),
        Mistake(
            name="the parent writes freely",
            message="You leave the parent's entries writable. Then its writes would show up in the "
            "child; a fork makes both sides read-only.",
            solve=lambda pages, events: _astray(pages, events, parent_free=True),
        ),
        Mistake(
            name="the last owner does not fault",
            message="You let the last owner write without a fault. Its entry is still read-only: "
            "the hardware knows nothing of reference counts, so it has to ask.",
            solve=lambda pages, events: _astray(pages, events, last_free=True),
        ),
        Mistake(
            name="exit frees nothing",
            message="An exit changes nothing in your count. The process leaves all its pages: each "
            "has one owner fewer, and some have none.",
            solve=lambda pages, events: _astray(pages, events, exit_frees=False),
        ),
    ),
    start="Two tables: for each process and page a frame, and whether its entry is writable; and "
    "for each frame how many owners it has.",
    right="Linux keeps one more bit, PageAnonExclusive, because a reference count can be raised by "
    "others than owners. Getting that wrong was CVE-2020-29374.",
    untested="pages that were never written, swap, and huge pages.",
    hints=(
        "fork: the child gets the same frames; every owner count goes up by one; nobody may write, "
        "on either side.",
        "write: if the entry is writable, nothing happens. Else it is a fault; if the frame has "
        "other owners, it is a copy too.",
        "exit: every frame of the process loses an owner. In the end, count frames with owners.",
    ),
)
