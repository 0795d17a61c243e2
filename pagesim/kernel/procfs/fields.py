"""The lines of /proc's files: in which order they stand, what each counts, and what it means.

Whoever writes such a file takes names and order from here; whoever reads one, the words.

Source: Linux 6.18 Documentation/filesystems/proc.rst; fs/proc/meminfo.c, fs/proc/task_mmu.c,
fs/proc/array.c, mm/vmstat.c (order).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Unit = Literal["kB", "pages", "huge pages", "events", "number", "text"]


class Field(NamedTuple):
    """One line: what its value counts, and what it says."""

    unit: Unit
    words: str


def _all(unit: Unit, **words: str) -> dict[str, Field]:
    return {name: Field(unit, said) for name, said in words.items()}


def _kb(words: dict[str, str]) -> dict[str, Field]:
    return {name: Field("kB", said) for name, said in words.items()}


MEMINFO: dict[str, Field] = {
    **_kb(
        {
            "MemTotal": "RAM that Linux has to give out",
            "MemFree": "in use for nothing at all",
            "MemAvailable": "an estimate of what new work can get without swapping",
            "Buffers": "cached blocks of disks",
            "Cached": "pages of files, tmpfs and shared memory included",
            "SwapCached": "in memory and in swap at once",
            "Active": "used lately: not the next to leave",
            "Inactive": "next to leave",
            "Active(anon)": "of those, without a file behind them",
            "Inactive(anon)": "of those, without a file behind them",
            "Active(file)": "of those, of files",
            "Inactive(file)": "of those, of files",
            "Unevictable": "may not leave memory",
            "Mlocked": "locked with mlock",
            "SwapTotal": "room for pages that leave memory",
            "SwapFree": "of that, not in use",
            "Zswap": "memory that holds compressed swap",
            "Zswapped": "what is compressed in it, in full size",
            "Dirty": "of files, to be written to disk",
            "Writeback": "on its way to disk",
            "AnonPages": "pages of processes without a file behind them",
            "Mapped": "pages of files that some process maps",
            "Shmem": "tmpfs and shared memory",
            "KReclaimable": "of the kernel's own, what it can give back",
            "Slab": "the kernel's own objects",
            "SReclaimable": "of those, what can be given back",
            "SUnreclaim": "of those, what cannot",
            "KernelStack": "kernel stacks of all threads",
            "PageTables": "page tables of all processes",
            "SecPageTables": "page tables of guests and devices",
            "NFS_Unstable": "always 0 by now",
            "Bounce": "copies for devices that do not reach all memory",
            "WritebackTmp": "FUSE's copies while it writes",
            "CommitLimit": "what may be promised with vm.overcommit_memory = 2",
            "Committed_AS": "what is promised to all processes",
            "VmallocTotal": "address space for the kernel's own mappings, not memory",
            "VmallocUsed": "of that, in use",
            "VmallocChunk": "always 0 by now",
            "Percpu": "the kernel's variables of each CPU",
            "AnonHugePages": "of AnonPages, in transparent huge pages",
            "ShmemHugePages": "of Shmem, in huge pages",
            "ShmemPmdMapped": "of those, mapped as huge pages",
            "FileHugePages": "of files, in huge pages",
            "FilePmdMapped": "of those, mapped as huge pages",
            "Balloon": "given back to the host of this guest",
        }
    ),
    **_all(
        "huge pages",
        HugePages_Total="pages of hugetlb's pool",
        HugePages_Free="of those, not yet touched",
        HugePages_Rsvd="of the free ones, promised",
        HugePages_Surp="more than vm.nr_hugepages, made on demand",
    ),
    **_kb(
        {
            "Hugepagesize": "size of a page of the pool",
            "Hugetlb": "memory of all pools; nobody else can have it",
            "DirectMap4k": "of the kernel's map of all RAM, in small pages",
            "DirectMap2M": "of it, in pages of 2 MiB",
            "DirectMap1G": "of it, in pages of 1 GiB",
        }
    ),
}

SMAPS: dict[str, Field] = _kb(
    {
        "Rss": "in memory, whoever shares it",
        "Pss": "in memory, what is shared divided by those who share it",
        "Pss_Dirty": "of Pss, written",
        "Shared_Clean": "of Rss: others map it too, not written",
        "Shared_Dirty": "of Rss: others map it too, written",
        "Private_Clean": "of Rss: mapped here alone, not written",
        "Private_Dirty": "of Rss: mapped here alone, written",
        "Referenced": "of Rss, accessed since somebody last looked",
        "Anonymous": "of Rss, without a file behind it",
        "KSM": "merged with equal pages",
        "LazyFree": "given back with MADV_FREE, still counted in Rss",
        "AnonHugePages": "of Anonymous, mapped as huge pages",
        "ShmemPmdMapped": "shared memory, mapped as huge pages",
        "FilePmdMapped": "of files, mapped as huge pages",
        "Shared_Hugetlb": "hugetlb's pages, shared; not in Rss",
        "Private_Hugetlb": "hugetlb's pages, of this process alone; not in Rss",
        "Swap": "in swap",
        "SwapPss": "in swap, what is shared divided",
        "Locked": "may not leave memory",
    }
)
PSS_PARTS: dict[str, Field] = _kb(
    {
        "Pss_Anon": "of Pss, without a file behind it",
        "Pss_File": "of Pss, of files",
        "Pss_Shmem": "of Pss, of shared memory",
    }
)
AREA: dict[str, Field] = _kb(
    {
        "Size": "addresses of the area, in memory or not",
        "KernelPageSize": "size of its pages",
        "MMUPageSize": "size of its pages for the MMU",
    }
)

STATUS: dict[str, Field] = {
    **_all(
        "text",
        Name="the program",
        State="what it does at the moment",
    ),
    **_all(
        "number",
        Tgid="the process's number",
        Pid="the thread's number",
        PPid="its parent",
    ),
    **_kb(
        {
            "VmPeak": "the largest VmSize so far",
            "VmSize": "addresses of all areas, in memory or not",
            "VmLck": "locked with mlock",
            "VmPin": "pinned for a device",
            "VmHWM": "the largest VmRSS so far",
            "VmRSS": "in memory: RssAnon + RssFile + RssShmem",
            "RssAnon": "of VmRSS, without a file behind it",
            "RssFile": "of VmRSS, of files",
            "RssShmem": "of VmRSS, shared memory",
            "VmData": "private writable areas, in memory or not",
            "VmStk": "the main thread's stack",
            "VmExe": "the program's code",
            "VmLib": "code of libraries",
            "VmPTE": "its page tables, the root left out",
            "VmSwap": "in swap, shared memory left out",
            "HugetlbPages": "hugetlb's pages; not in VmRSS",
        }
    ),
    **_all(
        "number",
        THP_enabled="1 unless the process has switched huge pages off",
        Threads="its threads",
    ),
}

VMSTAT: dict[str, Field] = {
    **_all(
        "pages",
        nr_free_pages="in use for nothing at all",
        nr_mlock="locked with mlock",
        nr_inactive_anon="without a file, next to leave",
        nr_inactive_file="of files, next to leave",
        nr_unevictable="may not leave memory",
        nr_anon_pages="of processes, without a file behind them",
        nr_mapped="of files that some process maps",
        nr_file_pages="of files, shared memory included",
        nr_dirty="of files, to be written to disk",
        nr_shmem="tmpfs and shared memory",
    ),
    **_all("huge pages", nr_anon_transparent_hugepages="transparent huge pages in use"),
    **_all(
        "pages",
        nr_page_table_pages="page tables of all processes",
        nr_swapcached="in memory and in swap at once",
    ),
    **_all(
        "kB",
        pgpgin="read from disks since boot",
        pgpgout="written to disks since boot",
    ),
    **_all(
        "events",
        pswpin="pages brought back from swap",
        pswpout="pages sent to swap",
        pglazyfree="pages given back with MADV_FREE",
        pgfault="page faults, the major ones included",
        pgmajfault="faults that waited for a disk",
        pglazyfreed="of those given back, really taken",
        pgsteal_direct="pages freed by whoever asked for memory",
        pgsteal_anon="pages freed that had no file behind them",
        pgsteal_file="pages of files that were freed",
        thp_fault_alloc="faults that were given a huge page",
        thp_fault_fallback="faults that wanted one and got small pages",
        thp_collapse_alloc="huge pages made of small ones by khugepaged",
        thp_collapse_alloc_failed="times that there was no block for it",
        thp_split_pmd="huge mappings split into small entries",
        thp_scan_exceed_none_pte="khugepaged let be: too many pages missing",
        thp_scan_exceed_swap_pte="khugepaged let be: too many pages in swap",
        thp_scan_exceed_share_pte="khugepaged let be: too many pages shared",
    ),
}
