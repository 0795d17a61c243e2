"""What this process has mapped, read from its own maps, by kind and against the kernel's totals."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import counters
from .helper import in_helper
from .lab import Lab, Recording, Row, Value
from .linux import Unavailable, libc
from .table import Table

KINDS = ("text", "data", "bss", "heap", "library", "file", "mmap", "guard", "stack", "vdso")
_OF_KERNEL = ("[vdso]", "[vvar]", "[vvar_vclock]", "[vsyscall]")
_M_MMAP_THRESHOLD, _THRESHOLD = -3, 128 << 10  # of mallopt(3), and its default


@dataclass(frozen=True, slots=True)
class Mapped:
    """One line of /proc/PID/maps.

    Attributes
    ----------
    start, end : int
        First address, and the first one behind it.
    perms : str
        As in "rw-p".
    name : str
        A file, a name such as [heap], or nothing.
    rss : int
        KiB of it that are in memory; 0 if only maps was read.
    """

    start: int
    end: int
    perms: str
    name: str = ""
    rss: int = 0


@dataclass(frozen=True)
class OwnMaps:
    """The areas of a process in the order of their addresses, the kind of each, and a note."""

    areas: tuple[Mapped, ...]
    kinds: tuple[str, ...]
    note: str


def parse(text: str) -> tuple[Mapped, ...]:
    """Read /proc/PID/maps, or smaps, which has counters under each line.

    Examples
    --------
    >>> parse("55e0-55f0 r-xp 00000000 08:01 42    /bin/a b\\n")[0].name
    '/bin/a b'
    """
    found: list[Mapped] = []
    rss = 0
    for line in [*text.splitlines(), "0-0 end"]:
        words = line.split(maxsplit=5)
        if not words[0].endswith(":"):
            if found:
                last = found.pop()
                found.append(Mapped(last.start, last.end, last.perms, last.name, rss))
            low, high = (int(word, 16) for word in words[0].split("-"))
            name = words[5] if len(words) > 5 else ""
            found.append(Mapped(low, high, words[1], name))
            rss = 0
        elif words[0] == "Rss:":
            rss = int(words[1])
    return tuple(found[:-1])


def classify(areas: Sequence[Mapped], program: str) -> tuple[str, ...]:
    """Name the kind of each area, one of `KINDS`.

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
    """
    libraries = {area.name for area in areas if "x" in area.perms and area.name.startswith("/")}
    kinds: list[str] = []
    for i, area in enumerate(areas):
        before = areas[i - 1] if i else None
        touches = before is not None and before.end == area.start and before.name == program
        if area.name == program:
            kinds.append("data" if "w" in area.perms else "text")
        elif area.name in ("[heap]", "[stack]"):
            kinds.append(area.name[1:-1])
        elif area.name in _OF_KERNEL:
            kinds.append("vdso")
        elif area.name.startswith("/"):
            kinds.append("library" if area.name in libraries else "file")
        elif area.perms.startswith("---"):
            kinds.append("guard")
        else:
            kinds.append("bss" if touches and "w" in area.perms else "mmap")
    return tuple(kinds)


def own_maps(live: bool = True) -> OwnMaps:
    """Read and classify the areas of this process, or those of one that was recorded.

    Parameters
    ----------
    live : bool
        False gives the recorded process even where this machine could answer.
    """
    try:
        if not live:
            raise Unavailable("it was not asked to")
        areas, program = _read("smaps"), _program()
        return OwnMaps(areas, classify(areas, program), "read from this process's own smaps")
    except Unavailable as why:
        recording = Recording.load("own_maps")
        areas = parse(str(recording.counted["smaps"]))
        kinds = classify(areas, str(recording.counted["program"]))
        return OwnMaps(
            areas, kinds, f"recorded on {recording.machine}; this machine did not answer: {why}"
        )


def maps_by_kind(maps: OwnMaps) -> Table:
    """Add up the areas of each kind: how many, and how much of them is mapped and in memory."""
    rows = []
    for kind in KINDS:
        of_kind = [a for a, k in zip(maps.areas, maps.kinds, strict=True) if k == kind]
        if of_kind:
            size = sum(area.end - area.start for area in of_kind) >> 10
            rows.append((kind, len(of_kind), size, sum(area.rss for area in of_kind)))
    heads = ("kind", "areas", "mapped, KiB", "in memory, KiB")
    return Table("The address space of this process", heads, tuple(rows), maps.note)


class MapsTotals(Lab):
    """Classify every area of a process, find known things in them, and compare the totals.

    Examples
    --------
    >>> MapsTotals().prediction.predicted["malloc of 1 MiB is in"]
    'mmap'
    """

    key = "maps_totals"
    notebook = "07"
    title = "Every area of a process, added up"
    headings = ("what is asked",)
    basis = "predicted: VmSize and VmRSS are sums over the areas, and nothing else is in them"
    asked = ("malloc of 1 MiB is in", "the code of tfind() is in")

    def rows(self) -> Sequence[Row]:
        """State where things are, and that nothing is left over."""
        return (
            Row(("all sizes, less VmSize, in KiB",), 0),
            Row(("all that is in memory, less VmRSS, in KiB",), 0),
            Row(("malloc of 100 bytes is in",), "heap"),
            Row(("malloc of 1 MiB is in",), "mmap", KINDS),
            Row(("the stack pointer is in",), "stack"),
            Row(("the code of tfind() is in",), "library", KINDS),
        )

    def check(self) -> None:
        """Need smaps, the stack pointer, and glibc's malloc."""
        _read("smaps")
        stack_pointer()
        if not hasattr(libc(), "mallopt"):
            raise Unavailable("its C library has no mallopt")

    def count(self) -> Mapping[str, Value]:
        """Ask a helper process, which has one thread and nothing else to do."""
        counts: Sequence[Value] = in_helper(_count)
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}


