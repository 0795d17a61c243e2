"""What this process has mapped, read from its own maps, by kind and against the kernel's totals."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from . import counters
from .areas import KINDS, Mapped, classify, kind_at, parse
from .helper import in_helper
from .lab import Lab, Recording, Row, Value
from .linux import Unavailable, libc, proc, refusal
from .table import Table

_M_MMAP_THRESHOLD, _THRESHOLD = -3, 128 << 10  # of mallopt(3), and its default


@dataclass(frozen=True)
class OwnMaps:
    """The areas of a process in the order of their addresses, the kind of each, and a note."""

    areas: tuple[Mapped, ...]
    kinds: tuple[str, ...]
    note: str


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
        if areas:
            return OwnMaps(areas, classify(areas, program), "read from this process's own smaps")
        reason = "its /proc/self/smaps is empty"
    except Exception as why:  # whatever a machine has that nobody has tried: it is said
        reason = refusal(why)
    recording = Recording.load("own_maps")
    areas = parse(str(recording.counted["smaps"]))
    kinds = classify(areas, str(recording.counted["program"]))
    note = f"recorded on {recording.machine}; this machine did not answer: {reason}"
    return OwnMaps(areas, kinds, note)


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
    basis = "predicted: VmSize is the sum of all areas, what is in memory the sum of what each has"
    asked = ("all sizes, less VmSize, in KiB", "the code of tfind() is in")  # a bet asks for malloc

    def rows(self) -> Sequence[Row]:
        """State where things are, and that nothing is left over."""
        return (
            Row(("all sizes, less VmSize, in KiB",), 0),
            # not VmRSS: since Linux 6.2 each CPU keeps some of that count to itself for a while
            Row(("all that is in memory, less the kernel's sum (smaps_rollup), in KiB",), 0),
            Row(("malloc of 100 bytes is in",), "heap"),
            Row(("malloc of 1 MiB is in",), "mmap", KINDS),
            Row(("the stack pointer is in",), "stack"),
            Row(("the code of tfind() is in",), "library", KINDS),
        )

    def check(self) -> None:
        """Need smaps, the stack pointer, and glibc's malloc."""
        _read("smaps")
        _read("smaps_rollup")
        stack_pointer()
        if not hasattr(libc(), "mallopt"):
            raise Unavailable("its C library has no mallopt")

    def count(self) -> Mapping[str, Value]:
        """Ask a helper process, which has one thread and nothing else to do."""
        counts: Sequence[Value] = in_helper(_count)
        return {row.name: count for row, count in zip(self.rows(), counts, strict=True)}


def stack_pointer() -> int:
    """Read where this thread's stack is at the moment.

    Raises
    ------
    Unavailable
        If the kernel does not say (/proc/thread-self/syscall).
    """
    words = proc("thread-self/syscall").split()
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
    """Compare the sums with the kernel's, by files read one after the other into ready memory."""
    names = ("smaps", "smaps_rollup", "status")
    room = bytearray(b"*") * (4 * len(proc("self/smaps")) + (64 << 10))  # touched: no fault later
    files = [os.open(f"/proc/self/{name}", os.O_RDONLY) for name in names]

    def once() -> dict[str, int]:
        smaps, rollup, status = _read_into(memoryview(room), files)
        areas = [area for area in parse(smaps) if area.name != "[vsyscall]"]  # not the process's
        (whole,) = parse(rollup)
        size = sum(area.end - area.start for area in areas) >> 10
        resident = sum(area.kib["Rss"] for area in areas)
        return {
            "size": abs(size - counters.status("VmSize", status)),
            "resident": abs(resident - whole.kib["Rss"]),
        }

    try:
        least = counters.exactly_each(once)
    finally:
        for file in files:
            os.close(file)
    return least["size"], least["resident"]


def _read_into(room: memoryview, files: Sequence[int]) -> list[str]:
    """Read files of /proc whole: what holds one must not be new memory that the next counts."""
    ends = [0]
    for file in files:
        os.lseek(file, 0, os.SEEK_SET)
        end = ends[-1]
        while got := os.readv(file, [room[end:]]):
            end += got
        ends.append(end)
    return [os.fsdecode(bytes(room[a:b])) for a, b in pairwise(ends)]


def _read(name: str) -> tuple[Mapped, ...]:
    return parse(proc(f"self/{name}"))


def _program() -> str:
    try:
        return str(Path("/proc/self/exe").readlink())
    except OSError as why:
        raise Unavailable(f"its /proc/self/exe cannot be read ({why.strerror})") from None
