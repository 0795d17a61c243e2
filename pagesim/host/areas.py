"""The areas of a process, as /proc/PID/maps and smaps list them, and what each of them is.

    55e0c000-55e10000 r-xp 00002000 08:01 42    /bin/cat
    Rss:                   8 kB                               (in smaps, with others like it)

Source: Linux Documentation/filesystems/proc.rst.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

KINDS = (
    "text",
    "data",
    "bss",
    "heap",
    "library",
    "file",
    "mmap",
    "guard",
    "reserved",
    "stack",
    "vdso",
)
GUARD = 64 << 10
"""The longest tripwire that is called a guard: glibc's on Arm; most are one page."""

_OF_KERNEL = ("[vdso]", "[vvar]", "[vvar_vclock]", "[vsyscall]")
_HEX = "[0-9a-f]+"
# A name may hold anything but a line's end, which the kernel writes as \012.
_AREA = re.compile(
    rf" *({_HEX})-({_HEX}) +([r-][w-][x-][ps]) +{_HEX} +[0-9a-f:]+ +[0-9]+(?: +(.*)| *)", re.DOTALL
)
_COUNTER = re.compile(r" *([A-Za-z_]+): +([0-9]+) kB *")
_OTHER = re.compile(r" *[A-Za-z_]+:.*|[ \r]*|.*: *", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mapped:
    """One area of a process: a line of /proc/PID/maps.

    Attributes
    ----------
    start, end : int
        First address, and the first one behind it.
    perms : str
        As in "rw-p".
    name : str
        A file, a name such as [heap], or nothing. Bytes that are no UTF-8 are as in `os.fsdecode`.
    kib : dict of str to int
        Its counters in KiB, if smaps was read.
    """

    start: int
    end: int
    perms: str
    name: str = ""
    kib: Mapping[str, int] = field(default_factory=dict)

    @property
    def rss(self) -> int:
        """How much of it is in memory, in KiB; pages of hugetlb, which Rss leaves out, included."""
        return sum(self.kib.get(line, 0) for line in ("Rss", "Private_Hugetlb", "Shared_Hugetlb"))


def parse(text: str) -> tuple[Mapped, ...]:
    """Read /proc/PID/maps, or smaps, which has counters under each line.

    Blank lines are left out, and so are headings, which end with a colon.

    Raises
    ------
    ValueError
        If a line is neither an area nor a counter; it is named.

    Examples
    --------
    >>> parse("55e0-55f0 r-xp 00000000 08:01 42    /bin/a b\\n")[0].name
    '/bin/a b'
    >>> parse("Dynamic libraries:\\n\\n55e0-55f0 r-xp 00000000 08:01 42\\nRss:   4 kB\\n")[0].rss
    4
    >>> parse("0x55e0 r-xp")
    Traceback (most recent call last):
    ValueError: line 1 is no line of /proc/PID/maps or smaps: '0x55e0 r-xp'
    """
    return tuple(parse_lines(text.split("\n")))


def parse_lines(lines: Iterable[str]) -> Iterator[Mapped]:
    """Read lines one after the other, as `parse` does; for those who need the first areas only."""
    last: Mapped | None = None
    kib: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        line = line.removesuffix("\n")
        if area := area_of(line):
            if last is not None:
                yield last
            kib = {}
            last = replace(area, kib=kib)
        elif counter := counter_of(line):
            kib[counter[0]] = counter[1]
        elif not _OTHER.fullmatch(line):
            shown = line if len(line) <= 60 else f"{line[:60]}…"
            raise ValueError(f"line {number} is no line of /proc/PID/maps or smaps: {shown!r}")
    if last is not None:
        yield last


def area_of(line: str) -> Mapped | None:
    """Read one line of /proc/PID/maps; None if it is none.

    >>> area_of("1000-2000 rw-p 00000000 00:00 0    [heap]").name
    '[heap]'
    >>> area_of("2000-1000 rw-p 00000000 00:00 0")
    """
    found = _AREA.fullmatch(line)
    if not found:
        return None
    start, end = int(found[1], 16), int(found[2], 16)
    return Mapped(start, end, found[3], found[4] or "") if start < end else None


def counter_of(line: str) -> tuple[str, int] | None:
    """Read one counter of smaps, in KiB; None if it is none.

    >>> counter_of("Rss:                   8 kB")
    ('Rss', 8)
    """
    found = _COUNTER.fullmatch(line)
    return (found[1], int(found[2])) if found else None


def classify(areas: Sequence[Mapped], program: str) -> tuple[str, ...]:
    """Name the kind of each area, one of `KINDS`.

    An area without a name that nothing may touch is a *guard* if it is short and lies right below
    one that may be touched: a tripwire. Else it is *reserved*: address space kept together for
    later, as glibc does with 64 MiB for the small blocks of each thread that calls malloc.

    Parameters
    ----------
    areas : sequence of Mapped
        All of a process, in order.
    program : str
        The file it runs, as /proc/PID/exe names it.

    Examples
    --------
    >>> areas = parse("1000-2000 r-xp 0 0 0 /bin/a\\n2000-3000 rw-p 0 0 0 /bin/a\\n"
    ...               "3000-4000 rw-p 0 0 0\\n8000-9000 rw-p 0 0 0\\n")
    >>> classify(areas, "/bin/a")
    ('text', 'data', 'bss', 'mmap')
    >>> classify(parse("7000-8000 ---p 0 0 0\\n8000-9000 rw-p 0 0 0\\n9000-4000000 ---p 0 0 0"), "")
    ('guard', 'mmap', 'reserved')
    """
    libraries = {area.name for area in areas if "x" in area.perms and area.name.startswith("/")}
    around = zip([None, *areas[:-1]], areas, [*areas[1:], None], strict=True) if areas else ()
    kinds: list[str] = []
    for before, area, behind in around:
        if area.name and area.name == program:
            kinds.append("data" if "w" in area.perms else "text")
        elif area.name in ("[heap]", "[stack]"):
            kinds.append(area.name[1:-1])
        elif area.name in _OF_KERNEL:
            kinds.append("vdso")
        elif area.name.startswith("/"):
            kinds.append("library" if area.name in libraries else "file")
        elif area.perms.startswith("---"):
            kinds.append("guard" if _is_guard(area, behind) else "reserved")
        else:
            follows = before is not None and before.end == area.start
            bss = follows and "w" in area.perms and kinds[-1] == "data"
            kinds.append("bss" if bss else "mmap")
    return tuple(kinds)


def _is_guard(area: Mapped, behind: Mapped | None) -> bool:
    above = behind is not None and behind.start == area.end and behind.perms[:3] != "---"
    return above and area.end - area.start <= GUARD


def kind_at(address: int, areas: Sequence[Mapped], kinds: Sequence[str]) -> str:
    """Name the kind of area that an address lies in; "hole" if in none."""
    here = (k for a, k in zip(areas, kinds, strict=True) if a.start <= address < a.end)
    return next(here, "hole")
