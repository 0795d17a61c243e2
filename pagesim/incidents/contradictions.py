"""What in the evidence contradicts a mechanism: a line of a file that was shown, word for word.

A mechanism leaves a sign in the counters. Where the sign is not there, its function returns the
line that says so; where it is, nothing. It knows the evidence alone, never the incident. Within a
family each mechanism is contradicted by another counter, its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..units import count, percent
from .evidence import Evidence

_VMSTAT, _MEMINFO, _BUDDYINFO = "/proc/vmstat", "/proc/meminfo", "/proc/buddyinfo"
_ORDER = 9  # of a block of 2 MiB


@dataclass(frozen=True, slots=True)
class Observation:
    """A line of the evidence, and what it says about a mechanism.

    Attributes
    ----------
    path, line : str
        Which file, and a line of it, word for word.
    words : str
        Why that contradicts it.
    """

    path: str
    line: str
    words: str

    def __str__(self) -> str:
        return f"{self.path} has `{' '.join(self.line.split())}`: {self.words}"


def _share(seen: Evidence, kb: int, path: str, name: str, least: float = 0.5) -> Observation | None:
    """Contradict what says that most of the memory in use is of one kind."""
    if kb >= least * seen.used:
        return None
    words = (
        f"that is {percent(kb / seen.used, 2)} of the {seen.used:,} kB in use (MemTotal minus "
        "MemFree). Where is the rest?"
    )
    return Observation(path, seen.line(path, name), words)


def tables(seen: Evidence) -> Observation | None:
    """Ask whether page tables are most of what is in use."""
    return _share(seen, seen.meminfo("PageTables"), _MEMINFO, "PageTables")


def heap(seen: Evidence) -> Observation | None:
    """Ask whether heaps are."""
    return _share(seen, seen.meminfo("AnonPages"), _MEMINFO, "AnonPages")


def tmpfs(seen: Evidence) -> Observation | None:
    """Ask whether files in memory are."""
    return _share(seen, seen.meminfo("Shmem"), _MEMINFO, "Shmem")


def idle_pool(seen: Evidence) -> Observation | None:
    """Ask whether huge pages that nobody uses are."""
    kb = seen.meminfo("HugePages_Free") * seen.meminfo("Hugepagesize")
    return _share(seen, kb, _MEMINFO, "HugePages_Free")


def lazy(seen: Evidence) -> Observation | None:
    """Ask whether pages are that were given back with MADV_FREE."""
    kb = seen.total("/smaps_rollup", ("LazyFree",))
    return _share(seen, kb, seen.paths("/smaps_rollup")[-1], "LazyFree")


def fork_tables(seen: Evidence) -> Observation | None:
    """Ask whether the child's tables are more than what was copied since."""
    child = seen.paths("/status")[-1]
    copied = seen.total("/smaps_rollup", ("Private_Dirty", "Private_Hugetlb"))
    if seen.value(child, "VmPTE") > copied:
        return None
    words = (
        f"fork has copied that, while {copied:,} kB of pages are private by now (Private_ lines of "
        "smaps_rollup). Tables are the smaller part."
    )
    return Observation(child, seen.line(child, "VmPTE"), words)


def unmeant(seen: Evidence) -> Observation | None:
    """Ask whether a child has written to more than a quarter of what it has."""
    children = seen.paths("/smaps_rollup")[1:]
    for child in children:
        if seen.value(child, "Private_Dirty") * 4 > seen.value(child, "Rss") > 0:
            return None
    last = children[-1]
    words = (
        f"of {seen.value(last, 'Rss'):,} kB of Rss. The child has hardly written to a page of the "
        "usual size, meant or not."
    )
    return Observation(last, seen.line(last, "Private_Dirty"), words)


def huge_copies(seen: Evidence) -> Observation | None:
    """Ask whether there is a huge page to copy."""
    if seen.total("/smaps_rollup", ("AnonHugePages", "Private_Hugetlb", "Shared_Hugetlb")):
        return None
    last = seen.paths("/smaps_rollup")[-1]
    words = (
        "AnonHugePages and Shared_Hugetlb are 0 as well, there and in the others. There is no huge "
        "page to copy."
    )
    return Observation(last, seen.line(last, "Private_Hugetlb"), words)


def swap_in(seen: Evidence) -> Observation | None:
    """Ask whether a page has come back from swap."""
    if seen.vmstat("pswpin"):
        return None
    return Observation(_VMSTAT, seen.line(_VMSTAT, "pswpin"), "nothing has come back from swap.")


def _of_swap(pages: int, done: str) -> str:
    """Say what of a pgpg line is swap's: Linux counts every disk in it (submit_bio)."""
    kib = f"{pages * 4:,} KiB"
    return f" (the {kib} are the {count(pages, 'page')} {done} for swap)" if pages else ""


def write_back(seen: Evidence) -> Observation | None:
    """Ask whether anything was written to a file's disk."""
    if seen.vmstat("pgpgout") > 4 * seen.vmstat("pswpout"):
        return None
    swap = _of_swap(seen.vmstat("pswpout"), "written")
    dirty = f"{seen.vmstat('nr_dirty'):,}"
    words = f"nothing was written back to a file{swap}; and nr_dirty is {dirty}."
    return Observation(_VMSTAT, seen.line(_VMSTAT, "pgpgout"), words)


