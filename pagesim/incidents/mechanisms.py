"""Mechanisms: what may be behind a trouble, and what in the evidence would contradict each.

A mechanism leaves a sign in the counters. Where the sign is not there, `against` says so with the
numbers that are; where it is, it says nothing. It knows the evidence alone, never the incident.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..units import count, percent
from .evidence import Evidence


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One thing that may be behind a trouble.

    Attributes
    ----------
    words : str
        In one sentence.
    against : callable
        From the evidence to the observation that contradicts it; empty if none does.
    """

    words: str
    against: Callable[[Evidence], str]


def _share(seen: Evidence, name: str, kb: int, least: float = 0.5) -> str:
    """Contradict what says that most of the memory in use is of one kind."""
    if kb >= least * seen.used:
        return ""
    return (
        f"{name}: {kb:,} kB, {percent(kb / seen.used, 2)} of the {seen.used:,} kB in use "
        "(MemTotal minus MemFree). Where is the rest?"
    )


def _tables(seen: Evidence) -> str:
    return _share(seen, "PageTables in /proc/meminfo", seen.meminfo("PageTables"))


def _heap(seen: Evidence) -> str:
    return _share(seen, "AnonPages in /proc/meminfo", seen.meminfo("AnonPages"))


def _tmpfs(seen: Evidence) -> str:
    return _share(seen, "Shmem in /proc/meminfo", seen.meminfo("Shmem"))


def _idle_pool(seen: Evidence) -> str:
    kb = seen.meminfo("HugePages_Free") * seen.meminfo("Hugepagesize")
    return _share(seen, "HugePages_Free × Hugepagesize", kb)


def _lazy(seen: Evidence) -> str:
    kb = seen.total("/smaps_rollup", ("LazyFree",))
    return _share(seen, "LazyFree in smaps_rollup", kb)


def _copied(seen: Evidence) -> int:
    """KB that parent and children have of their own."""
    return seen.total("/smaps_rollup", ("Private_Dirty", "Private_Hugetlb"))


def _fork_tables(seen: Evidence) -> str:
    child = seen.paths("/status")[-1] if seen.paths("/status") else ""
    tables, copied = seen.value(child, "VmPTE"), _copied(seen)
    if tables > copied:
        return ""
    return (
        f"Fork gave the last child {tables:,} kB of tables (VmPTE in {child}), while "
        f"{copied:,} kB of pages are private by now (Private_ lines of smaps_rollup). "
        "Tables are the smaller part."
    )


def _unmeant(seen: Evidence) -> str:
    children = seen.paths("/smaps_rollup")[1:]
    for child in children:
        dirty, rss = seen.value(child, "Private_Dirty"), seen.value(child, "Rss")
        if dirty * 4 > rss > 0:
            return ""
    last = children[-1] if children else ""
    return (
        f"The child has {seen.value(last, 'Private_Dirty'):,} kB of Private_Dirty, of "
        f"{seen.value(last, 'Rss'):,} kB of Rss ({last}): it has hardly written anything, meant or "
        "not."
    )


def _huge_copies(seen: Evidence) -> str:
    huge = seen.total("/smaps_rollup", ("AnonHugePages", "Private_Hugetlb", "Shared_Hugetlb"))
    if huge:
        return ""
    return (
        "AnonHugePages, Private_Hugetlb and Shared_Hugetlb are 0 kB in every smaps_rollup: there "
        "is no huge page to copy."
    )


def _swap_in(seen: Evidence) -> str:
    if seen.vmstat("pswpin"):
        return ""
    return "pswpin in /proc/vmstat is 0: nothing has come back from swap."


def _write_back(seen: Evidence) -> str:
    if seen.vmstat("pgpgout") > 4 * seen.vmstat("pswpout"):
        return ""
    return (
        f"pgpgout in /proc/vmstat is {seen.vmstat('pgpgout')}, nr_dirty {seen.vmstat('nr_dirty')}: "
        "no file was written back, and none waits for it."
    )


