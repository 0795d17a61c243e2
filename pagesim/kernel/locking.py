"""Memory that may not leave: mlock(2) and its kin, and the limit of what a process may lock.

Locking is noted in areas, so it splits and merges them as mprotect does; then every page is brought
in. A child's areas are not locked, nor are those of a new program.

Source: Linux 6.18 mm/mlock.c (`do_mlock`, `apply_vma_lock_flags`, `apply_mlockall_flags`,
`__mlock_posix_error_return`), mm/mmap.c (`mlock_future_ok`).
"""

from __future__ import annotations

from dataclasses import replace

from ..memory import OutOfMemory
from .accesses import Accesses
from .errors import SystemCallError
from .outcome import AccessError
from .populate import fitting
from .space import AddressSpace


def lock(process: Accesses, start: int, end: int) -> None:
    """Lock the areas of [start, end) in memory, and bring their pages in."""
    space = process.space
    already = sum(part.length for part in space.areas.within(start, end) if part.locked)
    _check_limit(process, "mlock", "ENOMEM", end - start - already)
    _note_all(space, start, end, locked=True)
    bring_in(process, start, end, "mlock")


def unlock(process: Accesses, start: int, end: int) -> None:
    """Let the areas of [start, end) leave memory again."""
    _note_all(process.space, start, end, locked=False)


def unlock_all(process: Accesses) -> None:
    """Let everything leave memory again, and lock nothing in future."""
    process.space.lock_future = False
    for area in process.space.areas:
        _note(process.space, area.start, area.end, locked=False)


def lock_all(process: Accesses, current: bool, future: bool) -> None:
    """Lock all areas that there are, and all that there will be, or only one of both."""
    space = process.space
    if current:
        _check_limit(process, "mlockall", "ENOMEM", space.size - space.locked)
    space.lock_future = future
    if current:
        for area in space.areas:
            _note(space, area.start, area.end, locked=True)
            try:
                bring_in(process, area.start, area.end, "mlockall")
            except SystemCallError:  # Linux does not tell either
                continue


def check_future(process: Accesses, length: int, asked: bool) -> bool:
    """Tell whether a new area is locked from the start; EAGAIN if that is more than allowed."""
    if not (asked or process.space.lock_future):
        return False
    _check_limit(process, "mmap", "EAGAIN", length)
    process.space.locks = True
    return True


def bring_in(process: Accesses, start: int, end: int, call: str) -> None:
    """Touch all pages of [start, end), as they will be used."""
    for part in process.space.areas.within(start, end):
        try:
            process.touch(part, fitting(part))
        except OutOfMemory as why:
            raise SystemCallError("EAGAIN", f"{call}: {why}") from None
        except AccessError as why:
            raise SystemCallError("ENOMEM", f"{call}: {why}") from None


def _note_all(space: AddressSpace, start: int, end: int, locked: bool) -> None:
    """Note it as far as areas reach; what lies below a hole has it even if the call then fails."""
    at = start
    for part in space.areas.within(start, end):
        if part.start != at:
            break
        _note(space, part.start, part.end, locked)
        at = part.end
    if at != end:
        call = "mlock" if locked else "munlock"
        raise SystemCallError("ENOMEM", f"{call}: nothing is mapped at {at:#x}")


def _note(space: AddressSpace, start: int, end: int, locked: bool) -> None:
    space.locks |= locked
    for area in space.areas.within(start, end):
        if area.locked != locked:
            space.areas.remove(area.start, area.end)
            space.areas.insert(replace(area, locked=locked))


def _check_limit(process: Accesses, call: str, error: str, more: int) -> None:
    limit, locked = process.memlock, process.space.locked
    if limit is None or more <= 0:
        return
    if not limit:
        raise SystemCallError("EPERM", f"{call}: RLIMIT_MEMLOCK is 0")
    if locked + more > limit:
        raise SystemCallError(
            error, f"{call}: {locked} bytes are locked, {more} more; RLIMIT_MEMLOCK is {limit}"
        )
