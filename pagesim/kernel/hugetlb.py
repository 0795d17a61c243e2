"""Areas of huge pages from the pool (MAP_HUGETLB): promised at mmap, given at the first touch.

    private, its owner   the pages were promised to it: touching them cannot fail
    private, a child     shares them until somebody writes; a copy needs a page nobody was promised.
                         Is there none, the child that writes gets SIGBUS; when the owner writes, it
                         takes the page away from the children, and they get SIGBUS when they come
    shared               the pages belong to the mapping's file; all see the same

They never leave memory, and VmRSS does not count them. Linux also lets processes share the tables
of such areas from 1 GiB up (`huge_pmd_share`); here each has its own.

Source: Linux 6.18 mm/hugetlb.c (`hugetlb_fault`, `hugetlb_no_page`, `hugetlb_wp`,
`hugetlb_reserve_pages`, `unmap_ref_private`, `copy_hugetlb_page_range`).
"""

from __future__ import annotations

from .decision import Found, Why
from .errors import SystemCallError
from .fault import Fault, Refused
from .pages import File, Frame
from .reclaim import Reclaim
from .space import AddressSpace
from .vma import Vma


def promise(space: AddressSpace, area: Vma) -> None:
    """Reserve the pages of an area that is about to be mapped.

    Raises
    ------
    SystemCallError
        ENOMEM if the pool cannot promise so many.
    """
    pool, file = space.pool.hugetlb, area.file
    assert file is not None  # such areas have one
    size = pool.frames * space.page
    if area.kind == "shared":
        first = area.offset // pool.frames
        wanted = {first + n for n in range(area.length // size)} - file.promised - set(file.cache)
    else:
        wanted = set(range(area.start, area.end, size))
    if not pool.reserve(len(wanted)):
        free = pool.free - pool.reserved
        raise SystemCallError(
            "ENOMEM", f"mmap: {len(wanted)} pages of {size} bytes, {free} of {pool.total} are free"
        )
    (file.promised if area.kind == "shared" else space.promised).update(wanted)


def serve(reclaim: Reclaim, fault: Fault) -> None:
    """Serve a fault in such an area.

    Raises
    ------
    Refused
        If no page is left for it.
    OutOfMemory
        If there is no frame for a table.
    """
    space, area = fault.space, fault.vma
    base = fault.va & -space.table.mode.span(space.table.last - 1)
    if space.table.is_huge(base):
        _write_protected(reclaim, fault, base)
        return
    fault.found(Found.EMPTY)
    reclaim.grow(space.table, base, space.table.last - 1)
    frame = _of_file(fault, base) if area.kind == "shared" else _own(fault, base)
    writable = fault.write or area.kind == "shared"
    space.map_hugetlb(area, base, frame, writable, dirty=fault.write)
    fault.done(Why.FROM_POOL, pages=frame.pages)


def forget(space: AddressSpace, part: Vma) -> None:
    """Empty the entries of a part of an area; its owner is promised new pages for them.

    Raises
    ------
    SystemCallError
        EINVAL if it does not start with a page.
    """
    size = space.pool.hugetlb.frames * space.page
    if part.start % size:
        raise SystemCallError("EINVAL", f"madvise: {part.start:#x} is inside a page of the pool")
    end = part.end // size * size
    pages = space.table.hugetlb_pages(part.start, end)
    space.zap(part.start, end)
    if part.reserved and space.pool.hugetlb.reserve(len(pages)):
        space.promised.update(pages)


def copy(reclaim: Reclaim, parent: AddressSpace, child: AddressSpace, area: Vma) -> None:
    """Let a child share its parent's private pages, read-only for both from now on."""
    for base in parent.table.hugetlb_pages(area.start, area.end):
        reclaim.grow(child.table, base, child.table.last - 1)
        frame = parent.pool.frames[parent.pte(base).pfn]
        if parent.pte(base).writable:
            parent.set_flags(base, writable=False)
        frame.exclusive = False
        child.map_hugetlb(area, base, frame, writable=False)


def _taken(fault: Fault, promised: bool) -> int:
    """Take a page out of the pool: one that was promised, or one that is free."""
    pfn = fault.space.pool.hugetlb.take(promised)
    if pfn is None:
        raise _refuse(fault, Found.POOL_EMPTY)
    fault.found(Found.PROMISED if promised else Found.POOL_FREE)
    return pfn


def _own(fault: Fault, base: int) -> Frame:
    """Take a private page out of the pool."""
    space = fault.space
    if fault.vma.lost:
        raise _refuse(fault, Found.TAKEN_AWAY)
    promised = base in space.promised
    pfn = _taken(fault, promised)
    space.promised.discard(base)
    fault.own_pages()
    return _fill(space, Frame(pfn, "hugetlb", pages=space.pool.hugetlb.frames))


def _of_file(fault: Fault, base: int) -> Frame:
    """Find the page of the mapping's file, or take one out of the pool for it."""
    space, area, file = fault.space, fault.vma, fault.vma.file
    assert file is not None  # such areas have one
    frames = space.pool.hugetlb.frames
    index = (area.offset + (base - area.start) // space.page) // frames
    if index * frames >= file.pages(space.page):
        fault.found(Found.PAST_END)
        raise Refused("SIGBUS", "BUS_ADRERR", Why.PAST_END)
    if index in file.cache:
        fault.found(Found.CACHED)
        return file.cache[index]
    promised = index in file.promised
    pfn = _taken(fault, promised)
    file.promised.discard(index)
    return _fill(space, Frame(pfn, "hugetlb", pages=frames, file=file, index=index))


def _write_protected(reclaim: Reclaim, fault: Fault, base: int) -> None:
    space, area, pool = fault.space, fault.vma, reclaim.pool
    frame = pool.frames[space.pte(base).pfn]
    fault.found(Found.READ_ONLY, frame.pfn)
    if area.kind == "private" and frame.shared:
        fault.found(Found.OTHERS_TOO)
        pfn = pool.hugetlb.take(promised=False)
        if pfn is None and not area.reserved:
            raise _refuse(fault, Found.POOL_EMPTY)
        if pfn is None:
            fault.found(Found.POOL_EMPTY)
            for other, va in tuple(frame.mappers):
                if other is not space:
                    other.lose(va)
        else:
            copied = _fill(space, Frame(pfn, "hugetlb", pages=frame.pages), pool.content(frame))
            space.clear_hugetlb(base)
            space.map_hugetlb(area, base, copied, writable=True, dirty=True)
            fault.done(Why.COPIED, pages=frame.pages)
            return
    fault.found(Found.OWN)
    frame.exclusive = True
    space.set_flags(base, writable=True, dirty=True)
    fault.done(Why.TAKEN_OVER, pages=frame.pages)


def _fill(space: AddressSpace, frame: Frame, content: bytes | None = None) -> Frame:
    """Put content, or zeros, into a page of the pool."""
    pool = space.pool
    if content:
        pool.fill(frame.pfn, content)
    else:
        pool.memory.clear(frame.pfn, frame.pages)
    return pool.add(frame)


def _refuse(fault: Fault, found: Found) -> Refused:
    fault.found(found)
    return Refused("SIGBUS", "BUS_ADRERR", Why.POOL_EMPTY)


def new_file(size: int, inode: int) -> File:
    """Make the nameless file behind an area of huge pages."""
    file = File("/anon_hugepage (deleted)", b"", on_disk=False, size=size, inode=inode)
    file.unlinked = file.hugetlb = True
    return file
