"""Graphs and logs, derived from the files: the counters' changes over the time that they take."""

from __future__ import annotations

import re

from .shown import Shown, ints, mapped

_FAULT, _GIB = 1.013, 10  # µs of a fault, GiB copied in a second: where the words leave them out


def check(shown: Shown) -> None:
    """Derive the points of the graph, and the numbers of the log, whatever incident it is."""
    config = shown.texts["configuration"]
    xs = [x for x, _ in shown.points]
    step = xs[1] - xs[0]
    if "perf stat" not in shown.texts:
        shown.claim("along", (step, xs), (1, [xs[0] + n for n in range(len(xs))]))
    starts = {
        "shared_buffers": _starts if "MemoryMax" in config else _connections,
        "sga_target": _connections,
        "maxmemory": _fork,
        "GLIBC_TUNABLES": _huge,
        "workers = ": _workers if "preload_app" in config else _one_more,
        "index = ": _starts,
        "processor": _probes,
        "ExecStart": _one_node,
        "mark_cache": _areas,
        "resources": _limit,
    }
    next(check for begin, check in starts.items() if config.startswith(begin))(shown)


def _told(shown: Shown, words: str, otherwise: float = 0) -> float:
    """Read a time out of the words about the replica."""
    found = re.search(words, shown.texts["the replica"])
    return float(found[1]) if found else otherwise


def _copy(shown: Shown) -> float:
    """Tell how many µs it takes to copy 4 KiB."""
    return 4 / (_told(shown, r"(\d+) GiB/s", _GIB) * (1 << 20)) * 1e6


def _points(shown: Shown, *expected: float) -> None:
    """Compare to a billionth, as numbers of the graph are no whole ones."""
    near = [(round(y, 6), round(z, 6)) for (_, y), z in zip(shown.points, expected, strict=False)]
    shown.claim("points", len(shown.points), len(expected))
    for y, z in near:
        shown.claim("point", y, z)


def _connections(shown: Shown) -> None:
    """With each process come its tables, and their root."""
    used = shown.memory["MemTotal"] - shown.memory["MemFree"]
    pool = shown.memory["HugePages_Total"] - shown.memory["HugePages_Free"]
    last = used - shown.memory["AnonPages"] - shown.memory["Cached"] - 2048 * pool
    each = shown.status[-1]["VmPTE"] + 4
    many = shown.processes - 1
    _points(shown, *(float(last - each * (many - n)) for n in range(many + 1)))
    told = shown.texts["the replica"]
    shown.claim("replica", ints(told), [many, mapped(shown.status[0]) >> 10, 2])
    log = shown.texts["log"]
    if "connection authorized" in log:
        shown.claim("log", ints(log), [1, 2, 3])
    if "Segment of" in log:
        gib = shown.number(r"sga_target=(\d+)G", "configuration")
        shown.claim("log", ints(log), [gib, 4])


