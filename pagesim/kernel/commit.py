"""Commitment: how much memory the kernel has promised, and how much it may promise.

A private page that can be written may need a frame of its own some day, so a mapping of such pages
is a promise; memory shared without a name is one as well. What nobody can write costs nothing that
is not in a file already.

Source: Linux 6.18 mm/util.c (`__vm_enough_memory`, `vm_commit_limit`), mm/vma.c
(`accountable_mapping`), mm/shmem.c (`shmem_acct_size`), mm/mmap.c (`init_admin_reserve`,
`init_user_reserve`).
"""

from __future__ import annotations

from ..units import binary
from .errors import SystemCallError
from .machine import Machine
from .pages import File
from .space import AddressSpace
from .vma import Vma

_FOR_ADMIN, _FOR_USER = 8 << 20, 128 << 20  # bytes that nobody's program is promised


def committed(machine: Machine) -> int:
    """Add up the bytes that are promised to all processes: Committed_AS."""
    total = 0
    files: dict[File, int] = {}
    for task in machine.processes.values():
        for area in task.space.areas:
            if area.accounted:
                total += area.length
            if area.file and area.file.unlinked and not area.hugetlb and not area.noreserve:
                files[area.file] = area.file.size
    return total + sum(files.values())


def limit(machine: Machine) -> int:
    """Tell how many bytes may be promised in all, where that is limited: CommitLimit."""
    page, pool = machine.mode.page_bytes, machine.pool.hugetlb
    ram = machine.ram_frames - pool.total * pool.frames
    pages = ram * machine.vm.overcommit_ratio // 100 + machine.pool.swap.slots
    return pages * page


def promise(machine: Machine, space: AddressSpace, more: int, call: str) -> None:
    """See that more bytes can be promised to an address space.

    Raises
    ------
    SystemCallError
        ENOMEM if vm.overcommit_memory forbids it.
    """
    page = machine.mode.page_bytes
    if machine.vm.overcommit_memory == 0:
        most = (machine.ram_frames + machine.pool.swap.slots) * page
        if more > most:
            what = f"{binary(more)} at once, RAM and swap are {binary(most)}"
            raise SystemCallError("ENOMEM", f"{call}: {what} (vm.overcommit_memory is 0)")
    elif machine.vm.overcommit_memory == 2:
        reserve = machine.ram_frames * page // 32  # all of RAM is free at boot
        most = limit(machine) - min(reserve, _FOR_ADMIN)
        most -= min(space.size // 32, reserve, _FOR_USER)
        already = committed(machine)
        if already + more >= most:
            what = f"{binary(already)} are promised, {binary(more)} more; the limit is"
            raise SystemCallError(
                "ENOMEM", f"{call}: {what} {binary(most)} (vm.overcommit_memory is 2)"
            )


def is_promise(machine: Machine, area: Vma) -> bool:
    """Tell whether an area that is about to be mapped is a promise of memory."""
    unlimited = area.noreserve and machine.vm.overcommit_memory != 2
    return area.kind == "private" and "w" in area.prot and not unlimited and not area.hugetlb


def once_protected(area: Vma, prot: str) -> bool:
    """Tell whether an area is a promise once its protection is another.

    What was promised stays so, but for private memory in which nothing was ever written.

    Source: Linux 6.18 mm/mprotect.c (`mprotect_fixup`).
    """
    if "w" in prot:
        free = area.kind == "shared" or area.noreserve or area.hugetlb
        return area.accounted or not free
    return area.accounted and (area.file is not None or area.own_pages)
