"""The machine's files: meminfo, vmstat, buddyinfo, numastat and those of a memory cgroup."""

from __future__ import annotations

import re

from pagesim.arch import X86_64
from pagesim.costs import tables_for_regions
from pagesim.kernel.boot import own_tables

from .shown import HUGE, PAGE, Shown, mapped, numbers

_OF_VMSTAT = {
    "MemFree": "nr_free_pages",
    "Cached": "nr_file_pages",
    "SwapCached": "nr_swapcached",
    "Inactive(anon)": "nr_inactive_anon",
    "Inactive(file)": "nr_inactive_file",
    "Unevictable": "nr_unevictable",
    "Mlocked": "nr_mlock",
    "Dirty": "nr_dirty",
    "AnonPages": "nr_anon_pages",
    "Mapped": "nr_mapped",
    "Shmem": "nr_shmem",
    "PageTables": "nr_page_table_pages",
}
NOT_HERE = {  # nothing of the kind on these machines, so 0
    "/meminfo": (
        "Buffers Active Active(anon) Active(file) Zswap Zswapped Writeback KReclaimable Slab "
        "SReclaimable SUnreclaim KernelStack SecPageTables NFS_Unstable Bounce WritebackTmp "
        "VmallocUsed VmallocChunk Percpu ShmemHugePages ShmemPmdMapped FileHugePages "
        "FilePmdMapped Balloon HugePages_Rsvd HugePages_Surp SwapCached Unevictable Mlocked Dirty"
    ),
    "/vmstat": (
        "pglazyfree pglazyfreed pgsteal_file thp_collapse_alloc thp_collapse_alloc_failed "
        "thp_split_pmd thp_scan_exceed_none_pte thp_scan_exceed_swap_pte thp_scan_exceed_share_pte"
    ),
    "/status": "VmLck VmPin",
    "/smaps_rollup": "KSM LazyFree ShmemPmdMapped FilePmdMapped Locked",
    "/memory.events": "low high oom_group_kill sock_throttled",
    "/numastat": "interleave_hit",
}


def check(shown: Shown) -> None:
    """Derive what the machine says from what its other files say."""
    for part in (_machine, _in_use, _promised, _happened, _placed, _groups):
        part(shown)


