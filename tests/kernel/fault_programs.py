"""Programs that cover every kind of fault, for the simulator and for a real Linux."""

from __future__ import annotations

from pagesim.kernel.steps import Advise, File, Fork, Map, Op, Program, Protect, Stack, Touch, Unmap

_HUGE = 512  # pages of 4 KiB in a huge page


def _program(name: str, *steps: Op, needs: tuple[str, ...] = ()) -> Program:
    return Program(name, steps, needs)


PROGRAMS = (
    # -- first touch
    _program("write, write again", Map("a", 1000), Touch("a", "w"), Touch("a", "w")),
    _program(
        "read, read again, write", Map("a", 1000), Touch("a", "r"), Touch("a", "r"), Touch("a", "w")
    ),
    _program(
        "write in another order",
        Map("a", 100),
        Touch("a", "w", tuple(page * 37 % 100 for page in range(100))),
    ),
    _program(
        "forget, touch again",
        Map("a", 300),
        Touch("a", "w"),
        Advise("a", "dontneed", range(100, 200)),
        Touch("a", "r"),
        Touch("a", "w"),
    ),
    _program("populate", Map("a", 300, populate=True), Touch("a", "w")),
    _program("populate what is read-only", Map("a", 300, "r", populate=True), Touch("a", "r")),
    _program("shared memory", Map("a", 64, kind="shared"), Touch("a", "r"), Touch("a", "w")),
    _program(
        "shared memory, every other page",
        Map("a", 64, kind="shared"),
        Touch("a", "w", range(0, 64, 2)),
        Touch("a", "r"),
        Advise("a", "dontneed"),
        Touch("a", "r"),
    ),
    # -- page tables
    _program(
        "one page per 2 MiB",
        Map("a", 64 * _HUGE),
        Touch("a", "w", range(0, 64 * _HUGE, _HUGE)),
        Unmap("a", range(32 * _HUGE)),
        Unmap("a", range(32 * _HUGE, 64 * _HUGE)),
    ),
    _program(
        "one page per GiB",
        Map("a", 64 * _HUGE**2),
        Touch("a", "r", range(0, 64 * _HUGE**2, _HUGE**2)),
    ),
    _program(
        "unmap a hole",
        Map("a", 4 * _HUGE),
        Touch("a", "r"),
        Unmap("a", range(_HUGE + 1, 3 * _HUGE - 1)),
        Unmap("a", range(_HUGE, _HUGE + 1)),
        Unmap("a", range(_HUGE)),
    ),
    # -- huge pages
    _program(
        "huge pages",
        Map("a", 8 * _HUGE),
        Advise("a", "hugepage"),
        Touch("a", "w"),
        needs=("huge pages",),
    ),
    _program(
        "huge pages, read first",
        Map("a", 8 * _HUGE),
        Advise("a", "hugepage"),
        Touch("a", "r"),
        Touch("a", "w"),
        needs=("huge pages",),
    ),
    _program(
        "huge pages in a window that is 1 MiB off",
        Map("a", 8 * _HUGE),
        Advise("a", "hugepage", range(_HUGE // 2, 6 * _HUGE + _HUGE // 2)),
        Touch("a", "w", range(_HUGE // 2, 6 * _HUGE + _HUGE // 2)),
        needs=("huge pages",),
    ),
    _program(
        "huge pages in an area that starts 1 page off",
        Map("a", 4 * _HUGE, shift=1),
        Advise("a", "hugepage"),
        Touch("a", "w", range(0, 4 * _HUGE, 64)),
        needs=("huge pages",),
    ),
    _program(
        "forget one page of a huge one",
        Map("a", 4 * _HUGE),
        Advise("a", "hugepage"),
        Touch("a", "w"),
        Advise("a", "dontneed", range(1)),
        Touch("a", "w"),
        Unmap("a", range(2 * _HUGE - 1, 2 * _HUGE + 1)),
        needs=("huge pages",),
    ),
    _program(
        "fork with huge pages",
        Map("a", 4 * _HUGE),
        Advise("a", "hugepage"),
        Touch("a", "w"),
        Fork(
            child=(Touch("a", "r"), Touch("a", "w", range(_HUGE + 1))),
            parent=(Touch("a", "w", range(2)), Touch("a", "w")),
        ),
        Touch("a", "w"),
        needs=("huge pages",),
    ),
    # -- fork
    _program(
        "copy-on-write",
        Map("a", 1000),
        Touch("a", "w"),
        Fork(
            child=(
                Touch("a", "r"),
                Touch("a", "w", range(500)),
                Touch("a", "w", range(500)),
            ),
            parent=(
                Touch("a", "w", range(500)),
                Touch("a", "w", range(500, 1000)),
                Touch("a", "w"),
            ),
        ),
        Touch("a", "w"),
    ),
    _program(
        "the last owner",
        Map("a", 100),
        Touch("a", "w"),
        Fork(child=(Touch("a", "r"),)),
        Touch("a", "w"),
        Touch("a", "w"),
    ),
    _program(
        "fork of what was only read",
        Map("a", 100),
        Touch("a", "r"),
        Fork(child=(Touch("a", "r"), Touch("a", "w"))),
        Touch("a", "w", range(50)),
        Fork(child=(Touch("a", "r"), Touch("a", "w"))),
        Touch("a", "w"),
    ),
    _program(
        "fork with shared memory",
        Map("a", 100, kind="shared"),
        Touch("a", "w", range(50)),
        Fork(child=(Touch("a", "r"), Touch("a", "w")), parent=(Touch("a", "r"),)),
    ),
    _program(
        "a child that forgets and unmaps",
        Map("a", 100),
        Touch("a", "w"),
        Fork(
            child=(
                Advise("a", "dontneed"),
                Touch("a", "r"),
                Touch("a", "w", range(9)),
                Unmap("a"),
            ),
            parent=(Touch("a", "w"),),
        ),
    ),
    _program(
        "a grandchild",
        Map("a", 100),
        Touch("a", "w"),
        Fork(
            child=(
                Touch("a", "w", range(50)),
                Fork(child=(Touch("a", "r"), Touch("a", "w")), parent=(Touch("a", "w"),)),
            ),
            parent=(Touch("a", "w"),),
        ),
    ),
    # -- permissions
    _program(
        "read-only and back",
        Map("a", 100),
        Touch("a", "w", range(50)),
        Protect("a", "r"),
        Touch("a", "r"),
        Protect("a", "rw", range(10, 90)),
        Touch("a", "w", range(10, 90)),
    ),
    _program(
        "PROT_NONE and back",
        Map("a", 100),
        Touch("a", "w", range(50)),
        Protect("a", ""),
        Protect("a", "rw"),
        Touch("a", "r"),
        Touch("a", "w"),
    ),
    _program(
        "fork, then read-only and back",
        Map("a", 100),
        Touch("a", "w"),
        Fork(child=(Protect("a", "r"), Protect("a", "rw"), Touch("a", "w"))),
        Protect("a", "r"),
        Protect("a", "rw"),
        Touch("a", "w"),
    ),
    # -- files
    _program(
        "a memfd, read and written",
        File("f", 256),
        Map("a", 256, kind="shared", file="f"),
        Touch("a", "r"),
        Touch("a", "w"),
    ),
    _program(
        "a memfd, written page by page",
        File("f", 256),
        Map("a", 256, kind="shared", file="f"),
        Touch("a", "w"),
    ),
    _program(
        "a private mapping of a memfd",
        File("f", 256),
        Map("a", 256, file="f"),
        Touch("a", "r", range(0, 256, 3)),
        Touch("a", "w"),
    ),
    _program(
        "fault-around at the edges of an area",
        File("f", 64),
        Map("a", 40, file="f", shift=10),
        Touch("a", "r", (8,)),
        Touch("a", "r", (0,)),
        Touch("a", "r", (39,)),
        Touch("a", "r"),
    ),
    _program(
        "fault-around from an unaligned start",
        File("f", 64),
        Map("a", 40, file="f", shift=10),
        Touch("a", "r", (2,)),
        Touch("a", "r"),
    ),
    _program(
        "two mappings of one memfd",
        File("f", 64),
        Map("a", 64, kind="shared", file="f"),
        Map("b", 64, file="f"),
        Touch("a", "w"),
        Touch("b", "r"),
        Touch("b", "w", range(0, 64, 2)),
        Touch("a", "r"),
    ),
    _program(
        "fork with private file pages",
        File("f", 64),
        Map("a", 64, file="f"),
        Touch("a", "r"),
        Fork(child=(Touch("a", "r"), Touch("a", "w"))),
        Touch("a", "w", range(8)),
        Fork(child=(Touch("a", "r"), Touch("a", "w")), parent=(Touch("a", "w"),)),
    ),
    _program(
        "a file from disk, nothing read ahead",
        File("f", 256, "disk"),
        Map("a", 256, kind="shared", file="f"),
        Advise("a", "random"),
        Touch("a", "r"),
        Advise("a", "pageout"),
        Touch("a", "r", range(0, 256, 4)),
        needs=("disk",),
    ),
    _program(
        "a cached file, read and written",
        File("f", 256, "cache"),
        Map("a", 256, kind="shared", file="f"),
        Touch("a", "r"),
        Touch("a", "w"),
        Touch("a", "w"),
        needs=("disk",),
    ),
    _program(
        "a private mapping of a file on disk",
        File("f", 256, "disk"),
        Map("a", 256, file="f"),
        Advise("a", "random"),
        Touch("a", "w", range(0, 256, 2)),
        Touch("a", "r", range(1, 256, 2)),
        Touch("a", "w"),
        needs=("disk",),
    ),
    # -- stack and swap
    _program("fifty stores below the stack", Stack(range(1, 51))),
    _program("one store far below the stack", Stack((100,)), Stack((1, 2))),
    _program(
        "swapped out and back",
        Map("a", 256),
        Touch("a", "w"),
        Advise("a", "pageout"),
        Touch("a", "r"),
        Touch("a", "w"),
        needs=("swap",),
    ),
)