def _fork(shown: Shown) -> None:
    """Fork takes its time for each table, a write later a copy, and before nothing is copied."""
    parent = shown.rollup[0]
    fork = shown.status[1]["VmPTE"] / 4 * _told(shown, r"(\d+) µs for each table")
    fault = _told(shown, r"([\d.]+) µs for a fault")
    copied = (parent["Private_Dirty"]) // 4
    at = next(n for n, (_, y) in enumerate(shown.points) if y > 25)
    waits = [fault] * at + [fork] + [fault + _copy(shown)] * copied
    waits += [fault] * (len(shown.points) - len(waits))
    _points(shown, *waits)
    shown.claim("seconds", len(shown.points), 24)
    shown.claim("log", ints(shown.texts["log"]), [shown.pids[1], round(fork)])
    told = ints(shown.texts["the replica"])
    shown.claim("replica", told[:3], [shown.status[0]["RssAnon"] // 4, 2, 25])


def _huge(shown: Shown) -> None:
    fork = shown.status[1]["VmPTE"] / 4 * _told(shown, r"(\d+) µs for each table")
    fault = _told(shown, r"([\d.]+) µs for a fault")
    copied = shown.rollup[0]["Private_Hugetlb"] // 2048
    write = fault + 512 * _copy(shown)
    at = next(n for n, (_, y) in enumerate(shown.points) if y > 25)
    waits = {at: fork} | {at + 1 + 2 * n: write for n in range(copied)}
    _points(shown, *(waits.get(n, fault) for n in range(24)))
    log = [shown.pids[1], round(fork), round(max(fork, write)), copied]
    shown.claim("log", ints(shown.texts["log"]), log)
    heap = shown.status[0]["HugetlbPages"]
    shown.claim("replica", ints(shown.texts["the replica"])[0], heap >> 10)
    shown.claim("pool", shown.memory["HugePages_Total"], heap // 1024)  # twice the heap


def _workers(shown: Shown) -> None:
    """What the workers have copied by the end; a quarter of it each minute, to the page."""
    copied, many = shown.rollup[-1]["Private_Dirty"] // 4, shown.processes - 1
    parts = [4.0 * many * (minute * copied // 4) for minute in range(5)]
    _points(shown, *parts)
    fork = round(shown.status[-1]["VmPTE"] / 4 * _told(shown, r"last (\d+) µs"))
    pids = range(shown.pids[0] + 1, shown.pids[0] + 1 + many)
    log = [n for pid in pids for n in (pid, fork)] + [n for pid in pids for n in (pid, 2)] + [200]
    shown.claim("log", ints(shown.texts["log"]), log)
    shown.claim("workers", shown.number(r"workers = (\d+)", "configuration"), many)
    pages = shown.status[0]["RssAnon"] // 4
    shown.claim("replica", ints(shown.texts["the replica"])[:2], [many, pages])


def _starts(shown: Shown) -> None:
    """Rate is requests over time: from it the faults of each second, which add up to pgfault."""
    major = shown.events["pgmajfault"] > 0
    threads = int(_told(shown, r"each of (\d+) threads", 1))
    fault = _told(shown, rf"([\d.]+) µs for a {'major' if major else 'minor'}")
    work = _told(shown, r"(\d+) µs for a request")
    pages, requests = ints(shown.texts["the replica"])[:2]
    faults = [(requests / y * 1e6 - requests * work / threads) / fault for _, y in shown.points]
    _points(
        shown,
        *(requests / (requests * work / threads + round(n) * fault) * 1e6 for n in faults),
    )
    shown.claim("pgfault", sum(map(round, faults)), shown.events["pgfault"])
    shown.claim("mapped", 4 * pages, shown.status[0]["VmData"] - 12 + mapped(shown.status[0]))
    first = ints(shown.texts["log"].splitlines()[-1])
    shown.claim("log", first, [requests, round(shown.points[0][1])])
    if major:
        names = set(re.findall(r"index\.(\d+)", shown.texts["log"] + shown.texts["configuration"]))
        shown.claim("index", names, {"16", "17"})


def _probes(shown: Shown) -> None:
    """Cycles from what perf counts; and how much is too much for so many entries."""
    names = ("dTLB-loads", "dTLB-load-misses", "walk_completed", "minor-faults", "major-faults")
    event = {name: shown.number(rf"([\d,]+) +\S*{name}\n", "perf stat") for name in names}
    loads, misses, walks = (event[name] for name in names[:3])
    pages, *before = ints(shown.texts["the replica"].replace("4 KiB", "").replace("2 MiB", ""))
    shown.claim("probes", (loads, misses, walks), (pages, pages, pages))  # a round finds none
    shown.claim("faults", (event["minor-faults"], event["major-faults"]), (0, 0))
    row = shown.number(r"hash_join_buffer: (\d+)", "configuration")
    rows = [
        n * 4096 // row
        for n in ([before[0]] if "and had" in shown.texts["the replica"] else []) + [pages]
    ]
    shown.claim("log", re.findall(r"([\d,]+) rows", shown.texts["log"]), [f"{n:,}" for n in rows])
    old = -(-pages * 2 // 3)
    sizes = [old * n // 8 * 4096 / (1 << 20) for n in (5, 7, 8, 9, 10, 12)]
    shown.claim("sizes", [x for x, _ in shown.points], sizes)
    swap = shown.number(r"swap: (\d+) MiB", "configuration")
    shown.claim("swap", shown.memory["SwapTotal"], max(swap, 0) << 10)
    entries = shown.number(r"STLB (\d+) entries", "configuration")
    first, second, walk = (
        int(_told(shown, rf"(\d+) {what}")) for what in ("for a hit", "more in", "for a walk")
    )
    most, hit = first + second + walk, first + second
    for x, y in shown.points:
        if x * 256 <= entries or x * 256 > entries * 1.1:
            shown.claim("cycles", y, float(hit if x * 256 <= entries else most))
        else:  # some of the sets are too small
            walked = (y - hit) / walk * x * 256
            shown.claim("walks", round(walked, 6), round(walked))
    shown.claim(
        "last", shown.points[-1][1], (first * loads + second * misses + walk * walks) / loads
    )


def _one_more(shown: Shown) -> None:
    """Major faults by the log; those of all rounds are pgmajfault; two requests a worker."""
    lines = [ints(line) for line in shown.texts["log"].splitlines()]
    work, major_us = (_told(shown, rf"(\d+) µs for a {what}") for what in ("request", "major"))
    many = shown.number(r"workers = (\d+)", "configuration")
    shown.claim("log", [line[0] for line in lines], list(range(1, many + 1)))
    shown.claim("requests", [line[2] for line in lines], [2 * n for n in range(1, many + 1)])
    shown.claim("pgmajfault", sum(line[1] for line in lines), shown.events["pgmajfault"])
    _points(
        shown,
        *(2 * n / (2 * n * work + line[1] * major_us) * 1e6 for n, line in enumerate(lines, 1)),
    )
    state = shown.status[0]
    pages = ints(shown.texts["the replica"])[0]
    shown.claim("a worker", state["VmRSS"] + state["VmSwap"], 4 * pages)
    shown.claim("all", (shown.memory["AnonPages"] + shown.swapped) // 4, pages * many)
    shown.claim("data", state["VmData"], 12 + 4 * pages)
    swap = shown.number(r"swap = (\d+) MiB", "configuration")
    shown.claim("swap", shown.memory["SwapTotal"], swap << 10)


def _one_node(shown: Shown) -> None:
    """Seconds of reads: first touches, then what swap brings."""
    node, _, pages = [*ints(shown.texts["the replica"])[:1], 0, ints(shown.texts["the replica"])[1]]
    work, major_us = (_told(shown, rf"(\d+) µs for a {what}") for what in ("read", "major"))
    faults = [pages / y * 1e6 - pages * work for _, y in shown.points]
    major = [(us - (pages * _FAULT if n == 0 else 0)) / major_us for n, us in enumerate(faults)]
    _points(
        shown,
        *(
            pages
            / (pages * work + (pages * _FAULT if n == 0 else 0) + round(many) * major_us)
            * 1e6
            for n, many in enumerate(major)
        ),
    )
    shown.claim("pgmajfault", sum(map(round, major)), shown.events["pgmajfault"])
    shown.claim(
        "swap", ints(shown.texts["log"])[-2:], [shown.events["pswpout"], shown.events["pswpin"]]
    )
    shown.claim("pool", shown.number(r"pool_size = (\d+)K", "configuration"), 4 * pages)
    shown.claim("pages", shown.status[0]["VmRSS"] + shown.status[0]["VmSwap"], 4 * pages)
    shown.claim("MemTotal", shown.memory["MemTotal"], 8 * node)
    shown.claim("data", shown.status[0]["VmData"], 12 + 4 * pages)


def _areas(shown: Shown) -> None:
    """Blocks are given while there are no more areas than allowed."""
    given = len(shown.areas) - 7
    asked, kib = ints(shown.texts["the replica"])[:2]
    _points(shown, *(float(min(n, given)) for n in range(1, asked + 1)))
    blocks = [int(n) for n in re.findall(r"block (\d+)", shown.texts["log"])]
    shown.claim("refused", blocks, [given + 1, given + 2])
    sizes = set(re.findall(r"([\d.]+) KiB", shown.texts["log"]))
    shown.claim("size", sizes, {f"{kib:.2f}"})
    shown.claim("errno", set(re.findall(r"errno: (\d+)", shown.texts["log"])), {"12"})
    own = [end - start for start, end, rest in shown.areas if rest.split()[-1] == "0"][1:-1]
    shown.claim("blocks", {size >> 10 for size in own if size >> 10 != 4}, {kib})


def _limit(shown: Shown) -> None:
    """The group's memory before it was killed; then the report, line by line."""
    limit, request, most = ints(shown.texts["the replica"])[:3]
    log, claim = shown.texts["dmesg -t"], shown.claim
    served = len(shown.points) - 1
    claim("log", ints(shown.texts["log"])[:2], [served, 9])
    first = shown.points[0][1]
    _points(shown, *(first + request * n for n in range(served)), float(limit))
    claim("last", limit - request < first + request * (served - 1) <= limit, True)
    config = ints(shown.texts["configuration"])
    score = config[1]
    claim("configuration", config, [limit, score, most])
    rows = [ints(row.replace("-", " ")) for row in re.findall(r"^\[ +\d+\].*$", log, re.MULTILINE)]
    (pid, *_), (helper, *_) = rows
    claim("pids", [helper], shown.pids)
    for number, uid, tgid, size, rss, anon, file, shmem, tables, swap, adj, *_ in rows:
        claim("row", (uid, tgid, rss, swap, adj), (0, number, anon + file + shmem, 0, score))
        claim("tables", tables, 12288)
        claim("row", (file, shmem), (0, 0))
        claim("size", 4 * size, 180 + 4 * anon + 8 - 8 if number == helper else 4 * size)
    kill = re.search(
        r"Killed process (\d+) .*total-vm:(\d+)kB, anon-rss:(\d+)kB, file-rss:(\d+)kB, "
        r"shmem-rss:(\d+)kB, UID:(\d+) pgtables:(\d+)kB oom_score_adj:(\d+)",
        log,
    )
    dead = [pid, 4 * rows[0][3], 4 * rows[0][4], 0, 0, 0, rows[0][8] >> 10, score]
    claim("killed", kill and [*map(int, kill.groups())], dead)
    claim("asked for", 4 * rows[0][3], 180 + request * (served + 1))
    size = sum(end - start for start, end, _ in shown.areas)
    claim("helper", 4 * rows[1][3], size >> 10)
    claim("helper's", 4 * rows[1][4], shown.memory["AnonPages"])
    stat = dict(re.findall(r"^(\w+) (\d+)$", log, re.MULTILINE))
    anon = sum(row[4] for row in rows) * 4096
    tables = sum(row[8] for row in rows) + 4096 * len(rows)
    known = {
        "anon": anon,
        "inactive_anon": anon,
        "kernel": tables,
        "pagetables": tables,
        "pgfault": anon // 4096,
    }
    for name, value in stat.items():
        claim(f"stat {name}", int(value), known.get(name, 0))
    usage = ints(next(line for line in log.splitlines() if line.startswith("memory: usage")))
    claim("usage", usage, [anon + tables >> 10, limit, 1])
    swap = ints(next(line for line in log.splitlines() if line.startswith("swap: usage")))
    claim("swap", swap, [0, (1 << 63) - 4096 >> 10, 0])
    claim("first", first, float(tables + 4096 * rows[1][4] >> 10) + request)
    claim(
        "head",
        log.splitlines()[0].partition(": ")[2],
        f"gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj={score}",
    )
    claim(
        "mems",
        re.findall(r"mems_allowed=(\S+?),.*pid=(\d+),uid=(\d+)", log),
        [("0", str(pid), "0")],
    )
