"""Every decision of the fault handler, one at a time: a page of some kind, in some state, accessed.

Each case is played on a fresh machine by a real process; nothing here knows how it ends.
"""

from __future__ import annotations

from ..mmu import Access
from .kernel import Kernel
from .outcome import AccessError, Outcome
from .process import Process

# What is mapped at the address: permissions, kind, and whether it is a file.
_MAPPED = {
    "private memory": ("rw", "private", ""),
    "read-only memory": ("r", "private", ""),
    "memory without access": ("", "private", ""),
    "shared memory": ("rw", "shared", ""),
    "private file": ("rw", "private", "disk"),
    "shared file": ("rw", "shared", "disk"),
    "program code": ("rx", "private", "disk"),
}
_NOT_MAPPED = ("below the stack", "behind the end of a file", "nothing", "the kernel")
MAPPINGS = (*_MAPPED, *_NOT_MAPPED)

# What has happened to the page before, and for which mappings it can have happened.
NEVER, CACHED, READ, WRITTEN, FORKED, SWAPPED = STATES = (
    "never touched",
    "in the page cache",
    "read before",
    "written before",
    "written, then forked",
    "written, then swapped out",
)


def states_of(mapping: str) -> tuple[str, ...]:
    """Return the states that a page of this mapping can be in.

    Raises
    ------
    ValueError
        If there is no such mapping.

    Examples
    --------
    >>> states_of("program code")
    ('never touched', 'in the page cache', 'read before')
    """
    if mapping in _NOT_MAPPED:
        return (NEVER,)
    if mapping not in _MAPPED:
        raise ValueError(f"mapping {mapping!r} is not one of {', '.join(MAPPINGS)}")
    prot, kind, file = _MAPPED[mapping]
    states = [NEVER, *([CACHED] if file else []), READ]
    if "x" not in prot:
        states += [WRITTEN, FORKED]
    if not file or (kind == "private" and "w" in prot):
        states += [SWAPPED]
    return tuple(states)


def decide(mapping: str, state: str, access: Access, user: bool = True) -> Outcome:
    """Access a page of a mapping that is in a state, and return what came of it.

    Parameters
    ----------
    mapping : str
        One of `MAPPINGS`.
    state : str
        One of `states_of(mapping)`.
    access : {"r", "w", "x"}
        Read, write or instruction fetch.
    user : bool
        False for the kernel's mode.

    Raises
    ------
    ValueError
        If a page of this mapping cannot be in this state.

    Examples
    --------
    >>> outcome = decide("private memory", "written, then forked", "w")
    >>> outcome.kind, outcome.flags, outcome.reason
    ('minor', 'P W U', 'copy-on-write: a copy of its own')
    """
    if state not in states_of(mapping):
        raise ValueError(
            f"state {state!r} is not one of {', '.join(states_of(mapping))} ({mapping})"
        )
    kernel = Kernel(ram="256 KiB", swap="64 KiB")
    process = kernel.spawn()
    va = _prepare(kernel, process, mapping, state)
    try:
        return kernel.processor.access(process, va, access, user)
    except AccessError as error:
        return error.outcome


def _prepare(kernel: Kernel, process: Process, mapping: str, state: str) -> int:
    """Bring a page of the mapping into the state, and return its address."""
    page = kernel.mode.page_bytes
    if mapping == "nothing":
        return kernel.layout.lowest
    if mapping == "the kernel":
        return (1 << 64) - (1 << kernel.mode.va_bits - 1)
    if mapping == "below the stack":
        return next(area for area in process.areas if area.role == "stack").start - page
    if mapping == "behind the end of a file":
        file = kernel.file("/file", bytes(page))
        return process.mmap(2 * page, "rw", "shared", file).start + page
    prot, kind, backing = _MAPPED[mapping]
    content = kernel.file("/file", bytes(page), cache=state == CACHED) if backing else None
    area = process.mmap(page, "rw", "shared" if kind == "shared" else "private", content)
    if state == READ:
        process.read(area.start)
    elif state not in (NEVER, CACHED):
        process.write(area.start)
    if state == SWAPPED:
        process.madvise(area, "pageout")
    if state == FORKED:
        process.fork()
    process.mprotect(area, prot)
    return area.start