def _first_touch(seen: Evidence) -> str:
    faults, major = seen.vmstat("pgfault"), seen.vmstat("pgmajfault")
    if major * 2 < faults:
        return ""
    return (
        f"{major:,} of {count(faults, 'fault')} were major (pgmajfault, pgfault): they waited "
        "for something that had to be fetched, and zeros need not be."
    )


def _cold(seen: Evidence) -> str:
    if seen.vmstat("pgmajfault") and seen.vmstat("pgpgin"):
        return ""
    return (
        f"pgmajfault in /proc/vmstat is {seen.vmstat('pgmajfault')}, pgpgin "
        f"{seen.vmstat('pgpgin')}: no fault has read from a disk."
    )


def _limit_met(seen: Evidence) -> str:
    groups = seen.paths("/memory.events")
    if any(seen.value(path, "max") for path in groups):
        return ""
    now, most = (seen.files[groups[0][:-6] + end].strip() for end in ("current", "max"))
    return (
        f"`max` in {groups[0]} is 0: the limit of {most} bytes was never met (memory.current: "
        f"{now})."
    )


def _remote(seen: Evidence) -> str:
    other = seen.total("/numastat", ("other_node", "numa_miss"))
    if other:
        return ""
    local = seen.total("/numastat", ("local_node",))
    return (
        f"other_node and numa_miss are 0 on every node, local_node {local:,}: each page came from "
        "the node of its program."
    )


def _asked(seen: Evidence) -> bool:
    return any(" hg " in text for path, text in seen.files.items() if path.endswith("/smaps"))


def _small_pages(seen: Evidence) -> str:
    fallback = seen.vmstat("thp_fault_fallback")
    if not fallback and not seen.meminfo("AnonHugePages"):
        return ""
    return (
        f"thp_fault_fallback in /proc/vmstat is {fallback}: large pages were asked for, and "
        "refused."
    )


def _no_block(seen: Evidence) -> str:
    if seen.vmstat("thp_fault_fallback") and seen.largest_free < 9:
        return ""
    return (
        f"thp_fault_fallback in /proc/vmstat is {seen.vmstat('thp_fault_fallback')}, and "
        f"/proc/buddyinfo has free blocks of order {seen.largest_free}: nobody was refused one of "
        "order 9."
    )


def _faulting(seen: Evidence) -> str:
    minor, major = (seen.perf(name) for name in ("minor-faults", "major-faults"))
    if minor + major:
        return ""
    return (
        "perf stat counts 0 minor-faults and 0 major-faults while it was slow: every page was "
        "there, and every entry filled."
    )


def _too_many(seen: Evidence) -> str:
    free, total = seen.meminfo("MemFree"), seen.meminfo("MemTotal")
    if free * 10 < total and seen.vmstat("pswpin"):
        return ""
    return (
        f"MemFree is {free:,} kB of {total:,} kB: whoever needed a frame "
        "could have had one of these, if memory as a whole were what was short."
    )


def _one_node(seen: Evidence) -> str:
    free = seen.free_by_node
    if len(free) > 1 and min(free) * 8 < max(free):
        return ""
    if len(free) == 1:
        return "/proc/buddyinfo knows one node: there is no other that could have stayed empty."
    return f"/proc/buddyinfo: the nodes have {min(free):,} and {max(free):,} free pages."


def _areas(seen: Evidence) -> str:
    most = max((len(seen.files[path].splitlines()) for path in seen.paths("/maps")), default=0)
    allowed = seen.value("sysctl", "vm.max_map_count =")
    if most * 10 >= allowed * 9:
        return ""
    return (
        f"The process has {count(most, 'area')} (lines of /proc/PID/maps), and "
        f"vm.max_map_count allows {allowed:,}."
    )


