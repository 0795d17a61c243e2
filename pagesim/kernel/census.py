"""What all frames of the machine are in use for, counted frame by frame.

Source of the names: Linux 6.18 include/linux/mmzone.h (`enum node_stat_item`), mm/vmstat.c.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .frames import FramePool
from .space import AddressSpace


def census(pool: FramePool, spaces: Iterable[AddressSpace]) -> Counter[str]:
    """Count pages by the names of /proc/vmstat.

    Here every page stands on an inactive list until it leaves, or on the unevictable one: there are
    no lists to be promoted to, the accessed bits are asked when a page is needed.
    """
    found: Counter[str] = Counter()
    for frame in pool.frames.values():
        if frame.kind == "hugetlb" or (frame.file and frame.file.locked):
            continue  # counted with the pool; the kernel's own
        pages, anon = frame.pages, frame.kind == "anon"
        if not anon:
            found["nr_file_pages"] += pages
            found["nr_mapped"] += pages * bool(frame.mappers)
        elif frame.mappers:
            found["nr_anon_pages"] += pages
        found["nr_anon_transparent_hugepages"] += anon and pages > 1
        found["nr_shmem"] += pages * (frame.kind == "shmem")
        found["nr_dirty"] += frame.kind == "file" and pool.is_dirty(frame)
        found["nr_swapcached"] += pages * (anon and frame.slot is not None)
        found["nr_mlock"] += pages * pool.is_locked(frame)
        if pool.is_locked(frame):
            found["nr_unevictable"] += pages
        else:
            found["nr_inactive_file" if frame.kind == "file" else "nr_inactive_anon"] += pages
    found["nr_page_table_pages"] = sum(space.table.user_tables for space in spaces)
    found["nr_free_pages"] = pool.memory.free_frames
    return found