def kind_at(address: int, areas: Sequence[Mapped], kinds: Sequence[str]) -> str:
    """Name the kind of area that an address lies in; "hole" if in none."""
    here = (k for a, k in zip(areas, kinds, strict=True) if a.start <= address < a.end)
    return next(here, "hole")


def stack_pointer() -> int:
    """Read where this thread's stack is at the moment.

    Raises
    ------
    Unavailable
        If the kernel does not say (/proc/thread-self/syscall).
    """
    words = _text("thread-self/syscall").split()
    if len(words) != 9:
        raise Unavailable("its /proc/thread-self/syscall does not tell the stack pointer")
    return int(words[7], 16)


def _count() -> list[Value]:
    library = libc()
    library.mallopt(_M_MMAP_THRESHOLD, _THRESHOLD)  # malloc raises it by itself as blocks go
    library.malloc.restype = ctypes.c_void_p
    library.malloc.argtypes = [ctypes.c_size_t]
    small, large = library.malloc(100), library.malloc(1 << 20)
    # A function that the interpreter does not call: it may have stubs of those that it does.
    code = ctypes.cast(library.tfind, ctypes.c_void_p).value or 0
    stack = stack_pointer()
    size, resident = _differences()
    areas, program = _read("maps"), _program()
    kinds = classify(areas, program)
    found = [kind_at(address, areas, kinds) for address in (small, large, stack, code)]
    return [size, resident, *found]


def _differences() -> tuple[int, int]:
    """Compare the sums with the totals; the least of a few, as reading itself takes memory."""
    best = []
    for _ in range(5):
        areas = [area for area in _read("smaps") if area.name != "[vsyscall]"]  # not the process's
        size = sum(area.end - area.start for area in areas) >> 10
        resident = sum(area.rss for area in areas)
        status = counters.status("VmSize"), counters.status("VmRSS")
        best.append((abs(size - status[0]), abs(resident - status[1])))
    return min(one for one, _ in best), min(other for _, other in best)


def _read(name: str) -> tuple[Mapped, ...]:
    return parse(_text(f"self/{name}"))


def _text(name: str) -> str:
    libc()
    try:
        return Path("/proc", name).read_text()
    except OSError as why:
        raise Unavailable(f"its /proc/{name} cannot be read ({why.strerror})") from None


def _program() -> str:
    try:
        return str(Path("/proc/self/exe").readlink())
    except OSError as why:
        raise Unavailable(f"its /proc/self/exe cannot be read ({why.strerror})") from None