def _killed(seen: Evidence) -> str:
    groups = seen.paths("/memory.events")
    if any(seen.value(path, "oom_kill") for path in groups):
        return ""
    return f"`oom_kill` is 0 in {groups[0]}: nobody was killed for the group's limit."


def _overcommit(seen: Evidence) -> str:
    mode = seen.value("sysctl", "vm.overcommit_memory =")
    if mode == 2:
        return ""
    return (
        f"vm.overcommit_memory is {mode}: CommitLimit is not enforced (Committed_AS is "
        f"{seen.meminfo('Committed_AS'):,} kB, CommitLimit {seen.meminfo('CommitLimit'):,} kB)."
    )


MECHANISMS: dict[str, Mechanism] = {
    # memory that nobody has
    "tables": Mechanism(
        "Each process has page tables of its own for memory that all of them share.", _tables
    ),
    "heap": Mechanism(
        "One of the processes keeps allocating, and never gives anything back.", _heap
    ),
    "tmpfs": Mechanism(
        "Files in memory (tmpfs, shared memory) have grown until they fill it.", _tmpfs
    ),
    "idle-pool": Mechanism(
        "Huge pages are set aside at boot, and no program asks for them.", _idle_pool
    ),
    "lazy": Mechanism(
        "What was freed has not been taken back yet, as nothing was short (MADV_FREE).", _lazy
    ),
    # a stall at each snapshot
    "fork-tables": Mechanism(
        "The page tables are copied at fork, entry by entry, while everybody waits.", _fork_tables
    ),
    "unmeant": Mechanism(
        "Children that only read do write: counters and marks beside the objects.", _unmeant
    ),
    "huge-copies": Mechanism(
        "After the fork, one byte written copies a page of 2 MiB.", _huge_copies
    ),
    "swap-in": Mechanism(
        "Pages had been swapped out, and are fetched back one by one.", _swap_in
    ),
    "write-back": Mechanism(
        "Dirty pages of a file are written back, and the program waits for that.", _write_back
    ),
    # slow at the start
    "first-touch": Mechanism(
        "Memory is touched for the first time: each page is a fault, and is zeroed.", _first_touch
    ),
    "cold-file": Mechanism(
        "A mapped file is not in the page cache: each page is a fault that reads it.", _cold
    ),
    "limit-met": Mechanism(
        "Its memory cgroup is full: each new page waits until another one has left.", _limit_met
    ),
    "remote": Mechanism(
        "Its pages lie on another node than the threads that use them.", _remote
    ),
    # slower, and nothing waits
    "small-pages": Mechanism(
        "More pages in use than the TLB remembers; nobody has asked for larger ones.", _small_pages
    ),
    "no-block": Mechanism(
        "More pages in use than the TLB remembers; larger ones were asked for, and refused.",
        _no_block,
    ),
    "faulting": Mechanism(
        "Its pages are given back and touched anew: each time another fault.", _faulting
    ),
    # it broke down
    "too-many": Mechanism(
        "Together the programs use more pages than there are frames.", _too_many
    ),
    "one-node": Mechanism(
        "One node is full, and pages leave it while another one is empty.", _one_node
    ),
    "areas": Mechanism("The process has as many areas as a process may have.", _areas),
    "killed": Mechanism(
        "Its memory cgroup has met its limit, whatever the machine has.", _killed
    ),
    "overcommit": Mechanism(
        "The kernel refuses to promise more memory than it could ever give.", _overcommit
    ),
}  # fmt: skip

FAMILIES: dict[str, tuple[str, ...]] = {
    "memory": ("tables", "heap", "tmpfs", "idle-pool", "lazy"),
    "snapshot": ("fork-tables", "unmeant", "huge-copies", "swap-in", "write-back"),
    "start": ("first-touch", "cold-file", "swap-in", "limit-met", "remote"),
    "slow": ("small-pages", "no-block", "faulting", "swap-in", "remote"),
    "broken": ("too-many", "one-node", "areas", "killed", "overcommit"),
}
