"""The processes' files: status, smaps_rollup, smaps, maps and numa_maps."""

from __future__ import annotations

import re
from itertools import pairwise

from pagesim.kernel import Kernel

from .machine import NOT_HERE
from .shown import PAGE, Shown, mapped, numbers, spans

_KERNEL = Kernel()
_KERNEL.spawn()
_FRESH_STATUS, _FRESH_MAPS = (_KERNEL.cat(f"/proc/1/{name}") for name in ("status", "maps"))


def pss(private: int, shared: int, processes: int) -> int:
    """Share pages out as Linux does, in fixed point; kB of private and shared to kB."""
    return (private // PAGE * (4096 << 12) + shared // PAGE * ((4096 << 12) // processes)) >> 22


def check(shown: Shown) -> None:
    """Derive what processes say from what the machine says, and the other way round."""
    _of_processes(shown)
    _of_areas(shown)


def _of_processes(shown: Shown) -> None:
    memory, claim, fresh = shown.memory, shown.claim, numbers(_FRESH_STATUS)
    for path, state in zip(shown.ends("/status"), shown.status, strict=True):
        pid = int(path.split("/")[2])
        claim(path, (state["Pid"], state["Tgid"]), (pid, pid))
        parent = 0 if pid == shown.pids[0] else shown.pids[0]
        claim(f"{path} PPid", state["PPid"], parent)
        for name in ("VmExe", "VmLib", "VmStk", "THP_enabled", "Threads"):
            claim(f"{path} {name}", state[name], fresh[name])
        claim(f"{path} VmPeak", state["VmPeak"], state["VmSize"])
        parts = state["RssAnon"] + state["RssFile"] + state["RssShmem"]
        claim(f"{path} VmRSS", state["VmRSS"], parts)
        if not shown.swapped:
            claim(f"{path} VmSwap", state["VmSwap"], 0)
            claim(f"{path} VmHWM", state["VmHWM"], state["VmRSS"])
        claim(f"{path} VmSize", mapped(state), mapped(shown.status[0]))
        claim(f"{path} RssShmem", state["RssShmem"], memory["Shmem"])
        claim(f"{path} RssFile", state["RssFile"], memory["Inactive(file)"])
    if len(shown.status) == shown.processes == 1:
        claim("RssAnon", shown.status[0]["RssAnon"], memory["AnonPages"])
        claim("VmSwap", shown.status[0]["VmSwap"], shown.swapped)
    for path, weight, state in zip(
        shown.ends("/smaps_rollup"),
        shown.rollup,
        shown.status[len(shown.status) - len(shown.rollup) :],
        strict=True,
    ):
        _weighed(shown, path, weight, state)
    if shown.rollup:
        first, last = shown.status[0]["RssAnon"], shown.rollup[-1]["Private_Dirty"]
        if not memory["Shmem"]:
            first = shown.rollup[0]["Anonymous"]  # its pages, or what the others copied of them
        claim("AnonPages", memory["AnonPages"], first + (shown.processes - 1) * last)


def _weighed(shown: Shown, path: str, weight: dict[str, int], state: dict[str, int]) -> None:
    claim, count = shown.claim, shown.processes
    for one, other in (
        ("Rss", "VmRSS"),
        ("Anonymous", "RssAnon"),
        ("Swap", "VmSwap"),
        ("Referenced", "VmRSS"),
    ):
        claim(f"{path} {one}", weight[one], state[other])
    private = weight["Private_Clean"] + weight["Private_Dirty"]
    shared = weight["Shared_Clean"] + weight["Shared_Dirty"]
    claim(f"{path} Rss", weight["Rss"], private + shared)
    claim(f"{path} clean", weight["Private_Clean"] + weight["Shared_Clean"], state["RssFile"])
    claim(f"{path} Pss", weight["Pss"], pss(private, shared, count))
    dirty = pss(weight["Private_Dirty"], weight["Shared_Dirty"], count)
    claim(f"{path} Pss_Dirty", weight["Pss_Dirty"], dirty)
    shmem = state["RssShmem"]
    claim(f"{path} Pss_Shmem", weight["Pss_Shmem"], pss(0, shmem, count))
    claim(f"{path} Pss_File", weight["Pss_File"], pss(0, state["RssFile"], count))
    anon = shared - shmem - weight["Shared_Clean"]
    claim(f"{path} Pss_Anon", weight["Pss_Anon"], pss(state["RssAnon"] - anon, anon, count))
    claim(f"{path} SwapPss", weight["SwapPss"], weight["Swap"])
    claim(f"{path} AnonHugePages", weight["AnonHugePages"], shown.memory["AnonHugePages"])
    hugetlb = weight["Shared_Hugetlb"] + weight["Private_Hugetlb"]
    claim(f"{path} hugetlb", hugetlb, state["HugetlbPages"])
    header = re.search(r"^[0-9a-f]+-([0-9a-f]+) ---p (.*\S) +\[rollup\]", shown.texts[path])
    end = max(end for _, end in spans(_FRESH_MAPS))
    claim(f"{path} header", header and (int(header[1], 16), header[2]), (end, "00000000 00:00 0"))


def _of_areas(shown: Shown) -> None:
    """The program's own areas are everybody's; between them lies what it has mapped, in a row."""
    claim = shown.claim
    known = [line.rstrip() for line in _FRESH_MAPS.splitlines()]
    for path in (*shown.ends("/maps"), *shown.ends("/smaps")):
        text = shown.texts[path]
        heads = [line.rstrip() for line in re.findall(r"^[0-9a-f]+-.*$", text, re.MULTILINE)]
        claim(f"{path} program", [line for line in heads if line in known], known)
        others = [line for line in heads if line not in known]
        places = spans("\n".join(others))
        for (_, end), (start, _) in pairwise(places):
            claim(f"{path} in a row", end, start)
        claim(f"{path} nameless", {line.split(" ", 2)[2] for line in others}, {"00000000 00:00 0"})
        if path.endswith("/maps"):
            below = next(start for start, end in spans(_FRESH_MAPS) if start >> 44 == 7)
            claim(f"{path} top", places[-1][1], below)
    for path, state in zip(shown.ends("/maps"), shown.status, strict=False):
        size = sum(end - start for start, end in spans(shown.texts[path]))
        claim(f"{path} VmSize", size >> 10, state["VmSize"])
    for path in shown.ends("/smaps"):
        _of_smaps(shown, path)
    for path in shown.ends("/numa_maps"):
        starts = [start for start, _, _ in shown.areas]
        lines = [line.split() for line in shown.texts[path].splitlines()]
        claim(f"{path} starts", [int(line[0], 16) for line in lines], starts)
        node = shown.number(r"cpunodebind=(\d+)", "configuration")
        claim("membind", shown.number(r"membind=(\d+)", "configuration"), node)
        claim(f"{path} policy", {line[1] for line in lines}, {f"bind:{node}"})
        held = [re.findall(r"=(\d+)", " ".join(line[2:])) for line in lines if len(line) > 4]
        pages = str(shown.status[0]["RssAnon"] // PAGE)
        claim(f"{path} pages", held, [[pages, pages, "0", pages, str(PAGE)]])
        claim(f"{path} node", f" N{node}=" in shown.texts[path], True)


def _of_smaps(shown: Shown, path: str) -> None:
    claim = shown.claim
    parts = re.split(r"^(?=[0-9a-f]+-)", shown.texts[path], flags=re.MULTILINE)[1:]
    anon = 0
    for part in parts:
        ((start, end),) = spans(part)
        lines, name = numbers(part), f"{path} {start:x}"
        claim(f"{name} Size", lines["Size"], end - start >> 10)
        claim(f"{name} pages", (lines["KernelPageSize"], lines["MMUPageSize"]), (PAGE, PAGE))
        for other in ("Pss", "Pss_Dirty", "Private_Dirty", "Referenced", "Anonymous"):
            claim(f"{name} {other}", lines[other], lines["Rss"])
        zeros = [
            *NOT_HERE["/smaps_rollup"].split(),
            "Shared_Clean",
            "Shared_Dirty",
            "Private_Clean",
            "Shared_Hugetlb",
            "Private_Hugetlb",
            "Swap",
            "SwapPss",
            "AnonHugePages",
        ]
        claim(f"{name} none", [lines[each] for each in zeros], [0] * len(zeros))
        wants = "[always]" in shown.texts["configuration"] and end - start > 1 << 20
        claim(f"{name} THPeligible", lines["THPeligible"], int(wants))
        anon += lines["Anonymous"]
    claim(f"{path} AnonPages", anon, shown.memory["AnonPages"])
    pages = shown.number(r"table has ([\d,]+) pages", "the replica")
    start, end = max(spans(shown.texts[path]), key=lambda span: span[1] - span[0])
    claim(f"{path} table", end - start, -(-pages * 4096 >> 21) + 1 << 21)