def first_touch(seen: Evidence) -> Observation | None:
    """Ask whether most faults needed no disk."""
    faults, major = seen.vmstat("pgfault"), seen.vmstat("pgmajfault")
    if major * 2 < faults:
        return None
    words = (
        f"of {count(faults, 'fault')} so many waited for something that had to be fetched, and "
        "zeros need not be."
    )
    return Observation(_VMSTAT, seen.line(_VMSTAT, "pgmajfault"), words)


def cold_file(seen: Evidence) -> Observation | None:
    """Ask whether a fault has read from a file's disk."""
    if seen.vmstat("pgpgin") > 4 * seen.vmstat("pswpin"):
        return None
    words = f"no fault has read from a file{_of_swap(seen.vmstat('pswpin'), 'read')}."
    return Observation(_VMSTAT, seen.line(_VMSTAT, "pgpgin"), words)


def limit_met(seen: Evidence) -> Observation | None:
    """Ask whether the memory cgroup has met its limit."""
    groups = seen.paths("/memory.events")
    if any(seen.value(path, "max") for path in groups):
        return None
    now, most = (seen.files[groups[0][:-6] + end].strip() for end in ("current", "max"))
    words = f"the limit of {most} bytes was never met (memory.current: {now})."
    return Observation(groups[0], seen.line(groups[0], "max"), words)


def remote(seen: Evidence) -> Observation | None:
    """Ask whether pages came from another node than the one that the program runs on."""
    if seen.total("/numastat", ("other_node", "numa_miss")):
        return None
    node = seen.paths("/numastat")[0]
    words = (
        f"numa_miss is 0, too, and so on every node; local_node is "
        f"{seen.value(node, 'local_node'):,}. Each page came from the node of its program."
    )
    return Observation(node, seen.line(node, "other_node"), words)


def small_pages(seen: Evidence) -> Observation | None:
    """Ask whether nobody was refused large pages, and nobody has them."""
    if not seen.vmstat("thp_fault_fallback") and not seen.meminfo("AnonHugePages"):
        return None
    words = "large pages were asked for, and refused."
    return Observation(_VMSTAT, seen.line(_VMSTAT, "thp_fault_fallback"), words)


def no_block(seen: Evidence) -> Observation | None:
    """Ask whether large pages were refused, for want of a block."""
    for line in seen.files[_BUDDYINFO].splitlines():
        if any(map(int, line.split()[4 + _ORDER :])):
            words = f"there are free blocks of order {_ORDER} or more. Who asks for one gets it."
            return Observation(_BUDDYINFO, line.strip(), words)
    if seen.vmstat("thp_fault_fallback"):
        return None
    words = "nobody has asked for a large page in vain."
    return Observation(_VMSTAT, seen.line(_VMSTAT, "thp_fault_fallback"), words)


def faulting(seen: Evidence) -> Observation | None:
    """Ask whether there were faults while it was slow."""
    minor, major = (seen.perf(name) for name in ("minor-faults", "major-faults"))
    if minor + major:
        return None
    (line,) = (text for text in seen.files["perf stat"].splitlines() if "minor-faults" in text)
    words = "no major ones either, while it was slow. Every page was there, every entry filled."
    return Observation("perf stat", line.strip(), words)


def too_many(seen: Evidence) -> Observation | None:
    """Ask whether memory as a whole is short, and pages come back."""
    free, total = seen.meminfo("MemFree"), seen.meminfo("MemTotal")
    if free * 10 < total and seen.vmstat("pswpin"):
        return None
    words = (
        f"of {total:,} kB. Whoever needed a frame could have had one of these, if memory as a "
        "whole were what was short."
    )
    return Observation(_MEMINFO, seen.line(_MEMINFO, "MemFree"), words)


def one_node(seen: Evidence) -> Observation | None:
    """Ask whether one node has free pages left, and another hardly any."""
    free, lines = seen.free_by_node, seen.files[_BUDDYINFO].splitlines()
    if len(free) > 1 and min(free) * 8 < max(free):
        return None
    if len(free) == 1:
        words = "there is no node but this one. No other could have stayed empty."
        return Observation(_BUDDYINFO, lines[0].strip(), words)
    words = f"the nodes have {min(free):,} and {max(free):,} free pages."
    return Observation(_BUDDYINFO, lines[free.index(min(free))].strip(), words)


def areas(seen: Evidence) -> Observation | None:
    """Ask whether a process has nearly as many areas as it may have."""
    most = max(len(seen.files[path].splitlines()) for path in seen.paths("/maps"))
    if most * 10 >= seen.value("sysctl", "vm.max_map_count =") * 9:
        return None
    words = f"and the process has {count(most, 'area')} (lines of /proc/PID/maps)."
    return Observation("sysctl", seen.line("sysctl", "vm.max_map_count ="), words)


def killed(seen: Evidence) -> Observation | None:
    """Ask whether somebody was killed for the limit of the group."""
    groups = seen.paths("/memory.events")
    if any(seen.value(path, "oom_kill") for path in groups):
        return None
    words = "nobody was killed for the group's limit."
    return Observation(groups[0], seen.line(groups[0], "oom_kill"), words)


def overcommit(seen: Evidence) -> Observation | None:
    """Ask whether promises are limited at all."""
    mode = seen.value("sysctl", "vm.overcommit_memory =")
    if mode == 2:
        return None
    words = (
        f"CommitLimit is not enforced (Committed_AS is {seen.meminfo('Committed_AS'):,} kB, "
        f"CommitLimit {seen.meminfo('CommitLimit'):,} kB)."
    )
    return Observation("sysctl", seen.line("sysctl", "vm.overcommit_memory ="), words)
