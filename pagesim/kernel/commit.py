"""Commitment: how much memory the kernel has promised, and how much it may promise.

A private page that can be written may need a frame of its own some day, so a mapping of such pages
is a promise; memory shared without a name is one as well. What nobody can write costs nothing that
is not in a file already.

Source: Linux 6.18 mm/util.c (`__vm_enough_memory`, `vm_commit_limit`), mm/vma.c
(`accountable_mapping`), mm/shmem.c (`shmem_acct_size`).
"""

from __future__ import annotations

from collections.abc import Iterable

from .space import AddressSpace

RATIO = 50  # vm.overcommit_ratio: per cent of RAM


def committed(spaces: Iterable[AddressSpace]) -> int:
    """Add up the bytes that are promised to address spaces: Committed_AS."""
    total, files = 0, {}
    for space in spaces:
        for area in space.areas:
            if area.accounted:
                total += area.length
            if area.file and area.file.unlinked:
                files[area.file] = area.file.size
    return total + sum(files.values())


def limit(ram: int, swap: int) -> int:
    """Tell how many bytes may be promised in all, where that is limited: CommitLimit."""
    return ram * RATIO // 100 + swap
