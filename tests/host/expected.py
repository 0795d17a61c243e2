"""What the labs count, as Linux 6.18 counted it independently of this code; and ways to ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pagesim.host.plotted import TimedLab
from pagesim.host.probe import LABS

ROOT = Path(__file__).parents[2]

EXPECTED: dict[str, dict[str, int | str]] = {
    "same_address": {
        "the first stores 1,111 and reads": 1111,
        "the second stores 2,222 and reads": 2222,
    },
    "reservation": {
        "growth of the virtual size, in GiB": 1024,
        "pages in memory after the mmap": 0,
        "pages in memory after writing 3 of them": 3,
        "more address space than memory in this process": "yes",
    },
    "own_bytes": {
        "a text is found at its address, byte for byte": "yes",
        "bytes behind the first that come with its fault": 4095,
        "faults of every byte of 3 pages": 3,
        "faults of the first and last byte of a page": 1,
        "faults of a page's last byte and the byte behind": 2,
    },
    "presence": {
        "present before any touch": 0,
        "present after reading every other page": 32,
        "present after writing every fourth too": 32,
        "of these, mapped by this process alone": 16,
        "in memory, as mincore() says": 32,
        "present after they were given back": 0,
    },
    "frames": {
        "distinct frames of 256 pages that were read": 1,
        "distinct frames of 256 pages that were written": 256,
        "pages of 256 that share their frame with a forked child": 256,
        "neighbours of 511 in a huge page with neighbouring frames": 511,
        "first frame of a huge page, modulo 512": 0,
    },
    "huge_pages": {
        "write all, 4 KiB pages": 16384,
        "write all, 2 MiB pages": 32,
        "write a window that is 1 MiB off, 2 MiB pages": 543,
        "one byte per 2 MiB, 4 KiB pages": 128,
        "one byte per 2 MiB, 2 MiB pages": 65536,
    },
    "huge_page_times": {
        "fork takes under 4/5 of the time": "yes",
        "random reads are over 1.2 times as fast": "yes",
    },
    "short_life": {
        "map 64 pages": 0,
        "read all of them": 64,
        "write to all of them": 64,
        "write one place, 30 pages down the stack": 1,
        "fork, and the child reads all": 0,
        "the child writes to 32": 32,
        "then the parent writes to all": 64,
        "memory of the mapping at the end": 256,
        "what the page table has grown": 12,
    },
    "swap_round_trip": {
        "write them": 1024,
        "send them out": 1024,
        "read them": 1024,
        "write them again": 0,
    },
    "own_program": {
        "fewer page changes: by rows or by columns": "rows",
        "fewer: in a sorted array or in Eytzinger's order": "Eytzinger",
        "fewer: in a sorted array or in a hash table": "hash table",
        "fewer: in a B-tree of fan-out 16 or of 512": "512",
        "fewer: reads in random order or sorted": "sorted",
        "a matrix, row by row": 8,
        "the same, column by column": 4096,
        "searches in a sorted array": 950,
        "in the order of Eytzinger": 907,
        "in a hash table": 101,
        "in a B-tree of fan-out 16": 400,
        "in a B-tree of fan-out 512": 200,
        "reads in random order": 999,
        "the same reads, sorted": 433,
    },
    "tlb_knee": {
        "over 4,096 small pages it takes over one and a half times as long as over 512": "yes"
    },
    "maps_totals": {
        "all sizes, less VmSize, in KiB": 0,
        "all that is in memory, less the kernel's sum (smaps_rollup), in KiB": 0,
        "malloc of 100 bytes is in": "heap",
        "malloc of 1 MiB is in": "mmap",
        "the stack pointer is in": "stack",
        "the code of tfind() is in": "library",
    },
    "randomisation": {
        "does the text move": "yes",
        "does the heap move": "yes",
        "does the library move": "yes",
        "does the stack move": "yes",
        "does the vdso move": "yes",
        "does the distance from text to data change": "no",
        "does the distance from data to heap change": "yes",
        "does the distance from library to stack change": "yes",
        "do the low 12 bits of any start change": "no",
    },
    "thread_stack": {
        "its area is called": "nothing",
        "permissions of its area": "rw-p",
        "a store on its lowest page": "fine",
        "pages by which that makes it grow": 0,
        "a store into the guard": "SIGSEGV",
    },
    "copy_on_write": {
        "child reads all pages": 0,
        "what the child has then": 500,
        "child writes 500 of them": 500,
        "what the child has now": 750,
        "child writes them again": 0,
        "parent writes the 500 that the child has copied": 500,
        "parent writes the 500 that are still shared": 500,
        "parent writes all again": 0,
    },
    "file_pages": {
        "read it from the disk": 1024,
        "send it out of memory, read it again": 1024,
        "read it from the page cache": 64,
        "then write to a private mapping of it": 1024,
    },
    "stack_growth": {
        "50 stores, each a page further down": 50,
        "what they add to the stack": 50,
        "one store 100 pages further down": 1,
        "what it adds to the stack": 100,
        "one store below the limit (RLIMIT_STACK)": "SIGSEGV",
        "left free above a neighbour": 256,
    },
    "permissions": {
        "load from a read-only page": "no fault",
        "store to it": "SIGSEGV ACCERR, P W U",
        "store to a read-only page never touched": "SIGSEGV ACCERR, W U",
        "load from a page that became PROT_NONE": "SIGSEGV ACCERR, U",
        "load at NULL": "SIGSEGV MAPERR, U",
        "store at NULL": "SIGSEGV MAPERR, W U",
        "load where nothing is mapped": "SIGSEGV MAPERR, U",
        "store to the C library's code": "SIGSEGV ACCERR, P W U",
        "jump to data": "SIGSEGV ACCERR, P U I",
        "load at a kernel address": "SIGSEGV MAPERR, P U",
        "store at a kernel address": "SIGSEGV MAPERR, P W U",
        "load behind the end of a mapped file": "SIGBUS ADRERR, U",
        "load at a non-canonical address": "SIGSEGV SI_KERNEL, trap 13",
        "CR2 held the address, at each page fault": "yes",
    },
    "belady": {
        "faults in 3 frames": 9,
        "faults in 4 frames": 10,
        "pages sent out with 3 frames": 6,
        "pages sent out with 4 frames": 6,
        "pages came back as they were left": "yes",
    },
    "first_touch": {
        "write fresh pages": 1000,
        "write them again": 0,
        "give them back, write again": 1000,
        "read fresh pages": 1000,
        "what reading took": 0,
        "write them after reading": 1000,
        "what writing took": 1000,
        "write pages filled by the kernel": 0,
    },
    "child_tables": {
        "tables that one child needs for it": 136,
        "tables of all children": 544,
        "memory of the file": 128,
        "of the file in each child, shared out (Pss)": 32,
    },
    "fork_writes": {
        "write them, 4 KiB pages": 4,
        "what that copies, 4 KiB pages": 16,
        "write them, 2 MiB pages": 4,
        "what that copies, 2 MiB pages": 16,
        "huge pages that the writer has left": 0,
        "huge pages that the child still has": 4,
    },
    "own_python": {
        "a collection in the child copies over 4 MiB": "yes",
        "after gc.freeze it copies under a tenth of that": "yes",
        "after gc.freeze a loop over the objects copies over a quarter": "yes",
    },
    "areas_limit": {
        "areas when mmap is refused, more than vm.max_map_count": 1,
        "what mmap says": "ENOMEM",
        "pages of them in memory": 0,
        "mmap works again when two areas are given back": "yes",
    },
    "group_limit": {
        "mmap of four times the limit": "fine",
        "what ends it while it writes page after page": "SIGKILL",
        "pages written by then are within a tenth of the limit": "yes",
        "kills that the group has counted": 1,
        "the machine has memory free at that moment": "yes",
    },
    "truncated_file": {
        "loads, one from each page, before": 0,
        "pages of the mapping in memory, before any load": 3,
        "the same loads afterwards": 5,
        "what the signal says": "SIGBUS ADRERR",
        "bytes behind the new end, in its page, that read as 0": 1,
    },
    "page_tables": {
        "1 page": 12,
        "512 pages side by side": 12,
        "512 pages, one per 2 MiB": 2056,
        "512 pages, one per 1 GiB": 4100,
        "64 pages, one per 512 GiB": 768,
        "1 GiB side by side": 2056,
    },
}
MEASURE = """
import json
from pagesim.host.probe import LABS
for lab in LABS:
    if lab.key in {key!r}.split():
        for _ in range({times}):
            report = lab().measure()
            print(json.dumps([report.live, dict(report.counted), report.note]))
"""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="counts need a Linux kernel")
each_lab = pytest.mark.parametrize("lab", LABS, ids=lambda lab: str(lab.key))
# Times are nothing to assert: those labs are held to their recordings only.
COUNTING = [lab for lab in LABS if not issubclass(lab, TimedLab)]
each_counting_lab = pytest.mark.parametrize("lab", COUNTING, ids=lambda lab: str(lab.key))


def run(code: str, python: str = sys.executable, user: int | None = None) -> list[Any]:
    """Run code in a fresh interpreter and read the JSON lines that it prints."""
    packages = [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
    done = subprocess.run(
        [python, "-P", "-c", code],
        capture_output=True,
        text=True,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(packages), "HOME": "/"},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
