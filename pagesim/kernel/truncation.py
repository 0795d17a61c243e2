"""Files that get shorter under those who map them, and file systems in memory that fill up.

What a file loses is gone from every mapping, copies that a process has made for itself included:
the next touch finds no page of the file and ends with SIGBUS. The same happens at the first touch
of a page for which a file system in memory has no room left.

Source: Linux 6.18 mm/truncate.c (`truncate_pagecache`), mm/memory.c (`unmap_mapping_range`, with
even_cows), mm/shmem.c (`shmem_inode_acct_blocks`).
"""

from __future__ import annotations

from ..checks import bounded
from .machine import Machine
from .pages import File


def truncate(machine: Machine, file: File, size: int) -> None:
    """Give a file another length: ftruncate(2).

    Raises
    ------
    ValueError
        If the size is out of range.
    """
    page = machine.mode.page_bytes
    size = bounded("size", size, 0, 1 << 62, file.name)
    kept, rest = divmod(size, page)
    first = kept + bool(rest)
    if size < file.size:
        for task in machine.processes.values():
            for area in task.space.areas:
                if area.file is file:
                    start = area.start + max(first - area.offset, 0) * page
                    if start < area.end:
                        task.space.zap(start, area.end)
        for index in [index for index in file.cache if index >= first]:
            machine.pool.drop(file.cache[index])
            file.give_back(1)
        for index in [index for index in file.swapped if index >= first]:
            machine.pool.forget_slot(file.swapped.pop(index))
            file.give_back(1)
        if rest and kept in file.cache:
            at = file.cache[kept].pfn * page
            machine.memory.bytes[at + rest : at + page] = 0
    file.resize(size)
