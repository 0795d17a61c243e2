"""Faults on mapped files: the page cache, and the pages around the one that was asked for.

A read fault maps all pages that are in the cache already of the 16 around the address: the aligned
64 KiB, cut to the area. If the page that was asked for is not among them it is read from disk,
which makes the fault a major one; unless MADV_RANDOM was given, its neighbours are read along with
it, but not mapped yet.

Source: Linux mm/memory.c (`do_fault_around`, `do_read_fault`, `do_cow_fault`, `do_shared_fault`),
mm/filemap.c (`filemap_fault`), mm/shmem.c. Read-ahead is simpler here than in Linux.
"""

from __future__ import annotations

from ..memory import OutOfMemory
from .anonymous import give_page
from .decision import Found, Why
from .errors import SystemCallError
from .fault import Fault, Refused
from .frames import FramePool
from .pages import File, Frame
from .reclaim import Reclaim

FAULT_AROUND = 64 * 1024  # bytes
READ_AHEAD = 32  # pages: 128 KiB, Linux's default for a disk


def serve(reclaim: Reclaim, fault: Fault) -> None:
    """Map a page of a file."""
    area, va, space = fault.vma, fault.va, fault.space
    file = area.file
    assert file is not None  # asked for areas of files only
    index = area.offset + (va - area.start) // space.page
    if index >= file.pages(space.page):
        fault.found(Found.PAST_END)
        raise Refused("SIGBUS", "BUS_ADRERR", Why.PAST_END)
    reclaim.grow(space.table, va)
    frame = file.cache.get(index)
    fault.found(Found.NOT_CACHED if frame is None else Found.CACHED)
    around = 0 if fault.write else _map_around(fault, file)
    if frame and around:
        fault.done(Why.OF_VDSO if file.locked else Why.CACHED_AROUND, pages=around)
        return
    where = Why.CACHED
    if frame is None:
        try:
            frame, where = load(reclaim, file, index, 1 if area.random else READ_AHEAD)
        except SystemCallError:
            fault.found(Found.NO_SPACE)
            raise Refused("SIGBUS", "BUS_ADRERR", Why.NO_SPACE) from None
        fault.kind = "minor" if where is Why.NEW_ZEROS else "major"
    if not fault.write:
        space.map(area, va, frame, writable=_at_once(fault, file))
        fault.done(where, pages=around + 1)
    elif area.kind == "shared":
        space.map(area, va, frame, writable=True, dirty=True)
        fault.done(where, Why.SHARED)
    else:
        give_page(reclaim, fault, copied=frame)
        fault.done(where, Why.THEN, Why.PRIVATE_COPY)


def load(reclaim: Reclaim, file: File, index: int, ahead: int = 1) -> tuple[Frame, Why]:
    """Bring a page of a file into the cache, and say where it came from.

    Raises
    ------
    OutOfMemory
        If there is no frame for it.
    SystemCallError
        ENOSPC if its file system in memory is full.
    """
    pool = reclaim.pool
    if file.on_disk:
        frame = _read(pool, file, index, reclaim.take())
        _read_ahead(reclaim, file, index, ahead)
        return frame, Why.FROM_DISK
    if file.tmpfs and index not in file.swapped and file.tmpfs.used >= file.tmpfs.pages:
        raise SystemCallError(
            "ENOSPC", f"{file.name}: its file system has {file.tmpfs.pages} pages"
        )
    pfn = reclaim.take()
    frame = pool.add(Frame(pfn, "shmem", file=file, index=index))
    if file.tmpfs:
        file.tmpfs.used += index not in file.swapped
    slot = file.swapped.pop(index, None)
    if slot is None:
        return frame, Why.NEW_ZEROS
    frame.dirty = True  # it gives its slot up
    pool.fill(pfn, slot.content)
    pool.forget_slot(slot)
    pool.events["pswpin"] += 1
    pool.events["pgpgin"] += 1  # swap is a disk, too
    return frame, Why.FROM_SWAP


def _read(pool: FramePool, file: File, index: int, pfn: int) -> Frame:
    pool.fill(pfn, file.page(index, pool.memory.frame_bytes))
    pool.events["pgpgin"] += 1
    return pool.add(Frame(pfn, "file", file=file, index=index))


def _read_ahead(reclaim: Reclaim, file: File, index: int, window: int) -> None:
    pool = reclaim.pool
    first = max(index - window // 2, 0)
    for neighbour in range(first, min(first + window, file.pages(pool.memory.frame_bytes))):
        if neighbour not in file.cache:
            if reclaim.group and reclaim.group.exceeds(1):
                return
            try:
                _read(pool, file, neighbour, pool.memory.alloc())
            except OutOfMemory:  # nobody has to leave for a guess
                return


def read_pages(reclaim: Reclaim, file: File, first: int, count: int) -> None:
    """Bring pages of a file into the cache that are on its disk or in swap.

    Raises
    ------
    OutOfMemory
        If they do not fit; those that have come stay.
    """
    for index in range(first, min(first + count, file.pages(reclaim.pool.memory.frame_bytes))):
        if index not in file.cache and (file.on_disk or index in file.swapped):
            load(reclaim, file, index)


def _map_around(fault: Fault, file: File) -> int:
    """Map what is cached around the address; Linux counts in entries of one table."""
    space, area = fault.space, fault.vma
    page, mode = space.page, space.table.mode
    around = max(FAULT_AROUND // page, 1)
    entries = 1 << mode.index_bits[-1]
    entry = fault.va // page % entries
    into_area = (fault.va - area.start) // page
    first = max(entry // around * around, entry - min(entry, into_area))
    behind = min(first + around, entries, entry + area.length // page - into_area)
    mapped = 0
    for other in range(first, behind):
        va = fault.va + (other - entry) * page
        index = area.offset + (va - area.start) // page
        if index in file.cache and not space.table.word(va):
            space.map(area, va, file.cache[index], writable=_at_once(fault, file))
            mapped += 1
    return mapped


def _at_once(fault: Fault, file: File) -> bool:
    """Tell whether a read maps a page writable: only a disk wants to hear of the first write."""
    return fault.vma.kind == "shared" and not file.on_disk
