"""/proc/meminfo: what the machine's memory is in use for, in kB.

A line about something that this machine does not have (slabs, write-back under way, a balloon) is
there and 0, so that it reads like any other meminfo.

Source: Linux 6.18 fs/proc/meminfo.c (`meminfo_proc_show`), mm/show_mem.c (`si_mem_available`).
"""

from __future__ import annotations

from .. import boot
from ..census import census
from ..commit import committed, limit
from ..machine import Machine
from .fields import MEMINFO

_VMALLOC = 32 << 40  # bytes of address space (arch/x86/include/asm/pgtable_64_types.h)


def meminfo(machine: Machine) -> str:
    """Write /proc/meminfo."""
    values = numbers(machine)
    return "".join(_line(name, values.get(name, 0)) for name in MEMINFO)


def numbers(machine: Machine) -> dict[str, int]:
    """Compute the lines that are not 0 by nature, in bytes; the HugePages_ ones in pages."""
    page, swap = machine.mode.page_bytes, machine.pool.swap
    spaces = [task.space for task in machine.processes.values()]
    found = census(machine.pool, spaces)
    pages = {
        "MemTotal": machine.ram_frames,
        "MemFree": found["nr_free_pages"],
        "MemAvailable": found["nr_free_pages"] + found["nr_inactive_file"],
        "Cached": found["nr_file_pages"],
        "SwapCached": found["nr_swapcached"],
        "Inactive": found["nr_inactive_anon"] + found["nr_inactive_file"],
        "Inactive(anon)": found["nr_inactive_anon"],
        "Inactive(file)": found["nr_inactive_file"],
        "Unevictable": found["nr_unevictable"],
        "Mlocked": found["nr_mlock"],
        "SwapTotal": swap.slots,
        "SwapFree": swap.free,
        "Dirty": found["nr_dirty"],
        "AnonPages": found["nr_anon_pages"],
        "Mapped": found["nr_mapped"],
        "Shmem": found["nr_shmem"],
        "PageTables": found["nr_page_table_pages"],
    }
    sizes = {name: count * page for name, count in pages.items()}
    huge = machine.mode.span(machine.mode.levels - 2)
    sizes["CommitLimit"] = limit(machine)
    sizes["Committed_AS"] = committed(machine)
    pool = machine.pool.hugetlb
    counts = {"Total": pool.total, "Free": pool.free, "Rsvd": pool.reserved, "Surp": pool.surplus}
    sizes |= {f"HugePages_{name}": count for name, count in counts.items()}
    sizes["Hugetlb"] = pool.total * pool.frames * page
    sizes["VmallocTotal"] = _VMALLOC * (machine.mode.va_bits == 48)
    sizes["AnonHugePages"] = found["nr_anon_transparent_hugepages"] * huge
    sizes["Hugepagesize"] = huge
    return sizes | boot.direct_map_sizes(machine.mode, machine.ram_frames)


def _line(name: str, value: int) -> str:
    if MEMINFO[name].unit == "huge pages":  # not kB
        return f"{name + ':':<19}{value:5}\n"
    return f"{name + ':':<15} {value >> 10:8} kB\n"