def _machine(shown: Shown) -> None:
    memory, events, claim = shown.memory, shown.events, shown.claim
    for end, names in NOT_HERE.items():
        for path in shown.ends(end):
            there = numbers(shown.texts[path])
            for name in names.split():
                claim(f"{path} {name}", there.get(name), 0)
    for name, pages in _OF_VMSTAT.items():
        claim(name, memory[name], PAGE * events[pages])
    for kind in ("Active", "Inactive"):
        claim(kind, memory[kind], memory[f"{kind}(anon)"] + memory[f"{kind}(file)"])
    claim("MemAvailable", memory["MemAvailable"], memory["MemFree"] + memory["Inactive(file)"])
    claim("lists", memory["Inactive"], memory["AnonPages"] + memory["Cached"])
    claim("Cached", memory["Cached"], memory["Inactive(file)"] + memory["Shmem"])
    claim("Mapped", memory["Mapped"], memory["Cached"])  # all that is cached is mapped
    sizes = [memory[f"DirectMap{size}"] for size in ("1G", "2M", "4k")]
    rest, total = divmod(memory["MemTotal"], 1 << 20), memory["MemTotal"]
    claim("DirectMap", sizes, [rest[0] << 20, rest[1] // HUGE * HUGE, total % HUGE])
    claim("Hugepagesize", memory["Hugepagesize"], HUGE)
    claim("VmallocTotal", memory["VmallocTotal"], 32 << 30)
    claim("Hugetlb", memory["Hugetlb"], memory["HugePages_Total"] * memory["Hugepagesize"])
    huge = memory["AnonHugePages"]
    claim("AnonHugePages", huge, HUGE * events["nr_anon_transparent_hugepages"])
    claim("thp_fault_alloc", huge, HUGE * events["thp_fault_alloc"])
    config = numbers(shown.texts["configuration"])
    claim("pool", memory["HugePages_Total"], config.get("vm.nr_hugepages", 0))
    free, at = 0, list[tuple[int, str]]()
    for line in shown.texts["/proc/buddyinfo"].splitlines():
        node, zone, *blocks = re.findall(r"\w+", line.partition("Node")[2].replace("zone", ""))
        free += sum(int(count) << order for order, count in enumerate(blocks))
        at.append((int(node), zone))
    claim("buddyinfo", free, events["nr_free_pages"])
    claim("nodes", sorted({node for node, _ in at}), list(range(at[-1][0] + 1)))
    claim("order", at, sorted(set(at)))


def _in_use(shown: Shown) -> None:
    """What is not free is in use for something: to the frame."""
    memory, claim = shown.memory, shown.claim
    known = sum(memory[each] for each in ("AnonPages", "Cached", "PageTables", "Hugetlb"))
    nodes = 1 + int(re.findall(r"Node (\d+)", shown.texts["/proc/buddyinfo"])[-1])
    frames = memory["MemTotal"] // PAGE + 2 + own_tables(X86_64, memory["MemTotal"] // PAGE)
    spare = -frames % nodes  # nodes are equally large
    roots = shown.processes
    rest = memory["MemTotal"] - memory["MemFree"] - known - PAGE * (roots - spare)
    if "up 61 days" in shown.texts["log"]:  # drivers hold every other MiB
        claim("held in blocks of 1 MiB", rest % 1024, 0)
        claim("half of it", abs(2 * rest - memory["MemTotal"]) < 6 << 10, True)
    else:
        claim("in use", rest, 0)
    if shown.status:
        claim("PageTables", memory["PageTables"], shown.total("VmPTE"))
    elif not shown.ends("dmesg -t"):
        regions = [(a, b - a) for a, b, _ in shown.areas if b - a > 1 << 20]
        tables = sum(tables_for_regions(X86_64, regions)[1:])
        claim("PageTables", memory["PageTables"], PAGE * tables)
    used = sum(each["Private_Hugetlb"] for each in shown.rollup)
    used += shown.rollup[-1]["Shared_Hugetlb"] if shown.rollup else 0
    pool = memory["HugePages_Total"] - memory["HugePages_Free"]
    claim("pool in use", pool * memory["Hugepagesize"], used)


def _promised(shown: Shown) -> None:
    memory, claim = shown.memory, shown.claim
    vm = numbers(shown.texts.get("sysctl", "vm.overcommit_ratio = 50\n"))
    pages = (memory["MemTotal"] - memory["Hugetlb"]) // PAGE * vm["vm.overcommit_ratio"] // 100
    claim("CommitLimit", memory["CommitLimit"], pages * PAGE + memory["SwapTotal"])
    gone = shown.events["pswpout"] - shown.events["pswpin"]
    claim("in swap", shown.swapped, PAGE * gone)
    if shown.status:
        each = shown.total("VmData") + shown.total("VmStk") - shown.total("HugetlbPages")
        shared = memory["Shmem"] and mapped(shown.status[0])
        claim("Committed_AS", memory["Committed_AS"], each + shared)
    else:
        own = sum(end - start for start, end, rest in shown.areas if rest.startswith("rw-p"))
        claim("Committed_AS", memory["Committed_AS"], own >> 10)


def _happened(shown: Shown) -> None:
    """Each page came by a fault: with zeros, out of a file, out of swap."""
    memory, events, claim = shown.memory, shown.events, shown.claim
    claim("pgmajfault", events["pgmajfault"], events["pgpgin"] // PAGE)
    claim("pgpgin", events["pgpgin"], memory["Inactive(file)"] + events["pswpin"] * PAGE)
    claim("pgpgout", events["pgpgout"], events["pswpout"] * PAGE)
    claim("pgsteal", events["pgsteal_direct"], events["pgsteal_anon"] + events["pgsteal_file"])
    claim("pgsteal_anon", events["pgsteal_anon"], events["pswpout"])
    area = next((end - start for start, end, _ in shown.areas), 0)
    always = "[always]" in shown.texts["configuration"]
    refused = (area >> 21) * always - events["thp_fault_alloc"]
    claim("thp_fault_fallback", events["thp_fault_fallback"], refused)
    came = events["nr_anon_pages"] + events["nr_file_pages"] + shown.swapped // PAGE
    came += memory["HugePages_Total"] - memory["HugePages_Free"]
    claim("pgfault", events["pgfault"], came + events["pswpin"] + _again(shown))


def _again(shown: Shown) -> int:
    """Faults that brought no page: on shared memory, on the zero page, of who was killed."""
    if shown.memory["Shmem"]:  # each process but the first has its own faults on it
        return (shown.processes - 1) * shown.memory["Shmem"] // PAGE
    if "dmesg -t" in shown.texts:
        killed = shown.number(r"anon-rss:(\d+)kB", "dmesg -t") // PAGE
        return killed + 1 if killed >= 0 else 0
    if shown.texts["configuration"].startswith("mark_cache"):  # blocks that were only read
        return sum(1 for _, _, rest in shown.areas if rest.startswith("r--p"))
    return (
        sum(shown.number(rf"([\d,]+) +{kind}-faults", "perf stat") for kind in ("minor", "major"))
        if "perf stat" in shown.texts
        else 0
    )


def _placed(shown: Shown) -> None:
    """Each page, table and root came from some node, and so did one for all processes."""
    paths, claim = shown.ends("/numastat"), shown.claim
    counts = [numbers(shown.texts[path]) for path in paths]
    for path, count in zip(paths, counts, strict=True):
        near = count["local_node"] + count["other_node"]
        claim(f"{path} nodes", count["numa_hit"] + count["numa_miss"], near)
        claim(f"{path} missed", (count["numa_miss"], count["numa_foreign"]), (0, 0))
    if counts:
        events = shown.events
        came = events["nr_anon_pages"] + events["nr_file_pages"] + shown.swapped // PAGE
        came += events["pswpin"] + events["nr_page_table_pages"] + shown.processes + 1
        came += events["thp_fault_fallback"]  # a table that was put by and not needed
        claim("numa_hit", [count["numa_hit"] for count in counts], [came, 0])


def _groups(shown: Shown) -> None:
    memory, claim = shown.memory, shown.claim
    pages = sum(memory[each] for each in ("AnonPages", "Cached", "PageTables"))
    for path in shown.ends("/memory.current"):
        claim(path, int(shown.texts[path]), (pages + PAGE * shown.processes) << 10)
        most = shown.texts[path.replace("current", "max")].strip()
        config = shown.texts["configuration"]
        limits = [
            int(n) << {"M": 20, "Ki": 10, "": 0}[unit]
            for n, unit in re.findall(
                r"(?:MemoryMax=|memory: |max_memory_usage: )(\d+)(M|Ki|)$", config, re.MULTILINE
            )
        ]
        claim(path.replace("current", "max"), most, str(limits[0]) if limits else "max")
        events = numbers(shown.texts[path.replace("current", "events")])
        kills = shown.texts.get("dmesg -t", "").count("Killed process")
        claim(f"{path} events", [events[each] for each in ("max", "oom", "oom_kill")], [kills] * 3)
    if "sysctl" in shown.texts:
        vm = numbers(shown.texts["sysctl"])
        full = shown.texts["configuration"].startswith("mark_cache")
        claim("max_map_count", vm["vm.max_map_count"], len(shown.areas) - 1 if full else 65530)
        defaults = vm["vm.overcommit_memory"], vm["vm.overcommit_ratio"]
        claim("overcommit", defaults, (0, 50))
