"""/proc/PID/maps, smaps and smaps_rollup, read: what a process has mapped, and what is in memory.

Sources: Linux 6.18 Documentation/filesystems/proc.rst; Documentation/admin-guide/sysctl/vm.rst
(`max_map_count`); glibc's malloc/arena.c (`HEAP_MAX_SIZE`: 64 MiB on 64 bits).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..draw import DISK, FRAME, PAPER, VIRTUAL
from ..host.areas import Mapped, area_of, classify, counter_of
from ..kernel.procfs.fields import AREA, PSS_PARTS, SMAPS
from ..units import binary, count, percent
from .pictures import BarChart, Row
from .reading import Evidence, Line

MAPS, SMAPS_KIND, ROLLUP = "/proc/PID/maps", "/proc/PID/smaps", "/proc/PID/smaps_rollup"
MAX_MAP_COUNT = 65530
_ARENA = 64 << 20
_WORDS = SMAPS | PSS_PARTS | AREA
_FLAGS = re.compile(r"\s*(VmFlags|ProtectionKey|THPeligible|FilePmdMapped):.*")
_PARTS = ("Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty")
_OF_MAPS = "It says what is mapped, not what is in memory: that is in smaps."
_OF_SMAPS = (
    "Rss counts shared pages whole in each process; only Pss may be added up over processes.",
    "AnonHugePages counts what is mapped as huge pages; smaller large folios (mTHP) are not in it.",
    "Page tables are not in it: VmPTE in /proc/PID/status is.",
)


@dataclass
class Found:
    """Areas with their counters, and in which line each begins."""

    areas: list[Mapped] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    loose: int = 0  # counters before any area
    unknown: int = 0  # lines that are neither


def claims(lines: Sequence[str]) -> int:
    """Count its lines."""
    found = 0
    for line in lines:
        if area_of(line):
            found += 3
        elif (counter := counter_of(line)) and counter[0] in _WORDS:
            found += 1
    return found


def find(lines: Sequence[str]) -> Found:
    """Read areas and counters, line by line; what is neither is counted."""
    found = Found()
    kib: dict[str, int] = {}
    for number, line in enumerate(lines):
        if area := area_of(line):
            kib = {}
            found.areas.append(replace(area, kib=kib))
            found.starts.append(number)
        elif counter := counter_of(line):
            found.loose += not found.areas
            kib.setdefault(*counter)
        elif line.strip() and not _FLAGS.fullmatch(line):
            found.unknown += 1
    return found


def read(lines: Sequence[str], written: Sequence[str]) -> Evidence:
    """Read areas, and add them up."""
    found = find(lines)
    areas = found.areas
    if not areas:
        return _without_areas(lines, written)
    kinds = classify(areas, next((a.name for a in areas if a.name.startswith("/")), ""))
    counted = Counter[str]()
    for area in areas:
        if area.kib:
            counted.update(area.kib)
    rolled = len(areas) == 1 and areas[0].name == "[rollup]"
    kind = ROLLUP if rolled else SMAPS_KIND if counted else MAPS
    shown = _annotated(lines, written, found, kinds)
    size = sum(area.end - area.start for area in areas)
    title = f"{count(len(areas), 'area')}, {binary(size)} mapped"
    if counted:
        rss = f"{binary(counted['Rss'] << 10)} in memory"
        title = rss if rolled else f"{title}, {rss}"
    said = [] if rolled else _of_maps(areas, kinds, bool(counted))
    said += _of_counters(counted, areas)
    rows = _by_kind(areas, kinds) if not rolled else _of_rollup(counted)
    heading = "What is in memory, by kind of area" if counted else "What is mapped, by kind of area"
    if rolled:
        heading = "What is in memory"
    return Evidence(
        kind,
        title,
        shown,
        tuple(said),
        _OF_SMAPS if counted else (_OF_MAPS,),
        tuple(_notes(found, counted, rolled)),
        {"areas": len(areas), "size": size, **counted},
        BarChart(heading, rows) if rows else None,
    )


def _without_areas(lines: Sequence[str], written: Sequence[str]) -> Evidence:
    """Read counters that stand without their area: a piece of smaps."""
    counters = [counter for line in lines if (counter := counter_of(line))]
    counted = Counter[str]()
    for name, value in counters:
        counted[name] += value
    return Evidence(
        SMAPS_KIND,
        f"Counters of an area that is not told, {binary(counted['Rss'] << 10)} in memory",
        [
            Line(text, _WORDS[c[0]].words if (c := counter_of(line)) and c[0] in _WORDS else "")
            for line, text in zip(lines, written, strict=True)
        ],
        tuple(_of_counters(counted, ())),
        _OF_SMAPS,
        ("The line with the area's addresses is not there: cut off?",),
        dict(counted),
        BarChart("What is in memory", rows) if (rows := _of_rollup(counted)) else None,
    )


def _notes(found: Found, counted: Counter[str], rolled: bool) -> list[str]:
    notes = []
    disorder = sum(b.start < a.end for a, b in pairwise(found.areas))
    if disorder:
        notes.append(
            f"{count(disorder, 'area')} begin below the end of the one before: reordered, or of "
            "several processes. Sums are over all lines."
        )
    if found.loose:
        notes.append(f"{count(found.loose, 'counter')} stand before the first area: cut off?")
    if found.unknown:
        notes.append(f"{count(found.unknown, 'line')} are no lines of it, and are shown as is.")
    names = [len(area.kib) for area in found.areas]
    if counted and not rolled and names[-1] < max(names):
        notes.append("The last area has fewer counters than the others: cut off?")
    if found.areas[-1].end <= 1 << 32 and not rolled:
        notes.append("All addresses have 32 bits: a 32-bit process, or only its lowest areas.")
    return notes


def _annotated(
    lines: Sequence[str], written: Sequence[str], found: Found, kinds: Sequence[str]
) -> list[Line]:
    begins = dict(zip(found.starts, range(len(kinds)), strict=True))
    shown = []
    for number, (line, text) in enumerate(zip(lines, written, strict=True)):
        if number in begins:
            area, kind = found.areas[begins[number]], kinds[begins[number]]
            words = f"{kind}, {binary(area.end - area.start)}"
            if area.name == "[rollup]":
                words = "from the first area to the end of the last, holes included"
            shown.append(Line(text, words, area.perms[1:3] == "wx"))
        elif (counter := counter_of(line)) and counter[0] in _WORDS:
            shown.append(Line(text, _WORDS[counter[0]].words))
        else:
            shown.append(Line(text))
    return shown


def _of_maps(areas: Sequence[Mapped], kinds: Sequence[str], weighed: bool) -> list[str]:
    said = []
    number = sum(area.name != "[vsyscall]" for area in areas)
    if number * 2 >= MAX_MAP_COUNT:
        said.append(
            f"{count(number, 'area')}, {percent(number / MAX_MAP_COUNT)} of vm.max_map_count, "
            f"unless that was changed from {MAX_MAP_COUNT:,}: at the limit mmap fails with memory "
            "free."
        )
    both = sum(area.perms[1:3] == "wx" for area in areas)
    if both:
        said.append(f"{count(both, 'area')} may be written and executed.")
    arenas = _arenas(areas)
    if arenas > 1:
        said.append(
            f"{count(arenas, 'piece')} of 64 MiB in two parts, as glibc reserves them for threads "
            "that call malloc (arenas): address space, in memory only as far as written."
        )
    reserved = sum(a.end - a.start for a, k in zip(areas, kinds, strict=True) if k == "reserved")
    if reserved >= 1 << 30:
        said.append(f"{binary(reserved)} are only reserved: nothing may touch them.")
    gone = sum(area.name.endswith("(deleted)") and area.name[0] == "/" for area in areas)
    if gone:
        said.append(f"{count(gone, 'area')} map files that were deleted: they live on until then.")
    pool = [a for a in areas if a.name.startswith(("/anon_hugepage", "/dev/hugepages"))]
    if pool and not weighed:
        size = sum(area.end - area.start for area in pool)
        said.append(f"{binary(size)} are mapped with hugetlb's pages.")
    return said


def _arenas(areas: Sequence[Mapped]) -> int:
    """Count pairs of written and reserved parts that fill an aligned piece of 64 MiB."""
    return sum(
        a.start % _ARENA == 0
        and a.end == b.start
        and b.end == a.start + _ARENA
        and not a.name
        and not b.name
        and b.perms.startswith("---")
        for a, b in pairwise(areas)
    )


def _of_counters(kb: Counter[str], areas: Sequence[Mapped]) -> list[str]:
    said = []
    rss = kb["Rss"]
    if kb["AnonHugePages"] and kb["Anonymous"]:
        share = percent(min(kb["AnonHugePages"] / kb["Anonymous"], 1))
        said.append(f"{share} of Anonymous are mapped as huge pages (AnonHugePages).")
    if kb["LazyFree"]:
        said.append(
            f"{binary(kb['LazyFree'] << 10)} of Rss were given back with MADV_FREE: they go when "
            "memory is short."
        )
    if kb["Swap"]:
        said.append(f"{binary(kb['Swap'] << 10)} are in swap, on top of Rss.")
    pool = kb["Private_Hugetlb"] + kb["Shared_Hugetlb"]
    if pool:
        said.append(f"{binary(pool << 10)} of hugetlb's pages come on top of Rss.")
    if kb["Locked"]:
        said.append(f"{binary(kb['Locked'] << 10)} are locked: they cannot leave memory.")
    if rss and kb["Pss"] and kb["Pss"] * 2 <= rss:
        said.append(f"Pss is {percent(kb['Pss'] / rss)} of Rss: most of it is shared with others.")
    return said + _sums(kb, areas)


def _sums(kb: Counter[str], areas: Sequence[Mapped]) -> list[str]:
    said = []
    parts = sum(kb[name] for name in _PARTS)
    if all(name in kb for name in (*_PARTS, "Rss")) and parts != kb["Rss"]:
        said.append(
            f"Shared and private, clean and dirty, are {binary(parts << 10)}, Rss "
            f"{binary(kb['Rss'] << 10)}: it does not add up."
        )
    if kb["Pss"] > kb["Rss"]:
        said.append("Pss is more than Rss: it does not add up.")
    for area in areas:
        if area.kib.get("Rss", 0) << 10 > area.end - area.start and area.name != "[rollup]":
            said.append(f"The area at {area.start:#x} has more in memory than it has room for.")
            break
        if "Size" in area.kib and area.kib["Size"] << 10 != area.end - area.start:
            said.append(f"The area at {area.start:#x} has another Size than its addresses.")
            break
    return said


def _by_kind(areas: Sequence[Mapped], kinds: Sequence[str]) -> list[Row]:
    size, resident = Counter[str](), Counter[str]()
    for area, kind in zip(areas, kinds, strict=True):
        size[kind] += area.end - area.start
        resident[kind] += min(area.rss << 10, area.end - area.start)
    if not resident.total():
        return [
            Row(kind, ((float(total), VIRTUAL.fill),), binary(total))
            for kind, total in size.most_common()
        ]
    return [
        Row(
            kind,
            ((float(resident[kind]), VIRTUAL.fill),),
            f"{binary(resident[kind])} of {binary(size[kind])}",
        )
        for kind in sorted(size, key=lambda kind: -resident[kind])
    ]


def _of_rollup(kb: Counter[str]) -> list[Row]:
    faces = {
        "Rss": VIRTUAL.fill,
        "Pss": VIRTUAL.fill,
        **dict.fromkeys(_PARTS, FRAME.fill),
        "AnonHugePages": FRAME.fill,
        "LazyFree": PAPER,
        "Private_Hugetlb": FRAME.fill,
        "Shared_Hugetlb": FRAME.fill,
        "Swap": DISK.fill,
    }
    return [
        Row(name, ((float(kb[name]), face),), binary(kb[name] << 10))
        for name, face in faces.items()
        if kb[name] > 0
    ]
