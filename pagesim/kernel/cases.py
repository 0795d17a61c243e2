"""Every access there is to decide about: mapping, entry, access and mode, staged in the kernel.

Each case is set up in a small machine by ordinary calls (mmap, mprotect, fork, madvise), and then
the one access is made; what comes of it is the kernel's own answer.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from ..mmu import Access
from .decision import Why
from .kernel import Kernel
from .outcome import AccessError, Outcome
from .process import Process
from .vma import Kind, Vma


class Mapping(StrEnum):
    """What is at the address."""

    PRIVATE = "private memory"
    SHARED = "shared memory"
    PRIVATE_FILE = "private file"
    SHARED_FILE = "shared file"
    READ_ONLY = "read-only memory"
    CODE = "code of a file"
    PROT_NONE = "PROT_NONE"
    STACK = "the stack"
    BELOW_STACK = "just below the stack"
    BELOW_LIMIT = "below the stack's limit"
    NOTHING = "nothing"
    KERNEL = "a kernel address"
    NOT_CANONICAL = "no canonical address"


class State(StrEnum):
    """What the entry holds."""

    EMPTY = "empty"
    CACHED = "empty; page in the cache"
    PAST_END = "empty; past the file's end"
    ZERO = "the zero page"
    WRITABLE = "writable page"
    READ_ONLY = "read-only page"
    LAST_OWNER = "read-only, last owner"
    CLEARED = "page with P cleared"
    SWAPPED = "in swap"


class Verb(StrEnum):
    """What is done."""

    READ = "read"
    WRITE = "write"
    EXECUTE = "execute"

    @property
    def access(self) -> Access:
        """The kind of access, as the rest of the package calls it."""
        letters: dict[Verb, Access] = {Verb.READ: "r", Verb.WRITE: "w", Verb.EXECUTE: "x"}
        return letters[self]


class Mode(StrEnum):
    """Who does it: the program, or the kernel on the program's behalf."""

    USER = "user mode"
    KERNEL = "kernel mode"


OF_FILES = (Mapping.SHARED, Mapping.PRIVATE_FILE, Mapping.SHARED_FILE, Mapping.CODE)
NO_AREA = tuple(Mapping)[tuple(Mapping).index(Mapping.BELOW_STACK) :]
_BACK_TO_FILE = (Mapping.SHARED_FILE, Mapping.CODE)  # where a page that leaves finds its file

_HOLE = 0x1000_0000_0000  # nothing is mapped there
_KERNEL = 0xFFFF_FFFF_8100_0000  # where x86-64 kernels have their code
_NOT_CANONICAL = 0x8000_0000_0000_0000


def no_such(mapping: Mapping, state: State, verb: Verb = Verb.READ, mode: Mode = Mode.USER) -> str:
    """Say why there is no such case; empty if there is.

    >>> no_such(Mapping.PRIVATE, State.CACHED)
    'private memory has no file behind it'
    """
    if mode == Mode.KERNEL and verb == Verb.EXECUTE:
        return f"{Why.KERNEL_FETCH.value} (SMEP sees to it)"
    if state == State.EMPTY:
        return ""
    if mapping in NO_AREA:
        return "where there is no area, no entry leads to a page"
    if state in (State.CACHED, State.PAST_END):
        return "" if mapping in OF_FILES else f"{mapping} has no file behind it"
    if state == State.CLEARED:
        return "" if mapping == Mapping.PROT_NONE else "only mprotect(PROT_NONE) clears P so"
    if mapping == Mapping.PROT_NONE:
        return "" if state == State.SWAPPED else "mprotect(PROT_NONE) has cleared P"
    if state == State.ZERO:
        return "a file's page is never the zero page" if mapping in OF_FILES else ""
    if state == State.WRITABLE:
        fixed = mapping in (Mapping.READ_ONLY, Mapping.CODE)
        return "the area allows no writing, nor does any entry" if fixed else ""
    if state == State.SWAPPED:
        back = mapping in _BACK_TO_FILE
        return "a page of a file goes back to its file" if back else ""
    if mapping == Mapping.SHARED:
        return "shared memory has no disk to tell: writable at once"
    if state == State.LAST_OWNER and mapping in _BACK_TO_FILE:
        return "fork shares such pages; it protects private ones only"
    return ""


@lru_cache(maxsize=2048)
def outcome(mapping: Mapping, state: State, verb: Verb, mode: Mode) -> Outcome:
    """Set a case up, make the access, and return what came of it.

    Raises
    ------
    ValueError
        If there is no such case.

    Examples
    --------
    >>> end = outcome(Mapping.PRIVATE, State.READ_ONLY, Verb.WRITE, Mode.USER)
    >>> end.kind, end.flags, end.reason
    ('minor', 'P W U', 'copy-on-write: a copy of its own')
    """
    why = no_such(mapping, state, verb, mode)
    if why:
        raise ValueError(f"{mapping}, {state}, {verb}, {mode}: {why}")
    process, va = _stage(mapping, state)
    try:
        access = Verb(verb).access
        return process.kernel.processor.access(process, va, access, mode == Mode.USER)
    except AccessError as refused:
        return refused.outcome


def _stage(mapping: Mapping, state: State) -> tuple[Process, int]:
    """Make a machine whose process has such an area and such an entry."""
    kernel = Kernel(ram="2 MiB", swap="64 KiB")  # one entry of the kernel's half
    process = kernel.spawn()
    stack, page = process.areas[-1], process.space.page
    if mapping in NO_AREA:
        return process, {
            Mapping.BELOW_STACK: stack.start - 10 * page,
            Mapping.BELOW_LIMIT: stack.end - kernel.layout.stack_limit - page,
            Mapping.NOTHING: _HOLE,
            Mapping.KERNEL: _KERNEL,
            Mapping.NOT_CANONICAL: _NOT_CANONICAL,
        }[mapping]
    area = stack if mapping == Mapping.STACK else _map(kernel, process, mapping, state)
    va = area.start
    if state == State.PAST_END:
        return process, va + page
    _prepare(process, area, mapping, state)
    if mapping in (Mapping.READ_ONLY, Mapping.PROT_NONE):
        process.mprotect(area, "r" if mapping == Mapping.READ_ONLY else "")
    return process, va


def _map(kernel: Kernel, process: Process, mapping: Mapping, state: State) -> Vma:
    """Map two pages; of a file, only the first one is there."""
    page = process.space.page
    if mapping == Mapping.SHARED:
        file = kernel.shared_memory(page)
        area = process.mmap(2 * page, "rw", "shared", file)
        if state == State.CACHED:
            other = kernel.spawn()
            other.write(other.mmap(page, "rw", "shared", file).start)
        return area
    if mapping not in OF_FILES:
        return process.mmap(2 * page)
    file = kernel.file("data", bytes(page), cache=state == State.CACHED)
    prot = "rx" if mapping == Mapping.CODE else "rw"
    kind: Kind = "shared" if mapping == Mapping.SHARED_FILE else "private"
    return process.mmap(2 * page, prot, kind, file)


def _prepare(process: Process, area: Vma, mapping: Mapping, state: State) -> None:
    """Bring the area's first entry into a state."""
    va = area.start
    if state in (State.EMPTY, State.CACHED):
        return
    if state == State.ZERO or (state == State.READ_ONLY and mapping in OF_FILES):
        process.read(va)
        return
    process.write(va)
    if state == State.SWAPPED:
        process.madvise(va, "pageout", process.space.page)
    elif state in (State.READ_ONLY, State.LAST_OWNER):
        child = process.fork()
        if state == State.LAST_OWNER:
            child.exit()
