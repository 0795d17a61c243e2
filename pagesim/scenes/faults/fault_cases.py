"""Every access there is to decide about: mapping, entry, access and mode, staged in the kernel.

Each case is set up in a small machine by ordinary calls (mmap, mprotect, fork, madvise), and then
the one access is made; what comes of it is the simulated kernel's own answer.
"""

from __future__ import annotations

from functools import lru_cache

from ...kernel import AccessError, Kernel, Outcome, Process, Vma
from ...mmu import Access

MAPPINGS = (
    "private memory", "shared memory", "private file", "shared file", "read-only memory",
    "code of a file", "PROT_NONE", "the stack", "just below the stack", "below the stack's limit",
    "nothing", "a kernel address", "no canonical address",
)  # fmt: skip
STATES = (
    "empty", "empty; page in the cache", "empty; past the file's end", "the zero page",
    "writable page", "read-only page", "read-only, last owner", "page with P cleared", "in swap",
)  # fmt: skip
ACCESS: dict[str, Access] = {"read": "r", "write": "w", "execute": "x"}
MODES = ("user mode", "kernel mode")

_EMPTY, _CACHED, _PAST, _ZERO, _WRITABLE, _READ_ONLY, _LAST, _CLEARED, _SWAP = STATES
_FILES = {"shared memory", "private file", "shared file", "code of a file"}
_NO_AREA = set(MAPPINGS[8:])
_HOLE = 0x1000_0000_0000  # nothing is mapped there
_KERNEL = 0xFFFF_FFFF_8100_0000  # where x86-64 kernels have their code
_NOT_CANONICAL = 0x8000_0000_0000_0000


def no_such(mapping: str, state: str, access: str = "read", mode: str = "user mode") -> str:
    """Say why there is no such case; empty if there is.

    >>> no_such("private memory", "empty; page in the cache")
    'private memory has no file behind it'
    """
    if mode == "kernel mode" and access == "execute":
        return "the kernel runs only its own code (SMEP sees to it)"
    if state == _EMPTY:
        return ""
    if mapping in _NO_AREA:
        return "where there is no area, no entry leads to a page"
    if state in (_CACHED, _PAST):
        return "" if mapping in _FILES else f"{mapping} has no file behind it"
    if state == _CLEARED:
        return "" if mapping == "PROT_NONE" else "only mprotect(PROT_NONE) clears P so"
    if mapping == "PROT_NONE":
        return "" if state == _SWAP else "mprotect(PROT_NONE) has cleared P"
    if state == _ZERO:
        return "a file's page is never the zero page" if mapping in _FILES else ""
    if state == _WRITABLE:
        fixed = mapping in ("read-only memory", "code of a file")
        return "the area allows no writing, nor does any entry" if fixed else ""
    if state == _SWAP:
        back = mapping in ("shared file", "code of a file")
        return "a page of a file goes back to its file" if back else ""
    if mapping == "shared memory":
        return "shared memory has no disk to tell: writable at once"
    if state == _LAST and mapping in ("shared file", "code of a file"):
        return "fork shares such pages; it protects private ones only"
    return ""


@lru_cache(maxsize=2048)
def outcome(mapping: str, state: str, access: str, mode: str) -> Outcome:
    """Set a case up, make the access, and return what came of it.

    Raises
    ------
    ValueError
        If there is no such case.
    """
    why = no_such(mapping, state, access, mode)
    if why:
        raise ValueError(f"{mapping}, {state}, {access}, {mode}: {why}")
    process, va = _stage(mapping, state)
    user = mode == "user mode"
    try:
        if access == "write":
            return process.write(va, user=user)
        return process.read(va, user) if access == "read" else process.exec(va, user)
    except AccessError as refused:
        return refused.outcome


def _stage(mapping: str, state: str) -> tuple[Process, int]:
    """Make a machine whose process has such an area and such an entry."""
    kernel = Kernel(ram="2 MiB", swap="64 KiB")  # one entry of the kernel's half
    process = kernel.spawn()
    stack = process.areas[-1]
    if mapping in _NO_AREA:
        return process, {
            "just below the stack": stack.start - 10 * process.space.page,
            "below the stack's limit": stack.end - kernel.layout.stack_limit - process.space.page,
            "nothing": _HOLE,
            "a kernel address": _KERNEL,
            "no canonical address": _NOT_CANONICAL,
        }[mapping]
    area = stack if mapping == "the stack" else _map(process, mapping, state)
    va = area.start
    if state == _PAST:
        return process, va + process.space.page
    _prepare(process, area, mapping, state)
    if mapping in ("read-only memory", "PROT_NONE"):
        process.mprotect(area, "r" if mapping == "read-only memory" else "")
    return process, va


def _map(process: Process, mapping: str, state: str) -> Vma:
    """Map two pages; of a file, only the first one is there."""
    kernel, page = process.kernel, process.space.page
    if mapping == "shared memory":
        file = kernel.shared_memory(page)
        area = process.mmap(2 * page, "rw", "shared", file)
        if state == _CACHED:
            other = kernel.spawn()
            other.write(other.mmap(page, "rw", "shared", file).start)
        return area
    if mapping not in _FILES:
        return process.mmap(2 * page)
    file = kernel.file("data", bytes(page), cache=state == _CACHED)
    prot = "rx" if mapping == "code of a file" else "rw"
    return process.mmap(2 * page, prot, "shared" if mapping == "shared file" else "private", file)


def _prepare(process: Process, area: Vma, mapping: str, state: str) -> None:
    """Bring the area's first entry into a state."""
    va = area.start
    if state in (_EMPTY, _CACHED):
        return
    of_file = mapping in ("private file", "shared file", "code of a file")
    if state == _ZERO or (state == _READ_ONLY and of_file):
        process.read(va)
        return
    process.write(va)
    if state == _SWAP:
        process.madvise(va, "pageout", process.space.page)
    elif state in (_READ_ONLY, _LAST):
        child = process.fork()
        if state == _LAST:
            child.exit()
